import type { Cluster } from './cluster.ts'
import type { World } from './world.ts'

/** What a node did that is gone, others do after so long. */
export const TAKEN_OVER_MS = 15_000
/** A store that took no writes is felt by leases for so long. */
const LEASES_MS = 10_000

/** What is to be seen of a node from outside. */
export interface Watched {
  /** It runs, serves and reaches the store. */
  readonly isWell: boolean
  readonly delivers: boolean
}

/** Watches over nodes: whenever one comes or goes, the others have taken over what it did in time. */
export class Vigil {
  readonly #world: World
  readonly #cluster: Cluster
  readonly #nodes: readonly Watched[]
  #changes = 0
  #well = 0
  /** Since when nobody delivers. */
  #nobodySince: number | null = null

  constructor(world: World, cluster: Cluster, nodes: readonly Watched[]) {
    this.#world = world
    this.#cluster = cluster
    this.#nodes = nodes
  }

  /** A node has come, gone, stands still or goes on, has lost the store or found it again. */
  changed(): void {
    const { clock, unwell } = this.#world
    const now = clock.now()
    const change = (this.#changes += 1)
    const before = this.#well
    this.#well = this.#nodes.filter(({ isWell }) => isWell).length
    // One that has come back is given its share as what is under way elsewhere ends.
    const isGone = this.#well < before
    if (!this.#nodes.some(({ isWell, delivers }) => isWell && delivers)) {
      this.#nobodySince ??= now
      return
    }
    unwell.push({ from: this.#nobodySince ?? now, until: now + TAKEN_OVER_MS })
    this.#nobodySince = null
    clock.after(TAKEN_OVER_MS, () => {
      if (isGone && change === this.#changes && !this.#world.storeWasIll(now - LEASES_MS, now + TAKEN_OVER_MS))
        this.#look()
    })
  }

  #look(): void {
    const unserved = this.#cluster.unserved()
    if (unserved.length > 0)
      this.#world.bugs.push(
        `after ${TAKEN_OVER_MS} ms at ${new Date(this.#world.clock.now()).toISOString()} nobody who is well holds ${unserved.slice(0, 3).join(', ')}`,
      )
  }
}
