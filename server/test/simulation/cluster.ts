/*
 * One store shared by several nodes, with what that means in store/postgres/nodes.ts: leases that end by the store's clock,
 * the dead buried by whoever notices, claims remembered by node, settlements that act only on what their own node has
 * claimed. What is not about nodes is the embedded store's.
 */
import { UPKEEP, WAYS } from '../../src/nodes/share-out.ts'
import {
  StoreUnavailable,
  type AcceptRequest,
  type Beat,
  type ClaimResult,
  type ClaimedRow,
  type ClaimWant,
  type Notice,
  type Settlement,
  type Standing,
  type Store,
} from '../../src/store/store.ts'
import { idBytes } from '../../src/ids.ts'
import { claimedRows, lanesOf, sendsOf, takeBack } from './take-back.ts'
import type { World } from './world.ts'

/** What claimed without being a node. */
const NOBODY = 0
/** Notices gather for so long. */
const TELL_MS = 20
/** Nodes look by themselves so often, in case a notice was lost. */
const LOOK_MS = 30_000
/** Of all notices: those that never arrive, that come late, that come twice. */
const LOST = 0.02
const LATE = 0.05
const TWICE = 0.05

/** A process at the store. */
export interface Seat {
  /** Its number as a node; null before its first beat. */
  id: number | null
  /** Whether it runs and reaches the store, so that it can be expected to do its share. */
  readonly isWell: () => boolean
  /** Lets a notice reach it as it can: at once, when it goes on, or never. */
  readonly hears: (call: () => void) => void
  hear: ((notice: Notice) => void) | null
}

export class Cluster {
  readonly #inner: Store
  readonly #world: World
  #members = new Map<number, { readonly aliveUntil: number; readonly serves: boolean }>()
  /** Who holds what. Replaced when it changes, so that who looks at it keeps what he saw. */
  #leases: ReadonlyMap<string, number> = new Map()
  /** Which node has claimed a delivery. */
  #claims = new Map<string, number>()
  readonly #seats = new Set<Seat>()
  #born = 0
  #told = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(inner: Store, world: World) {
    this.#inner = inner
    this.#world = world
  }

  get leases(): ReadonlyMap<string, number> {
    return this.#leases
  }

  /** Leases that nobody holds who is well, of all there are for those who deliver. */
  unserved(): string[] {
    const well = new Set([...this.#seats].filter((seat) => seat.isWell()).map(({ id }) => id))
    return [...WAYS, UPKEEP].filter((name) => !well.has(this.#leases.get(name) ?? null))
  }

  /** A process comes. */
  sit(manners: Pick<Seat, 'isWell' | 'hears'>): Seat {
    const seat: Seat = { ...manners, id: null, hear: null }
    this.#seats.add(seat)
    return seat
  }

  /** A process has ended; nobody but its leases knows. */
  rise(seat: Seat): void {
    this.#seats.delete(seat)
  }

  /** The store as a process sees it. */
  storeOf(seat: Seat): Store {
    const inner = this.#inner
    return {
      ...inner,
      holdLeases: async (beat) => {
        const standing = await this.#write('holdLeases', () => this.#beat(seat, beat))
        seat.id = Number(standing.node)
        return standing
      },
      leave: async () => {
        const { id } = seat
        if (id !== null) await this.#write('leave', () => this.#bury([id]))
        seat.id = null
      },
      tell: (notice) => this.#tell(seat, notice),
      listen: (call) => {
        seat.hear = call
      },
      claim: (wants, now) => this.#alone(() => this.#claim(seat, wants, now)),
      claimExpired: (after, limit, now) =>
        this.#alone(async () => {
          const result = await inner.claimExpired(after, this.#mayClaim(seat) ? limit : 0, now)
          return { ...result, rows: this.#claimed(seat, result.rows) }
        }),
      settle: (settlements, raised, now) => this.#alone(() => this.#settle(seat, settlements, raised, now)),
      recover: (now) => this.#write('recover', () => this.#recover(now)),
      writeConfiguration: async (write) => {
        const result = await inner.writeConfiguration(write)
        this.#tell(seat, { kind: 'configuration', workspace: write.workspace })
        return result
      },
    }
  }

  /** One after the other, as what locks the same rows. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  /** A transaction of its own, which happens whole or not at all. Its statements are asked without anything in between. */
  #write<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      if (this.#world.refuses(name)) throw new StoreUnavailable('simulated')
      const ask = (sql: string): Promise<unknown> => this.#inner.read({ sql, parameters: [] })
      const before = { members: this.#members, leases: this.#leases, claims: this.#claims }
      this.#members = new Map(before.members)
      this.#claims = new Map(before.claims)
      await ask('begin immediate')
      try {
        const result = await work()
        await ask('commit')
        return result
      } catch (error) {
        await ask('rollback').catch(() => {})
        this.#members = before.members
        this.#leases = before.leases
        this.#claims = before.claims
        throw new StoreUnavailable(String((error as Error).message), { cause: error })
      }
    })
  }

  #isAlive(id: number | undefined): boolean {
    return (this.#members.get(id ?? NOBODY)?.aliveUntil ?? 0) > this.#world.clock.now()
  }

  async #beat(seat: Seat, { serves, wanted, given, lastsMs, anew }: Beat): Promise<Standing> {
    const now = this.#world.clock.now()
    if (anew && seat.id !== null) await this.#bury([seat.id])
    const id = seat.id !== null && this.#isAlive(seat.id) ? seat.id : (this.#born += 1)
    this.#members.set(id, { aliveUntil: now + lastsMs, serves })
    await this.#bury([...this.#members.keys()].filter((each) => !this.#isAlive(each)))
    const leases = new Map(this.#leases)
    for (const name of given) if (leases.get(name) === id) leases.delete(name)
    for (const name of wanted) if (!leases.has(name)) leases.set(name, id)
    this.#leases = leases
    const nodes = [...this.#members].filter(([, each]) => each.serves).map(([each]) => String(each))
    const held = [...leases].filter(([, holder]) => holder === id).map(([name]) => name)
    return { node: String(id), nodes, held }
  }

  /** Whose time is over holds nothing any more; what he had claimed waits again, marked. */
  async #bury(dead: readonly number[]): Promise<void> {
    if (dead.length === 0) return
    for (const id of dead) this.#members.delete(id)
    this.#leases = new Map([...this.#leases].filter(([, holder]) => !dead.includes(holder)))
    const rows = await claimedRows(this.#inner)
    await this.#free(rows.filter(({ delivery }) => dead.includes(this.#claims.get(delivery) ?? NOBODY)))
  }

  async #free(rows: Awaited<ReturnType<typeof claimedRows>>): Promise<void> {
    if (rows.length === 0) return
    await takeBack(this.#inner, rows)
    this.#world.wrote()
    for (const { delivery } of rows) this.#claims.delete(delivery)
  }

  async #recover(now: number): ReturnType<Store['recover']> {
    const sends = await sendsOf(this.#inner, now)
    const rows = await claimedRows(this.#inner)
    await this.#free(rows.filter(({ delivery }) => !this.#isAlive(this.#claims.get(delivery))))
    return { lanes: await lanesOf(this.#inner), sends }
  }

  #mayClaim({ id }: Seat): boolean {
    return id === null || this.#isAlive(id)
  }

  async #claim(seat: Seat, wants: readonly ClaimWant[], now: number): Promise<ClaimResult> {
    const may = this.#mayClaim(seat)
    const result = await this.#inner.claim(
      may ? wants : wants.map(({ workspace, destination }) => ({ workspace, destination, limit: 0 })),
      now,
    )
    return { ...result, rows: this.#claimed(seat, result.rows) }
  }

  #claimed({ id }: Seat, rows: readonly ClaimedRow[]): readonly ClaimedRow[] {
    for (const { delivery } of rows) this.#claims.set(delivery, id ?? NOBODY)
    return rows.map((row) => ({ ...row, claimedBy: id }))
  }

  async #settle(
    { id }: Seat,
    settlements: readonly Settlement[],
    raised: readonly AcceptRequest[],
    now: number,
  ): ReturnType<Store['settle']> {
    const live = settlements.filter(({ delivery, claimedBy }) =>
      [claimedBy ?? id, NOBODY].includes(this.#claims.get(delivery) ?? -1),
    )
    const fresh: AcceptRequest[] = []
    for (const request of raised) if (!(await this.#isStored(request))) fresh.push(request)
    const result = await this.#inner.settle(live, fresh, now)
    for (const { delivery } of live) this.#claims.delete(delivery)
    return result
  }

  /** What was raised with a settlement whose answer was lost is there already. */
  async #isStored({ workspace, events }: AcceptRequest): Promise<boolean> {
    const sql = 'select 1 from events where workspace = ? and id = ?'
    for (const { id } of events)
      if ((await this.#inner.read({ sql, parameters: [workspace, idBytes(id)] })).length > 0) return true
    return false
  }

  /** Tells the others: soon, and at times late, twice or not at all. */
  #tell(from: Seat, notice: Notice): void {
    const { luck, clock } = this.#world
    for (const seat of this.#seats) {
      if (seat === from) continue
      const name = `notice ${(this.#told += 1)}`
      if (luck.happens(`${name} is lost`, LOST) !== undefined) {
        this.#world.unwellFor(LOOK_MS)
        continue
      }
      const late = luck.happens(`${name} is late`, LATE)?.whole(100, 5_000) ?? 0
      if (late > 0) this.#world.unwellFor(late)
      const hear = (): void => seat.hears(() => seat.hear?.(notice))
      clock.after(TELL_MS + late, hear)
      if (luck.happens(`${name} comes twice`, TWICE) !== undefined) clock.after(TELL_MS + late + 1_000, hear)
    }
  }
}
