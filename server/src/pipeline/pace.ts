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

  /** Gives back what was taken at `at` and not used: the place is the next to be taken, or half of a budget would be lost. */
  release(budgets: readonly Budget[], at: number): void {
    for (const { key } of budgets) {
      const window = this.#windows.get(key)
      const index = window?.times.lastIndexOf(at) ?? -1
      if (index < 0) continue
      const { times, next } = window!
      const before = (place: number): number => (place + times.length - 1) % times.length
      for (let place = index; place !== next; place = before(place)) times[place] = times[before(place)]!
      times[next] = -Infinity
    }
  }

  /** What was taken at `at` counts as sent at `to`. */
  move(budgets: readonly Budget[], at: number, to: number): void {
    for (const { key } of budgets) {
      const window = this.#windows.get(key)
      const index = window?.times.lastIndexOf(at) ?? -1
      if (index >= 0) window!.times[index] = to
    }
  }

  /** Forgets what was sent on a budget: another node sent on it since, and it is rebuilt. */
  forget(key: string): void {
    this.#windows.delete(key)
  }

  /** Forgets windows that limit nothing any more. */
  sweep(now: number): void {
    for (const [key, { times }] of this.#windows) {
      if (Math.max(...times) < now - FORGET_AFTER_MS) this.#windows.delete(key)
    }
  }
}
