/*
 * Everything around the processes of a life: time, providers, the store, the people who save and post, and a record of
 * what had an effect, which the checks compare with what the store says in the end.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { idText } from '../../src/ids.ts'
import type { AcceptRequest, Settlement, Store } from '../../src/store/store.ts'
import { FIRST_COMPANY, type Company } from './company.ts'
import type { Life } from './life.ts'
import { Luck } from './luck.ts'
import { Network } from './network.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A configuration that was in force from a version on. */
export interface Saved {
  readonly version: number
  readonly at: number
  readonly company: Company
}

/** What a client was told of an event that it posted. */
export interface Answered {
  /** Id its poster gave it. */
  readonly event: string
  /** Id Nabat gave it. */
  readonly id: string
  /** The version in force when it was posted: it is routed by that or a later one. */
  readonly version: number
}

export interface Span {
  readonly from: number
  until: number
}

export class World {
  readonly clock: VirtualClock
  readonly luck: Luck
  readonly network: Network
  readonly store: Store
  readonly begin: number
  /** How long it may take a node to hear what was saved on another: until the look every half minute, should the notice be lost. */
  hearsWithinMs = 0
  /** The file as the operator last wrote it. */
  file: Company = FIRST_COMPANY
  /** What of it is being applied: who stood still meanwhile applies what was written long ago. */
  readonly applying = new AsyncLocalStorage<Company>()
  /** Configurations that were in force, by version. */
  readonly ledger: Saved[] = []
  readonly answered: Answered[] = []
  /** Which deliveries left in the message of which. */
  readonly folds = new Map<string, readonly string[]>()
  /** How often each delivery has ended. */
  readonly ends = new Map<string, number>()
  /** Deliveries that somebody tried again by hand. */
  readonly byHand = new Set<string>()
  /** When somebody read all that was in an inbox. */
  readonly reads: number[] = []
  /** Times in which no process served or the store took nothing. */
  readonly unwell: Span[] = []
  /** Times in which the store took no writes, or not all. */
  readonly #storeIll: Span[] = []
  readonly story: { readonly at: number; readonly says: string }[] = []
  /** What nobody expects: errors on the way. */
  readonly bugs: string[] = []
  crashes = 0
  /** Calls to the store, ever and now. */
  asked = 0
  asking = 0
  /** Processes there ever were. */
  processes = 0
  /** Events that stood still between being planned and being stored: the order of their ids is not that of their coming. */
  readonly belated = new Set<string>()
  #refusing: { readonly until: number; readonly share: number } | null = null
  #refused = 0
  readonly #sleepers = new Set<() => void>()
  #expiry: number | null = null

  constructor({ seed, begin, trouble, spared }: Life, store: Store) {
    this.begin = begin
    this.clock = new VirtualClock(begin)
    this.luck = new Luck(seed, trouble, spared)
    this.network = new Network(this.clock, this.luck, (delivery) => this.folds.get(delivery) ?? [delivery])
    this.store = store
  }

  tell(says: string): void {
    this.story.push({ at: this.clock.now(), says })
  }

  /** The configuration that is in force. */
  get version(): number {
    return this.ledger.at(-1)?.version ?? 0
  }

  refuse(ms: number, share: number): void {
    this.#refusing = { until: this.clock.now() + ms, share }
    this.#storeIllFor(ms)
  }

  /** From now on the database may not grow, for a while. */
  async fillDisk(ms: number): Promise<void> {
    const [pages] = await this.store.read({ sql: 'pragma page_count', parameters: [] })
    await this.store.read({ sql: `pragma max_page_count = ${pages!['page_count'] as number}`, parameters: [] })
    this.#storeIllFor(ms)
    this.clock.after(ms, () => void this.emptyDisk())
  }

  async emptyDisk(): Promise<void> {
    await this.store.read({ sql: 'pragma max_page_count = 1000000000', parameters: [] })
  }

  /** Everything is well from now on. */
  async heal(): Promise<void> {
    this.#refusing = null
    this.network.healthy = true
    await this.emptyDisk()
  }

  /** Whether the store refuses a write now. */
  refuses(name: string): boolean {
    if (this.#refusing === null || this.#refusing.until <= this.clock.now()) return false
    this.#refused += 1
    return this.luck.happens(`the store refuses call ${this.#refused}, ${name}`, this.#refusing.share) !== undefined
  }

  #storeIllFor(ms: number): void {
    const now = this.clock.now()
    this.#storeIll.push({ from: now, until: now + ms })
    this.unwellFor(ms)
  }

  /** Whether the store refused something at any moment of a span. */
  storeWasIll(from: number, until: number): boolean {
    return this.#storeIll.some((each) => each.from <= until && each.until >= from)
  }

  unwellFor(ms: number): void {
    const now = this.clock.now()
    this.unwell.push({ from: now, until: now + ms })
  }

  wrote(): void {
    this.#expiry = null
    for (const wake of this.#sleepers) wake()
    this.#sleepers.clear()
  }

  settled(settlements: readonly Settlement[]): void {
    for (const { kind, delivery } of settlements)
      if (kind === 'end') this.ends.set(delivery, (this.ends.get(delivery) ?? 0) + 1)
  }

  /** Events are stored: routed by the last configuration that was saved before, or it is a bug. */
  stored({ events, at }: AcceptRequest): void {
    for (const { id, eventId, type, trace } of events) {
      if (this.clock.now() > at) this.belated.add(id)
      const { v } = JSON.parse(trace) as { v: number }
      if (v < this.version)
        this.bugs.push(`${eventId ?? type} was stored after version ${this.version} was saved, routed by ${v}`)
    }
  }

  triedAgain(deliveries: readonly string[]): void {
    for (const delivery of deliveries) {
      this.byHand.add(delivery)
      this.ends.delete(delivery)
    }
  }

  /** A configuration is in force. What Nabat writes itself, a chat that moved, changes nothing of what the file means. */
  saved(version: number, by: string): void {
    const filed = by === 'file' ? this.applying.getStore() : undefined
    const company = filed ?? this.ledger.at(-1)?.company ?? this.file
    this.ledger.push({ version, at: this.clock.now(), company })
  }

  /** When the first of all that wait has outlived its use. */
  async firstExpiry(): Promise<number> {
    if (this.#expiry === null) {
      const [row] = await this.store.read({ sql: 'select min(expires_at) as at from queue', parameters: [] })
      this.#expiry = (row!['at'] as number | null) ?? Infinity
    }
    return this.#expiry
  }

  /** Resolves when something has been written, at the latest then. */
  somethingWritten(at: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.add(resolve)
      if (at < Infinity) this.clock.after(at - this.clock.now(), resolve)
    })
  }

  /** Ids of deliveries that wait, or that ended unsent. */
  async deliveriesIn(states: readonly number[]): Promise<string[]> {
    const sql = `select id from deliveries where state in (${states.join(', ')}) and destination is not null order by id`
    return (await this.store.read({ sql, parameters: [] })).map((row) => idText(row['id'] as Uint8Array))
  }
}
