import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import { WEEKDAYS } from '@nabat/api/rule.ts'
import { fieldsWith } from '../../test/support/fields.ts'
import { viewOf } from '../../test/support/view.ts'
import { personalHoursProblems } from '../configuration/check-hours.ts'
import type { Priority } from '../store/store.ts'
import { isWithin } from '../time/hours.ts'
import { decideHold, digestEnd, type HoldDecision } from './hold.ts'

/* What is true of hold whoever it is for and whenever it is asked, nights of change as often as all others together. */

const QUARTER = 15 * 60_000
const HOUR = 4 * QUARTER
const ZONES = ['Europe/Moscow', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
/** Evenings before a change of the clock somewhere. */
const EVENINGS = [
  '2026-03-28T18:00Z',
  '2026-10-24T18:00Z',
  '2026-03-07T22:00Z',
  '2026-10-31T22:00Z',
  '2026-10-03T10:00Z',
]

const VIEW = viewOf({})
const INBOX = VIEW.channelByName('inbox')!

const two = (n: number): string => String(n).padStart(2, '0')
const clock = fc.integer({ min: 0, max: 95 }).map((n) => `${two(Math.floor(n / 4))}:${two((n % 4) * 15)}`)
const moment = fc
  .oneof(
    fc.integer({ min: Date.UTC(2026, 0, 1) / QUARTER, max: Date.UTC(2027, 11, 31) / QUARTER }),
    fc
      .tuple(fc.constantFrom(...EVENINGS), fc.integer({ min: 0, max: 96 }))
      .map(([evening, quarters]) => Date.parse(evening) / QUARTER + quarters),
  )
  .map((quarter) => quarter * QUARTER)
const held = fc.constantFrom<Priority>(1, 2)

/** Anybody whose hours may be saved. */
const person = fc
  .record(
    {
      login: fc.constant('ivan'),
      timeZone: fc.constantFrom(...ZONES),
      quietHours: fc.record({ from: clock, to: clock }),
      workingHours: fc.record(
        {
          days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
          from: clock,
          to: clock,
          timeZone: fc.constantFrom(...ZONES),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['login'] },
  )
  .map((each) => each as User)
  .filter((each) => personalHoursProblems(each, '', VIEW.timeZone).length === 0)

const hold = (who: User, now: number, priority: Priority): HoldDecision =>
  decideHold({ fields: fieldsWith(), priority, person: who, channel: INBOX, disabled: undefined }, VIEW, now)

const isFree = ({ quietHours, workingHours, timeZone = VIEW.timeZone }: User, at: number): boolean =>
  (quietHours === undefined || !isWithin(quietHours, at, timeZone)) &&
  (workingHours === undefined || isWithin(workingHours, at, timeZone))

/** When a message leaves that is looked at again each time it is due. */
function releaseOf(who: User, now: number, priority: Priority): number {
  let at = now
  for (let looks = 0; looks < 50; looks += 1) {
    const decision = hold(who, at, priority)
    if (decision.kind === 'now') return at
    if (decision.kind === 'never') throw new Error(decision.reason)
    at = decision.dueAt
  }
  throw new Error('put off again and again')
}

describe('the hours of a person', () => {
  it('release what waited when it is not quiet and work is on', () => {
    fc.assert(
      fc.property(person, moment, held, (who, now, priority) => {
        expect(isFree(who, releaseOf(who, now, priority))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('release it at the first quarter of an hour that is free, no sooner and no later', () => {
    fc.assert(
      fc.property(person, moment, held, (who, now, priority) => {
        let first = now
        while (!isFree(who, first)) first += QUARTER
        expect(new Date(releaseOf(who, now, priority)).toISOString()).toBe(new Date(first).toISOString())
      }),
      { numRuns: 300 },
    )
  })

  it('that are quiet put off by a day at most, and by the hour that the clock is put back', () => {
    fc.assert(
      fc.property(person, moment, held, (who, now, priority) => {
        fc.pre(who.workingHours === undefined)
        const release = releaseOf(who, now, priority)
        expect(release).toBeGreaterThanOrEqual(now)
        expect(release - now).toBeLessThanOrEqual(25 * HOUR)
      }),
    )
  })

  it('answer the same of a whole minute, and with a moment to come', () => {
    fc.assert(
      fc.property(person, moment, held, fc.integer({ min: 0, max: 59_999 }), (who, minute, priority, more) => {
        const decision = hold(who, minute + more, priority)
        expect(decision).toEqual(hold(who, minute, priority))
        if (decision.kind === 'later') expect(decision.dueAt).toBeGreaterThan(minute + more)
      }),
    )
  })

  it('looked at again when they are over say now, unless the other hours go on', () => {
    fc.assert(
      fc.property(person, moment, held, (who, now, priority) => {
        const decision = hold(who, now, priority)
        fc.pre(decision.kind === 'later')
        const again = decision.kind === 'later' ? hold(who, decision.dueAt, priority) : decision
        if (again.kind === 'later') expect(again).not.toMatchObject({ reason: (decision as { reason: string }).reason })
        if (who.quietHours === undefined || who.workingHours === undefined) expect(again).toEqual({ kind: 'now' })
      }),
    )
  })

  it('never hold what is critical', () => {
    fc.assert(
      fc.property(person, moment, (who, now) => {
        expect(hold(who, now, 0)).toEqual({ kind: 'now' })
      }),
    )
  })
})

describe('preferences', () => {
  const preferences = fc.dictionary(
    fc.constantFrom('cameras', 'servers', 'system'),
    fc.dictionary(fc.constantFrom('inbox', 'mail'), fc.boolean()),
  )

  it('keep back exactly what somebody switched off, never what is critical or about the system itself', () => {
    fc.assert(
      fc.property(preferences, fc.constantFrom<Priority>(0, 1, 2), fc.boolean(), (wishes, priority, system) => {
        const fields = fieldsWith({ type: system ? 'system.channel.down' : 'camera.unavailable' })
        const input = { fields, priority, person: { login: 'ivan', preferences: wishes }, channel: INBOX }
        const off = !system && priority !== 0 && wishes['cameras']?.['inbox'] === false
        expect(decideHold({ ...input, disabled: undefined }, VIEW, 0)).toEqual(
          off ? { kind: 'never', reason: 'preference' } : { kind: 'now' },
        )
      }),
    )
  })
})

describe('a daily digest', () => {
  it('leaves within a day, when the clock of its recipient shows the hour, or jumps over it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), clock, moment, held, (timeZone, daily, now, priority) => {
        const rule = { name: 'r', to: [], digest: { daily } }
        const end = digestEnd(rule, priority, { login: 'ivan', timeZone }, VIEW, now)!
        expect(end).toBeGreaterThan(now)
        expect(end - now).toBeLessThanOrEqual(25 * HOUR)
        const shown = (at: number): string =>
          new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
        // Only a clock that is put forward goes on by more than a minute, and then `daily` lies between the two.
        const [before, after] = [shown(end - 60_000), shown(end)]
        expect(after === daily || (before < daily && daily < after)).toBe(true)
      }),
    )
  })
})
