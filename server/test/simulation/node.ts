import type { Clock } from '../../src/clock.ts'
import type { Earlier, Message } from '../../src/channels/channel.ts'
import { Configuration, type ApplyResult } from '../../src/configuration/configuration.ts'
import { moveChat } from '../../src/configuration/move.ts'
import { secretBox } from '../../src/configuration/secret-box.ts'
import { Workspaces } from '../../src/configuration/workspaces.ts'
import { idMaker } from '../../src/ids.ts'
import { Live } from '../../src/live/live.ts'
import { silentLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { Node as Member } from '../../src/nodes/node.ts'
import { Keys } from '../../src/people/keys.ts'
import { Pipeline, type AcceptOutcome } from '../../src/pipeline/pipeline.ts'
import type { Address } from '../../src/pipeline/outcome.ts'
import { entryOf } from '../../src/render/inbox-entry.ts'
import { StoreUnavailable, type ClaimedRow, type Store, type Woken } from '../../src/store/store.ts'
import type { MadeEvent } from './company.ts'
import type { Act } from './life.ts'
import { faultyStore } from './faulty-store.ts'
import { diceAt } from './random.ts'
import type { Cluster, Seat } from './cluster.ts'
import { Standstill } from './standstill.ts'
import type { World } from './world.ts'

/** What of a process can be asked while it lives. */
interface Serving {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly pipeline: Pipeline
  readonly member: Member | null
}

/** Where a node stands among several. */
export interface Place {
  readonly index: number
  readonly cluster: Cluster
  /** The store as one process sees it, perhaps with a bug put in on purpose. */
  readonly storeOf: (seat: Seat) => Store
  /** It has come, gone, stands still or goes on, has lost the store or found it again. */
  readonly changed: () => void
}

/** What is to happen to a process at its so many-th call from now. `effect`: a call at which it dies still happens. */
export type Doom =
  | { calls: number; readonly of: 'death'; readonly effect: boolean; readonly ms: number }
  | { calls: number; readonly of: 'standstill'; readonly ms: number }

/** A share of the nodes only answers requests. */
const HTTP_ONLY = 0.2
/** What is under way when a node leaves has so long to end. */
const GRACE_MS = 10_000

/** A process that dies is started again after so long when its store took no writes. */
const AGAIN_MS = 1_000

/** One node: a process after another on the same store. What was in memory is lost when one dies. */
export class Node {
  readonly #world: World
  readonly #inner: Store
  readonly #place: Place | null
  /** The process that lives, 0 for none. */
  #living = 0
  #end: () => void = () => {}
  #ended: Promise<'ended'> = Promise.resolve('ended')
  #serving: Serving | null = null
  #downSince: number | null = null
  #doom: Doom | null = null
  #standstill = new Standstill()
  /** It does not reach the store; `effect`: what it asks next happens, and the answer is lost. */
  #cut: { effect: boolean } | null = null
  #seat: Seat | null = null
  /** It gives its work to the others as what is under way ends. */
  #leaving = false
  delivers = true

  /** `inner`: the store, perhaps with a bug put in on purpose; `place`: null for the only process at a store. */
  constructor(world: World, inner: Store, place: Place | null = null) {
    this.#world = world
    this.#inner = inner
    this.#place = place
  }

  /** Null while it is down or not ready yet. */
  get serving(): Serving | null {
    return this.#serving
  }

  /** It runs, serves and reaches the store. */
  get isWell(): boolean {
    return this.#serving !== null && !this.#standstill.isStill && this.#cut === null
  }

  /** Starts a process; resolves when it serves, or has died on the way. */
  async start(): Promise<void> {
    const process = (this.#world.processes += 1)
    this.#living = process
    this.#standstill = new Standstill()
    const clock = this.#world.clock.ofProcess()
    this.#ended = new Promise((resolve) => {
      this.#end = () => {
        clock.end()
        resolve('ended')
      }
    })
    const begun = this.#begin(process, this.#standstill.clock(clock)).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) this.die(AGAIN_MS)
      else this.#world.bugs.push(`the start of a process failed: ${(error as Error).stack}`)
    })
    await Promise.race([begun, this.#ended])
  }

  /** The process is gone, with its memory, timers and connections; another starts after a while. */
  die(downMs: number): void {
    this.gone()
    this.#world.clock.after(downMs, () => void this.start())
  }

  /** The process is gone. */
  gone(): void {
    this.#serving = null
    this.#leaving = false
    this.#living = 0
    this.#standstill.forget()
    this.#end()
    if (this.#seat !== null) this.#place!.cluster.rise(this.#seat)
    this.#seat = null
    this.#downSince ??= this.#world.clock.now()
    this.#place?.changed()
  }

  /** Something is to happen to it at a call of its own. */
  doom(doom: Doom | null): void {
    this.#doom = doom
  }

  /** It does not reach the store for a while. */
  cut(ms: number, effect: boolean): void {
    if (this.#serving === null || this.#cut !== null) return
    const cut = { effect }
    this.#cut = cut
    this.#place?.changed()
    this.#world.clock.after(ms, () => {
      if (this.#cut === cut) this.#join()
    })
  }

  /** It reaches the store again, and may have missed what others told. */
  #join(): void {
    this.#cut = null
    const { cluster } = this.#place ?? {}
    if (cluster !== undefined) this.#hears(() => this.#seat?.hear?.({ kind: 'missed' }))
    this.#place?.changed()
  }

  /** Lets what is under way end, gives its work to the others, and ends. Where it began to serve again after `ms`; null: never. */
  async leave(ms: number | null): Promise<void> {
    if (this.#serving === null) return
    const process = this.#living
    const { member, pipeline } = this.#serving
    this.#serving = null
    this.#leaving = true
    this.#place?.changed()
    const left = async (): Promise<void> => {
      await member?.stop()
      await pipeline.stop(GRACE_MS)
    }
    await Promise.race([left(), this.#ended])
    if (process !== this.#living) return
    if (ms === null) this.gone()
    else this.die(ms)
  }

  /** Nothing happens to it any more. */
  heal(): void {
    this.#doom = null
    if (this.#cut !== null) this.#join()
    if (this.#standstill.isStill) this.#goOn()
  }

  #stand(ms: number): void {
    const standstill = this.#standstill
    standstill.begin()
    this.#place?.changed()
    this.#world.clock.after(ms, () => {
      if (standstill === this.#standstill && standstill.isStill) this.#goOn()
    })
  }

  #goOn(): void {
    this.#standstill.end()
    this.#place?.changed()
  }

  #hears(call: () => void): void {
    if (this.#cut === null) void this.#standstill.passed().then(call)
  }

  /** Posts events in one request; undefined when the process died before it answered. */
  accept(events: readonly MadeEvent[]): Promise<AcceptOutcome | undefined> {
    return this.#ask(({ pipeline, workspaces }) =>
      pipeline.accept(workspaces.byName('default')!, events, 'simulation', (index) => `/${index}`),
    )
  }

  /** Applies the file as the operator wrote it; undefined when the process died before it answered. */
  apply(): Promise<ApplyResult | undefined> {
    const { applying, file } = this.#world
    return applying.run(file, () =>
      this.#ask(({ configuration, workspaces }) =>
        configuration.apply(workspaces.byName('default')!, JSON.stringify(file), 'file'),
      ),
    )
  }

  /** Lets somebody do something through a process that serves. */
  async #ask<T>(what: (serving: Serving) => Promise<T>): Promise<T | undefined> {
    const serving = this.#serving
    if (serving === null) return undefined
    const standstill = this.#standstill
    const asked = standstill.passed().then(() => what(serving))
    // Nobody waits for the answer of a process that stands still; it does what it was asked all the same, later.
    asked.catch(() => {})
    const answer = await Promise.race([asked, this.#ended, standstill.begun.then(() => 'ended' as const)])
    return answer === 'ended' ? undefined : (answer as T)
  }

  /** Cancels, tries again, acknowledges or reads, as the API does. */
  async byHand(act: Act, name: string): Promise<void> {
    const world = this.#world
    const random = diceAt(world.luck.seed, name)
    const now = world.clock.now()
    await this.#ask(async ({ store, pipeline, workspaces }) => {
      const { id } = workspaces.byName('default')!
      if (act === 'acknowledge') {
        const [open] = await world.store.read({ sql: `select key from incidents where state = 'open'`, parameters: [] })
        if (open !== undefined) await store.acknowledge(id, open['key'] as string, 'anna', now)
        return
      }
      if (act === 'read') return void (await store.markInbox(id, 'emma', 'all', now))
      const some = (await world.deliveriesIn(act === 'cancel' ? [0] : [2, 3, 4])).filter(() => random.chance(0.3))
      const { woken } =
        act === 'cancel'
          ? await store.cancelDeliveries(id, some, 'cancelled', now)
          : await store.retryDeliveries(id, some, now, now + 24 * 3_600_000)
      pipeline.claim.wake(woken)
    })
  }

  async #begin(process: number, clock: Clock): Promise<void> {
    const world = this.#world
    const random = diceAt(world.luck.seed, `process ${process}`)
    const call = <T>(act: (late: boolean) => Promise<T>): Promise<T> => this.#call(process, act)
    const seat = this.#sit()
    const own = seat === null ? this.#inner : this.#place!.storeOf(seat)
    const store = faultyStore(own, world, { call, reach: (act) => this.#reach(act) })
    const { cluster } = this.#place ?? {}
    const standing = () => (cluster === undefined || seat === null ? null : { node: seat.id, leases: cluster.leases })
    const kinds = world.network.kinds({ process, clock, call, standing })
    const workspaces = new Workspaces(store, secretBox('simulation', random), {}, silentLog, kinds)
    await workspaces.load()
    const saving = {
      store,
      workspaces,
      clock,
      allowPrivateAddresses: true,
      lookup: async () => null,
      wake: (woken: readonly Woken[]) => pipeline.claim.wake(woken),
    }
    const configuration: Configuration = new Configuration(saving)
    const makeId = idMaker(clock, random)
    const member =
      seat === null
        ? null
        : new Member({
            ...{ store, clock, log: silentLog, workspaces, delivers: this.delivers },
            live: new Live(clock, null),
          })
    const parts = {
      ...(member === null ? {} : { part: member.part }),
      store,
      workspaces,
      world: { clock, log: silentLog },
      random,
      makeId,
      metrics: new Metrics(),
      publicUrl: null,
      worldOf: (_channel: unknown, workspace: number) => ({
        clock,
        random,
        log: silentLog,
        allowPrivateAddresses: true,
        putInbox: (login: string, message: Message, earlier?: Earlier) =>
          store.putInbox(workspace, login, {
            id: makeId(),
            ...entryOf(message),
            updates: earlier?.messageIds[0] ?? null,
            at: clock.now(),
          }),
      }),
      moved: (row: ClaimedRow, to: Address) =>
        void moveChat(row, to, { store, workspaces, configuration, log: silentLog }),
    }
    const pipeline: Pipeline = new Pipeline(parts)
    const view = workspaces.byName('default')!
    const { applying, file } = world
    const applied = await applying.run(file, () => configuration.apply(view, JSON.stringify(file), 'file'))
    if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
    await pipeline.start()
    await member?.start(pipeline, new Keys(store, clock, random))
    this.#serving = { store, workspaces, configuration, pipeline, member }
    if (this.#downSince !== null && this.#place === null)
      world.unwell.push({ from: this.#downSince, until: clock.now() })
    this.#downSince = null
    this.#place?.changed()
  }

  /** Takes a seat at a store of several, and a role. */
  #sit(): Seat | null {
    if (this.#place === null) return null
    const { index, cluster } = this.#place
    const random = diceAt(this.#world.luck.seed, `role of process ${this.#living}`)
    this.delivers = index === 0 || !random.chance(HTTP_ONLY)
    this.#seat = cluster.sit({ isWell: () => this.isWell || this.#leaving, hears: (call) => this.#hears(call) })
    return this.#seat
  }

  /** A call to the store, as far as the store is reached. */
  async #reach<T>(act: () => Promise<T>): Promise<T> {
    const cut = this.#cut
    if (cut === null) return act()
    if (cut.effect) {
      cut.effect = false
      await act()
    }
    throw new StoreUnavailable('simulated: the connection is lost')
  }

  /** A call out of a process: one that dies before it does not make it, one that dies after it does not hear of it. */
  async #call<T>(process: number, act: (late: boolean) => Promise<T>): Promise<T> {
    const never = new Promise<T>(() => {})
    const standstill = this.#standstill
    if (process !== this.#living) return never
    if (this.#strikes(act)) return never
    const late = await standstill.passed()
    if (process !== this.#living) return never
    try {
      return await act(late)
    } finally {
      await standstill.passed()
      // Who is dead hears nothing.
      if (process !== this.#living) await never
    }
  }

  /** What was to happen at this call; whether the process has died of it. */
  #strikes(act: (late: boolean) => Promise<unknown>): boolean {
    const doom = this.#doom
    if (doom === null || (doom.calls -= 1) > 0) return false
    const world = this.#world
    this.#doom = null
    const which = this.#place === null ? 'the process' : `node ${this.#place.index}`
    if (doom.of === 'standstill') {
      world.tell(`${which} stands still for ${doom.ms} ms`)
      this.#stand(doom.ms)
      return false
    }
    world.crashes += 1
    world.tell(`${which} dies ${doom.effect ? 'after' : 'before'} a call, for ${doom.ms} ms`)
    this.die(doom.ms)
    // What happens to the call now nobody hears.
    if (doom.effect) void act(false).catch(() => {})
    return true
  }
}
