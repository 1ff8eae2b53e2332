/*
 * The loop guard: a receiver that answers a message with an event which its rule sends to it again goes round as fast as
 * the network lets it. What tells a loop from a storm is that it is about one thing: the same type and the same incident,
 * subject or data, through one rule to one destination. Counted in memory over whole minutes; a restart begins anew.
 */
import { createHash } from 'node:crypto'
import type { Fields } from './conditions.ts'

const MINUTE = 60_000
/** More of one thing in a minute than a person can make anything of, and than a machine has use for. */
const LIMIT = { person: 60, machine: 1_000 } as const
/** What is counted at once; beyond it counting begins anew, which a loop that is worth stopping does not notice. */
const REMEMBERED = 50_000

/** A rule that goes round, told once in a while. */
export interface Loop {
  readonly rule: number
  /** For people. */
  readonly destination: string
  readonly type: string
}

/** What an event is about, as far as it matters whether it has been told before. */
export interface Repeatable {
  readonly type: string
  readonly thing: string
}

/** The same incident, else the same subject, else the same data (of which a digest is kept: it may be long). */
export const repeatable = ({ type, incident, subject, data }: Fields): Repeatable => ({
  type,
  thing: incident ?? subject ?? createHash('sha1').update(JSON.stringify(data)).digest('base64'),
})

export class LoopGuard {
  #minute = 0
  #counts = new Map<string, number>()
  #found: Loop[] = []

  /** Counts a message, and says whether it is one too many. `shown`: the destination for people; `key`: for counting. */
  isLoop(
    rule: number,
    destination: { readonly key: string; readonly shown: string; readonly machine: boolean },
    { type, thing }: Repeatable,
    now: number,
  ): boolean {
    const minute = Math.floor(now / MINUTE)
    if (minute !== this.#minute || this.#counts.size >= REMEMBERED) this.#counts.clear()
    this.#minute = minute
    const key = `${rule} ${destination.key} ${type} ${thing}`
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    const limit = destination.machine ? LIMIT.machine : LIMIT.person
    if (count === limit + 1) this.#found.push({ rule, destination: destination.shown, type })
    return count > limit
  }

  /** The loops found since it was asked last. */
  found(): readonly Loop[] {
    return this.#found.splice(0)
  }
}
