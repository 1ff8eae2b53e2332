import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/simulation/virtual-clock.ts'
import type { Clock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { StoreUnavailable, type Beat, type Standing } from '../store/store.ts'
import { Duties } from './duties.ts'
import { shareOf } from './share-out.ts'

/*
 * Nodes under a virtual clock, and a table of leases as the store keeps it: time is the table's, who is late is dead, and
 * the dead hold nothing. Questions and answers take their time or are lost.
 */

const NAMES = Array.from({ length: 12 }, (_, n) => `way ${n}`)
const START = 1_800_000_000_000

class Table {
  readonly #clock: Clock
  readonly alive = new Map<string, number>()
  readonly held = new Map<string, string>()
  #born = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  beat(own: string | null, { wanted, given, lastsMs, anew }: Beat): Standing {
    const now = this.#clock.now()
    if (anew && own !== null) this.leave(own)
    for (const [node, until] of this.alive) if (until <= now) this.leave(node)
    const node = own !== null && this.alive.has(own) ? own : String((this.#born += 1))
    this.alive.set(node, Math.max(this.alive.get(node) ?? 0, now + lastsMs))
    for (const name of given) if (this.held.get(name) === node) this.held.delete(name)
    for (const name of wanted) if (!this.held.has(name)) this.held.set(name, node)
    const held = [...this.held].filter(([, holder]) => holder === node).map(([name]) => name)
    return { node, nodes: [...this.alive.keys()], held }
  }

  leave(node: string): void {
    this.alive.delete(node)
    for (const [name, holder] of this.held) if (holder === node) this.held.delete(name)
  }
}

/** How a beat fares on its way: there and back, ms; and what is lost. */
interface Trip {
  readonly thereMs: number
  readonly backMs: number
  readonly lost: 'question' | 'answer' | null
}
const QUICK: Trip = { thereMs: 1, backMs: 1, lost: null }

class World {
  readonly clock = new VirtualClock(START)
  readonly table = new Table(this.clock)
  readonly nodes: TestNode[] = []

  async join(trip: () => Trip = () => QUICK): Promise<TestNode> {
    const node = new TestNode(this, trip)
    this.nodes.push(node)
    const started = node.duties.start()
    await this.pass(200)
    await started
    return node
  }

  /** Lets time pass; at every moment of it no name may be held twice. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms
    do {
      await new Promise<void>((resolve) => setImmediate(resolve))
      this.#check()
    } while (this.clock.step(until))
  }

  #check(): void {
    for (const name of NAMES) {
      const holders = this.nodes.filter((node) => !node.killed && node.duties.holds(name))
      if (holders.length > 1)
        throw new Error(`${name} is held by ${holders.length} nodes at ${this.clock.now() - START}`)
    }
  }

  holders(): Record<string, number> {
    return Object.fromEntries(
      NAMES.map((name) => [name, this.nodes.findIndex((node) => !node.killed && node.duties.does(name))]),
    )
  }
}

/** A process: while it stands still nothing in it happens, and its timers are late. */
class TestNode {
  readonly duties: Duties
  readonly taken: string[] = []
  readonly letGo: string[] = []
  lost = 0
  bereft = 0
  killed = false
  /** What has been begun and keeps a duty from being let go. */
  busy: Promise<void> | null = null
  /** Taking up fails so many times. */
  takingFails = 0
  /** Its number, as the table knows it. */
  id: string | null = null
  readonly #world: World
  #still: (() => void)[] | null = null

  constructor(world: World, trip: () => Trip) {
    this.#world = world
    const clock: Clock = { now: () => world.clock.now(), after: (ms, call) => this.#after(ms, call) }
    this.duties = new Duties({
      clock,
      log: silentLog,
      names: NAMES,
      store: {
        holdLeases: (beat) =>
          this.#ask(trip(), () => {
            const standing = world.table.beat(this.id, beat)
            return [standing, () => (this.id = standing.node)]
          }),
        leave: () => this.#ask(QUICK, () => [this.id === null ? undefined : world.table.leave(this.id), () => {}]),
      },
      taken: async (names, begin) => {
        if ((this.takingFails -= 1) >= 0) throw new StoreUnavailable('not now')
        for (const name of names) expect(this.duties.does(name)).toBe(false)
        begin()
        this.taken.push(...names)
      },
      letGo: async (names) => {
        for (const name of names) expect(this.duties.does(name)).toBe(false)
        await this.busy
        this.letGo.push(...names)
      },
      lost: () => void (this.lost += 1),
      bereft: () => void (this.bereft += 1),
    })
  }

  get does(): string[] {
    return NAMES.filter((name) => this.duties.does(name))
  }

  kill(): void {
    this.killed = true
    this.#still = []
  }

  /** What is late already stays late when it is told to stand still again. */
  standStill(): void {
    this.#still ??= []
  }

  goOn(): void {
    const late = this.#still ?? []
    this.#still = null
    for (const call of late) call()
  }

  #after(ms: number, call: () => void): () => void {
    let back = false
    const due = (): void => {
      if (back) return
      if (this.#still === null) call()
      else this.#still.push(due)
    }
    this.#world.clock.after(ms, due)
    return () => void (back = true)
  }

  /** What is on its way goes on while the asker stands still; it hears the answer when it wakes. */
  #ask<T>(trip: Trip, act: () => readonly [T, () => void]): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#world.clock.after(trip.thereMs, () => {
        if (trip.lost === 'question') return void this.#after(trip.backMs, () => reject(new StoreUnavailable('lost')))
        const [answer, heard] = act()
        this.#after(trip.backMs, () => {
          if (trip.lost === 'answer') return reject(new StoreUnavailable('lost'))
          heard()
          resolve(answer)
        })
      })
    })
  }
}

describe('the duties of nodes', () => {
  it('are all done by a node that is alone, once it has joined', async () => {
    const world = new World()
    const node = await world.join()
    expect(node.does).toEqual(NAMES)
    expect(node.taken).toEqual(NAMES)
  })

  it('are shared with one that comes, each with its share', async () => {
    const world = new World()
    const [first, second] = [await world.join(), await world.join()]
    await world.pass(10_000)
    expect(first.does).toEqual(shareOf('1', ['1', '2'], NAMES))
    expect(second.does).toEqual(shareOf('2', ['1', '2'], NAMES))
    expect(first.letGo.toSorted()).toEqual(second.does.toSorted())
    expect([first.lost, second.lost]).toEqual([0, 0])
  })

  it('are let go only when nothing of them is under way', async () => {
    const world = new World()
    const first = await world.join()
    const done = Promise.withResolvers<void>()
    first.busy = done.promise
    const second = await world.join()
    await world.pass(60_000)
    expect(second.does).toEqual([])
    const its = shareOf('2', ['1', '2'], NAMES)
    expect(its.every((name) => first.duties.holds(name) && !first.duties.does(name))).toBe(true)
    done.resolve()
    await world.pass(6_000)
    expect(second.does).toEqual(its)
  })

  it('are taken over within 15 s of a death', async () => {
    const world = new World()
    const [first, second] = [await world.join(), await world.join()]
    await world.pass(10_000)
    first.kill()
    expect(second.bereft).toBe(0)
    await world.pass(15_000)
    expect(second.does).toEqual(NAMES)
    // What it was about to tell the others is looked for.
    expect(second.bereft).toBe(1)
  })

  it('are taken over at once from one that leaves', async () => {
    const world = new World()
    const [first, second] = [await world.join(), await world.join()]
    await world.pass(10_000)
    const stopped = first.duties.stop()
    await world.pass(10)
    expect(first.does).toEqual([])
    await world.pass(5_000)
    await stopped
    expect(second.does).toEqual(NAMES)
  })

  it('are forgotten by one that stood still for a minute, which begins anew under another name', async () => {
    const world = new World()
    const [first, second] = [await world.join(), await world.join()]
    await world.pass(10_000)
    const before = first.id
    first.standStill()
    await world.pass(60_000)
    expect(second.does).toEqual(NAMES)
    expect(first.does).toEqual([])
    first.goOn()
    await world.pass(10_000)
    expect(first.id).not.toBe(before)
    expect(first.lost).toBeGreaterThan(0)
    expect(first.does).toEqual(shareOf(first.id!, [first.id!, '2'], NAMES))
    expect(first.does.length + second.does.length).toBe(NAMES.length)
  })

  it('are begun anew when their time ran out while a beat was on its way: what was given up meanwhile must wait again', async () => {
    const world = new World()
    let trip = QUICK
    const node = await world.join(() => trip)
    const before = node.id
    // The answer to the beat before this one lasts 6.5 s; this one is answered after 7.
    trip = { thereMs: 5_000, backMs: 2_000, lost: null }
    await world.pass(2_000)
    trip = QUICK
    await world.pass(6_000)
    expect(node.lost).toBe(0)
    await world.pass(4_000)
    expect(node.lost).toBeGreaterThan(0)
    expect(node.id).not.toBe(before)
    expect(node.does).toEqual(NAMES)
  })

  it('are taken up with the next beat when that could not be done', async () => {
    const world = new World()
    const node = new TestNode(world, () => QUICK)
    world.nodes.push(node)
    node.takingFails = 2
    const started = node.duties.start()
    await world.pass(100)
    await started
    expect(node.does).toEqual([])
    await world.pass(5_000)
    expect(node.does).toEqual(NAMES)
  })

  it('that were let go while a beat was on its way are not taken up again', async () => {
    const world = new World()
    let trip = QUICK
    const first = await world.join(() => trip)
    const done = Promise.withResolvers<void>()
    first.busy = done.promise
    const second = await world.join()
    await world.pass(4_000)
    trip = { thereMs: 500, backMs: 500, lost: null }
    await world.pass(2_300)
    // In the middle of a beat that still renews them.
    const its = shareOf('2', ['1', '2'], NAMES)
    first.taken.length = 0
    done.resolve()
    await world.pass(10_000)
    expect(first.taken).toEqual([])
    expect(first.lost).toBe(0)
    expect(second.does).toEqual(its)
  })

  it('are never held by two, whatever is slow, lost, stopped or killed; in the end each is done by one', async () => {
    const trips = fc.record({
      thereMs: fc.oneof({ weight: 8, arbitrary: fc.nat(100) }, fc.nat(9_000)),
      backMs: fc.oneof({ weight: 8, arbitrary: fc.nat(100) }, fc.nat(9_000)),
      lost: fc.oneof(
        { weight: 10, arbitrary: fc.constant(null) },
        fc.constantFrom('question' as const, 'answer' as const),
      ),
    })
    const happenings = fc.array(
      fc.record({
        what: fc.constantFrom('join', 'kill', 'still', 'on', 'busy', 'idle'),
        whose: fc.nat(3),
        afterMs: fc.nat(20_000),
      }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(happenings, fc.infiniteStream(trips), async (happens, luck) => {
        const world = new World()
        let rough = true
        const trip = (): Trip => (rough ? (luck.next().value as Trip) : QUICK)
        for (let n = 0; n < 3; n += 1) {
          const node = new TestNode(world, trip)
          world.nodes.push(node)
          void node.duties.start()
        }
        const leave: (() => void)[] = []
        for (const { what, whose, afterMs } of happens) {
          await world.pass(afterMs)
          const node = world.nodes[whose]
          if (what === 'join' && world.nodes.length < 4) {
            const another = new TestNode(world, trip)
            world.nodes.push(another)
            void another.duties.start()
          }
          if (node === undefined || node.killed) continue
          if (what === 'kill' && world.nodes.filter(({ killed }) => !killed).length > 1) node.kill()
          if (what === 'still') node.standStill()
          if (what === 'on') node.goOn()
          if (what === 'busy' && node.busy === null) {
            const work = Promise.withResolvers<void>()
            node.busy = work.promise
            leave.push(work.resolve)
          }
          if (what === 'idle') node.busy = null
        }
        rough = false
        for (const resolve of leave) resolve()
        for (const node of world.nodes) if (!node.killed) node.goOn()
        await world.pass(60_000)
        expect(Object.entries(world.holders()).filter(([, holder]) => holder < 0)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
