import { TOPICS, type Topic } from '@nabat/api/live.ts'
import type { Clock } from '../clock.ts'

/** Those who watch hear of a workspace at most four times a second. */
const WATCHED_EVERY_MS = 250
/** Other nodes hear of a workspace at most twice a second from each. */
const TOLD_EVERY_MS = 500

/** Is told what has changed in a workspace. */
export type Tell = (workspace: number, topics: readonly Topic[]) => void

/**
 * That something has changed: from whatever was written here or on another node to those who watch a workspace. It says of
 * which kind it was and no more, so nothing is kept and nothing can be missed but the moment.
 */
export class Live {
  readonly #watching = new Map<number, Set<(topics: readonly Topic[]) => void>>()
  readonly #here: Gathering
  readonly #elsewhere: Gathering | null

  /** `tell`: how other nodes are told, null where there are none. */
  constructor(clock: Clock, tell: Tell | null) {
    this.#here = new Gathering(clock, WATCHED_EVERY_MS, (workspace, topics) => {
      for (const call of this.#watching.get(workspace) ?? []) call(topics)
    })
    this.#elsewhere = tell === null ? null : new Gathering(clock, TOLD_EVERY_MS, tell)
  }

  /** Something has been written here. */
  changed(workspace: number, topics: readonly Topic[]): void {
    this.heard(workspace, topics)
    this.#elsewhere?.add(workspace, topics)
  }

  /** Something has changed that other nodes know already. */
  heard(workspace: number, topics: readonly Topic[]): void {
    if (this.#watching.has(workspace)) this.#here.add(workspace, topics)
  }

  /** What others wrote may have been missed: anything may have changed. */
  missed(): void {
    for (const workspace of this.#watching.keys()) this.heard(workspace, TOPICS)
  }

  /** Calls back when something has changed in a workspace; the returned function ends that. */
  watch(workspace: number, call: (topics: readonly Topic[]) => void): () => void {
    let calls = this.#watching.get(workspace)
    if (calls === undefined) this.#watching.set(workspace, (calls = new Set()))
    calls.add(call)
    return () => {
      calls.delete(call)
      if (calls.size === 0 && this.#watching.get(workspace) === calls) this.#watching.delete(workspace)
    }
  }

  /** How many watch. */
  get watchers(): number {
    return [...this.#watching.values()].reduce((sum, calls) => sum + calls.size, 0)
  }
}

/** Hands on what changes in a workspace: the first at once, what follows together and not too often. */
class Gathering {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #hand: Tell
  readonly #gathered = new Map<number, Set<Topic>>()

  constructor(clock: Clock, everyMs: number, hand: Tell) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#hand = hand
  }

  add(workspace: number, topics: readonly Topic[]): void {
    const gathered = this.#gathered.get(workspace)
    if (gathered !== undefined) {
      for (const topic of topics) gathered.add(topic)
      return
    }
    this.#gathered.set(workspace, new Set())
    this.#clock.after(this.#everyMs, () => this.#next(workspace))
    this.#hand(workspace, topics)
  }

  #next(workspace: number): void {
    const gathered = this.#gathered.get(workspace)!
    this.#gathered.delete(workspace)
    if (gathered.size > 0) this.add(workspace, [...gathered])
  }
}
