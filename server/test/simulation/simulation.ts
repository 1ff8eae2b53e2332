/*
 * One life of a node under a seed: events come in, providers fail, the store refuses, the process dies and starts again on
 * the same store. The clock is virtual, the pipeline and the store are the real ones. At the end the network heals and
 * everything that can still go is given the time to; then the checks look at what arrived and at what the store says.
 */
import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Configuration } from '../../src/configuration/configuration.ts'
import { secretBox } from '../../src/configuration/secret-box.ts'
import { Workspaces } from '../../src/configuration/workspaces.ts'
import { idMaker } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { StoreUnavailable, type Store } from '../../src/store/store.ts'
import { check } from './checks.ts'
import { CONFIGURATION, nextEvent } from './company.ts'
import { Network } from './network.ts'
import { dice, type Dice } from './random.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface Posted {
  readonly id: string
  readonly order: number
  readonly severity: string
}

/** What a run found: sentences about what is wrong, and figures. */
export interface Report {
  readonly wrong: readonly string[]
  readonly events: number
  readonly arrivals: number
  readonly crashes: number
}

/** A bug put in on purpose, to see that the simulation finds it. */
export type Sabotage = (node: { store: Store; clock: VirtualClock }) => Store

const BEGIN = Date.UTC(2026, 2, 14, 18, 0)
const HOUR = 3_600_000
/** Longer than the longest life of a message. */
const HEALING = 26 * HOUR

export async function simulate(seed: number, sabotage?: Sabotage): Promise<Report> {
  const random = dice(seed)
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = mkdtempSync(join(memory, 'nabat-simulation-'))
  const clock = new VirtualClock(BEGIN)
  const network = new Network(clock, random)
  const store = openSqliteStore(folder, { simulated: true })
  try {
    await store.createWorkspace('default', '{}')
    const life = new Life(store, clock, network, random, sabotage)
    await life.start()
    const posted: Posted[] = []
    let crashes = 0
    const steps = random.whole(20, 120)
    for (let step = 0; step < steps; step += 1) {
      if (random.chance(0.05)) {
        crashes += 1
        await life.crash()
      }
      life.refusing = random.chance(0.08)
      await life.post(posted)
      await life.pass(random.chance(0.1) ? random.whole(1, 2 * HOUR) : random.whole(1, 5_000))
    }
    life.refusing = false
    network.healthy = true
    await life.heal(HEALING)
    const wrong = await check(store, network, posted)
    return { wrong, events: posted.length, arrivals: network.arrivals.length, crashes }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A node between its starts: what is lost in a crash is made anew, the store stays. */
class Life {
  /** The store takes no writes now. */
  refusing = false
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #network: Network
  readonly #random: Dice
  readonly #sabotage: Sabotage | undefined
  #pipeline!: Pipeline
  #workspaces!: Workspaces
  /** Calls to the store that are under way: time stands still until they have been answered. */
  #calls = 0
  #era = 0

  constructor(store: Store, clock: VirtualClock, network: Network, random: Dice, sabotage: Sabotage | undefined) {
    this.#store = store
    this.#clock = clock
    this.#network = network
    this.#random = random
    this.#sabotage = sabotage
  }

  async start(): Promise<void> {
    this.#era += 1
    const store = this.#faulty(this.#era)
    this.#workspaces = new Workspaces(
      store,
      secretBox('simulation', this.#random),
      {},
      silentLog,
      this.#network.kinds(),
    )
    await this.#workspaces.load()
    const configuration = new Configuration({
      store,
      workspaces: this.#workspaces,
      clock: this.#clock,
      allowPrivateAddresses: true,
      lookup: async () => null,
    })
    this.#pipeline = new Pipeline({
      store,
      workspaces: this.#workspaces,
      world: { clock: this.#clock, log: silentLog },
      random: this.#random,
      makeId: idMaker(this.#clock, this.#random),
      metrics: new Metrics(),
      worldOf: () => ({
        clock: this.#clock,
        random: this.#random,
        log: silentLog,
        allowPrivateAddresses: true,
        putInbox: async () => '',
      }),
      moved: () => {},
    })
    const applied = await configuration.apply(this.#workspaces.byName('default')!, CONFIGURATION, 'file')
    if ('problems' in applied) throw new Error(JSON.stringify(applied.problems))
    await this.#pipeline.start()
  }

  /** The process dies: its memory, timers and calls are gone. What it had asked of the store may have been committed. */
  async crash(): Promise<void> {
    this.#era += 1
    this.#clock.clear()
    await this.#quiet()
    this.refusing = false
    this.#clock.step(this.#clock.now() + this.#random.whole(10, 60_000))
    await this.start()
  }

  async post(posted: Posted[]): Promise<void> {
    const view = this.#workspaces.byName('default')!
    for (let n = this.#random.whole(0, 6); n > 0; n -= 1) {
      const event = nextEvent(this.#random, posted.length)
      try {
        const result = await this.#pipeline.accept(view, [event], 'simulation', () => '')
        if ('problems' in result) throw new Error(JSON.stringify(result.problems))
        posted.push({ id: event.id, order: posted.length, severity: event.severity })
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
      }
    }
  }

  /** Lets time pass until nothing waits any more, at most `ms`. */
  async heal(ms: number): Promise<void> {
    const end = this.#clock.now() + ms
    while (this.#clock.now() < end) {
      await this.pass(10 * 60_000)
      const [waiting] = await this.#store.read({ sql: 'select count(*) as n from queue', parameters: [] })
      if (waiting!['n'] === 0) return
    }
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#clock.now() + ms
    do await this.#quiet()
    while (this.#clock.step(until))
    await this.#quiet()
  }

  /** Resolves when nothing happens any more without the clock moving on. */
  async #quiet(): Promise<void> {
    for (let still = 0; still < 2;) {
      await new Promise((resolve) => setImmediate(resolve))
      still = this.#calls === 0 ? still + 1 : 0
    }
  }

  /** The store with its faults; calls of a dead process are never answered. */
  #faulty(era: number): Store {
    const inner = this.#sabotage?.({ store: this.#store, clock: this.#clock }) ?? this.#store
    return new Proxy(inner, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>
        return async (...parameters: unknown[]) => {
          if (this.refusing && WRITES.has(String(name)) && this.#random.chance(0.7))
            throw new StoreUnavailable('simulated')
          this.#calls += 1
          try {
            const value = await method.apply(target, parameters)
            if (era !== this.#era) return await new Promise(() => {})
            return value
          } finally {
            this.#calls -= 1
          }
        }
      },
    })
  }
}

const WRITES = new Set(['accept', 'claim', 'settle', 'claimExpired', 'writeConfiguration'])
