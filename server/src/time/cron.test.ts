import * as fc from 'fast-check'
import { IANAZone } from 'luxon'
import { describe, expect, it } from 'vitest'
import { cronFault, cronOccurrences, lastBefore, lastBetween, type Occurrences } from './cron.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Every occurrence from a moment on, that moment included, to another. */
function occurrences(times: Occurrences, from: number, to: number): number[] {
  const found: number[] = []
  for (let at = times.next(from - 1); at !== null && at < to; at = times.next(at)) found.push(at)
  return found
}

const utc = (...moments: number[]): string[] => moments.map((at) => new Date(at).toISOString().slice(0, 16))

/** Clock changes: a zone and a moment in the 30 hours before. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-28T12:00Z'],
  ['Europe/Berlin', '2026-10-24T12:00Z'],
  ['America/New_York', '2026-03-07T12:00Z'],
  ['America/St_Johns', '2026-10-31T12:00Z'],
  // Half an hour.
  ['Australia/Lord_Howe', '2026-04-04T00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T00:00Z'],
  // At midnight.
  ['Africa/Cairo', '2026-04-23T10:00Z'],
  ['Africa/Cairo', '2026-10-29T10:00Z'],
  ['America/Santiago', '2026-09-05T20:00Z'],
  // For good.
  ['Europe/Moscow', '2014-10-25T12:00Z'],
  // None at all.
  ['Asia/Kathmandu', '2026-03-28T10:00Z'],
  ['Asia/Yekaterinburg', '2026-10-24T12:00Z'],
] as const

const SPAN = 36 * HOUR

/**
 * What cron means, worked out minute by minute: the wall clock matches and has not shown this minute before, or the clock
 * jumps here over a minute that matches; of an expression for every hour, whenever the wall clock matches.
 */
function byHand(expression: string, zone: string, from: number, to: number): number[] {
  const clock = IANAZone.create(zone)
  const named = new Set(occurrences(cronOccurrences(expression, 'UTC'), 0, DAY))
  const matches = (shown: number): boolean => named.has(shown % DAY)
  const hourly = new Set([...named].map((at) => Math.floor(at / HOUR))).size === 24
  const seen = new Set<number>()
  let before = NaN
  const found: number[] = []
  for (let at = from - 3 * HOUR; at < to; at += MINUTE) {
    const shown = at + clock.offset(at) * MINUTE
    let isDue = matches(shown) && (hourly || !seen.has(shown))
    for (let skipped = before + MINUTE; skipped < shown; skipped += MINUTE) isDue ||= !hourly && matches(skipped)
    if (isDue && at >= from) found.push(at)
    seen.add(shown)
    before = shown
  }
  return found
}

const values = (from: number, to: number) =>
  fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 4 }).map((list) => list.join(','))
const range = (from: number, to: number) =>
  fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })).map(([a, b]) => {
    const [low, high] = a < b ? [a, b] : [b, a]
    return `${low}-${high}`
  })
const minutes = fc.oneof(values(0, 59), range(0, 59), fc.constantFrom('*', '*/7', '*/15', '*/30', '5-50/9'))
const hours = fc.oneof(values(0, 23), values(0, 4), range(0, 23), fc.constantFrom('*', '*/2', '0-6/3', '0-23'))
/** Minutes and hours alone: of every day, so that the oracle may read "every hour" off the first of 1970. */
const daily = fc.tuple(minutes, hours).map(([minute, hour]) => `${minute} ${hour} * * *`)

describe('an occurrence', () => {
  it('is what the wall clock of the zone says, minute by minute, over every change of the clock', () => {
    fc.assert(
      fc.property(daily, fc.constantFrom(...CHANGES), (expression, [zone, begin]) => {
        const from = Date.parse(begin)
        const found = occurrences(cronOccurrences(expression, zone), from, from + SPAN)
        expect(utc(...found)).toEqual(utc(...byHand(expression, zone, from, from + SPAN)))
      }),
      { numRuns: 200 },
    )
  })

  it('in an hour that does not exist is the moment of the jump, once', () => {
    const from = Date.parse('2026-03-29T00:00Z')
    for (const expression of ['30 2 * * *', '0,30 2 * * *', '*/10 2 * * *', '15 2,3 29 3 *'])
      expect(occurrences(cronOccurrences(expression, 'Europe/Berlin'), from, from + 70 * MINUTE)).toEqual([
        Date.parse('2026-03-29T01:00Z'),
      ])
  })

  it('in an hour that comes twice is in the first of the two', () => {
    const from = Date.parse('2026-10-25T00:00Z')
    const found = occurrences(cronOccurrences('*/30 2 * * *', 'Europe/Berlin'), from, from + 20 * HOUR)
    expect(utc(...found)).toEqual(['2026-10-25T00:00', '2026-10-25T00:30'])
  })

  it('of every hour comes every hour that passes', () => {
    const from = Date.parse('2026-10-24T00:30Z')
    const found = occurrences(cronOccurrences('30 * * * *', 'Europe/Berlin'), from, from + 2 * DAY)
    expect(found).toEqual(Array.from({ length: 48 }, (_, hour) => from + hour * HOUR))
  })

  it('keeps its hour in zones with quarters, and on the days it names', () => {
    const from = Date.parse('2026-03-27T00:00Z')
    const kathmandu = occurrences(cronOccurrences('0 9 * * mon-fri', 'Asia/Kathmandu'), from, from + 4 * DAY)
    expect(utc(...kathmandu)).toEqual(['2026-03-27T03:15', '2026-03-30T03:15'])
  })
})

describe('the last occurrence', () => {
  const zone = 'Europe/Moscow'
  const begin = Date.parse('2026-03-01T00:00Z')
  const moment = fc.integer({ min: begin, max: begin + 3 * DAY })

  it('between two moments is the last of all of them, and none when there is none', () => {
    fc.assert(
      fc.property(daily, moment, moment, (expression, from, to) => {
        const times = cronOccurrences(expression, zone)
        const all = occurrences(times, from + 1, to + 1)
        expect(lastBetween(times, from, to)).toBe(all.at(-1) ?? null)
      }),
      { numRuns: 60 },
    )
  })

  it('before a moment has the next one at that moment or later', () => {
    fc.assert(
      fc.property(daily, moment, (expression, at) => {
        const times = cronOccurrences(expression, zone)
        const before = lastBefore(times, at)!
        expect(before).toBeLessThan(at)
        expect(times.next(before)).toBeGreaterThanOrEqual(at)
      }),
      { numRuns: 60 },
    )
  })

  it('is found years back, without walking there', () => {
    const leap = cronOccurrences('0 0 29 2 *', 'UTC')
    expect(lastBefore(leap, Date.parse('2028-02-29T00:00Z'))).toBe(Date.parse('2024-02-29T00:00Z'))
    const asked = { count: 0 }
    const everyMinute: Occurrences = {
      next: (after) => {
        asked.count += 1
        return Math.floor(after / MINUTE) * MINUTE + MINUTE
      },
    }
    expect(lastBetween(everyMinute, 0, begin + 1)).toBe(begin)
    expect(asked.count).toBeLessThan(60)
  })
})

describe('a fault', () => {
  it.each([
    ['0 9 * *', 'fields'],
    ['0 0 9 * * *', 'fields'],
    ['@daily', 'fields'],
    ['', 'fields'],
    ['60 9 * * *', 0],
    ['*/0 9 * * *', 0],
    ['0 24 * * *', 1],
    ['0 9 0 * *', 2],
    ['0 9 * 13 *', 3],
    ['0 9 * * fri-mon-sun', 4],
    ['0 9 * * понедельник', 4],
    ['0 9 31 2 *', 'never'],
  ] as const)('of %j is in %s', (expression, fault) => {
    expect(cronFault(expression)).toBe(fault)
  })

  it.each(['0 9 * * mon-fri', '*/5 * * * *', '0 9 1,15 jan-mar,12 *', ' 0  9 * * SUN ', '0 9 * * 7', '0 0 29 2 *'])(
    'is not in %j',
    (expression) => {
      expect(cronFault(expression)).toBeUndefined()
    },
  )
})
