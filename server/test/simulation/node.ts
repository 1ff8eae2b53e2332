import type { Clock } from '../../src/clock.ts'
import type { Earlier, Message } from '../../src/channels/channel.ts'
import { Configuration, type ApplyResult } from '../../src/configuration/configuration.ts'
import { moveChat } from '../../src/configuration/move.ts'
import { secretBox } from '../../src/configuration/secret-box.ts'
import { Workspaces } from '../../src/configuration/workspaces.ts'
import { idMaker } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { Pipeline, type AcceptOutcome } from '../../src/pipeline/pipeline.ts'
import type { Address } from '../../src/pipeline/outcome.ts'
import { StoreUnavailable, type ClaimedRow, type Store, type Woken } from '../../src/store/store.ts'
import type { MadeEvent } from './company.ts'
import type { Act } from './life.ts'
import { faultyStore } from './faulty-store.ts'
import { diceAt } from './random.ts'
import type { World } from './world.ts'

/** What of a process can be asked while it lives. */
interface Serving {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly pipeline: Pipeline
}

/** A process that dies is started again after so long when its store took no writes. */
const AGAIN_MS = 1_000

/** One node: a process after another on the same store. What was in memory is lost when one dies. */
export class Node {
  readonly #world: World
  readonly #inner: Store
  /** How many processes there were. */
  #process = 0
  /** The one that lives, 0 for none. */
  #living = 0
  #end: () => void = () => {}
  #ended: Promise<'ended'> = Promise.resolve('ended')
  #serving: Serving | null = null
  #downSince: number | null = null

  /** `inner`: the store, perhaps with a bug put in on purpose. */
  constructor(world: World, inner: Store) {
    this.#world = world
    this.#inner = inner
  }

  /** Null while it is down or not ready yet. */
  get serving(): Serving | null {
    return this.#serving
  }

  /** Starts a process; resolves when it serves, or has died on the way. */
  async start(): Promise<void> {
    this.#process += 1
    this.#living = this.#process
    const clock = this.#world.clock.ofProcess()
    this.#ended = new Promise((resolve) => {
      this.#end = () => {
        clock.end()
        resolve('ended')
      }
    })
    const begun = this.#begin(this.#process, clock).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) this.die(AGAIN_MS)
      else this.#world.bugs.push(`the start of a process failed: ${(error as Error).stack}`)
    })
    await Promise.race([begun, this.#ended])
  }

  /** The process is gone, with its memory, timers and connections; another starts after a while. */
  die(downMs: number): void {
    this.#serving = null
    this.#living = 0
    this.#end()
    this.#downSince ??= this.#world.clock.now()
    this.#world.clock.after(downMs, () => void this.start())
  }

  /** Posts events in one request; undefined when the process died before it answered. */
  accept(events: readonly MadeEvent[]): Promise<AcceptOutcome | undefined> {
    return this.#ask(({ pipeline, workspaces }) =>
      pipeline.accept(workspaces.byName('default')!, events, 'simulation', (index) => `/${index}`),
    )
  }

  /** Applies the file as the operator wrote it; undefined when the process died before it answered. */
  apply(): Promise<ApplyResult | undefined> {
    const text = JSON.stringify(this.#world.file)
    return this.#ask(({ configuration, workspaces }) =>
      configuration.apply(workspaces.byName('default')!, text, 'file'),
    )
  }

  /** Lets somebody do something through a process that serves. */
  async #ask<T>(what: (serving: Serving) => Promise<T>): Promise<T | undefined> {
    if (this.#serving === null) return undefined
    const answer = await Promise.race([what(this.#serving), this.#ended])
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
    const call = <T>(act: () => Promise<T>): Promise<T> => this.#call(process, act)
    const store = faultyStore(this.#inner, world, { call })
    const kinds = world.network.kinds({ process, clock, call })
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
    const parts = {
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
            delivery: message.deliveryId,
            updates: earlier?.messageIds[0] ?? null,
            incident: message.incident?.key ?? null,
            title: message.title,
            body: '{}',
            at: clock.now(),
          }),
      }),
      moved: (row: ClaimedRow, to: Address) =>
        void moveChat(row, to, { store, workspaces, configuration, log: silentLog }),
    }
    const pipeline: Pipeline = new Pipeline(parts)
    const view = workspaces.byName('default')!
    const applied = await configuration.apply(view, JSON.stringify(world.file), 'file')
    if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
    await pipeline.start()
    this.#serving = { store, workspaces, configuration, pipeline }
    if (this.#downSince !== null) world.unwell.push({ from: this.#downSince, until: clock.now() })
    this.#downSince = null
  }

  /** A call out of a process: one that dies before it does not make it, one that dies after it does not hear of it. */
  async #call<T>(process: number, act: () => Promise<T>): Promise<T> {
    const world = this.#world
    const never = new Promise<T>(() => {})
    if (process !== this.#living) return never
    const { doom } = world
    if (doom !== null && (doom.calls -= 1) <= 0) {
      world.doom = null
      world.crashes += 1
      world.tell(`the process dies ${doom.effect ? 'after' : 'before'} a call, for ${doom.downMs} ms`)
      this.die(doom.downMs)
      // What happens to the call now nobody hears.
      if (doom.effect) void act().catch(() => {})
      return never
    }
    const value = await act()
    return process === this.#living ? value : never
  }
}
