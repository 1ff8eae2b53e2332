/*
 * The walk over the queue: what has outlived its use behind a breaker or a long pause is never claimed by its lane, so now
 * and then everything that waits is looked at, some rows at a time.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { ClaimedRow, Store } from '../store/store.ts'

const ROWS = 1_000
const EVERY_MS = 5_000

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Ends a row that has outlived its use; never rejects. */
  readonly expire: (row: ClaimedRow) => Promise<void>
  /** Before each round; false: the store takes no writes, not now. */
  readonly mayWalk: (now: number) => boolean
}

export class Walk {
  readonly #parts: Parts
  #timer: () => void = () => {}
  #to: string | null = null
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      void this.#round().finally(() => {
        if (!this.#stopped) this.start()
      })
    })
  }

  stop(): void {
    this.#stopped = true
    this.#timer()
  }

  async #round(): Promise<void> {
    const { store, clock, log, expire, mayWalk } = this.#parts
    if (!mayWalk(clock.now())) return
    try {
      const { rows, after } = await store.claimExpired(this.#to, ROWS, clock.now())
      this.#to = after
      for (const row of rows) await expire(row)
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the queue cannot be walked')
    }
  }
}
