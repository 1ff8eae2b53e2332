/*
 * The way of an event, top to bottom. Each stage is a file of its own beside this one:
 *
 *   accept → route → hold → [one transaction] → claim → pace → render → attempt → settle
 */
import type { AcceptedEvent } from '@nabat/api/event.ts'
import type { Problem } from '@nabat/api/text.ts'
import type { AttachedFile, World } from '../channels/channel.ts'
import type { Random } from '../clock.ts'
import type { Closed } from '../configuration/closed.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { MakeId } from '../ids.ts'
import type { Metrics } from '../metrics.ts'
import type { ClaimedRow, LookAgain, Store } from '../store/store.ts'
import { checkEvents, fileProblems, planEvents, type CheckedEvent } from './accept.ts'
import { Ways } from './attempt.ts'
import { Claim } from './claim.ts'
import { Deliver } from './deliver.ts'
import { CHANNEL_TROUBLE, CLOSED } from '../reasons.ts'
import { Instead } from './instead.ts'
import type { Owner } from './lanes.ts'
import { LoopGuard, type Loop } from './loops.ts'
import type { Address } from './outcome.ts'
import { Renderer } from './render.ts'
import { MjmlCompiler } from '../render/mjml/compiler.ts'
import { Settler } from './settler.ts'
import { SystemEvents, type RaisedAs } from './system-events.ts'
import { TemplateFailures } from './template-failures.ts'

export interface PipelineParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly world: Pick<World, 'clock' | 'log'>
  readonly random: Random
  readonly makeId: MakeId
  readonly metrics: Metrics
  readonly worldOf: (view: ChannelView, workspace: number) => World
  readonly moved: (row: ClaimedRow, to: Address) => void
  /** Where the console is found, for links in messages. */
  readonly publicUrl: string | null
  /** What of the ways out this node serves; left out where there is one node. */
  readonly part?: Part
}

/** The part of one node among several. Owners are those of connections and budgets: `bot:123`. */
export interface Part {
  /** It may begin something for the owner. */
  readonly serves: (owner: string) => boolean
  /** It may go on with what it began. */
  readonly holds: (owner: string) => boolean
  /** It looks for what has outlived its use. */
  readonly walks: () => boolean
}

export type AcceptOutcome =
  | { readonly events: readonly AcceptedEvent[] }
  | { readonly problems: readonly Problem[]; readonly tooLarge: boolean }
  /** The workspace was shut meanwhile. */
  | { readonly closed: Closed }

/** Messages made due in one transaction. */
const SLICE = 2_000

/** Everything a node does with events. */
export class Pipeline {
  readonly ways: Ways
  readonly claim: Claim
  readonly #settler: Settler
  readonly #systemEvents: SystemEvents
  readonly #loops = new LoopGuard()
  readonly renderer: Renderer
  readonly #mjml: MjmlCompiler
  readonly #parts: PipelineParts

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.ways = new Ways(parts.worldOf)
    this.#mjml = new MjmlCompiler(parts.world)
    this.renderer = new Renderer(parts.store, parts.publicUrl, this.#mjml)
    const { store, workspaces, world } = parts
    this.#systemEvents = new SystemEvents({ ...parts, loops: this.#loops, wake: (woken) => this.claim.wake(woken) })
    this.#settler = new Settler(store, world.clock, world.log, ({ woken, stale }) => {
      this.claim.wake(woken)
      for (const request of stale) void this.#systemEvents.again(request)
    })
    const failures = new TemplateFailures({ store, clock: world.clock, raise: this.raise.bind(this) })
    const deliver = new Deliver({
      ...parts,
      ...parts.part,
      failed: failures.tell.bind(failures),
      settler: this.#settler,
      ways: this.ways,
      renderer: this.renderer,
      view: (workspace) => workspaces.get(workspace),
      instead: new Instead({ ...parts, isDown: (channel) => this.claim.lanes.isDown(channel) }),
      back: (owner) => void this.#lookAgain(owner),
      raise: (workspace, type, data, incident) =>
        this.#systemEvents.plan(workspace, type, data, incident === undefined ? {} : { incident }),
      isOpen: async (workspace, incident) => {
        const sql = 'select 1 from incidents where workspace = ? and key = ? and ended_at is null'
        const rows = await store.read({ sql, parameters: [workspace, incident] }).catch(() => [])
        return rows.length > 0
      },
      acceptRaised: (request) => void this.#systemEvents.accept(request),
    })
    this.claim = new Claim({
      store,
      clock: world.clock,
      log: world.log,
      settler: this.#settler,
      channel: (workspace, id) => workspaces.get(workspace)?.channels.get(id),
      ...parts.part,
      foldAfterMs: (workspace) => workspaces.get(workspace)?.foldAfterMs ?? null,
      deliver: (row, lane) => deliver.one(row, lane),
      detour: (row, lane) => deliver.detour(row, lane),
      expire: (row) => deliver.expire(row),
    })
  }

  /** accept → route → hold → one transaction: what was posted is stored with its decisions, or none of it is. */
  async accept(
    view: WorkspaceView,
    posted: readonly unknown[],
    source: string,
    at: (index: number) => string,
  ): Promise<AcceptOutcome> {
    const { events, problems, tooLarge } = checkEvents(posted, view, at)
    problems.push(...(await fileProblems(posted, this.file(view.id), at)))
    if (problems.length > 0) {
      this.#parts.metrics.events('refused', posted.length)
      return { problems, tooLarge }
    }
    return this.#store(view, events, source)
  }

  /** Routes by the configuration as saved: when it changed meanwhile, routes again. */
  async #store(view: WorkspaceView, events: readonly CheckedEvent[], source: string): Promise<AcceptOutcome> {
    const { store, workspaces, world, makeId, metrics } = this.#parts
    for (;;) {
      if (view.closed !== null) return { closed: view.closed }
      const planned = planEvents(events, view, source, world.clock.now(), makeId, this.#loops)
      const result = await store.accept(planned).catch((error: unknown) => {
        metrics.events('unavailable', events.length)
        throw error
      })
      if (result === 'stale') {
        await workspaces.refresh(view.id)
        continue
      }
      this.claim.wake(result.woken)
      for (const loop of this.#loops.found()) void this.#tellOfLoop(view, loop)
      const duplicates = result.events.filter((event) => event.duplicate).length
      metrics.events('duplicate', duplicates)
      metrics.events('accepted', events.length - duplicates)
      const accepted = result.events.map((row, index): AcceptedEvent => ({
        id: row.id,
        eventId: planned.events[index]!.eventId ?? row.id,
        source: planned.events[index]!.source,
        status: row.duplicate ? 'duplicate' : 'accepted',
        deliveries: row.deliveries,
      }))
      return { events: accepted }
    }
  }

  #tellOfLoop(view: WorkspaceView, { rule, destination, type }: Loop): Promise<boolean> | undefined {
    if (type.startsWith('system.')) return
    const name = view.rule(rule)?.rule.name ?? String(rule)
    return this.raise(view.id, 'system.rule.loop', { rule: name, destination, type })
  }

  /** claim → pace → render → attempt → settle, until stopped. */
  async start(): Promise<void> {
    await this.claim.start()
    // What the settings refer to (an environment variable, a file) may have been mended while nothing ran.
    for (const view of this.#parts.workspaces.all())
      for (const { id, problems, missing } of view.channels.values())
        if (problems.length + missing.length === 0) await this.#due(view.id, { reasons: CHANNEL_TROUBLE, channel: id })
  }

  /** Gives owners up: nothing of theirs is under way or unsettled when it resolves. */
  async letGo(whose: (owner: string) => boolean): Promise<void> {
    await this.claim.letGo(whose)
    await this.#settler.drain()
  }

  /** A way out is back: what waits for it goes. */
  async #lookAgain(owner: Owner): Promise<void> {
    for (const { workspace, channel } of this.claim.lanes.channelsOf(owner))
      await this.#due(workspace, { reasons: CHANNEL_TROUBLE, channel })
  }

  /** A workspace is open again: what it kept back goes. Never rejects. */
  opened(workspace: number): Promise<void> {
    return this.#due(workspace, { reasons: CLOSED })
  }

  /** Makes what waits for some reason due now, in slices. */
  async #due(workspace: number, which: LookAgain): Promise<void> {
    const { store, world } = this.#parts
    for (let woken = SLICE; woken === SLICE;) {
      const lanes = await store.lookAgain(workspace, which, SLICE, world.clock.now()).catch((error: unknown) => {
        world.log.warn({ ...which, error: (error as Error).message }, 'what waits goes at its due time')
        return []
      })
      this.claim.wake(lanes)
      woken = lanes.length
    }
  }

  /** Takes nothing new, gives attempts under way `graceMs` to end, then ends them, and settles everything. */
  async stop(graceMs: number): Promise<void> {
    const endGrace = this.#parts.world.clock.after(graceMs, () => this.ways.abort())
    await this.claim.stop()
    endGrace()
    await this.#settler.drain()
    await this.ways.close()
    this.#mjml.close()
  }

  /** An event of the system's own, stored and routed like any other; false when it could not be stored. */
  raise(workspace: number, type: string, data: Record<string, unknown>, as: RaisedAs = {}): Promise<boolean> {
    return this.#systemEvents.accept(this.#systemEvents.plan(workspace, type, data, as))
  }

  /** An uploaded file, for previews and tests of channels. */
  file(workspace: number): (id: string) => Promise<AttachedFile | undefined> {
    return this.renderer.file(workspace)
  }
}
