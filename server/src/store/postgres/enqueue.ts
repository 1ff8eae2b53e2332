import type { PlannedDelivery, Woken } from '../store.ts'
import { columns, type Session, type Statement } from './connection.ts'
import type { Destinations } from './destinations.ts'
import { headOf, isHeld } from './line.ts'
import { lineKey, lockLines, move, moves, type LineKey, type LineRow } from './lines.ts'
import { passThrottles } from './throttles.ts'

/** A delivery that is about to be written. */
export interface Placing {
  readonly workspace: number
  readonly delivery: PlannedDelivery
  readonly event: string
  readonly incident: string | null
  readonly at: number
  readonly insteadOf: string | null
}

/** What came of it: the lane it wakes, or that it stands behind another, or that it does not leave. */
export type Placed = Woken | 'behind' | 'suppressed'

/** A delivery with all that was decided about it here. */
interface Entry extends Placing {
  readonly id: string
  readonly destination: number | null
  suppressed: string | null
  /** The delivery in whose message it leaves. */
  joined: string | null
  behind: boolean
}

/** A row of the queue as it is inserted. */
export interface QueueEntry {
  readonly workspace: number
  readonly delivery: string
  readonly event: string
  readonly destination: number
  readonly priority: number
  readonly behind: number
  readonly dueAt: number
  readonly expiresAt: number
  readonly step: number
  readonly living: number
  readonly digest: number
  readonly held: number
  readonly suspect: number
  readonly incident: string | null
}

const DELIVERIES: Statement = {
  name: 'insert_deliveries',
  text: `insert into deliveries (workspace, id, event, rule, destination, recipient, state, reason, ended_at, instead_of, digest, follows)
    select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[], $7::smallint[], $8::text[],
      $9::bigint[], $10::uuid[], $11::uuid[], $12::smallint[])`,
}
const QUEUE: Statement = {
  name: 'insert_queue',
  text: `insert into queue (workspace, delivery, event, destination, priority, behind, due_at, expires_at, step, living,
      digest, held, suspect, incident)
    select * from unnest($1::int[], $2::uuid[], $3::uuid[], $4::int[], $5::smallint[], $6::smallint[], $7::bigint[],
      $8::bigint[], $9::smallint[], $10::smallint[], $11::smallint[], $12::smallint[], $13::smallint[], $14::text[])`,
}
// A digest gathers until its message is claimed; the lock keeps it from being claimed before what joins it is there.
const GATHERING: Statement = {
  name: 'gathering_digests',
  text: `select g.workspace, g.rule, g.destination, g.delivery, g.ends_at
    from (
      select g.* from unnest($1::int[], $2::int[], $3::int[]) as k (workspace, rule, destination)
        cross join lateral (select g.* from digests g where g.workspace = k.workspace and g.rule = k.rule
          and g.destination = k.destination offset 0) g
      order by g.workspace, g.delivery offset 0
    ) g cross join lateral (
      select 1 from queue q where q.workspace = g.workspace and q.delivery = g.delivery and q.claimed_at is null for update) q`,
}
const GATHER: Statement = {
  name: 'gather_digests',
  text: `insert into digests (workspace, rule, destination, delivery, ends_at)
    select * from unnest($1::int[], $2::int[], $3::int[], $4::uuid[], $5::bigint[]) order by 1, 2, 3
    on conflict (workspace, rule, destination) do update set delivery = excluded.delivery, ends_at = excluded.ends_at`,
}

// Whether an event waits for a destination, or has been told there, already.
const THERE: Statement = {
  name: 'told_there',
  text: `select d.event, d.destination from unnest($1::int[], $2::uuid[], $3::int[]) as n (workspace, event, destination)
    join deliveries d on d.workspace = n.workspace and d.event = n.event and d.destination = n.destination
    where d.state in (0, 1)`,
}

/** Writes deliveries and, for those that are to leave, their places in the queue; what came of each, in their order. */
export async function place(
  session: Session,
  destinations: Destinations,
  placing: readonly Placing[],
): Promise<Placed[]> {
  if (placing.length === 0) return []
  const entries = await withDestinations(session, destinations, placing)
  await throttle(session, entries)
  await tellOnce(session, entries)
  await join(session, entries)
  const leaving = entries.filter(({ suppressed, joined }) => suppressed === null && joined === null)
  const moving = await lineUp(session, leaving)
  await session.query(DELIVERIES, deliveryColumns(entries))
  await move(
    session,
    moving.filter(({ behind }) => !behind),
  )
  await insertQueue(session, leaving.map(queueEntry))
  await move(
    session,
    moving.filter(({ behind }) => behind),
  )
  return entries.map(placed)
}

/** Two ways round of one event that lead to the same place, planned at the same moment: the second is not needed. */
async function tellOnce(session: Session, entries: readonly Entry[]): Promise<void> {
  const round = entries.filter((each) => each.insteadOf !== null && each.suppressed === null)
  if (round.length === 0) return
  const known = await session.query(THERE, columns(round, 'workspace', 'event', 'destination'))
  const seen = new Set(known.map((row) => `${row['event'] as string} ${row['destination'] as number}`))
  for (const entry of round) {
    const place = `${entry.event} ${entry.destination}`
    if (seen.has(place)) entry.suppressed = 'told_otherwise'
    seen.add(place)
  }
}

/** Writes rows of the queue. */
export async function insertQueue(session: Session, rows: readonly QueueEntry[]): Promise<void> {
  if (rows.length === 0) return
  await session.query(
    QUEUE,
    columns(
      rows,
      'workspace',
      'delivery',
      'event',
      'destination',
      'priority',
      'behind',
      'dueAt',
      'expiresAt',
      'step',
      'living',
      'digest',
      'held',
      'suspect',
      'incident',
    ),
  )
}

async function withDestinations(
  session: Session,
  destinations: Destinations,
  placing: readonly Placing[],
): Promise<Entry[]> {
  const going = placing.filter(({ delivery }) => delivery.destination !== null)
  const ids = await destinations.ids(
    session,
    going.map(({ workspace, delivery }) => ({ workspace, ...delivery.destination! })),
  )
  const known = new Map(going.map((one, index) => [one, ids[index]!]))
  return placing.map((one) => ({
    ...one,
    id: one.delivery.id,
    destination: known.get(one) ?? null,
    suppressed: one.delivery.suppressed ?? (one.delivery.destination === null ? 'unreachable' : null),
    joined: null,
    behind: false,
  }))
}

/** Keeps back what a rule says at most once in a time; what is suppressed anyway does not use that up. */
async function throttle(session: Session, entries: readonly Entry[]): Promise<void> {
  const some = entries.filter(({ delivery, suppressed }) => delivery.throttle !== null && suppressed === null)
  const verdicts = await passThrottles(
    session,
    some.map(({ workspace, at, destination, delivery }) => ({
      workspace,
      rule: delivery.rule,
      destination: destination!,
      key: delivery.throttle!.key,
      perMs: delivery.throttle!.perMs,
      at,
    })),
  )
  for (const [index, entry] of some.entries()) if (verdicts[index] === false) entry.suppressed = 'throttled'
}

/** Lets what belongs to a digest join the one that gathers, or begin one. */
async function join(session: Session, entries: readonly Entry[]): Promise<void> {
  // What comes in place of a digest is one already.
  const some = entries.filter(
    ({ delivery, suppressed, insteadOf }) => delivery.digest && insteadOf === null && suppressed === null,
  )
  if (some.length === 0) return
  const keyed = some.map((entry) => ({
    entry,
    workspace: entry.workspace,
    rule: entry.delivery.rule,
    destination: entry.destination!,
    name: `${entry.workspace} ${entry.delivery.rule} ${entry.destination}`,
  }))
  const distinct = [...new Map(keyed.map((one) => [one.name, one])).values()]
  const gathering = new Map<string, { delivery: string; endsAt: number }>()
  for (const row of await session.query(GATHERING, columns(distinct, 'workspace', 'rule', 'destination')))
    gathering.set(`${row['workspace'] as number} ${row['rule'] as number} ${row['destination'] as number}`, {
      delivery: row['delivery'] as string,
      endsAt: row['ends_at'] as number,
    })
  const begun = new Map<string, (typeof keyed)[number]>()
  for (const one of keyed) {
    const open = gathering.get(one.name)
    if (open !== undefined && open.endsAt > one.entry.at) one.entry.joined = open.delivery
    else {
      gathering.set(one.name, { delivery: one.entry.id, endsAt: one.entry.delivery.dueAt })
      begun.set(one.name, one)
    }
  }
  const rows = [...begun].map(([name, one]) => ({ ...one, ...gathering.get(name)! }))
  if (rows.length > 0)
    await session.query(GATHER, columns(rows, 'workspace', 'rule', 'destination', 'delivery', 'endsAt'))
}

/** A digest tells of several incidents and stands in the line of none; nor does what waits in case another goes unread. */
const lineOf = (entry: Entry): LineKey | null =>
  entry.incident === null || entry.delivery.digest || entry.delivery.held === 'unread'
    ? null
    : { workspace: entry.workspace, destination: entry.destination!, incident: entry.incident }

/** Decides who stands behind whom; gives the stored rows that have to move because of it. */
async function lineUp(session: Session, entries: readonly Entry[]): Promise<LineRow[]> {
  const arriving = new Map<string, { key: LineKey; entries: Entry[] }>()
  for (const entry of entries) {
    const key = lineOf(entry)
    if (key === null) continue
    const line = arriving.get(lineKey(key))
    if (line === undefined) arriving.set(lineKey(key), { key, entries: [entry] })
    else line.entries.push(entry)
  }
  const stored = await lockLines(
    session,
    [...arriving.values()].map(({ key }) => key),
  )
  const moving: LineRow[] = []
  for (const [name, line] of arriving) {
    const there = stored.get(name) ?? []
    const head = headOf([...there, ...line.entries.map(inLine)])
    for (const entry of line.entries) entry.behind = entry.id !== head
    moving.push(...moves(there, head))
  }
  return moving
}

const inLine = ({ id, event, delivery }: Entry) => ({
  delivery: id,
  event,
  critical: delivery.priority === 0,
  held: isHeld(delivery.held),
  inFlight: false,
})

function placed(entry: Entry): Placed {
  const { workspace, destination, delivery } = entry
  if (entry.suppressed !== null || destination === null) return 'suppressed'
  if (entry.joined !== null || entry.behind) return 'behind'
  return { workspace, destination, priority: delivery.priority, dueAt: delivery.dueAt, to: delivery.destination! }
}

const queueEntry = (entry: Entry): QueueEntry => {
  const { delivery } = entry
  return {
    workspace: entry.workspace,
    delivery: entry.id,
    event: entry.event,
    destination: entry.destination!,
    priority: delivery.priority,
    behind: entry.behind ? 1 : 0,
    dueAt: delivery.dueAt,
    expiresAt: delivery.expiresAt,
    step: delivery.step,
    living: delivery.living ? 1 : 0,
    digest: delivery.digest ? 1 : 0,
    held: isHeld(delivery.held) ? 1 : 0,
    suspect: 0,
    incident: lineOf(entry)?.incident ?? null,
  }
}

const WAITING = 0
const SUPPRESSED = 2

const deliveryColumns = (entries: readonly Entry[]): unknown[][] =>
  columns(
    entries.map((entry) => ({
      ...entry,
      rule: entry.delivery.rule,
      recipient: entry.delivery.recipient,
      state: entry.suppressed === null ? WAITING : SUPPRESSED,
      reason: entry.joined === null ? (entry.suppressed ?? entry.delivery.held) : 'joined',
      endedAt: entry.suppressed === null ? null : entry.at,
      follows: entry.delivery.follows ? 1 : 0,
    })),
    'workspace',
    'id',
    'event',
    'rule',
    'destination',
    'recipient',
    'state',
    'reason',
    'endedAt',
    'insteadOf',
    'joined',
    'follows',
  )
