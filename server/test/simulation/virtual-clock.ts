import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  /** Null once it has fired or was taken back. */
  call: (() => void) | null
}

const isBefore = (one: Timer, other: Timer): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

/** A clock that stands still until it is moved on; timers fire in the order of their times. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  /** A heap by time. What was taken back stays in it until its time comes: most timers of a node are. */
  readonly #timers: Timer[] = []

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, call: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: (this.#order += 1), call }
    this.#add(timer)
    return () => {
      timer.call = null
    }
  }

  /** The same clock for one process: when the process ends, its timers end with it and it can set no new ones. */
  ofProcess(): Clock & { end(): void } {
    let ended = false
    return {
      now: () => this.now(),
      after: (ms, call) =>
        ended
          ? () => {}
          : this.after(ms, () => {
              if (!ended) call()
            }),
      end: () => {
        ended = true
      },
    }
  }

  /** Moves to the next timer that fires by `until`, and fires it; false when there is none, the clock then shows `until`. */
  step(until: number): boolean {
    for (let first = this.#timers[0]; first !== undefined && first.at <= until; first = this.#timers[0]) {
      this.#removeFirst()
      const { call } = first
      if (call === null) continue
      first.call = null
      this.#now = Math.max(this.#now, first.at)
      call()
      return true
    }
    this.#now = Math.max(this.#now, until)
    return false
  }

  /** Time goes by in which nothing is to happen: what was due meanwhile fires at the next step, late. */
  skip(until: number): void {
    this.#now = Math.max(this.#now, until)
  }

  #add(timer: Timer): void {
    const heap = this.#timers
    let at = heap.push(timer) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(timer, heap[above]!)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = timer
  }

  #removeFirst(): void {
    const heap = this.#timers
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1
      if (!isBefore(heap[below]!, last)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
  }
}
