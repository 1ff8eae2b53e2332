/*
 * One life of a node: events come in, providers fail, the store refuses, people change the configuration, the process dies
 * at any call and starts again on the same store. The clock is virtual, the pipeline and the store are the real ones. At
 * the end everything heals, and what can still go is given the time to; then the checks look at what arrived and at what
 * the store says.
 */
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { StoreUnavailable, type Store } from '../../src/store/store.ts'
import { check } from './checks.ts'
import { edited, type Company, type MadeEvent } from './company.ts'
import { lifeOf, type Life, type Step } from './life.ts'
import { recordedStore } from './faulty-store.ts'
import { Cluster, type Seat } from './cluster.ts'
import { Node } from './node.ts'
import type { Attempt } from './network.ts'
import { diceAt } from './random.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { Vigil } from './vigil.ts'
import { World } from './world.ts'

/** What a life came to: sentences about what is wrong, figures, and what happened. */
export interface Report {
  readonly wrong: readonly string[]
  readonly events: number
  readonly arrivals: number
  readonly crashes: number
  /** Misfortunes that struck, by name. */
  readonly struck: readonly string[]
  readonly story: readonly { readonly at: number; readonly says: string }[]
}

/** A bug put in on purpose, to see that the simulation finds it. */
export type Sabotage = (inner: { store: Store; clock: VirtualClock }) => Store

const HOUR = 3_600_000
const HEALING = 60 * HOUR
const LOOK_EVERY = 10 * 60_000

/** A bug of several nodes: the store as one process sees it, and the one behind all of them. */
export type NodeSabotage = (seen: { store: Store; inner: Store }) => Store

/** Lives the life of a seed. */
export const simulate = (seed: number, sabotage?: Sabotage): Promise<Report> => live(lifeOf(seed), sabotage)

/** Lives a life, and looks at what it left. */
export async function live(life: Life, sabotage?: Sabotage, ofNodes?: NodeSabotage): Promise<Report> {
  const store = openSqliteStore('', { simulated: true })
  try {
    await store.createWorkspace('default', '{}')
    const world = new World(life, store)
    const recorded = recordedStore(store, world)
    const seen = sabotage?.({ store: recorded, clock: world.clock }) ?? recorded
    const nodes = life.nodes === null ? [new Node(world, seen)] : nodesOf(world, seen, life.nodes, ofNodes)
    if (life.nodes !== null) world.hearsWithinMs = 32_000
    for (const node of nodes) await node.start()
    const days = new Days(world, nodes)
    for (const step of life.steps) await days.one(step)
    await days.heal()
    const last = life.nodes === null ? nodes : [await days.leave(seen)]
    await days.end(last[0]!)
    const wrong = await check(world, last)
    const { network, crashes, luck } = world
    const story = [...world.story, ...network.attempts.map(storyOf)].toSorted((a, b) => a.at - b.at)
    const arrivals = network.attempts.filter((each) => each.arrives).length
    return { wrong, events: world.answered.length, arrivals, crashes, struck: luck.struck, story }
  } finally {
    await store.close()
  }
}

/** Nodes at one store, the vigil over them, and the bugs they have. */
function nodesOf(world: World, store: Store, count: number, ofNodes?: NodeSabotage): readonly Node[] {
  const cluster = new Cluster(store, world)
  const nodes: Node[] = []
  const vigil = new Vigil(world, cluster, nodes)
  const storeOf = (seat: Seat): Store => {
    const own = cluster.storeOf(seat)
    return ofNodes?.({ store: own, inner: store }) ?? own
  }
  for (let index = 0; index < count; index += 1)
    nodes.push(new Node(world, store, { index, cluster, storeOf, changed: () => vigil.changed() }))
  return nodes
}

const storyOf = ({ at, channel, address, event, fate }: Attempt): World['story'][number] => ({
  at,
  says: `  ${event} by ${channel} to ${address}: ${fate}`,
})

/** Takes a world through its steps. */
class Days {
  readonly #world: World
  readonly #nodes: readonly Node[]
  /** Posted without an answer, or refused: their clients may post them again. */
  readonly #unanswered = new Map<string, MadeEvent>()

  constructor(world: World, nodes: readonly Node[]) {
    this.#world = world
    this.#nodes = nodes
  }

  async one(step: Step): Promise<void> {
    await this.#happen(step)
    await this.#pass(step.waitMs)
  }

  async #happen(step: Step): Promise<void> {
    const world = this.#world
    switch (step.do) {
      case 'post':
        return this.#post(step)
      case 'save':
        return this.#save(step)
      case 'crash':
        this.#node(step.name).doom({ calls: step.call, of: 'death', effect: step.effect, ms: step.downMs })
        return world.tell(`the process is to die at its call ${step.call} from now`)
      case 'stand':
        this.#node(step.name).doom({ calls: step.call, of: 'standstill', ms: step.ms })
        return world.tell(`a node is to stand still at its call ${step.call} from now`)
      case 'cut':
        this.#node(step.name).cut(step.ms, step.effect)
        return world.tell(`${this.#says(step.name)} does not reach the store for ${step.ms} ms`)
      case 'leave':
        void this.#node(step.name).leave(step.downMs)
        return world.tell(`${this.#says(step.name)} is stopped, for ${step.downMs} ms`)
      case 'refuse':
        world.refuse(step.ms, step.share)
        return world.tell(`the store refuses ${step.share * 100} % of all writes for ${step.ms} ms`)
      case 'full':
        await world.fillDisk(step.ms)
        return world.tell(`the disk is full for ${step.ms} ms`)
      case 'outage':
        world.network.outage(step.channel, step.ms)
        return world.tell(`nobody is reached through ${step.channel} for ${step.ms} ms`)
      case 'hand':
        world.tell(`somebody does by hand: ${step.act}`)
        return this.#node(step.name).byHand(step.act, `${step.act} ${step.name}`).catch(refusalOnly)
      default:
    }
  }

  #node(name: string): Node {
    return this.#nodes[this.#index(name)]!
  }

  #index(name: string): number {
    return diceAt(this.#world.luck.seed, `node of ${name}`).whole(0, this.#nodes.length - 1)
  }

  readonly #says = (name: string): string => `node ${this.#index(name)}`

  async #post({ name, events, together }: Extract<Step, { do: 'post' }>): Promise<void> {
    const random = diceAt(this.#world.luck.seed, `again ${name}`)
    const again = [...this.#unanswered.values()].filter(() => random.chance(0.5))
    const all = [...again, ...events]
    if (together) return this.#send(name, all)
    for (const event of all) await this.#send(name, [event])
  }

  async #send(name: string, events: readonly MadeEvent[]): Promise<void> {
    if (events.length === 0) return
    const world = this.#world
    const { version } = world
    world.tell(`posted: ${events.map((each) => `${each.id} ${each.type} ${each.severity}`).join(', ')}`)
    for (const event of events) this.#unanswered.set(event.id, event)
    try {
      const result = await this.#node(name).accept(events)
      if (result === undefined) return world.tell('  no answer')
      if (!('events' in result)) throw new Error(JSON.stringify(result))
      for (const { id, eventId, status } of result.events) {
        world.answered.push({ event: eventId, id, version: status === 'accepted' ? version : 0 })
        this.#unanswered.delete(eventId)
      }
    } catch (error) {
      refusalOnly(error)
      world.tell('  refused: 503')
    }
  }

  /** The file is written and applied; what is posted meanwhile is routed by the old or by the new one. */
  async #save({ name, says, edits, meanwhile }: Extract<Step, { do: 'save' }>): Promise<void> {
    const world = this.#world
    world.tell(`saved: ${says}`)
    const before = world.file
    world.file = edited(before, edits)
    const applied = this.#node(name)
      .apply()
      .then((result) => this.#take(result, before), refusalOnly)
    // At any step of the save, which has some twenty.
    await turns(diceAt(world.luck.seed, `meanwhile ${name}`).whole(0, 40))
    await Promise.all([this.#send(name, meanwhile), applied])
  }

  /** A file with mistakes, such as a rule about a channel that is gone, changes nothing. */
  #take(result: Awaited<ReturnType<Node['apply']>>, before: Company): void {
    if (result === undefined || !('problems' in result)) return
    this.#world.tell(`  refused: ${result.problems.map(({ message }) => message.en).join('; ')}`)
    this.#world.file = before
  }

  /** Everything is well: what is left has the time it needs. */
  async heal(): Promise<void> {
    const world = this.#world
    await world.heal()
    for (const node of this.#nodes) node.heal()
    world.tell('everything heals')
    await this.#pass(2 * 60_000)
    // Who was to come back later does so now.
    for (let minutes = 0; this.#nodes.some(({ serving }) => serving === null) && minutes < 10; minutes += 1)
      await this.#pass(60_000)
    if (world.file.channels.some(({ enabled }) => enabled === false)) {
      const channels = world.file.channels.map((each) => ({ ...each, enabled: true }))
      world.file = { ...world.file, channels }
    }
  }

  /** All nodes go in order; what still waits is left to a process that is alone, and sees no beats for days. */
  async leave(store: Store): Promise<Node> {
    const world = this.#world
    await this.#nodes[0]!.apply()
    await this.#pass(60_000)
    for (const [index, node] of this.#nodes.entries()) {
      if (node.serving === null) world.bugs.push(`node ${index} does not serve in the end`)
      const pipeline = node.serving?.pipeline
      const left = { done: false }
      void node.leave(null).then(() => (left.done = true))
      world.tell(`node ${index} is stopped`)
      for (let seconds = 0; !left.done && seconds < 90; seconds += 1) await this.#pass(1_000)
      if (!left.done) world.bugs.push(`node ${index} could not leave`)
      if ((pipeline?.claim.inFlight ?? 0) > 0) world.bugs.push(`node ${index} left with attempts under way`)
    }
    const [claimed] = await world.store.read({
      sql: 'select count(*) as n from queue where claimed_at is not null',
      parameters: [],
    })
    if (claimed!['n'] !== 0)
      world.bugs.push(`${claimed!['n'] as number} deliveries are claimed, and all nodes have left`)
    const last = new Node(world, store)
    await last.start()
    world.unwellFor(60_000)
    return last
  }

  /** What is left has the time it needs. */
  async end(node: Node): Promise<void> {
    const world = this.#world
    // The file, should its last save have been refused.
    await node.apply()
    const end = world.clock.now() + HEALING
    while (world.clock.now() < end) {
      await this.#pass(LOOK_EVERY)
      const [waiting] = await world.store.read({ sql: 'select count(*) as n from queue', parameters: [] })
      if (waiting!['n'] === 0) return
    }
  }

  /** Lets virtual time pass. */
  async #pass(ms: number): Promise<void> {
    const { clock } = this.#world
    const until = clock.now() + ms
    do await this.#quiet()
    while (clock.step(until))
    await this.#quiet()
  }

  /** Resolves when nothing happens any more without the clock moving on. */
  async #quiet(): Promise<void> {
    const world = this.#world
    for (;;) {
      const { asked } = world
      await new Promise((resolve) => setImmediate(resolve))
      if (world.asking === 0 && world.asked === asked) return
    }
  }
}

/** Gives way to whatever else goes on, so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}

/** Lets the refusal of a store pass, and nothing else. */
function refusalOnly(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error
}
