/*
 * Writes settlements in batches, so that one commit serves many.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { StoreUnavailable, type AcceptRequest, type Settlement, type Store, type Woken } from '../store/store.ts'

/** Decisions wait this long for company, so that one commit serves many. */
const GATHER_MS = 20
/** So many are written at once without waiting. */
const ENOUGH = 64
/** How long a store that refused is left alone. */
const REFUSED_MS = 250

/**
 * Writes settlements in batches. What cannot be written stays here and is tried again; `unsettled` counts it, and claiming
 * stops while the count is at its limit, so that nothing new is attempted until the outcomes are safe.
 */
export class Settler {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #onSettled: (settled: { woken: readonly Woken[]; stale: readonly AcceptRequest[] }) => void
  #waiting: Gathered[] = []
  #writing = false
  #refused = false
  #onWritten: (() => void)[] = []
  #timer: (() => void) | null = null

  constructor(
    store: Store,
    clock: Clock,
    log: Log,
    onSettled: (settled: { woken: readonly Woken[]; stale: readonly AcceptRequest[] }) => void,
  ) {
    this.#store = store
    this.#clock = clock
    this.#log = log
    this.#onSettled = onSettled
  }

  /** Outcomes that are known and not yet safe. */
  get unsettled(): number {
    return this.#waiting.length + this.#inBatch
  }
  #inBatch = 0

  /** The store refused the last batch: nothing new may be attempted. */
  get refused(): boolean {
    return this.#refused
  }

  add(settlement: Settlement, raised: AcceptRequest | null = null): void {
    this.#waiting.push({ settlement, raised })
    if (this.#writing || this.#refused) return
    if (this.#waiting.length >= ENOUGH) void this.flush()
    else this.#timer ??= this.#clock.after(GATHER_MS, () => void this.flush())
  }

  /** Writes what has gathered, and what gathers meanwhile. */
  async flush(): Promise<void> {
    this.#timer?.()
    this.#timer = null
    if (this.#writing || this.#waiting.length === 0) return
    const batch = this.#waiting
    this.#waiting = []
    this.#inBatch = batch.length
    this.#writing = true
    const left = await this.#write(batch)
    this.#waiting = [...left, ...this.#waiting]
    this.#inBatch = 0
    this.#writing = false
    this.#refused = left.length > 0
    for (const resolve of this.#onWritten.splice(0)) resolve()
    if (this.#refused) this.#timer = this.#clock.after(REFUSED_MS, () => void this.flush())
    else if (this.#waiting.length >= ENOUGH) await this.flush()
    else if (this.#waiting.length > 0) this.#timer ??= this.#clock.after(GATHER_MS, () => void this.flush())
  }

  /** Resolves when everything is written, what is being written included; or once the store has refused. */
  async drain(): Promise<void> {
    while (this.unsettled > 0) {
      if (this.#writing) await new Promise<void>((resolve) => this.#onWritten.push(resolve))
      else await this.flush()
      if (this.#refused) return
    }
  }

  /** Writes a batch; answers with what a store that takes no writes now has left. */
  async #write(batch: readonly Gathered[]): Promise<readonly Gathered[]> {
    try {
      const raised = batch.flatMap((each) => each.raised ?? [])
      const now = this.#clock.now()
      const settlements = batch.map((each) => each.settlement)
      const settled = await this.#store.settle(settlements, raised, now)
      this.#refused = false
      this.#onSettled(settled)
      return []
    } catch (error) {
      const { message } = error as Error
      if (error instanceof StoreUnavailable) {
        this.#log.error(
          { error: message, unsettled: batch.length },
          'outcomes cannot be written, nothing new is attempted until they are',
        )
        return batch
      }
      // A bug in one of them must not hold up the others: it is left as it is, and taken up again after a restart.
      if (batch.length === 1) {
        this.#log.error(
          { error: message, delivery: batch[0]!.settlement.delivery },
          'an outcome could not be written, which is a bug',
        )
        return []
      }
      const left: Gathered[] = []
      for (const one of batch) left.push(...(await this.#write([one])))
      return left
    }
  }
}

interface Gathered {
  readonly settlement: Settlement
  readonly raised: AcceptRequest | null
}
