import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Silence } from '@nabat/api/configuration.ts'
import { WEEKDAYS } from '@nabat/api/rule.ts'
import { compileSilence, isInForce, silenceState } from './silence.ts'

const at = (text: string): number => Date.parse(text)
const ZONE = 'Europe/Moscow'
const REPAIR: Silence = {
  name: 'repair',
  comment: 'works',
  when: { field: 'subject', op: 'exists', value: true },
  from: '2026-03-02T00:00:00+03:00',
  until: '2026-04-01T00:00:00+03:00',
}
const NIGHTS: Silence = { ...REPAIR, schedule: { from: '01:00', to: '04:00' } }
const LAST_DAY: Silence = { ...REPAIR, schedule: { days: ['tue'], from: '22:00', to: '08:00' } }

describe('a silence', () => {
  test.each<[string, Silence, string, string, string | null]>([
    ['has not begun', REPAIR, '2026-03-01T12:00:00+03:00', 'pending', '2026-03-02T00:00:00+03:00'],
    ['without a beginning has begun', { ...REPAIR, from: undefined! }, '2020-01-01T00:00:00Z', 'active', REPAIR.until],
    ['holds until its end', REPAIR, '2026-03-02T00:00:00+03:00', 'active', REPAIR.until],
    ['is over', REPAIR, '2026-04-01T00:00:00+03:00', 'ended', null],
    [
      'of nights begins with the first night',
      NIGHTS,
      '2026-03-01T12:00:00+03:00',
      'pending',
      '2026-03-02T01:00:00+03:00',
    ],
    ['of nights waits by day', NIGHTS, '2026-03-18T12:00:00+03:00', 'pending', '2026-03-19T01:00:00+03:00'],
    ['of nights holds by night', NIGHTS, '2026-03-19T01:00:00+03:00', 'active', '2026-03-19T04:00:00+03:00'],
    ['of nights ends a night', NIGHTS, '2026-03-19T04:00:00+03:00', 'pending', '2026-03-20T01:00:00+03:00'],
    ['of nights, after the last one', NIGHTS, '2026-03-31T05:00:00+03:00', 'pending', REPAIR.until],
    ['whose last night is cut off by its end', LAST_DAY, '2026-03-31T23:00:00+03:00', 'active', REPAIR.until],
    [
      'in a zone of its own',
      { ...NIGHTS, schedule: { ...NIGHTS.schedule, timeZone: 'Asia/Kathmandu' } },
      '2026-03-18T19:15:00Z',
      'active',
      '2026-03-18T22:15:00Z',
    ],
    [
      'over the jump of Berlin: an hour shorter',
      { ...NIGHTS, schedule: { ...NIGHTS.schedule, timeZone: 'Europe/Berlin' } },
      '2026-03-29T00:00:00Z',
      'active',
      '2026-03-29T02:00:00Z',
    ],
    [
      'that ends at a leap second',
      { ...REPAIR, until: '2026-03-31T23:59:60Z' },
      '2026-03-31T23:59:58Z',
      'active',
      '2026-03-31T23:59:59Z',
    ],
  ])('%s', (_what, silence, now, status, changesAt) => {
    const state = silenceState(compileSilence(silence), at(now), ZONE)
    expect({ ...state, changesAt: state.changesAt === null ? null : new Date(state.changesAt).toISOString() }).toEqual({
      status,
      changesAt: changesAt === null ? null : new Date(changesAt).toISOString(),
    })
  })
})

describe('any silence', () => {
  const MINUTE = 60_000
  const START = at('2026-03-27T00:00:00Z')
  const moment = fc.integer({ min: 0, max: 6 * 24 * 4 }).map((quarter) => START + quarter * 15 * MINUTE)
  const clock = fc.constantFrom('00:00', '01:00', '02:00', '02:30', '04:15', '12:00', '22:00')
  const schedule = fc.record(
    {
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: clock,
      to: clock,
      timeZone: fc.constantFrom('Europe/Berlin', 'Asia/Kathmandu', 'Europe/Moscow'),
    },
    { requiredKeys: [] },
  )

  it('is active exactly while it is in force, and keeps its state until the moment it names', () => {
    fc.assert(
      fc.property(moment, moment, moment, fc.option(schedule), (from, until, now, hours) => {
        fc.pre(from < until)
        const compiled = compileSilence({
          ...REPAIR,
          from: new Date(from).toISOString(),
          until: new Date(until).toISOString(),
          ...(hours === null ? {} : { schedule: hours }),
        })
        const { status, changesAt } = silenceState(compiled, now, ZONE)
        expect(status === 'active').toBe(isInForce(compiled, now, ZONE))
        expect(status === 'ended').toBe(now >= until)
        expect(changesAt === null).toBe(status === 'ended')
        if (changesAt === null) return
        for (let each = now; each < changesAt; each += 15 * MINUTE)
          expect(silenceState(compiled, each, ZONE)).toEqual({ status, changesAt })
        expect(silenceState(compiled, changesAt, ZONE).status).not.toBe(status)
      }),
      { numRuns: 200 },
    )
  })
})
