/*
 * Messages on their way, as the queue of the store keeps them: those of one destination and one incident stand in a line and
 * leave in the order of their events. What somebody's hours hold back is passed by what is critical. A message that stands
 * behind another has no time of its own, only the end of its life.
 */
import { isPersonal } from '../pipeline/hold.ts'
import type { PlannedDelivery } from '../store/store.ts'
import type { Planned, SeenEvent } from './event.ts'
import type { Incident } from './incidents.ts'
import { Timeline } from './timeline.ts'

export interface Waiting extends Planned {
  /** Of the rule that is tried, and not of another. */
  readonly own: boolean
  readonly to: NonNullable<PlannedDelivery['destination']>
  /** The destination. */
  readonly key: string
  /** Of a digest: its events, the first first. */
  readonly gathered: SeenEvent[]
  /** The incident in whose line it stands, null for none. */
  readonly incident: Incident | null
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

  /** Puts a message in its place: events come in their order, so it stands behind what is there. */
  add(waiting: Waiting): void {
    const { incident, key, delivery } = waiting
    if (incident !== null) {
      const line = incident.lines.get(key) ?? []
      const passes = delivery.priority === 0 && line.every(({ waitedFor }) => isPersonal(waitedFor))
      waiting.behind = line.length > 0 && !passes
      if (passes) for (const other of line) this.#setBack(other)
      line.push(waiting)
      incident.lines.set(key, line)
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

  /** A message has ended: the next of its line may leave. */
  end(waiting: Waiting, at: number): void {
    waiting.gone = true
    const line = lineOf(waiting)
    const place = line?.indexOf(waiting) ?? -1
    if (line === undefined || place < 0) return
    line.splice(place, 1)
    if (line.length === 0) return void waiting.incident!.lines.delete(waiting.key)
    const next = line.find((each) => !standsBack(each)) ?? line[0]!
    if (!next.behind) return
    next.behind = false
    next.dueAt = Math.max(next.dueAt, at)
    this.wait(next)
  }
}

/** What somebody's hours hold back stands behind what is critical. */
const standsBack = ({ delivery, waitedFor }: Waiting): boolean => delivery.priority > 0 && isPersonal(waitedFor)

const lineOf = ({ incident, key }: Waiting): Waiting[] | undefined => incident?.lines.get(key)

/** Whether nothing stands in its line, so that a message may leave at once. */
export const isFree = (waiting: Waiting): boolean => lineOf(waiting) === undefined

/** Whether a living message of the same incident waits behind this one. */
export const isFollowed = (waiting: Waiting): boolean =>
  lineOf(waiting)?.some(({ event, delivery }) => event.id > waiting.event.id && delivery.living) === true
