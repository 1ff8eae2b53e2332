import { arrivedAt, STATES } from '../store.ts'
import type { AcceptRequest, Settlement, Woken } from '../store.ts'
import { writeRequests } from './accept.ts'
import { columns, type Session, type Statement } from './connection.ts'
import type { Destinations } from './destinations.ts'
import { place } from './enqueue.ts'
import { endFamilies } from './families.ts'
import { isHeld } from './line.ts'
import { realign, type LineKey } from './lines.ts'
import { REMOVE } from './waiting.ts'

type End = Extract<Settlement, { kind: 'end' }>
type Defer = Extract<Settlement, { kind: 'defer' }>

// Who raises the version of a workspace takes its row at once; taking it after having shared it would be a deadlock with
// another who does the same.
const LOCK_WORKSPACES: Statement = {
  name: 'lock_workspaces',
  text: 'select id from workspaces where id = any($1::int[]) order by id for update',
}
const STORED: Statement = {
  name: 'stored_events',
  text: `select e.id from unnest($1::int[], $2::uuid[]) as n (workspace, id)
    join events e on e.workspace = n.workspace and e.id = n.id`,
}
/** What the node has in flight, locked in the order of keys, as everybody locks several rows of the queue (lines.ts). */
const IN_FLIGHT = `select n.workspace, q.delivery, q.place from (
      select * from unnest($1::int[], $2::uuid[], $3::int[]) as n (workspace, delivery, claimed_by)
      order by n.workspace, n.delivery offset 0
    ) n cross join lateral (
      select q.delivery, q.ctid as place from queue q where q.workspace = n.workspace and q.delivery = n.delivery
        and q.claimed_at is not null and (q.claimed_by is null or q.claimed_by = coalesce(n.claimed_by, $4)) for update) q`
const LOCK: Statement = { name: 'lock_queue', text: IN_FLIGHT }
/** When nothing of a batch waits again, what is in flight is taken out at once: nobody but its node changes such a row. */
export const TAKE_OUT: Statement = {
  name: 'take_out_of_queue',
  text: `with mine as materialized (${IN_FLIGHT})
    delete from queue q using mine m where q.workspace = m.workspace is true and q.ctid = m.place returning q.delivery`,
}
const END: Statement = {
  name: 'end_deliveries',
  text: `update deliveries d set state = n.state, reason = n.reason, ended_at = $3, note = n.note,
      attempts = case when n.attempt is null then d.attempts else coalesce(d.attempts || chr(10), '') || n.attempt end,
      digest = coalesce(n.folded, d.digest)
    from unnest($1::int[], $2::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::uuid[])
      as n (workspace, id, state, reason, note, attempt, folded)
    where d.workspace = n.workspace and d.id = n.id`,
}
const END_JOINED: Statement = {
  name: 'end_joined',
  text: `update deliveries d set state = n.state, reason = n.reason, ended_at = $3, note = 'joined'
    from unnest($1::int[], $2::uuid[], $4::smallint[], $5::text[]) as n (workspace, id, state, reason)
    where d.workspace = n.workspace and d.digest = n.id and d.state = 0`,
}
const REJOIN: Statement = {
  name: 'rejoin',
  text: `update deliveries d set digest = n.instead from unnest($1::int[], $2::uuid[], $3::uuid[]) as n (workspace, id, instead)
    where d.workspace = n.workspace and d.digest = n.id and d.state = 0`,
}
const tellStatement = (name: string, ids: string): Statement => ({
  name,
  text: `insert into told as t (workspace, incident, destination, message_ids, event, at)
    select n.workspace, n.incident, n.destination, coalesce(n.ids, '[]'), n.event, $6
    from unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::uuid[]) as n (workspace, incident, destination, ids, event)
    order by 1, 2, 3
    on conflict (workspace, incident, destination) do update set event = greatest(t.event, excluded.event),
      message_ids = ${ids}, at = excluded.at`,
})
// The first message stays the root that later ones answer; a living message that had to be sent anew replaces it.
const TELL = tellStatement('tell', 'excluded.message_ids')
const TELL_MORE = tellStatement('tell_more', 't.message_ids')
/** Lets rows wait again. */
export const DEFER: Statement = {
  name: 'defer',
  text: `update queue q set claimed_at = null, claimed_by = null, suspect = greatest(q.suspect, n.suspect),
      due_at = n.due_at, expires_at = n.expires_at, attempts = q.attempts + n.attempts, held = n.held
    from (
      select n.*, f.place
      from unnest($1::int[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bigint[], $6::int[], $7::smallint[])
          as n (workspace, delivery, suspect, due_at, expires_at, attempts, held) cross join lateral (
        select q.ctid as place from queue q where q.workspace = n.workspace and q.delivery = n.delivery offset 0) f
    ) n where q.workspace = n.workspace is true and q.ctid = n.place
    returning q.workspace, q.delivery, q.priority`,
}
const NOTE: Statement = {
  name: 'note_attempt',
  text: `update deliveries d set reason = n.reason,
      attempts = case when n.attempt is null then d.attempts else coalesce(d.attempts || chr(10), '') || n.attempt end
    from unnest($1::int[], $2::uuid[], $3::text[], $4::text[]) as n (workspace, id, reason, attempt)
    where d.workspace = n.workspace and d.id = n.id`,
}
const SENDS: Statement = {
  name: 'recent_sends',
  text: 'insert into recent_sends (at, workspace, destination) select * from unnest($1::bigint[], $2::int[], $3::int[])',
}
const BUMP: Statement = {
  name: 'bump_version',
  text: 'update workspaces set version = version + 1 where id = $1 returning version',
}
const DISABLE: Statement = {
  name: 'disable_destination',
  text: 'update destinations set disabled_at = $3, reason = $4, detail = $5, version = $6 where workspace = $1 and id = $2',
}

/**
 * Settles a batch and, in the same transaction, stores what was raised because of it. A settlement acts only on what its
 * node has in flight: one that is written again, because the answer to its commit was lost, changes nothing, nor does one
 * of a node that has been buried meanwhile, though it may have joined again under another number and claimed it anew.
 */
export async function settle(
  session: Session,
  destinations: Destinations,
  settlements: readonly Settlement[],
  raised: readonly AcceptRequest[],
  now: number,
  node: number | null,
): Promise<{ woken: Woken[]; stale: AcceptRequest[] }> {
  const disabling = settlements.flatMap((one) => (one.kind === 'end' && one.disable !== null ? [one.workspace] : []))
  if (disabling.length > 0)
    await session.query(LOCK_WORKSPACES, [[...new Set([...disabling, ...raised.map(({ workspace }) => workspace)])]])
  // Raised first: disabling a destination raises the version they were routed by.
  const { stale, woken } = await raise(session, destinations, raised)
  const endsOnly = settlements.every(({ kind }) => kind === 'end')
  const locked = await session.query(endsOnly ? TAKE_OUT : LOCK, [
    ...columns(settlements, 'workspace', 'delivery', 'claimedBy'),
    node,
  ])
  const inFlight = new Set(locked.map((row) => row['delivery'] as string))
  const live = settlements.filter(({ delivery }) => inFlight.has(delivery))
  await rememberSends(session, live)
  const ends = live.filter((one): one is End => one.kind === 'end')
  const defers = live.filter((one): one is Defer => one.kind === 'defer')
  if (!endsOnly && ends.length > 0) await session.query(REMOVE, columns(ends, 'workspace', 'delivery'))
  await end(session, ends, now)
  const waiting = await defer(session, defers)
  const lines = [...live.flatMap(lineOf), ...(await endFamilies(session, live, now))]
  const settled = [...(await realign(session, lines, new Set(waiting.keys()))), ...freeOf(defers, waiting)]
  const instead = await insertInstead(session, destinations, live, now)
  return { woken: [...settled, ...instead, ...woken], stale }
}

/** Stores what was raised, unless it is stored already. */
async function raise(
  session: Session,
  destinations: Destinations,
  raised: readonly AcceptRequest[],
): Promise<{ stale: AcceptRequest[]; woken: Woken[] }> {
  if (raised.length === 0) return { stale: [], woken: [] }
  const events = raised.flatMap(({ workspace, events: some }) => some.map(({ id }) => ({ workspace, id })))
  const rows = await session.query(STORED, columns(events, 'workspace', 'id'))
  const stored = new Set(rows.map((row) => row['id'] as string))
  const fresh = raised.filter(({ events: some }) => !some.some(({ id }) => stored.has(id)))
  const results = fresh.length === 0 ? [] : await writeRequests(session, destinations, fresh)
  return {
    stale: fresh.filter((_, index) => results[index] === 'stale'),
    woken: results.flatMap((result) => (result === 'stale' ? [] : result.woken)),
  }
}

async function rememberSends(session: Session, settlements: readonly Settlement[]): Promise<void> {
  const sends = settlements.flatMap(({ budgeted, attempt, workspace, destination }) =>
    budgeted && attempt !== null ? [{ at: arrivedAt(attempt), workspace, destination }] : [],
  )
  if (sends.length > 0) await session.query(SENDS, columns(sends, 'at', 'workspace', 'destination'))
}

async function end(session: Session, ends: readonly End[], now: number): Promise<void> {
  if (ends.length === 0) return
  const rows = ends.map((one) => ({
    ...one,
    number: STATES.indexOf(one.state),
    line: one.attempt === null ? null : JSON.stringify(one.attempt),
  }))
  const keys = columns(rows, 'workspace', 'delivery')
  await session.query(END, [...keys, now, ...columns(rows, 'number', 'reason', 'note', 'line', 'foldedInto')])
  // What has joined goes on with the digest that takes its place.
  const replaced = rows.flatMap((one) =>
    one.digest && one.instead !== null ? [{ ...one, insteadId: one.instead.id }] : [],
  )
  if (replaced.length > 0) await session.query(REJOIN, columns(replaced, 'workspace', 'delivery', 'insteadId'))
  const digests = rows.filter(({ digest, instead }) => digest && instead === null)
  if (digests.length > 0)
    await session.query(END_JOINED, [
      ...columns(digests, 'workspace', 'delivery'),
      now,
      ...columns(digests, 'number', 'reason'),
    ])
  await tell(session, ends, now)
  for (const { workspace, destination, disable } of ends)
    if (disable !== null) await setDisabled(session, workspace, destination, disable, now)
}

async function tell(session: Session, ends: readonly End[], now: number): Promise<void> {
  const told = ends
    .filter(({ state, incidentKey }) => state === 'sent' && incidentKey !== null)
    .map((one) => ({ ...one, ids: one.told === null ? null : JSON.stringify(one.told) }))
  // A row may be named once: of several messages of one incident that left together the last with ids says them.
  const rows = new Map<string, (typeof told)[number]>()
  for (const one of told) {
    const key = `${one.workspace} ${one.destination} ${one.incidentKey}`
    const before = rows.get(key)
    const event = before !== undefined && before.event > one.event ? before.event : one.event
    rows.set(key, { ...one, event, ids: one.ids ?? before?.ids ?? null })
  }
  for (const statement of [TELL, TELL_MORE]) {
    const some = [...rows.values()].filter(({ ids }) => (ids === null) === (statement === TELL_MORE))
    if (some.length > 0)
      await session.query(statement, [...columns(some, 'workspace', 'incidentKey', 'destination', 'ids', 'event'), now])
  }
}

/** Lets deliveries wait again; gives the urgency of each. */
async function defer(session: Session, defers: readonly Defer[]): Promise<Map<string, Woken['priority']>> {
  if (defers.length === 0) return new Map()
  const rows = defers.map((one) => ({
    ...one,
    mark: one.suspect ? 1 : 0,
    attempted: one.attempt === null ? 0 : 1,
    held: isHeld(one.reason) ? 1 : 0,
    line: one.attempt === null ? null : JSON.stringify(one.attempt),
  }))
  const waiting = await session.query(
    DEFER,
    columns(rows, 'workspace', 'delivery', 'mark', 'dueAt', 'expiresAt', 'attempted', 'held'),
  )
  await session.query(NOTE, columns(rows, 'workspace', 'delivery', 'reason', 'line'))
  return new Map(waiting.map((row) => [row['delivery'] as string, row['priority'] as Woken['priority']]))
}

/** The lanes of those that wait again and stand in no line. */
const freeOf = (defers: readonly Defer[], waiting: ReadonlyMap<string, Woken['priority']>): Woken[] =>
  defers
    .filter(({ incidentKey }) => incidentKey === null)
    .map(({ workspace, destination, dueAt, delivery }) => ({
      workspace,
      destination,
      priority: waiting.get(delivery)!,
      dueAt,
    }))

const lineOf = ({ workspace, destination, incidentKey }: Settlement): LineKey[] =>
  incidentKey === null ? [] : [{ workspace, destination, incident: incidentKey }]

async function insertInstead(
  session: Session,
  destinations: Destinations,
  settlements: readonly Settlement[],
  now: number,
): Promise<Woken[]> {
  const placing = settlements.flatMap((one) =>
    one.instead === null
      ? []
      : [
          {
            workspace: one.workspace,
            delivery: one.instead,
            event: one.event,
            incident: one.incidentKey,
            at: now,
            insteadOf: one.delivery,
          },
        ],
  )
  return (await place(session, destinations, placing)).filter((placed) => typeof placed === 'object')
}

/** Disables a destination or, with null, takes it into use again; the configuration's version tells every node. */
export async function setDisabled(
  session: Session,
  workspace: number,
  destination: number,
  why: { reason: string; detail: string } | null,
  now: number,
): Promise<void> {
  const [row] = await session.query(BUMP, [workspace])
  await session.query(DISABLE, [
    workspace,
    destination,
    why === null ? null : now,
    why?.reason ?? null,
    why?.detail ?? null,
    row!['version'],
  ])
}
