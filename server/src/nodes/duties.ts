/*
 * What this node has to do, and may: each duty is a lease in the store whose end the store's clock decides. A node says in
 * every beat that it is alive, renews what it holds, takes what is its share and nobody holds, and gives up what has become
 * another's share once nothing of it is under way.
 *
 * A node that was stopped for longer than its leases last wakes as nobody: what it had claimed has been taken over, so it
 * forgets everything, joins anew and neither sends nor settles any of it.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Standing, Store } from '../store/store.ts'
import { shareOf } from './share-out.ts'

/** A lease ends so long after the beat that renewed it. */
export const LEASE_MS = 8_000
const BEAT_MS = 2_000
/** We stop this much before the store would say so: our clock runs from before the question, and not exactly as fast. */
const MARGIN_MS = 1_500

export interface DutiesParts {
  readonly store: Pick<Store, 'holdLeases' | 'leave'>
  readonly clock: Clock
  readonly log: Log
  /** Every duty this node could have; none for one that only answers requests. */
  readonly names: readonly string[]
  /**
   * Takes up what was taken: once it knows what went before (budgets), it calls `begin`, and from then on `does` says so.
   * When it rejects it is called again after the next beat.
   */
  readonly taken: (names: ReadonlySet<string>, begin: () => void) => Promise<void>
  /** Stops doing it; resolves when nothing of it is under way and everything is settled. */
  readonly letGo: (names: ReadonlySet<string>) => Promise<void>
  /** All of it belongs to others by now: forgets it without settling anything. */
  readonly lost: () => void
  /** Another node is gone, and perhaps what it had to tell with it. */
  readonly bereft: () => void
}

export class Duties {
  readonly #parts: DutiesParts
  /** What may be done, and until when by our clock. */
  readonly #until = new Map<string, number>()
  /** What is ours and has not been taken up: nothing is begun before it is known what went before. */
  readonly #taking = new Set<string>()
  /** What is being let go: still ours, nothing new is begun. */
  readonly #leaving = new Set<string>()
  /** What has been let go and is given up with the next beat. */
  readonly #given = new Set<string>()
  #nodes: readonly string[] = []
  #node = ''
  /** What is this node's to do among `of`; who is there changes seldom, and the share with it alone. */
  #share: { readonly of: string; readonly names: ReadonlySet<string> } = { of: '', names: new Set() }
  /** What was claimed has been forgotten since the last beat. */
  #anew = false
  #takingUp = false
  /** How often everything was forgotten: what was begun before that says nothing of what is held now. */
  #life = 0
  #timer: () => void = () => {}
  #beating: Promise<void> | null = null
  #stopped = true

  constructor(parts: DutiesParts) {
    this.#parts = parts
  }

  /** Whether something may be begun. */
  does(name: string): boolean {
    return !this.#leaving.has(name) && !this.#taking.has(name) && this.holds(name)
  }

  /** Whether what has been begun may be gone on with. */
  holds(name: string): boolean {
    return (this.#until.get(name) ?? 0) > this.#parts.clock.now()
  }

  /** The nodes that are alive, this one among them. */
  get nodes(): readonly string[] {
    return this.#nodes
  }

  /** Joins; resolves after the first beat, whatever came of it. */
  async start(): Promise<void> {
    this.#stopped = false
    await this.#beat()
    // The first beat tells who is there, the second takes the share.
    await this.#beat()
    this.#wait()
  }

  /** Lets everything go and leaves. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer()
    await this.#beating
    const held = new Set(this.#until.keys())
    for (const name of held) this.#leaving.add(name)
    await this.#parts.letGo(held)
    this.#until.clear()
    await this.#parts.store.leave().catch((error: unknown) => {
      this.#parts.log.warn(
        { error: (error as Error).message },
        'the node could not say that it leaves; its leases run out',
      )
    })
  }

  #wait(): void {
    if (this.#stopped) return
    this.#timer = this.#parts.clock.after(BEAT_MS, () => {
      this.#beating = this.#beat().finally(() => this.#wait())
    })
  }

  /** One beat. Never rejects: a store that cannot be reached lets the leases run out, here as there. */
  async #beat(): Promise<void> {
    const { store, clock, log, names, bereft } = this.#parts
    const askedAt = clock.now()
    if (this.#hasRunOut()) this.#forget()
    const given = [...this.#given]
    const share = this.#shareAmong(this.#node, this.#nodes)
    const wanted = names.filter((name) => (share.has(name) || this.#until.has(name)) && !this.#given.has(name))
    try {
      const standing = await store.holdLeases({
        serves: names.length > 0,
        wanted,
        given,
        lastsMs: LEASE_MS,
        anew: this.#anew,
      })
      this.#anew = false
      const away = this.#node !== '' && standing.node !== this.#node && this.#until.size > 0
      if (away)
        log.warn({ node: standing.node }, 'this node was away for too long: others do what it did, it begins anew')
      this.#node = standing.node
      if (this.#nodes.some((node) => !standing.nodes.includes(node))) bereft()
      this.#nodes = standing.nodes
      for (const name of given) this.#given.delete(name)
      if (away) {
        this.#forget()
        this.#anew = false
      }
      // It ran out while the answer was on its way: what was begun has been broken off, and is claimed by this node still.
      if (this.#hasRunOut()) return this.#forget()
      this.#stand(standing, askedAt)
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'the leases of this node could not be renewed')
    }
  }

  /** Goes on with what it holds, begins what is new, lets go what has become another's. */
  #stand({ node, nodes, held }: Standing, askedAt: number): void {
    const { lost } = this.#parts
    // What was let go while the answer was on its way is given up with the next beat.
    const ours = new Set(held.filter((name) => !this.#given.has(name)))
    const gone = [...this.#until.keys()].filter((name) => !ours.has(name))
    for (const name of gone) {
      this.#until.delete(name)
      this.#taking.delete(name)
    }
    if (gone.length > 0) lost()
    for (const name of ours) {
      if (!this.#until.has(name)) this.#taking.add(name)
      this.#until.set(name, askedAt + LEASE_MS - MARGIN_MS)
    }
    this.#release(this.#shareAmong(node, nodes))
    void this.#takeUp()
  }

  /** Takes up what is new. Beats go on meanwhile: there may be much that waits. */
  async #takeUp(): Promise<void> {
    const fresh = new Set([...this.#taking].filter((name) => !this.#leaving.has(name)))
    if (fresh.size === 0 || this.#takingUp) return
    const life = this.#life
    this.#takingUp = true
    try {
      await this.#parts.taken(fresh, () => {
        if (life === this.#life) for (const name of fresh) this.#taking.delete(name)
      })
    } catch (error) {
      this.#parts.log.warn(
        { error: (error as Error).message },
        'what this node has to do could not be taken up, it is tried again',
      )
    } finally {
      this.#takingUp = false
    }
  }

  /** What it held it holds no more, by its own clock. */
  #hasRunOut(): boolean {
    return this.#until.size > 0 && ![...this.#until.keys()].some((name) => this.holds(name))
  }

  #shareAmong(node: string, nodes: readonly string[]): ReadonlySet<string> {
    const of = [node, ...nodes].join(' ')
    if (this.#share.of !== of) this.#share = { of, names: new Set(shareOf(node, nodes, this.#parts.names)) }
    return this.#share.names
  }

  /** Lets go what has become another's share; given up once nothing of it is under way. */
  #release(share: ReadonlySet<string>): void {
    const names = new Set([...this.#until.keys()].filter((name) => !share.has(name) && !this.#leaving.has(name)))
    if (names.size === 0) return
    for (const name of names) this.#leaving.add(name)
    const life = this.#life
    void this.#parts.letGo(names).then(() => {
      // All of it has been forgotten meanwhile; what it holds now it took anew.
      if (life !== this.#life) return
      for (const name of names) {
        this.#leaving.delete(name)
        this.#taking.delete(name)
        if (this.#until.delete(name)) this.#given.add(name)
      }
    })
  }

  #forget(): void {
    this.#anew = true
    this.#life += 1
    this.#until.clear()
    this.#taking.clear()
    this.#leaving.clear()
    this.#given.clear()
    this.#parts.lost()
  }
}
