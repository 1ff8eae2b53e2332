import type { Priority, Woken } from '../store.ts'

/*
 * Where a claim begins. What has left a lane stays in its index until it is vacuumed, and while somebody holds an old
 * snapshot (a dump, a forgotten transaction) that is everything since then: a claim that began at the front of the index
 * walked over all of it, 300,000 entries after ten minutes of 500 messages a second. So it begins at the earliest that was
 * seen to wait the last time. What becomes due earlier than that is told of by whoever wrote it, here or, as a notice, on
 * another node; in case that is lost, a lane is looked at from its front every half minute.
 */

/** A lane is looked at as a whole so often. */
const WHOLE_MS = 30_000
/** Clocks of nodes, and the time between planning a message and writing it. */
const SLACK_MS = 1_000

/** From when on each urgency is looked at; milliseconds, 0: all of it. */
export type Since = readonly [number, number, number]
type Times = [number, number, number]

interface Front {
  since: Times
  /** The earliest that became due since the last claim began: what that claim saw may be from before it. */
  woken: Times
  wholeAt: number
}

interface Lane {
  readonly workspace: number
  readonly destination: number
}

const never = (): Times => [Infinity, Infinity, Infinity]
const keyOf = ({ workspace, destination }: Lane): string => `${workspace} ${destination}`

/** The fronts of the lanes this node claims from. */
export class Fronts {
  readonly #fronts = new Map<string, Front>()

  /** A claim of a lane begins: from when on it looks. */
  begin(lane: Lane, now: number): Since {
    const key = keyOf(lane)
    const front = this.#fronts.get(key)
    if (front === undefined || Math.abs(now - front.wholeAt) >= WHOLE_MS) {
      this.#fronts.set(key, { since: [0, 0, 0], woken: never(), wholeAt: now })
      return [0, 0, 0]
    }
    front.woken = never()
    return [...front.since]
  }

  /** A claim has seen that nothing of an urgency waits that is due before `dueAt`; Infinity: nothing waits at all. */
  seen(lane: Lane, priority: Priority, dueAt: number, now: number): void {
    const front = this.#fronts.get(keyOf(lane))
    if (front !== undefined) front.since[priority] = Math.min(dueAt, now, front.woken[priority]) - SLACK_MS
  }

  /** Something has become due. */
  lower(woken: readonly Woken[]): void {
    for (const { dueAt, priority, ...lane } of woken) {
      const front = this.#fronts.get(keyOf(lane))
      if (front === undefined) continue
      front.woken[priority] = Math.min(front.woken[priority], dueAt)
      front.since[priority] = Math.min(front.since[priority], dueAt)
    }
  }

  /** Anything may have become due. */
  forget(): void {
    this.#fronts.clear()
  }
}
