import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly call: () => void
}

/** A clock that stands still until it is moved on; timers fire in the order of their times. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #timers: Timer[] = []

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: (this.#order += 1), call }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /** When the next timer fires, null without one. */
  get next(): number | null {
    return this.#timers.reduce<number | null>((least, { at }) => (least === null || at < least ? at : least), null)
  }

  /** Moves to the next timer that fires by `until`, and fires it; false when there is none, the clock then shows `until`. */
  step(until: number): boolean {
    const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0]
    if (due === undefined) {
      this.#now = Math.max(this.#now, until)
      return false
    }
    this.#now = Math.max(this.#now, due.at)
    this.#timers = this.#timers.filter((each) => each !== due)
    due.call()
    return true
  }

  /** Forgets all timers: the process they belonged to is dead. */
  clear(): void {
    this.#timers = []
  }
}
