/*
 * Budgets as sliding windows: at most `limit` sends in any span of `perMs`. A window keeps the times of its last `limit`
 * sends in a ring; the next send is allowed once the oldest of them has left the span. That is exact (no burst at the
 * seam of two fixed windows, which is where Telegram answers 429) and costs one comparison a send.
 */
import type { Budget } from '../channels/channel.ts'

interface Window {
  readonly perMs: number
  readonly times: Float64Array
  next: number
}

/** Windows not used for this long are forgotten: they no longer limit anything. */
const FORGET_AFTER_MS = 120_000

/** A hair more than the span: the provider counts on its own clock, when the message reaches it. */
const MARGIN_MS = 15

export class Pace {
  readonly #windows = new Map<string, Window>()

  /** The first moment, `now` or later, at which a message drawing on all these budgets may leave. */
  freeAt(budgets: readonly Budget[], now: number): number {
    let at = now
    for (const budget of budgets) {
      const window = this.#windows.get(budget.key)
      if (window === undefined) continue
      at = Math.max(at, window.times[window.next]! + window.perMs + MARGIN_MS)
    }
    return at
  }

  /** Counts a message that leaves at `at`. */
  take(budgets: readonly Budget[], at: number): void {
    for (const { key, limit, perMs } of budgets) {
      let window = this.#windows.get(key)
      if (window === undefined) {
        window = { perMs, times: new Float64Array(limit).fill(-Infinity), next: 0 }
        this.#windows.set(key, window)
      }
      window.times[window.next] = at
      window.next = (window.next + 1) % window.times.length
    }
  }

  /** Forgets windows that limit nothing any more. */
  sweep(now: number): void {
    for (const [key, { times, next }] of this.#windows) {
      const last = times[(next + times.length - 1) % times.length]!
      if (last < now - FORGET_AFTER_MS) this.#windows.delete(key)
    }
  }
}
