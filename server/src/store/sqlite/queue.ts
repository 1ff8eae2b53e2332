import type { DatabaseSync } from 'node:sqlite'
import type { Address } from '../../pipeline/outcome.ts'
import { idBytes, idText } from '../../ids.ts'
import { STATES } from '../store.ts'
import type {
  ClaimedRow,
  ClaimResult,
  ClaimWant,
  EventRow,
  IncidentState,
  LaneRow,
  Priority,
  Settlement,
  Step,
  Woken,
} from '../store.ts'
import type { Accept } from './accept.ts'

type Row = Record<string, unknown>

const PRIORITIES: readonly Priority[] = [0, 1, 2]

/** Everything a claimed delivery carries, in one look-up by primary keys. */
const CLAIMED = `
  select q.workspace, q.delivery, q.destination, q.priority, q.suspect, q.step, q.living, q.digest, q.attempts,
    q.expires_at, q.incident as line, e.incident, t.channel, t.address, t.reason as disabled, t.disabled_at,
    d.rule, d.recipient, d.instead_of, d.reason as waited_for,
    e.id as event, e.source, e.event_id, e.type, e.subject, e.severity, e.time, e.actor_user, e.actor_role,
    e.data, e.attachments, json_extract(e.trace, '$.v') as version
  from queue q
    join deliveries d on d.workspace = q.workspace and d.id = q.delivery
    join events e on e.workspace = q.workspace and e.id = d.event
    join destinations t on t.workspace = q.workspace and t.id = q.destination
  where q.workspace = ? and q.delivery = ?`

/** Claims and settles. Every method runs inside the caller's transaction. */
export class Queue {
  readonly #database: DatabaseSync
  readonly #accept: Accept
  readonly #statements: ReturnType<typeof prepare>

  constructor(database: DatabaseSync, accept: Accept) {
    this.#database = database
    this.#accept = accept
    this.#statements = prepare(database)
  }

  claim(wants: readonly ClaimWant[], now: number): ClaimResult {
    const rows: ClaimedRow[] = []
    const next = wants.map((want) => {
      const ids = this.#due(want, now)
      for (const id of ids) rows.push(this.#take(want.workspace, id, now))
      // A lane that goes one by one has a budget: it should not spend it on finding out that there is no more.
      return ids.length === want.limit && want.limit > 1 ? 'more' : this.#nextDue(want, now)
    })
    return { rows, next }
  }

  #due({ workspace, destination, limit }: ClaimWant, now: number): Uint8Array[] {
    const ids: Uint8Array[] = []
    for (const priority of PRIORITIES) {
      if (ids.length === limit) break
      for (const row of this.#statements.due.all(workspace, destination, priority, now, limit - ids.length))
        ids.push(row['delivery'] as Uint8Array)
    }
    return ids
  }

  /** The most urgent of what is due already, or else what is due first. */
  #nextDue({ workspace, destination }: ClaimWant, now: number): { priority: Priority; dueAt: number } | null {
    let soonest: { priority: Priority; dueAt: number } | null = null
    for (const priority of PRIORITIES) {
      const row = this.#statements.next.get(workspace, destination, priority)
      if (row === undefined) continue
      const dueAt = Number(row['due_at'])
      if (dueAt <= now) return { priority, dueAt }
      if (soonest === null || dueAt < soonest.dueAt) soonest = { priority, dueAt }
    }
    return soonest
  }

  #take(workspace: number, id: Uint8Array, now: number): ClaimedRow {
    this.#statements.claim.run(now, workspace, id)
    const row = this.#statements.claimed.get(workspace, id)!
    const incident = row['line'] as string | null
    const destination = row['destination'] as number
    return {
      ...claimedRow(row),
      incident: incident === null ? null : this.#incidentOf(workspace, incident, destination),
      followed: incident !== null && this.#statements.followed.get(workspace, destination, incident, id) !== undefined,
    }
  }

  #incidentOf(workspace: number, key: string, destination: number): NonNullable<ClaimedRow['incident']> {
    const state = this.#statements.incident.get(workspace, key)?.['state'] as IncidentState | undefined
    const told = this.#statements.told.get(workspace, key, destination)?.['message_ids'] as string | undefined
    return { key, state: state ?? 'ended', told: told === undefined ? null : (JSON.parse(told) as string[]) }
  }

  /** Up to `limit` rows of the queue after a place in it are looked at; the expired among them are claimed. */
  claimExpired(
    after: string | null,
    limit: number,
    now: number,
  ): { rows: readonly ClaimedRow[]; after: string | null } {
    const [workspace, id] = after === null ? [0, Buffer.alloc(0)] : [Number(after.slice(37)), idBytes(after)]
    const seen = this.#statements.walk.all(workspace, id, limit)
    const rows = seen
      .filter((row) => row['claimed_at'] === null && Number(row['expires_at']) <= now)
      .map((row) => this.#take(Number(row['workspace']), row['delivery'] as Uint8Array, now))
    const last = seen.at(-1)
    const more = seen.length === limit && last !== undefined
    return { rows, after: more ? `${idText(last['delivery'] as Uint8Array)} ${Number(last['workspace'])}` : null }
  }

  settle(settlements: readonly Settlement[], now: number): Woken[] {
    const woken: Woken[] = []
    for (const settlement of settlements) {
      if (settlement.budgeted && settlement.attempt !== null)
        this.#statements.sent.run(settlement.attempt[0], settlement.workspace, settlement.destination)
      if (settlement.kind === 'end') this.#end(settlement, now, woken)
      else this.#defer(settlement, woken)
    }
    return woken
  }

  #end(settlement: Extract<Settlement, { kind: 'end' }>, now: number, woken: Woken[]): void {
    const { workspace, destination, incidentKey } = settlement
    const id = idBytes(settlement.delivery)
    const attempt = settlement.attempt === null ? null : JSON.stringify(settlement.attempt)
    this.#statements.remove.run(workspace, id)
    this.#statements.end.run(
      STATES.indexOf(settlement.state),
      settlement.reason,
      now,
      settlement.note,
      attempt,
      attempt,
      workspace,
      id,
    )
    if (settlement.digest)
      this.#statements.endJoined.run(STATES.indexOf(settlement.state), settlement.reason, now, workspace, id)
    if (settlement.disable !== null) this.disable(workspace, destination, settlement.disable, now)
    if (incidentKey !== null) {
      if (settlement.told !== null)
        this.#statements.tell.run(workspace, incidentKey, destination, JSON.stringify(settlement.told), now)
      this.unblock(workspace, destination, incidentKey, woken)
    }
    if (settlement.instead !== null) this.#insertInstead(settlement, id, now, woken)
  }

  #insertInstead(settlement: Extract<Settlement, { kind: 'end' }>, id: Buffer, now: number, woken: Woken[]): void {
    const event = this.#statements.eventOf.get(settlement.workspace, id)!['event'] as Uint8Array
    const queued = this.#accept.insert(
      settlement.workspace,
      settlement.instead!,
      event,
      settlement.incidentKey,
      now,
      id,
    )
    if (typeof queued === 'object') woken.push(queued)
  }

  #defer(settlement: Extract<Settlement, { kind: 'defer' }>, woken: Woken[]): void {
    const { workspace, destination, dueAt } = settlement
    const id = idBytes(settlement.delivery)
    const attempt = settlement.attempt === null ? null : JSON.stringify(settlement.attempt)
    const row = this.#statements.defer.get(settlement.suspect ? 1 : 0, dueAt, attempt === null ? 0 : 1, workspace, id)
    if (row === undefined) return
    this.#statements.note.run(settlement.reason, attempt, attempt, workspace, id)
    woken.push({ workspace, destination, priority: row['priority'] as Priority, dueAt })
  }

  /** Disables a destination or, with null, takes it into use again; the configuration's version tells every node. */
  disable(workspace: number, destination: number, why: { reason: string; detail: string } | null, now: number): void {
    const version = Number(this.#statements.bump.get(workspace)!['version'])
    this.#statements.disable.run(
      why === null ? null : now,
      why?.reason ?? null,
      why?.detail ?? null,
      version,
      workspace,
      destination,
    )
  }

  /** The next message of an incident may be claimed once the one before it has ended. */
  unblock(workspace: number, destination: number, incident: string, woken: Woken[]): void {
    const row = this.#statements.unblock.get(workspace, workspace, destination, incident)
    if (row !== undefined)
      woken.push({ workspace, destination, priority: row['priority'] as Priority, dueAt: Number(row['due_at']) })
  }

  /** After a start: what was claimed when the process died may have arrived; it waits again, marked. */
  recover(now: number): LaneRow[] {
    this.#statements.suspect.run()
    this.#statements.forgetSends.run(now - 60_000)
    return this.#database
      .prepare(
        `select q.workspace, q.destination, q.priority, q.due_at, t.channel, t.address from (
           select workspace, destination, min(priority) as priority, min(due_at) as due_at from queue
           where claimed_at is null and behind = 0 group by workspace, destination) q
         join destinations t on t.workspace = q.workspace and t.id = q.destination`,
      )
      .all()
      .map((row) => ({
        workspace: Number(row['workspace']),
        destination: Number(row['destination']),
        priority: row['priority'] as Priority,
        dueAt: Number(row['due_at']),
        channel: Number(row['channel']),
        address: JSON.parse(row['address'] as string) as Address,
      }))
  }

  /** The events of a digest: the one that began it, then those that joined. */
  digestEvents(workspace: number, delivery: string): EventRow[] {
    const id = idBytes(delivery)
    return this.#statements.digestEvents.all(workspace, id, id).map(eventRow)
  }

  /** Sends of more than a minute ago say nothing about a budget any more. */
  forgetSends(before: number): void {
    this.#statements.forgetSends.run(before)
  }
}

function prepare(database: DatabaseSync) {
  return {
    // Walks queue_lane in its own order: the cost is that of the rows returned, whatever waits behind or elsewhere.
    due: database.prepare(
      `select delivery from queue indexed by queue_lane
       where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ? and due_at <= ?
       order by due_at, delivery limit ?`,
    ),
    next: database.prepare(
      `select due_at from queue indexed by queue_lane
       where workspace = ? and destination = ? and claimed_at is null and behind = 0 and priority = ?
       order by due_at limit 1`,
    ),
    claim: database.prepare('update queue set claimed_at = ? where workspace = ? and delivery = ?'),
    claimed: database.prepare(CLAIMED),
    incident: database.prepare('select state from incidents where workspace = ? and key = ?'),
    told: database.prepare('select message_ids from told where workspace = ? and incident = ? and destination = ?'),
    followed: database.prepare(
      `select 1 from queue where workspace = ? and destination = ? and incident = ? and delivery > ? and living = 1
       limit 1`,
    ),
    walk: database.prepare(
      `select workspace, delivery, expires_at, claimed_at from queue
       where (workspace, delivery) > (?, ?) order by workspace, delivery limit ?`,
    ),
    remove: database.prepare('delete from queue where workspace = ? and delivery = ?'),
    end: database.prepare(
      `update deliveries set state = ?, reason = ?, ended_at = ?, note = ?,
         attempts = case when ? is null then attempts else coalesce(attempts || char(10), '') || ? end
       where workspace = ? and id = ?`,
    ),
    endJoined: database.prepare(
      `update deliveries set state = ?, reason = ?, ended_at = ?, note = 'joined'
       where workspace = ? and digest = ? and state = 0`,
    ),
    digestEvents: database.prepare(
      `select e.id as event, e.source, e.event_id, e.type, e.subject, e.severity, e.time, e.actor_user, e.actor_role,
         e.incident, e.data, e.attachments
       from deliveries d join events e on e.workspace = d.workspace and e.id = d.event
       where d.workspace = ? and (d.id = ? or d.digest = ?) order by e.id`,
    ),
    note: database.prepare(
      `update deliveries set reason = ?,
         attempts = case when ? is null then attempts else coalesce(attempts || char(10), '') || ? end
       where workspace = ? and id = ?`,
    ),
    defer: database.prepare(
      `update queue set claimed_at = null, suspect = max(suspect, ?), due_at = ?, attempts = attempts + ?
       where workspace = ? and delivery = ? returning priority`,
    ),
    // The first message stays the root that later ones answer; a living message that had to be sent anew replaces it.
    tell: database.prepare(
      `insert into told (workspace, incident, destination, message_ids, at) values (?, ?, ?, ?, ?)
       on conflict do update set message_ids = excluded.message_ids, at = excluded.at`,
    ),
    unblock: database.prepare(
      `update queue set behind = 0 where workspace = ? and behind = 1 and delivery = (
         select delivery from queue where workspace = ? and destination = ? and incident = ?
         order by delivery limit 1)
       returning priority, due_at`,
    ),
    disable: database.prepare(
      'update destinations set disabled_at = ?, reason = ?, detail = ?, version = ? where workspace = ? and id = ?',
    ),
    bump: database.prepare('update workspaces set version = version + 1 where id = ? returning version'),
    sent: database.prepare('insert into recent_sends (at, workspace, destination) values (?, ?, ?)'),
    forgetSends: database.prepare('delete from recent_sends where at < ?'),
    suspect: database.prepare('update queue set claimed_at = null, suspect = 1 where claimed_at is not null'),
    eventOf: database.prepare('select event from deliveries where workspace = ? and id = ?'),
  }
}

function claimedRow(row: Row): Omit<ClaimedRow, 'incident' | 'followed'> {
  return {
    workspace: row['workspace'] as number,
    delivery: idText(row['delivery'] as Uint8Array),
    destination: row['destination'] as number,
    channel: row['channel'] as number,
    address: JSON.parse(row['address'] as string) as Address,
    disabled: row['disabled_at'] === null ? null : (row['disabled'] as string),
    rule: row['rule'] as number,
    recipient: row['recipient'] as string | null,
    insteadOf: row['instead_of'] === null ? null : idText(row['instead_of'] as Uint8Array),
    priority: row['priority'] as Priority,
    suspect: row['suspect'] === 1,
    waitedFor: row['waited_for'] as string | null,
    step: row['step'] as Step,
    living: row['living'] === 1,
    digest: row['digest'] === 1,
    attempts: row['attempts'] as number,
    expiresAt: row['expires_at'] as number,
    version: row['version'] as number,
    event: eventRow(row),
  }
}

function eventRow(row: Row): EventRow {
  const id = idText(row['event'] as Uint8Array)
  return {
    id,
    source: row['source'] as string,
    eventId: (row['event_id'] as string | null) ?? id,
    type: row['type'] as string,
    subject: row['subject'] as string | null,
    severity: row['severity'] as Priority,
    time: row['time'] as number,
    actorUser: row['actor_user'] as string | null,
    actorRole: row['actor_role'] as string | null,
    incident: row['incident'] as string | null,
    data: row['data'] as string,
    attachments: row['attachments'] as string | null,
  }
}
