/*
 * Dry run: what a rule would have sent, had it been there. The decisions are the pipeline's own (route, hold, the look at
 * the incident); what the store and the clock add to them in life is done here: throttles, digests, the lines
 * of incidents, the second look when a message that waited may leave. The other rules of the workspace are there as they
 * are now: what they tell already the tried one does not tell again, and a closing is told where they told the opening. Only
 * what leaves through the tried rule is counted. Every message leaves at its time: limits of the ways out are counted apart,
 * nothing is refused. Pure over the events, which come in the order of their acceptance.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { stepOf } from '../pipeline/accept.ts'
import { PASSED } from '../pipeline/conditions.ts'
import { decideByIncident, decideHold, isPersonal, type HoldDecision } from '../pipeline/hold.ts'
import { LoopGuard } from '../pipeline/loops.ts'
import { route, type Routed } from '../pipeline/route.ts'
import { matchRules, type CompiledRule } from '../pipeline/rules.ts'
import { addressKey } from '../store/address-key.ts'
import type { PlannedDelivery, Step } from '../store/store.ts'
import { Budgets } from './budgets.ts'
import { destinationOf, fieldsOf, type Planned, type SeenEvent } from './event.ts'
import { Incidents, type Incident } from './incidents.ts'
import { Reasons, Tally } from './tally.ts'
import { isFollowed, isFree, Queue, type Waiting } from './waiting.ts'

/** Messages that are shown in words. */
const FIRST = 20
/** Held back so many times over, a message waits for hours that never come. */
const LOOKS = 20
/** Events of a digest that are kept for its words. */
const GATHERED = 1_000

/** Silences begin and end on the minute. */
const MINUTE = 60_000

/** Most messages tell of one event. */
const NONE: SeenEvent[] = []

/** A message that leaves, with what its words need. */
export interface Leaving extends Planned {
  readonly at: number
  /** Of a digest: its events, the first first. */
  readonly gathered: readonly SeenEvent[]
}

/** What the deliveries of one event have in common. */
interface Of {
  readonly event: SeenEvent
  readonly type: EventType
  readonly incident: Incident | null
  readonly closesNothing: boolean
}

export class DryRun {
  matched = 0
  /** Deliveries that another rule makes already. */
  alreadyTold = 0
  /** Deliveries that another rule would make if this one did not. */
  tookOver = 0
  readonly held = new Reasons()
  readonly suppressed = new Reasons()
  readonly first: Leaving[] = []
  readonly tally: Tally
  readonly #view: WorkspaceView
  readonly #rule: CompiledRule
  readonly #budgets = new Budgets()
  readonly #queue = new Queue()
  readonly #incidents = new Incidents()
  readonly #loops = new LoopGuard()
  readonly #keys = new Map<string, string>()
  readonly #throttles = new Map<string, number>()
  readonly #digests = new Map<string, Waiting>()

  /** `view`: a configuration in which the rule that is tried stands under the id `rule`, beside the others. */
  constructor(view: WorkspaceView, rule: number) {
    this.#view = view
    this.#rule = view.rule(rule)!
    this.tally = new Tally(view.timeZone)
  }

  /** The next event. */
  see(event: SeenEvent): void {
    const { at } = event
    this.advance(at)
    const type = this.#view.type(event.type)
    if (type === undefined) return
    const step = stepOf(type, event.incident)
    const incident = event.incident === null ? null : this.#incidents.of(event.incident)
    const closesNothing = incident?.step(event.id, step) === true
    const rules = this.#view.rulesNaming(type.name)
    if (rules.length === 0) return
    const fields = fieldsOf(event)
    // What other rules say of it matters only where it is about an incident this rule may speak of.
    if (incident === null || (rules.length === 1 && rules[0] === this.#rule)) {
      if (!rules.includes(this.#rule)) return
      if (matchRules(fields, [this.#rule], at, this.#view.timeZone).matched.length === 0) return
    }
    const routed = route(fields, type, event.severity, step, this.#view, at, () => '', this.#loops)
    // Nobody is told of a loop here.
    this.#loops.found()
    this.#count(routed)
    const of = { event, type, incident, closesNothing }
    for (const delivery of routed.deliveries) this.#plan(of, delivery, at)
  }

  #count({ trace }: Routed): void {
    const { id } = this.#rule
    if (trace.m?.includes(id) === true) this.matched += 1
    for (const [loser, winner] of trace.a ?? []) {
      if (loser === id) this.alreadyTold += 1
      if (winner === id) this.tookOver += 1
    }
  }

  /** Lets every message leave whose time comes until then. */
  advance(until: number): void {
    for (let next = this.#queue.take(until); next !== undefined; next = this.#queue.take(until))
      this.#leave(next.value, next.at)
  }

  /** Lets everything that waits leave; how many messages the limits would have kept back. */
  end(): number {
    this.advance(Infinity)
    return this.#budgets.end()
  }

  #plan(of: Of, delivery: PlannedDelivery, at: number): void {
    const own = delivery.rule === this.#rule.id
    const { destination: to, held, suppressed } = delivery
    const channel = this.#view.channels.get(to?.channel ?? -1)
    const key = to === null ? '' : this.#keyOf(to)
    const never = to === null || channel === undefined ? (suppressed ?? 'unreachable') : suppressed
    const reason = never ?? (this.#isThrottled(delivery, key, at) ? 'throttled' : null)
    if (reason !== null) return own ? this.suppressed.add(reason) : undefined
    if (own && held !== null) this.held.add(held)
    const incident = delivery.digest ? null : of.incident
    // What another rule sends matters where this one may speak of the same incident.
    if (!own && incident === null) return
    if (delivery.digest && this.#joins(key, of.event, at)) return
    const { event, type } = of
    const step: Step = of.closesNothing && delivery.step === 3 ? 4 : delivery.step
    const waiting: Waiting = {
      event,
      type,
      delivery: step === delivery.step ? delivery : { ...delivery, step },
      channel: channel!,
      to: to!,
      key,
      own,
      incident,
      gathered: delivery.digest ? [event] : NONE,
      count: 1,
      waitedFor: held,
      dueAt: delivery.dueAt,
      expiresAt: delivery.expiresAt,
      behind: false,
      turn: 0,
      looks: 0,
      gone: false,
    }
    if (delivery.digest) this.#digests.set(key, waiting)
    if (delivery.dueAt <= at && isFree(waiting)) this.#leave(waiting, at)
    else this.#queue.add(waiting)
  }

  /** One text for each destination: looking up a text that was just made costs several times as much. */
  #keyOf({ channel, address }: Waiting['to']): string {
    const made = `${channel} ${addressKey(address)}`
    const known = this.#keys.get(made)
    if (known === undefined) this.#keys.set(made, made)
    return known ?? made
  }

  #isThrottled({ throttle, rule }: PlannedDelivery, key: string, at: number): boolean {
    if (throttle === null) return false
    const name = `${rule} ${key} ${throttle.key}`
    if (at - (this.#throttles.get(name) ?? -Infinity) < throttle.perMs) return true
    this.#throttles.set(name, at)
    return false
  }

  #joins(key: string, event: SeenEvent, at: number): boolean {
    const digest = this.#digests.get(key)
    if (digest === undefined || digest.gone || digest.delivery.dueAt <= at) return false
    digest.count += 1
    if (this.first.length < FIRST && digest.gathered.length < GATHERED) digest.gathered.push(event)
    return true
  }

  /** The turn of a message has come: it leaves, or hold says otherwise, or it came too late. */
  #leave(waiting: Waiting, at: number): void {
    if (waiting.expiresAt <= at) return this.#never(waiting, 'expired', at)
    const hold = this.#look(waiting, at)
    if (hold.kind === 'never') return this.#never(waiting, hold.reason, at)
    if (hold.kind === 'later') return this.#hold(waiting, hold.reason, hold.dueAt, at)
    const { own, delivery, event, channel, to, key } = waiting
    waiting.incident?.tell(key, event.id)
    this.#queue.end(waiting, at)
    if (!own) return
    const zone = this.#view.people.get(delivery.recipient ?? '')?.timeZone ?? this.#view.timeZone
    this.tally.add(key, () => destinationOf(waiting), delivery.recipient, zone, at)
    this.#budgets.add(channel, to.address, key, at)
    if (this.first.length < FIRST) this.first.push({ ...waiting, at })
  }

  #hold(waiting: Waiting, reason: string, dueAt: number, at: number): void {
    waiting.waitedFor = reason
    if (isPersonal(reason)) {
      waiting.looks += 1
      if (waiting.looks > LOOKS) return
      waiting.expiresAt += dueAt - at
      waiting.dueAt = dueAt
    } else waiting.dueAt = this.#nextLook(waiting, at)
    this.#queue.wait(waiting)
  }

  /** A channel that is not ready does not become so: only a silence may end the message before its life is over. */
  #nextLook({ event, expiresAt }: Waiting, at: number): number {
    const fields = fieldsOf(event)
    const maySilence = this.#view.silences.some(({ condition }) => condition(fields) === PASSED)
    return maySilence ? Math.min(expiresAt, (Math.floor(at / MINUTE) + 1) * MINUTE) : expiresAt
  }

  /** Nothing else is tried: every other way was looked at when it was accepted, and they are as they were. */
  #never(waiting: Waiting, reason: string, at: number): void {
    this.#queue.end(waiting, at)
    if (waiting.own) this.suppressed.add(reason, waiting.count)
  }

  /** Hold once more. Only what waited can find another answer than at its acceptance. */
  #look(waiting: Waiting, at: number): HoldDecision {
    const { delivery, event, channel, key, waitedFor, incident } = waiting
    const byIncident =
      incident === null
        ? undefined
        : decideByIncident({
            step: delivery.step,
            waitedFor,
            attempts: 0,
            living: delivery.living,
            event,
            answered: null,
            followed: delivery.living && isFollowed(waiting),
            incident: incident.look(key, event.id, delivery.step),
          })
    if (byIncident?.kind === 'never') return byIncident
    if (waiting.turn === 0) return { kind: 'now' }
    const person = this.#view.people.get(delivery.recipient ?? '') ?? null
    const { priority, digest: gathered } = delivery
    const about = { fields: fieldsOf(event), priority, person, channel, disabled: undefined, gathered }
    return decideHold(about, this.#view, at)
  }
}
