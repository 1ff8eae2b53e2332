/*
 * Dry run: what a rule would have sent, had it been there. The decisions are the pipeline's own (route, hold, the look at
 * the incident); what the store and the clock add to them in life is done here: throttles, digests, the incident's state,
 * the second look when a message that waited may leave. Pure over the events, which come in the order of their acceptance.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { ChannelView, WorkspaceView } from '../configuration/view.ts'
import { idTime } from '../ids.ts'
import { stepOf } from '../pipeline/accept.ts'
import type { Fields } from '../pipeline/conditions.ts'
import { fieldsOf } from '../pipeline/deliver.ts'
import { decideByIncident, decideHold, isPersonal, type HoldDecision } from '../pipeline/hold.ts'
import { route } from '../pipeline/route.ts'
import { addressKey } from '../store/address-key.ts'
import type { EventRow, PlannedDelivery, Step } from '../store/store.ts'
import { Budgets } from './budgets.ts'
import { Reasons, Tally } from './tally.ts'
import { Timeline } from './timeline.ts'

/** Messages that are shown in words. */
const FIRST = 20
/** Held back so many times over, a message waits for hours that never come. */
const LOOKS = 20
/** Events of a digest that are kept for its words. */
const GATHERED = 1_000

/** A message that leaves, with what its words need. */
export interface Leaving {
  readonly event: EventRow
  readonly type: EventType
  readonly delivery: PlannedDelivery
  readonly channel: ChannelView
  readonly at: number
  /** Of a digest: its events, the first first. */
  readonly gathered: readonly EventRow[]
}

interface Waiting {
  readonly event: EventRow
  readonly type: EventType
  readonly fields: Fields
  readonly delivery: PlannedDelivery
  readonly channel: ChannelView
  readonly to: NonNullable<PlannedDelivery['destination']>
  /** The destination. */
  readonly key: string
  readonly gathered: EventRow[]
  /** How many deliveries leave in it. */
  count: number
  waitedFor: string | null
  looks: number
  gone: boolean
}

interface Incident {
  open: boolean
  /** Destinations that were told of it. */
  readonly told: Set<string>
}

export class DryRun {
  /** Events that were looked at, also those of types the rule does not name. */
  events = 0
  matched = 0
  readonly held = new Reasons()
  readonly suppressed = new Reasons()
  readonly first: Leaving[] = []
  readonly tally: Tally
  readonly #view: WorkspaceView
  readonly #budgets = new Budgets()
  readonly #waiting = new Timeline<Waiting>()
  readonly #incidents = new Map<string, Incident>()
  readonly #throttles = new Map<string, number>()
  readonly #digests = new Map<string, Waiting>()

  /** `view`: a configuration whose only rule is the one that is tried. */
  constructor(view: WorkspaceView) {
    this.#view = view
    this.tally = new Tally(view.timeZone)
  }

  /** The next event. Events of types the rule does not name matter only for the state of incidents. */
  see(event: EventRow): void {
    const at = idTime(event.id)
    this.advance(at)
    const type = this.#view.type(event.type)
    if (type === undefined) return
    const step = stepOf(type, event.incident)
    const closesNothing = event.incident !== null && this.#step(event.incident, step)
    if (this.#view.rulesNaming(type.name).length === 0) return
    const fields = fieldsOf({ event })
    const { deliveries, trace } = route(fields, type, event.severity, step, this.#view, at, () => '')
    if ((trace.m ?? []).length > 0) this.matched += 1
    for (const delivery of deliveries) {
      const as: Step = closesNothing && delivery.step === 3 ? 4 : delivery.step
      this.#plan(event, type, fields, { ...delivery, step: as }, at)
    }
  }

  /**
   * Lets at most `limit` messages leave whose time comes until then; true when there are no more. A morning may release
   * the messages of a whole night, so whoever must not hold the event loop calls this before `see`.
   */
  advance(until: number, limit = Infinity): boolean {
    for (let left = limit; left > 0; left -= 1) {
      const next = this.#waiting.take(until)
      if (next === undefined) return true
      this.#leave(next.value, next.at)
    }
    return false
  }

  /** Lets everything that waits leave; how many messages the limits would have kept back. */
  end(): number {
    this.advance(Infinity)
    return this.#budgets.end()
  }

  /** Moves the incident on; true when it was not open and is closed all the same. */
  #step(key: string, step: Step): boolean {
    const known = this.#incidents.get(key)
    if (step === 1 && known?.open !== true) this.#incidents.set(key, { open: true, told: new Set() })
    if (step !== 3) return false
    const closesNothing = known?.open !== true
    if (known !== undefined) known.open = false
    return closesNothing
  }

  #plan(event: EventRow, type: EventType, fields: Fields, delivery: PlannedDelivery, at: number): void {
    const to = delivery.destination
    const channel = this.#view.channels.get(to?.channel ?? -1)
    if (delivery.suppressed !== null || to === null || channel === undefined)
      return this.suppressed.add(delivery.suppressed ?? 'unreachable')
    const key = `${to.channel} ${addressKey(to.address)}`
    if (this.#isThrottled(delivery, key, at)) return this.suppressed.add('throttled')
    if (delivery.held !== null) this.held.add(delivery.held)
    if (delivery.digest && this.#joins(key, event, at)) return
    const own = { event, type, fields, delivery, channel, to, key }
    const waiting: Waiting = { ...own, gathered: [event], count: 1, waitedFor: delivery.held, looks: 0, gone: false }
    if (delivery.digest) this.#digests.set(key, waiting)
    if (delivery.dueAt <= at) this.#leave(waiting, at)
    else this.#waiting.put(delivery.dueAt, waiting)
  }

  #isThrottled({ throttle }: PlannedDelivery, key: string, at: number): boolean {
    if (throttle === null) return false
    const name = `${key} ${throttle.key}`
    if (at - (this.#throttles.get(name) ?? -Infinity) < throttle.perMs) return true
    this.#throttles.set(name, at)
    return false
  }

  #joins(key: string, event: EventRow, at: number): boolean {
    const digest = this.#digests.get(key)
    if (digest === undefined || digest.gone || digest.delivery.dueAt <= at) return false
    digest.count += 1
    if (this.first.length < FIRST && digest.gathered.length < GATHERED) digest.gathered.push(event)
    return true
  }

  /** The turn of a message has come: it leaves, or hold says otherwise. */
  #leave(waiting: Waiting, at: number): void {
    const { delivery, event, channel, to, key } = waiting
    const hold = this.#look(waiting, at)
    if (hold.kind === 'later' && isPersonal(hold.reason)) {
      waiting.waitedFor = hold.reason
      waiting.looks += 1
      if (waiting.looks > LOOKS) return
      return this.#waiting.put(hold.dueAt, waiting)
    }
    waiting.gone = true
    if (hold.kind === 'never') return this.suppressed.add(hold.reason, waiting.count)
    if (delivery.step !== 0) this.#incidents.get(event.incident ?? '')?.told.add(key)
    const zone = this.#view.people.get(delivery.recipient ?? '')?.timeZone ?? this.#view.timeZone
    this.tally.add(key, () => destinationOf(waiting), delivery.recipient, zone, at)
    this.#budgets.add(channel, to.address, key, at)
    if (this.first.length < FIRST) this.first.push({ ...waiting, at })
  }

  /** Hold once more. Only what waited can find another answer than at its acceptance; a channel that is off does not count. */
  #look({ delivery, event, fields, channel, key, waitedFor }: Waiting, at: number): HoldDecision {
    const known = event.incident === null ? undefined : this.#incidents.get(event.incident)
    const byIncident = decideByIncident({
      step: delivery.step,
      waitedFor,
      attempts: 0,
      living: delivery.living,
      followed: false,
      event,
      incident:
        known === undefined
          ? null
          : { state: known.open ? 'open' : 'ended', told: known.told.has(key) ? [] : null, toldEvent: null },
    })
    if (byIncident.kind === 'never' || waitedFor === null) return byIncident
    const person = this.#view.people.get(delivery.recipient ?? '') ?? null
    return decideHold({ fields, priority: delivery.priority, person, channel, disabled: undefined }, this.#view, at)
  }
}

/** A destination in one line, for people. */
export const destinationOf = ({ channel, delivery }: Pick<Leaving, 'channel' | 'delivery'>): string =>
  `${channel.name} ${delivery.destination === null ? '' : channel.kind.show(delivery.destination.address)}`.trim()
