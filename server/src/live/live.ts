import { TOPICS } from '@nabat/api/live.ts'
import type { Clock } from '../clock.ts'
import type { Note } from '../store/store.ts'
import { briefly } from './notes.ts'

/** Those who watch hear of a workspace at most four times a second. */
const WATCHED_EVERY_MS = 250
/** Other nodes hear of a workspace at most twice a second from each. */
const TOLD_EVERY_MS = 500

/** Is told what has changed in a workspace. */
export type Tell = (workspace: number, notes: readonly Note[]) => void

/**
 * That something has changed: from whatever was written here or on another node to those who watch a workspace. It says of
 * which kind it was, or whose inbox, and no more, so nothing is kept and nothing can be missed but the moment.
 */
export class Live {
  readonly #watching = new Map<number, Set<(notes: readonly Note[]) => void>>()
  readonly #here: Gathering
  readonly #elsewhere: Gathering | null

  /** `tell`: how other nodes are told, null where there are none. */
  constructor(clock: Clock, tell: Tell | null) {
    this.#here = new Gathering(clock, WATCHED_EVERY_MS, (workspace, notes) => {
      for (const call of this.#watching.get(workspace) ?? []) call(notes)
    })
    this.#elsewhere =
      tell === null ? null : new Gathering(clock, TOLD_EVERY_MS, (workspace, notes) => tell(workspace, briefly(notes)))
  }

  /** Something has been written here. */
  changed(workspace: number, notes: readonly Note[]): void {
    this.heard(workspace, notes)
    this.#elsewhere?.add(workspace, notes)
  }

  /** Something has changed that other nodes know already. */
  heard(workspace: number, notes: readonly Note[]): void {
    if (this.#watching.has(workspace)) this.#here.add(workspace, notes)
  }

  /** What others wrote may have been missed: anything may have changed. */
  missed(): void {
    for (const workspace of this.#watching.keys()) this.heard(workspace, TOPICS)
  }

  /** Calls back when something has changed in a workspace; the returned function ends that. */
  watch(workspace: number, call: (notes: readonly Note[]) => void): () => void {
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
  readonly #gathered = new Map<number, Set<Note>>()

  constructor(clock: Clock, everyMs: number, hand: Tell) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#hand = hand
  }

  add(workspace: number, notes: readonly Note[]): void {
    const gathered = this.#gathered.get(workspace)
    if (gathered !== undefined) {
      for (const note of notes) gathered.add(note)
      return
    }
    this.#gathered.set(workspace, new Set())
    this.#clock.after(this.#everyMs, () => this.#next(workspace))
    this.#hand(workspace, notes)
  }

  #next(workspace: number): void {
    const gathered = this.#gathered.get(workspace)!
    this.#gathered.delete(workspace)
    if (gathered.size > 0) this.add(workspace, [...gathered])
  }
}
