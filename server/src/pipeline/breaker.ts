/*
 * The circuit breaker of a way out (a bot, a mail server, a receiver), as values and a pure step.
 *
 *   closed --- `FAILURES` failures of the channel in a row, or "invalid" ---> open until a time
 *   open ----- the time comes ---> one probe is let through (half open)
 *   half open  the probe gets through ---> closed;   it fails ---> open, twice as long, up to `LONGEST_MS`
 *
 * While it is open nothing is attempted through the channel, and waiting messages use up no attempts.
 */
import type { Health } from './outcome.ts'

export interface Breaker {
  readonly failures: number
  /** Nothing may be tried before this; 0 when closed. */
  readonly openUntil: number
  /** How long it was opened the last time. */
  readonly openedForMs: number
}

export const CLOSED: Breaker = { failures: 0, openUntil: 0, openedForMs: 0 }

const FAILURES = 5
const FIRST_MS = 5_000
const LONGEST_MS = 60_000

/** The breaker after an attempt that said this of the channel. */
export function afterAttempt(breaker: Breaker, health: Health, now: number, retryAfterMs?: number): Breaker {
  if (health.of !== 'channel' || health.state === 'fine') {
    // What left before the channel was told to wait may still get through; that does not end the wait.
    if (!isDown(breaker) && breaker.openUntil > now) return { ...breaker, failures: 0 }
    return breaker.failures === 0 && breaker.openUntil === 0 ? breaker : CLOSED
  }
  if (health.state === 'throttled')
    return { ...breaker, openUntil: Math.max(breaker.openUntil, now + (retryAfterMs ?? FIRST_MS)) }
  const failures = breaker.failures + 1
  if (failures < FAILURES && health.state === 'down' && !isDown(breaker)) return { ...breaker, failures }
  // Failures of attempts that were already in flight when it opened do not lengthen the time.
  if (isDown(breaker) && breaker.openUntil > now) return { ...breaker, failures }
  const openedForMs = breaker.openedForMs === 0 ? FIRST_MS : Math.min(LONGEST_MS, breaker.openedForMs * 2)
  // A wait the other side asked for stands, should it be the longer.
  return {
    failures,
    openUntil: Math.max(breaker.openUntil, now + Math.max(openedForMs, retryAfterMs ?? 0)),
    openedForMs,
  }
}

/** Whether the channel counts as down: it was opened by failures and no probe has got through yet. */
export const isDown = (breaker: Breaker): boolean => breaker.openedForMs > 0

/** How many attempts at once it lets through: none, one probe, or all. */
export function allowance(breaker: Breaker, now: number): 'none' | 'probe' | 'all' {
  if (breaker.openUntil > now) return 'none'
  return isDown(breaker) ? 'probe' : 'all'
}
