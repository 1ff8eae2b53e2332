import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Priority } from '../store/store.ts'
import { deferred, type FailureReason, type Outcome } from './outcome.ts'
import { decideRetry, LIFETIME_MS } from './retry.ts'

const NOW = 1_800_000_000_000
const FAR = NOW + 365 * 86_400_000

type Deferred = Extract<Outcome, { verdict: 'deferred' }>
const failed = (retryAfterMs?: number, reason: FailureReason = 'timeout'): Deferred =>
  deferred(reason, '', { of: 'channel', state: 'fine' }, retryAfterMs === undefined ? {} : { retryAfterMs }) as Deferred

/** Milliseconds until the next attempt after so many. */
function waitMs(attempts: number, priority: Priority, random: number, retryAfterMs?: number): number {
  const decision = decideRetry(failed(retryAfterMs), attempts, priority, FAR, NOW, random)
  return decision.again ? decision.dueAt - NOW : NaN
}

/** Shortest and longest wait of each priority, with the spread of a fifth on either side. */
const BOUNDS: Readonly<Record<Priority, readonly [number, number]>> = {
  0: [1_600, 72_000],
  1: [4_000, 360_000],
  2: [8_000, 1_080_000],
}

const priority = fc.constantFrom<Priority>(0, 1, 2)
const attempts = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 100_000 }))
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const after = fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined })

describe('a retry', () => {
  test.each<[Priority, readonly number[]]>([
    [0, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
    [1, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]],
    [2, [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 900_000, 900_000]],
  ])('of priority %i waits, when chance is in the middle, %j', (urgency, waits) => {
    expect(waits.map((_, index) => waitMs(index + 1, urgency, 0.5))).toEqual(waits)
  })

  it('waits no less than the shortest and no more than the longest', () => {
    fc.assert(
      fc.property(attempts, priority, chance, (tried, urgency, random) => {
        const [shortest, longest] = BOUNDS[urgency]
        const wait = waitMs(tried, urgency, random)
        expect(wait).toBeGreaterThanOrEqual(shortest)
        expect(wait).toBeLessThanOrEqual(longest)
        expect(Number.isInteger(wait)).toBe(true)
      }),
    )
  })

  it('never waits less than the time before it, with the same chance', () => {
    fc.assert(
      fc.property(attempts, priority, chance, (tried, urgency, random) => {
        expect(waitMs(tried + 1, urgency, random)).toBeGreaterThanOrEqual(waitMs(tried, urgency, random))
      }),
    )
  })

  it('spreads what failed together over two fifths of the wait', () => {
    expect(waitMs(1, 0, 0)).toBe(1_600)
    expect(waitMs(1, 0, 0.999999)).toBe(2_400)
  })

  it('never comes before the provider allows it, and no later than it would without', () => {
    fc.assert(
      fc.property(attempts, priority, chance, after, (tried, urgency, random, retryAfterMs) => {
        const wait = waitMs(tried, urgency, random, retryAfterMs)
        expect(wait).toBe(Math.max(waitMs(tried, urgency, random), retryAfterMs ?? 0))
      }),
    )
  })

  it('never comes at or after the end of its life; what could come before it does', () => {
    const life = fc.integer({ min: -1_000, max: 2_000_000 })
    fc.assert(
      fc.property(attempts, priority, chance, after, life, (tried, urgency, random, retryAfterMs, lifeMs) => {
        const decision = decideRetry(failed(retryAfterMs), tried, urgency, NOW + lifeMs, NOW, random)
        const wait = waitMs(tried, urgency, random, retryAfterMs)
        if (wait < lifeMs) expect(decision).toEqual({ again: true, dueAt: NOW + wait })
        else expect(decision).toEqual({ again: false, reason: 'expired' })
      }),
    )
  })

  it('of what the stop of the process cut off comes at once, as long as it lives at all', () => {
    expect(decideRetry(failed(undefined, 'cancelled'), 3, 2, NOW + 1, NOW, 0.5)).toEqual({ again: true, dueAt: NOW })
    expect(decideRetry(failed(undefined, 'cancelled'), 3, 2, NOW, NOW, 0.5)).toEqual({
      again: false,
      reason: 'expired',
    })
  })
})

describe('the life of a message', () => {
  it('is an hour, six hours or a day, by how urgent it is', () => {
    expect(LIFETIME_MS).toEqual({ 0: 3_600_000, 1: 6 * 3_600_000, 2: 24 * 3_600_000 })
  })
})
