/* Time that passes only when nothing else is left to do: hours of budgets and retries in seconds. */
import type { Clock } from '../server/src/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly call: () => void
}

export class VirtualClock implements Clock {
  #now: number
  #made = 0
  readonly #timers = new Set<Timer>()

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: (this.#made += 1), call }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Goes to the next moment at which something is to happen, and lets it. */
  advance(): void {
    let next: Timer | undefined
    for (const timer of this.#timers)
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    if (next === undefined) throw new Error('nothing is to happen any more')
    this.#timers.delete(next)
    this.#now = Math.max(this.#now, next.at)
    next.call()
  }
}
