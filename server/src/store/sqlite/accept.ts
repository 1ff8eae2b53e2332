import type { DatabaseSync } from 'node:sqlite'
import { idBytes, idText } from '../../ids.ts'
import type { AcceptedRow, AcceptRequest, AcceptResult, PlannedDelivery, PlannedEvent, Step, Woken } from '../store.ts'
import { throttleKey } from '../throttle-key.ts'
import type { Destinations } from './destinations.ts'

const CLOSES: Step = 3
const CLOSES_ANYWAY: Step = 4

/** Writes events with their decisions and deliveries. Runs inside the caller's transaction. */
export class Accept {
  readonly #destinations: Destinations
  readonly #version
  readonly #key
  readonly #known
  readonly #knownDeliveries
  readonly #event
  readonly #delivery
  readonly #queue
  readonly #ahead
  readonly #aheadOfCritical
  readonly #overtake
  readonly #pushBack
  readonly #opens
  readonly #updates
  readonly #closes
  readonly #throttle
  readonly #gathering
  readonly #gather
  readonly #there

  constructor(database: DatabaseSync, destinations: Destinations) {
    this.#destinations = destinations
    this.#version = database.prepare('select version from workspaces where id = ?')
    this.#key = database.prepare(
      'insert into event_keys (workspace, source, event_id, event) values (?, ?, ?, ?) on conflict do nothing',
    )
    this.#known = database.prepare('select event from event_keys where workspace = ? and source = ? and event_id = ?')
    this.#knownDeliveries = database.prepare(
      'select count(*) as n from deliveries where workspace = ? and event = ? and state <> 2',
    )
    this.#event = database.prepare(
      `insert into events (workspace, id, source, event_id, type, subject, severity, time, actor_user, actor_role,
         incident, data, attachments, trace) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#delivery = database.prepare(
      `insert into deliveries (workspace, id, event, rule, destination, recipient, state, reason, ended_at, instead_of, digest, follows)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#queue = database.prepare(
      `insert into queue (workspace, delivery, destination, event, priority, due_at, behind, incident, step, living, expires_at, digest)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#ahead = database.prepare(
      `select 1 from queue where workspace = ? and destination = ? and incident = ?
         and (event <= ? or claimed_at is not null) limit 1`,
    )
    // What somebody's hours hold back does not hold back what is critical: it passes them, and they lose their point.
    this.#aheadOfCritical = database.prepare(
      `select 1 from queue q where q.workspace = ? and q.destination = ? and q.incident = ?
         and (q.claimed_at is not null or (q.event <= ? and not exists (
           select 1 from deliveries d where d.workspace = q.workspace and d.id = q.delivery
             and d.reason in ('quiet_hours', 'working_hours')))) limit 1`,
    )
    this.#overtake = database.prepare(
      `update queue set behind = 1
       where workspace = ? and destination = ? and incident = ? and event < ? and claimed_at is null`,
    )
    this.#pushBack = database.prepare(
      `update queue set behind = 1
       where workspace = ? and destination = ? and incident = ? and event > ? and claimed_at is null`,
    )
    // An incident that had ended begins a new life; what was told of the old one no longer counts (queue.ts).
    this.#opens = database.prepare(
      `insert into incidents (workspace, key, state, opened_at, opened_by, last_event, severity)
       values (?, ?, 'open', ?, ?, ?, ?)
       on conflict do update set state = 'open', opened_at = excluded.opened_at, opened_by = excluded.opened_by,
         last_event = excluded.last_event, severity = excluded.severity,
         acknowledged_at = null, acknowledged_by = null, ended_at = null
       where incidents.ended_at is not null`,
    )
    this.#updates = database.prepare(
      'update incidents set last_event = ?, severity = min(severity, ?) where workspace = ? and key = ? and ended_at is null',
    )
    this.#closes = database.prepare(
      `update incidents set state = 'ended', ended_at = ?, last_event = ?
       where workspace = ? and key = ? and ended_at is null`,
    )
    // A digest gathers until its message is claimed.
    this.#gathering = database.prepare(
      `select g.delivery from digests g join queue q on q.workspace = g.workspace and q.delivery = g.delivery
       where g.workspace = ? and g.rule = ? and g.destination = ? and g.ends_at > ? and q.claimed_at is null`,
    )
    this.#gather = database.prepare(
      `insert into digests (workspace, rule, destination, delivery, ends_at) values (?, ?, ?, ?, ?)
       on conflict do update set delivery = excluded.delivery, ends_at = excluded.ends_at`,
    )
    this.#there = database.prepare(
      'select 1 from deliveries where workspace = ? and event = ? and destination = ? and state in (0, 1) limit 1',
    )
    this.#throttle = database.prepare(
      `insert into throttles (workspace, rule, destination, key, at) values (?, ?, ?, ?, ?)
       on conflict do update set at = excluded.at where throttles.at <= ?`,
    )
  }

  accept(request: AcceptRequest): AcceptResult {
    const version = this.#version.get(request.workspace)
    if (version === undefined || Number(version['version']) !== request.version) return 'stale'
    const events: AcceptedRow[] = []
    const woken: Woken[] = []
    for (const event of request.events) events.push(this.#one(request, event, woken))
    return { events, woken }
  }

  #one({ workspace, at }: AcceptRequest, event: PlannedEvent, woken: Woken[]): AcceptedRow {
    const id = idBytes(event.id)
    if (event.eventId !== null && this.#key.run(workspace, event.source, event.eventId, id).changes === 0) {
      const known = this.#known.get(workspace, event.source, event.eventId)!['event'] as Uint8Array
      const deliveries = Number(this.#knownDeliveries.get(workspace, known)!['n'])
      return { id: idText(known), duplicate: true, deliveries }
    }
    const closesNothing = event.incident !== null && this.#step(workspace, event, id, at)
    this.#event.run(
      workspace,
      id,
      event.source,
      event.eventId,
      event.type,
      event.subject,
      event.severity,
      event.time,
      event.actorUser,
      event.actorRole,
      event.incident,
      event.data,
      event.attachments,
      event.trace,
    )
    let leaving = 0
    for (const delivery of event.deliveries) {
      const step = closesNothing && delivery.step === CLOSES ? CLOSES_ANYWAY : delivery.step
      const queued = this.insert(workspace, { ...delivery, step }, id, event.incident, at, null)
      if (queued === 'suppressed') continue
      leaving += 1
      if (queued !== 'behind') woken.push(queued)
    }
    return { id: event.id, duplicate: false, deliveries: leaving }
  }

  /** Moves the incident on; true when the event closes one that was not open. */
  #step(workspace: number, event: PlannedEvent, id: Buffer, at: number): boolean {
    if (event.step === 1) {
      const opened = this.#opens.run(workspace, event.incident, at, id, id, event.severity).changes > 0
      if (!opened) this.#updates.run(id, event.severity, workspace, event.incident)
    } else if (event.step === 2) this.#updates.run(id, event.severity, workspace, event.incident)
    else if (event.step === CLOSES) return this.#closes.run(at, id, workspace, event.incident).changes === 0
    return false
  }

  /** Writes one delivery and, when it is to leave, its place in the queue; says which lane that woke. */
  insert(
    workspace: number,
    delivery: PlannedDelivery,
    event: Uint8Array,
    incident: string | null,
    at: number,
    insteadOf: Uint8Array | null,
  ): Woken | 'suppressed' | 'behind' {
    const id = idBytes(delivery.id)
    const to = delivery.destination
    const destination = to === null ? null : this.#destinations.id(workspace, to.channel, to.address)
    const reason =
      delivery.suppressed ??
      this.#throttled(workspace, delivery, destination, at) ??
      this.#toldThere(workspace, event, destination, insteadOf)
    const suppressed = reason !== null || destination === null
    // What comes in place of a digest is one already.
    const joins = delivery.digest && insteadOf === null
    const joined = suppressed || !joins ? null : this.#join(workspace, delivery, destination, id, at)
    this.#delivery.run(
      workspace,
      id,
      event,
      delivery.rule,
      destination,
      delivery.recipient,
      suppressed ? 2 : 0,
      joined === null ? (reason ?? delivery.held) : 'joined',
      suppressed ? at : null,
      insteadOf,
      joined,
      delivery.follows ? 1 : 0,
    )
    if (suppressed) return 'suppressed'
    if (joined !== null) return 'behind'
    // A digest tells of several incidents and stands in the line of none; nor does what waits in case another goes unread.
    const line = delivery.digest || delivery.held === 'unread' ? null : incident
    // While an earlier one of the same incident waits or is in flight, this one may not be claimed.
    const ahead = delivery.priority === 0 ? this.#aheadOfCritical : this.#ahead
    const behind = line !== null && ahead.get(workspace, destination, line, event) !== undefined
    if (line !== null && delivery.priority === 0 && !behind) this.#overtake.run(workspace, destination, line, event)
    // What comes instead of another may be of an older event than what waits there already.
    if (line !== null && insteadOf !== null) this.#pushBack.run(workspace, destination, line, event)
    this.#queue.run(
      workspace,
      id,
      destination,
      event,
      delivery.priority,
      delivery.dueAt,
      behind ? 1 : 0,
      line,
      delivery.step,
      delivery.living ? 1 : 0,
      delivery.expiresAt,
      delivery.digest ? 1 : 0,
    )
    return behind ? 'behind' : { workspace, destination, priority: delivery.priority, dueAt: delivery.dueAt, to: to! }
  }

  /** The delivery whose message this one joins; null when it is the first and others may join it. */
  #join(workspace: number, delivery: PlannedDelivery, destination: number, id: Buffer, at: number): Uint8Array | null {
    const row = this.#gathering.get(workspace, delivery.rule, destination, at)
    if (row !== undefined) return row['delivery'] as Uint8Array
    this.#gather.run(workspace, delivery.rule, destination, id, delivery.dueAt)
    return null
  }

  /** Two ways round of one event that lead to the same place, planned at the same moment: the second is not needed. */
  #toldThere(
    workspace: number,
    event: Uint8Array,
    destination: number | null,
    insteadOf: Uint8Array | null,
  ): string | null {
    if (insteadOf === null || destination === null) return null
    return this.#there.get(workspace, event, destination) === undefined ? null : 'told_otherwise'
  }

  #throttled(workspace: number, delivery: PlannedDelivery, destination: number | null, at: number): string | null {
    if (delivery.throttle === null || destination === null) return null
    const { key, perMs } = delivery.throttle
    const first =
      this.#throttle.run(workspace, delivery.rule, destination, throttleKey(key), at, at - perMs).changes > 0
    return first ? null : 'throttled'
  }
}
