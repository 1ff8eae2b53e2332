import * as fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it, test } from 'vitest'
import { WEEKDAYS, type Schedule } from '@nabat/api/rule.ts'
import { endOf, isTimeZone, isWithin, nextChange, nextWithin } from './hours.ts'

/*
 * Worked out by hand. Moscow is UTC+3 and Yekaterinburg UTC+5 all year, Kathmandu UTC+5:45. Berlin goes from UTC+1 to +2
 * on 2026-03-29 at 02:00 (the clock shows 03:00), and back on 2026-10-25 at 03:00 (the clock shows 02:00 again).
 */

const at = (text: string): number => Date.parse(text)
const NIGHT: Schedule = { from: '22:00', to: '08:00' }
const OFFICE: Schedule = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }

describe('isWithin', () => {
  test.each<[string, Schedule, string, string, boolean]>([
    ['the first minute is in', OFFICE, 'Europe/Moscow', '2026-03-18T09:00:00+03:00', true],
    ['the minute before is out', OFFICE, 'Europe/Moscow', '2026-03-18T08:59:59.999+03:00', false],
    ['the last minute is in', OFFICE, 'Europe/Moscow', '2026-03-18T17:59:59.999+03:00', true],
    ['the end is out', OFFICE, 'Europe/Moscow', '2026-03-18T18:00:00+03:00', false],
    ['Saturday is out', OFFICE, 'Europe/Moscow', '2026-03-21T12:00:00+03:00', false],
    ['15:00 in Moscow is 17:00 in Yekaterinburg', OFFICE, 'Asia/Yekaterinburg', '2026-03-18T15:00:00+03:00', true],
    ['16:00 in Moscow is 18:00 in Yekaterinburg', OFFICE, 'Asia/Yekaterinburg', '2026-03-18T16:00:00+03:00', false],
    ['09:00 in Kathmandu is 03:15 UTC', OFFICE, 'Asia/Kathmandu', '2026-03-18T03:15:00Z', true],
    ['and 03:14 is too early', OFFICE, 'Asia/Kathmandu', '2026-03-18T03:14:00Z', false],
    [
      'Monday in Kathmandu while it is Sunday in UTC',
      { days: ['mon'] },
      'Asia/Kathmandu',
      '2026-03-15T18:15:00Z',
      true,
    ],
    [
      'its own zone goes before the given one',
      { ...OFFICE, timeZone: 'Asia/Kathmandu' },
      'UTC',
      '2026-03-18T03:15:00Z',
      true,
    ],
    ['a night begins', NIGHT, 'Europe/Moscow', '2026-03-18T22:00:00+03:00', true],
    ['goes over midnight', NIGHT, 'Europe/Moscow', '2026-03-19T00:00:00+03:00', true],
    ['and ends', NIGHT, 'Europe/Moscow', '2026-03-19T08:00:00+03:00', false],
    ['a day is no night', NIGHT, 'Europe/Moscow', '2026-03-19T15:00:00+03:00', false],
    [
      'the night of Friday ends on Saturday',
      { ...NIGHT, days: ['fri'] },
      'Europe/Moscow',
      '2026-03-21T07:00:00+03:00',
      true,
    ],
    [
      'Saturday has no night of its own',
      { ...NIGHT, days: ['fri'] },
      'Europe/Moscow',
      '2026-03-21T22:30:00+03:00',
      false,
    ],
    [
      'the morning of Friday belongs to Thursday',
      { ...NIGHT, days: ['fri'] },
      'Europe/Moscow',
      '2026-03-20T07:00:00+03:00',
      false,
    ],
    ['days alone mean all day', { days: ['sat'] }, 'Europe/Moscow', '2026-03-21T23:59:59+03:00', true],
    ['a beginning alone means until midnight', { from: '20:00' }, 'Europe/Moscow', '2026-03-21T23:59:59+03:00', true],
    ['and not after it', { from: '20:00' }, 'Europe/Moscow', '2026-03-21T00:30:00+03:00', false],
    ['an end alone means from midnight', { to: '06:00' }, 'Europe/Moscow', '2026-03-21T00:00:00+03:00', true],
    [
      'equal ends mean a whole day',
      { days: ['fri'], from: '09:00', to: '09:00' },
      'Europe/Moscow',
      '2026-03-21T08:00:00+03:00',
      true,
    ],
    [
      'from that hour on',
      { days: ['fri'], from: '09:00', to: '09:00' },
      'Europe/Moscow',
      '2026-03-20T08:00:00+03:00',
      false,
    ],
    ['Berlin, the hour before the jump', NIGHT, 'Europe/Berlin', '2026-03-29T00:59:00Z', true],
    ['Berlin, 07:59 after the jump is 05:59 UTC', NIGHT, 'Europe/Berlin', '2026-03-29T05:59:00Z', true],
    ['Berlin, 08:00 after the jump is 06:00 UTC', NIGHT, 'Europe/Berlin', '2026-03-29T06:00:00Z', false],
    ['Berlin, the first 02:30', { from: '02:00', to: '03:00' }, 'Europe/Berlin', '2026-10-25T00:30:00Z', true],
    ['Berlin, the second 02:30', { from: '02:00', to: '03:00' }, 'Europe/Berlin', '2026-10-25T01:30:00Z', true],
    ['Berlin, 08:00 in winter again is 07:00 UTC', NIGHT, 'Europe/Berlin', '2026-10-25T07:00:00Z', false],
    ['Berlin, 07:59 in winter again is 06:59 UTC', NIGHT, 'Europe/Berlin', '2026-10-25T06:59:00Z', true],
  ])('%s', (_what, schedule, zone, now, answer) => {
    expect(isWithin(schedule, at(now), zone)).toBe(answer)
  })
})

describe('endOf', () => {
  test.each<[string, string, string, string, string]>([
    ['this morning', '08:00', 'Europe/Moscow', '2026-03-18T03:00:00+03:00', '2026-03-18T08:00:00+03:00'],
    ['tomorrow morning', '08:00', 'Europe/Moscow', '2026-03-18T22:30:00+03:00', '2026-03-19T08:00:00+03:00'],
    [
      'at the very minute: the next day',
      '08:00',
      'Europe/Moscow',
      '2026-03-18T08:00:00+03:00',
      '2026-03-19T08:00:00+03:00',
    ],
    ['over the end of a month', '08:00', 'Europe/Moscow', '2026-02-28T23:00:00+03:00', '2026-03-01T08:00:00+03:00'],
    ['over the end of a year', '08:00', 'Asia/Yekaterinburg', '2026-12-31T20:00:00Z', '2027-01-01T03:00:00Z'],
    ['in Kathmandu', '08:00', 'Asia/Kathmandu', '2026-03-18T00:00:00Z', '2026-03-18T02:15:00Z'],
    [
      'in Berlin over the jump forward: an hour sooner',
      '08:00',
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-29T06:00:00Z',
    ],
    [
      'in Berlin over the jump back: an hour later',
      '08:00',
      'Europe/Berlin',
      '2026-10-24T22:00:00Z',
      '2026-10-25T07:00:00Z',
    ],
    [
      'in Berlin, a time the clock skips is 03:00',
      '02:30',
      'Europe/Berlin',
      '2026-03-28T23:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    ['in Berlin, the first of two 02:30', '02:30', 'Europe/Berlin', '2026-10-24T23:00:00Z', '2026-10-25T00:30:00Z'],
    ['and from the day before', '02:30', 'Europe/Berlin', '2026-10-24T10:00:00Z', '2026-10-25T00:30:00Z'],
    ['in Berlin, the second of two 02:30', '02:30', 'Europe/Berlin', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'],
  ])('%s', (_what, to, zone, now, end) => {
    expect(new Date(endOf(to, at(now), zone)).toISOString()).toBe(new Date(end).toISOString())
  })
})

describe('nextWithin', () => {
  test.each<[string, Schedule, string, string, string | null]>([
    ['now, when it holds', OFFICE, 'Europe/Moscow', '2026-03-18T12:34:56+03:00', '2026-03-18T12:34:56+03:00'],
    ['this morning', OFFICE, 'Europe/Moscow', '2026-03-18T03:00:00+03:00', '2026-03-18T09:00:00+03:00'],
    ['tomorrow', OFFICE, 'Europe/Moscow', '2026-03-18T18:00:00+03:00', '2026-03-19T09:00:00+03:00'],
    ['after the weekend', OFFICE, 'Europe/Moscow', '2026-03-20T18:00:00+03:00', '2026-03-23T09:00:00+03:00'],
    [
      'in a week',
      { days: ['wed'], from: '09:00', to: '10:00' },
      'Europe/Moscow',
      '2026-03-18T10:00:00+03:00',
      '2026-03-25T09:00:00+03:00',
    ],
    [
      'in its own zone',
      { ...OFFICE, timeZone: 'Asia/Yekaterinburg' },
      'Europe/Moscow',
      '2026-03-18T03:00:00+03:00',
      '2026-03-18T09:00:00+05:00',
    ],
    ['never', { days: [] }, 'Europe/Moscow', '2026-03-18T03:00:00+03:00', null],
    ['over the jump forward', OFFICE, 'Europe/Berlin', '2026-03-27T20:00:00Z', '2026-03-30T07:00:00Z'],
    ['over the jump back', OFFICE, 'Europe/Berlin', '2026-10-23T20:00:00Z', '2026-10-26T08:00:00Z'],
    [
      'a beginning the clock skips is 03:00',
      { from: '02:30', to: '05:00' },
      'Europe/Berlin',
      '2026-03-28T23:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
  ])('%s', (_what, schedule, zone, now, next) => {
    const found = nextWithin(schedule, at(now), zone)
    expect(found === null ? null : new Date(found).toISOString()).toBe(
      next === null ? null : new Date(next).toISOString(),
    )
  })
})

/*
 * Santiago: from UTC-4 to -3 on 2026-09-06 at 00:00 (the clock shows 01:00), back on 2026-04-05 at 00:00 (Saturday, 23:00,
 * again). Lord Howe: from UTC+10:30 to +11 on 2026-10-04 at 02:00, back on 2026-04-05 at 02:00 (01:30 again).
 */
describe('nextChange', () => {
  test.each<[string, Schedule, string, string, string | null]>([
    ['the end of what holds', OFFICE, 'Europe/Moscow', '2026-03-18T12:34:56+03:00', '2026-03-18T18:00:00+03:00'],
    [
      'at the very end: the next beginning',
      OFFICE,
      'Europe/Moscow',
      '2026-03-18T18:00:00+03:00',
      '2026-03-19T09:00:00+03:00',
    ],
    ['a span over midnight is one', NIGHT, 'Europe/Moscow', '2026-03-18T22:00:00+03:00', '2026-03-19T08:00:00+03:00'],
    [
      'days side by side are one span',
      { days: ['sat', 'sun'] },
      'Europe/Moscow',
      '2026-03-21T10:00:00+03:00',
      '2026-03-23T00:00:00+03:00',
    ],
    [
      'the week’s only day',
      { days: ['wed'] },
      'Europe/Moscow',
      '2026-03-19T00:00:00+03:00',
      '2026-03-25T00:00:00+03:00',
    ],
    [
      'six days are one span',
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
      'Europe/Moscow',
      '2026-03-16T00:00:00+03:00',
      '2026-03-22T00:00:00+03:00',
    ],
    ['what always holds never changes', {}, 'Europe/Moscow', '2026-03-18T12:00:00+03:00', null],
    [
      'nor what holds day and night',
      { from: '09:00', to: '09:00' },
      'Europe/Moscow',
      '2026-03-18T12:00:00+03:00',
      null,
    ],
    ['nor what never does', { days: [] }, 'Europe/Moscow', '2026-03-18T12:00:00+03:00', null],
    [
      'in its own zone',
      { ...OFFICE, timeZone: 'Asia/Kathmandu' },
      'Europe/Moscow',
      '2026-03-18T00:00:00Z',
      '2026-03-18T03:15:00Z',
    ],
    [
      'Berlin: an hour that is skipped is passed over',
      { from: '02:00', to: '03:00' },
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-30T00:00:00Z',
    ],
    [
      'Berlin: and a week later, where it is the only one',
      { days: ['sun'], from: '02:00', to: '03:00' },
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-04-05T00:00:00Z',
    ],
    [
      'Berlin: an end that is skipped is the jump',
      { from: '00:00', to: '02:30' },
      'Europe/Berlin',
      '2026-03-28T23:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'Berlin: put back into it, it begins again',
      { from: '02:00', to: '02:30' },
      'Europe/Berlin',
      '2026-10-25T00:40:00Z',
      '2026-10-25T01:00:00Z',
    ],
    [
      'Berlin: put back before it, it breaks off',
      { from: '02:30', to: '08:00' },
      'Europe/Berlin',
      '2026-10-25T00:40:00Z',
      '2026-10-25T01:00:00Z',
    ],
    [
      'Santiago: a day that begins at 01:00',
      { days: ['sun'] },
      'America/Santiago',
      '2026-09-05T12:00:00Z',
      '2026-09-06T04:00:00Z',
    ],
    [
      'Santiago: a Saturday of 25 hours',
      { days: ['sat'] },
      'America/Santiago',
      '2026-04-04T12:00:00Z',
      '2026-04-05T04:00:00Z',
    ],
    [
      'Lord Howe: half an hour is skipped',
      { from: '02:15', to: '05:00' },
      'Australia/Lord_Howe',
      '2026-10-03T12:00:00Z',
      '2026-10-03T15:30:00Z',
    ],
    [
      'Lord Howe: half an hour comes twice',
      { from: '22:00', to: '02:00' },
      'Australia/Lord_Howe',
      '2026-04-04T12:00:00Z',
      '2026-04-04T15:30:00Z',
    ],
  ])('%s', (_what, schedule, zone, now, change) => {
    const found = nextChange(schedule, at(now), zone)
    expect(found === null ? null : new Date(found).toISOString()).toBe(
      change === null ? null : new Date(change).toISOString(),
    )
  })
})

const MINUTE = 60_000
const zone = fc.constantFrom(
  'Europe/Moscow',
  'Asia/Yekaterinburg',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'America/New_York',
  'Australia/Lord_Howe',
)
const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`)
/** Any minute of two years, the nights of change among them as often as all others together. */
const moment = fc
  .oneof(
    fc.integer({ min: at('2026-01-01T00:00:00Z') / MINUTE, max: at('2027-12-31T00:00:00Z') / MINUTE }),
    fc
      .tuple(
        fc.constantFrom(
          '2026-03-28T20:00:00Z',
          '2026-10-24T20:00:00Z',
          '2026-03-08T04:00:00Z',
          '2026-11-01T02:00:00Z',
          '2026-04-04T10:00:00Z',
          '2026-10-03T10:00:00Z',
        ),
        fc.integer({ min: 0, max: 900 }),
      )
      .map(([start, minutes]) => at(start) / MINUTE + minutes),
  )
  .map((minute) => minute * MINUTE)

/** Minutes between two times on the clock, the shorter way round: a span within the hour of a change is nobody's. */
function apart(a: string, b: string): number {
  const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const there = (minute(b) - minute(a) + 1440) % 1440
  return Math.min(there, 1440 - there)
}

describe('in any zone, on any day', () => {
  it('quiet hours end at the first moment that is no longer quiet', () => {
    fc.assert(
      fc.property(zone, clock, clock, moment, (where, from, to, now) => {
        const hours = { from, to }
        fc.pre(apart(from, to) >= 120 && isWithin(hours, now, where))
        const end = endOf(to, now, where)
        expect(end).toBeGreaterThan(now)
        expect(isWithin(hours, end - MINUTE, where)).toBe(true)
        // Where the clock is put back over the end, it is quiet a second time; nowhere else.
        if (!(isRepeated(end, where) || isRepeated(now, where))) expect(isWithin(hours, end, where)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('working hours begin at a moment that is within them, and the minute before is not', () => {
    const schedule = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: clock,
      to: clock,
    })
    fc.assert(
      fc.property(zone, schedule, moment, (where, hours, now) => {
        const next = nextWithin(hours, now, where)
        fc.pre(apart(hours.from, hours.to) >= 120 && !isWithin(hours, now, where))
        expect(next).toBeGreaterThan(now)
        expect(isWithin(hours, next!, where)).toBe(true)
        expect(isWithin(hours, next! - MINUTE, where)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the next change of a schedule', () => {
  const quarter = fc
    .integer({ min: 0, max: 95 })
    .map((n) => `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`)
  const schedule = fc.record(
    { days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }), from: quarter, to: quarter },
    { requiredKeys: [] },
  )

  it('is the first quarter of an hour at which it holds and did not, or the other way round', () => {
    fc.assert(
      fc.property(zone, schedule, moment, (where, hours, some) => {
        const now = some - (some % (15 * MINUTE))
        const holds = isWithin(hours, now, where)
        const change = nextChange(hours, now, where)
        let first = now
        while (first <= now + 15 * 1440 * MINUTE && isWithin(hours, first, where) === holds) first += 15 * MINUTE
        if (change === null) expect(first).toBeGreaterThan(now + 15 * 1440 * MINUTE)
        else expect(new Date(change).toISOString()).toBe(new Date(first).toISOString())
      }),
      { numRuns: 300 },
    )
  })
})

/** Whether the clock of a zone shows this time twice: it shows the same an hour, or half of one, before or after. */
function isRepeated(ms: number, where: string): boolean {
  const shown = (minutes: number): string =>
    DateTime.fromMillis(ms + minutes * MINUTE, { zone: where }).toFormat('yyyy-MM-dd HH:mm')
  return [-60, -30, 30, 60].some((minutes) => shown(minutes) === shown(0))
}

describe('isTimeZone', () => {
  it('knows IANA names', () => {
    expect(['Europe/Moscow', 'Asia/Kathmandu', 'UTC'].map(isTimeZone)).toEqual([true, true, true])
    expect(['Moscow', 'Europe/Nowhere', '', 'GMT+25'].map(isTimeZone)).toEqual([false, false, false, false])
  })
})
