import type { AcceptedRow, AcceptRequest, AcceptResult, PlannedDelivery, PlannedEvent, Woken } from '../store.ts'
import { columns, type Session, type Statement } from './connection.ts'
import type { Destinations } from './destinations.ts'
import { place, type Placed, type Placing } from './enqueue.ts'
import { stepIncidents } from './incidents.ts'
import { storable } from './storable.ts'

const CLOSES = 3
const CLOSES_ANYWAY = 4

// The lock holds a save of the configuration up until what was routed by the version before is committed. In the order of
// ids, as everybody locks them.
const VERSIONS: Statement = {
  name: 'versions',
  text: 'select id, version from workspaces where id = any($1::int[]) order by id for share',
}
// In one order, so that two requests with the same events do not wait for each other in a circle.
const KEYS: Statement = {
  name: 'insert_event_keys',
  text: `insert into event_keys (workspace, source, event_id, event)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::uuid[]) order by 1, 2, 3
    on conflict do nothing returning event`,
}
const KNOWN: Statement = {
  name: 'known_events',
  text: `select k.workspace, k.source, k.event_id, k.event,
      (select count(*) from deliveries d where d.workspace = k.workspace and d.event = k.event and d.state <> 2) as deliveries
    from unnest($1::int[], $2::text[], $3::text[]) as n (workspace, source, event_id)
      join event_keys k on k.workspace = n.workspace and k.source = n.source and k.event_id = n.event_id`,
}
const EVENTS: Statement = {
  name: 'insert_events',
  text: `insert into events (workspace, version, id, source, event_id, type, subject, severity, time, actor_user, actor_role,
      incident, data, attachments, trace)
    select * from unnest($1::int[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
      $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])`,
}

/** An event with what its request says of it. */
interface Arriving {
  readonly workspace: number
  readonly version: number
  readonly at: number
  readonly event: PlannedEvent
  /** Set when it is known already: the stored event, or another of these requests. */
  known: { readonly id: string; readonly deliveries: number } | Arriving | null
  leaving: number
}

const nameOf = (workspace: number, source: string, eventId: string): string => `${workspace} ${source}\n${eventId}`

/**
 * Writes the events of several requests with their decisions and deliveries, in a dozen statements however many there
 * are; one answer for each request.
 */
export async function writeRequests(
  session: Session,
  destinations: Destinations,
  requests: readonly AcceptRequest[],
): Promise<AcceptResult[]> {
  const versions = await lockVersions(session, requests)
  const groups = requests.map((request) =>
    versions.get(request.workspace) === request.version
      ? request.events.map((event): Arriving => ({
          workspace: request.workspace,
          version: request.version,
          at: request.at,
          event: storableEvent(event),
          known: null,
          leaving: 0,
        }))
      : null,
  )
  const arriving = groups.flatMap((group) => group ?? [])
  await leaveOutKnown(session, arriving)
  const fresh = arriving.filter(({ known }) => known === null)
  const closingNothing = await stepIncidents(session, fresh)
  await insertEvents(session, fresh)
  const placing = fresh.flatMap((one) => one.event.deliveries.map((delivery) => ({ one, delivery })))
  const placed = await place(
    session,
    destinations,
    placing.map(({ one, delivery }) => placingOf(one, delivery, closingNothing.has(one.event))),
  )
  const woken = new Map<Arriving, Woken[]>()
  for (const [index, { one }] of placing.entries()) count(one, placed[index]!, woken)
  return groups.map((group) =>
    group === null ? 'stale' : { events: group.map(acceptedRow), woken: group.flatMap((one) => woken.get(one) ?? []) },
  )
}

/** What is compared with what is stored, as it is stored. */
const storableEvent = (event: PlannedEvent): PlannedEvent => ({
  ...event,
  source: storable(event.source),
  eventId: event.eventId === null ? null : storable(event.eventId),
  incident: event.incident === null ? null : storable(event.incident),
})

async function lockVersions(session: Session, requests: readonly AcceptRequest[]): Promise<Map<number, number>> {
  const ids = [...new Set(requests.map(({ workspace }) => workspace))]
  const rows = await session.query(VERSIONS, [ids])
  return new Map(rows.map((row) => [row['id'] as number, row['version'] as number]))
}

/** Marks what is known already by source and id of the sender. */
async function leaveOutKnown(session: Session, arriving: readonly Arriving[]): Promise<void> {
  const firsts = new Map<string, Arriving>()
  for (const one of arriving) {
    if (one.event.eventId === null) continue
    const name = nameOf(one.workspace, one.event.source, one.event.eventId)
    const first = firsts.get(name)
    if (first === undefined) firsts.set(name, one)
    else one.known = first
  }
  if (firsts.size === 0) return
  const keys = [...firsts.values()].map((one) => ({
    one,
    workspace: one.workspace,
    source: one.event.source,
    eventId: one.event.eventId!,
    id: one.event.id,
  }))
  const inserted = await session.query(KEYS, columns(keys, 'workspace', 'source', 'eventId', 'id'))
  if (inserted.length === keys.length) return
  const made = new Set(inserted.map((row) => row['event'] as string))
  const old = keys.filter(({ id }) => !made.has(id))
  for (const row of await session.query(KNOWN, columns(old, 'workspace', 'source', 'eventId'))) {
    const name = nameOf(row['workspace'] as number, row['source'] as string, row['event_id'] as string)
    firsts.get(name)!.known = { id: row['event'] as string, deliveries: row['deliveries'] as number }
  }
}

async function insertEvents(session: Session, arriving: readonly Arriving[]): Promise<void> {
  if (arriving.length === 0) return
  const rows = arriving.map(({ workspace, version, event }) => ({ ...event, workspace, version }))
  await session.query(
    EVENTS,
    columns(
      rows,
      'workspace',
      'version',
      'id',
      'source',
      'eventId',
      'type',
      'subject',
      'severity',
      'time',
      'actorUser',
      'actorRole',
      'incident',
      'data',
      'attachments',
      'trace',
    ),
  )
}

const placingOf = ({ workspace, event, at }: Arriving, delivery: PlannedDelivery, closesNothing: boolean): Placing => ({
  workspace,
  delivery: closesNothing && delivery.step === CLOSES ? { ...delivery, step: CLOSES_ANYWAY } : delivery,
  event: event.id,
  incident: event.incident,
  at,
  insteadOf: null,
})

function count(one: Arriving, placed: Placed, woken: Map<Arriving, Woken[]>): void {
  if (placed === 'suppressed') return
  one.leaving += 1
  if (placed === 'behind') return
  const lanes = woken.get(one)
  if (lanes === undefined) woken.set(one, [placed])
  else lanes.push(placed)
}

function acceptedRow(one: Arriving): AcceptedRow {
  if (one.known === null) return { id: one.event.id, duplicate: false, deliveries: one.leaving }
  if (!('event' in one.known)) return { id: one.known.id, duplicate: true, deliveries: one.known.deliveries }
  return { ...acceptedRow(one.known), duplicate: true }
}
