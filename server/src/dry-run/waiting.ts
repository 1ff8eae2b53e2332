/*
 * Messages on their way, as the queue of the store keeps them: those of one destination and one incident stand in a line and
 * leave in the order of their events. What somebody's hours hold back is passed by what is critical. A message that stands
 * behind another has no time of its own, only the end of its life.
 */
import { isPersonal } from '../pipeline/hold.ts'
import type { PlannedDelivery } from '../store/store.ts'
import type { Planned, SeenEvent } from './event.ts'
import { Timeline } from './timeline.ts'

export interface Waiting extends Planned {
  /** Of the rule that is tried, and not of another. */
  readonly own: boolean
  readonly to: NonNullable<PlannedDelivery['destination']>
  /** The destination. */
  readonly key: string
  /** Of a digest: its events, the first first. */
  readonly gathered: SeenEvent[]
  /** The line it stands in, null for none. */
  readonly line: string | null
  /** How many deliveries leave in it. */
  count: number
  waitedFor: string | null
  dueAt: number
  expiresAt: number
  behind: boolean
  /** Of the time it was given last, 0 before it was given one; an earlier time no longer counts. */
  turn: number
  looks: number
  gone: boolean
}

export class Queue {
  readonly #times = new Timeline<Waiting>()
  readonly #lines = new Map<string, Waiting[]>()

  /** Whether nothing stands in its line, so that a message may leave at once. */
  isFree(line: string | null): boolean {
    return line === null || !this.#lines.has(line)
  }

  /** Puts a message in its place: events come in their order, so it stands behind what is there. */
  add(waiting: Waiting): void {
    const { line: name, delivery } = waiting
    if (name !== null) {
      const line = this.#lines.get(name) ?? []
      const passes = delivery.priority === 0 && line.every(({ waitedFor }) => isPersonal(waitedFor))
      waiting.behind = line.length > 0 && !passes
      if (passes) for (const other of line) this.#setBack(other)
      line.push(waiting)
      this.#lines.set(name, line)
    }
    this.wait(waiting)
  }

  #setBack(waiting: Waiting): void {
    waiting.behind = true
    this.wait(waiting)
  }

  /** Gives a message its time: when it is due or, behind another, when its life ends. */
  wait(waiting: Waiting): void {
    waiting.turn = this.#times.put(waiting.behind ? waiting.expiresAt : waiting.dueAt, waiting)
  }

  /** The next message whose time comes until then. */
  take(until: number): { readonly at: number; readonly value: Waiting } | undefined {
    for (let next = this.#times.take(until); next !== undefined; next = this.#times.take(until))
      if (!next.value.gone && next.value.turn === next.order) return next
    return undefined
  }

  /** Whether a living message of the same incident waits behind this one. */
  isFollowed({ line, event }: Waiting): boolean {
    if (line === null) return false
    return this.#lines.get(line)?.some((other) => other.event.id > event.id && other.delivery.living) === true
  }

  /** A message has ended: the next of its line may leave. */
  end(waiting: Waiting, at: number): void {
    waiting.gone = true
    const line = waiting.line === null ? undefined : this.#lines.get(waiting.line)
    const place = line?.indexOf(waiting) ?? -1
    if (line === undefined || place < 0) return
    line.splice(place, 1)
    if (line.length === 0) return void this.#lines.delete(waiting.line!)
    const next = line.find((each) => !standsBack(each)) ?? line[0]!
    if (!next.behind) return
    next.behind = false
    next.dueAt = Math.max(next.dueAt, at)
    this.wait(next)
  }
}

/** What somebody's hours hold back stands behind what is critical. */
const standsBack = ({ delivery, waitedFor }: Waiting): boolean => delivery.priority > 0 && isPersonal(waitedFor)
