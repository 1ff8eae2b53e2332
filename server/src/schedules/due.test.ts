import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cronOccurrences } from '../time/cron.ts'
import { dueOccurrence, type Scheduled } from './due.ts'

const MINUTE = 60_000
const BEGIN = Date.parse('2026-10-23T00:00Z')

/** Three days around a Sunday that repeats an hour. */
const moment = fc.integer({ min: BEGIN, max: BEGIN + 3 * 24 * 60 * MINUTE })
const schedule = fc
  .constantFrom('*/5 * * * *', '30 2 * * *', '0 9,18 * * *', '17 * * * *', '0 9 * * mon', '*/30 1-3 * * *')
  .map((cron): Scheduled => ({ times: cronOccurrences(cron, 'Europe/Berlin'), enabled: true }))

describe('a schedule that is looked at', () => {
  it('raises nothing of what lies before it was saved or last raised, and nothing that is still to come', () => {
    fc.assert(
      fc.property(schedule, moment, moment, (scheduled, lastAt, now) => {
        const { occurrence } = dueOccurrence(scheduled, lastAt, now)
        if (occurrence === null) return
        expect(occurrence).toBeGreaterThan(lastAt)
        expect(occurrence).toBeLessThanOrEqual(now)
      }),
    )
  })

  it('raises what was missed once, and only the latest of it', () => {
    fc.assert(
      fc.property(schedule, moment, moment, (scheduled, lastAt, now) => {
        const { occurrence } = dueOccurrence(scheduled, lastAt, now)
        const missed = scheduled.times.next(lastAt)
        expect(occurrence !== null).toBe(missed !== null && missed <= now)
        if (occurrence === null) return
        expect(scheduled.times.next(occurrence)).toBeGreaterThan(now)
        expect(dueOccurrence(scheduled, occurrence, now).occurrence).toBeNull()
      }),
    )
  })

  it('looks again at the first moment at which there is something to raise', () => {
    fc.assert(
      fc.property(schedule, moment, moment, (scheduled, lastAt, now) => {
        const { occurrence, next } = dueOccurrence(scheduled, lastAt, now)
        const last = Math.max(lastAt, occurrence ?? lastAt)
        expect(next).toBeGreaterThan(now)
        expect(dueOccurrence(scheduled, last, next! - 1).occurrence).toBeNull()
        expect(dueOccurrence(scheduled, last, next!).occurrence).toBe(next)
      }),
    )
  })

  it('raises every occurrence exactly once, in order, however often and whenever it is looked at', () => {
    fc.assert(
      fc.property(schedule, fc.array(moment, { minLength: 1, maxLength: 30 }), (scheduled, looks) => {
        const raised: number[] = []
        let lastAt = BEGIN
        // The clock may be put back between two looks.
        for (const now of looks) {
          const { occurrence } = dueOccurrence(scheduled, lastAt, now)
          if (occurrence === null) continue
          raised.push(occurrence)
          lastAt = occurrence
        }
        expect(raised).toEqual([...new Set(raised)].sort((a, b) => a - b))
        const end = Math.max(...looks)
        expect(scheduled.times.next(lastAt)).toBeGreaterThan(end)
      }),
    )
  })

  it('raises nothing and waits for nothing while it is switched off', () => {
    fc.assert(
      fc.property(schedule, moment, moment, ({ times }, lastAt, now) => {
        expect(dueOccurrence({ times, enabled: false }, lastAt, now)).toEqual({ occurrence: null, next: null })
      }),
    )
  })
})
