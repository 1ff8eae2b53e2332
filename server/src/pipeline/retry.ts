import type { Priority } from '../store/store.ts'
import type { Outcome } from './outcome.ts'

const SECOND = 1_000
const HOUR = 3_600_000

/** How long an undelivered message is of use, by severity, unless its rule says otherwise. */
export const LIFETIME_MS: Readonly<Record<Priority, number>> = { 0: HOUR, 1: 6 * HOUR, 2: 24 * HOUR }

/** First wait and longest wait between attempts: urgent ones are tried sooner and more often. */
const WAITS: Readonly<Record<Priority, readonly [number, number]>> = {
  0: [2 * SECOND, 60 * SECOND],
  1: [5 * SECOND, 5 * 60 * SECOND],
  2: [10 * SECOND, 15 * 60 * SECOND],
}

export type RetryDecision =
  | { readonly again: true; readonly dueAt: number }
  | { readonly again: false; readonly reason: 'expired' }

/**
 * When a deferred message is tried again: exponential, capped, spread by ±20 % so that what failed together does not come
 * back together; never before the provider allows it; not at all after its life. What our own stop cut off is due at once.
 */
export function decideRetry(
  outcome: Extract<Outcome, { verdict: 'deferred' }>,
  attempts: number,
  priority: Priority,
  expiresAt: number,
  now: number,
  random: number,
): RetryDecision {
  const [first, longest] = WAITS[priority]
  const wait = Math.min(longest, first * 2 ** Math.min(attempts - 1, 20)) * (0.8 + 0.4 * random)
  const dueAt = outcome.reason === 'cancelled' ? now : Math.ceil(now + Math.max(wait, outcome.retryAfterMs ?? 0))
  return dueAt < expiresAt ? { again: true, dueAt } : { again: false, reason: 'expired' }
}
