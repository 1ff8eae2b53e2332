import type { IncidentState, PlannedEvent, Priority } from '../store.ts'
import { columns, type Row, type Session, type Statement } from './connection.ts'

/** An event that moves its incident on. */
export interface IncidentStep {
  readonly workspace: number
  readonly at: number
  readonly event: PlannedEvent
}

interface Incident {
  readonly workspace: number
  readonly key: string
  state: IncidentState
  opened_at: number
  opened_by: string
  last_event: string
  severity: Priority
  acknowledged_at: number | null
  acknowledged_by: string | null
  ended_at: number | null
}

const OPENS = 1
const UPDATES = 2
const CLOSES = 3

// Locked in the order of their keys: two requests about the same incidents take their turns and do not wait in a circle.
const LOCK: Statement = {
  name: 'lock_incidents',
  text: `select i.* from unnest($1::int[], $2::text[]) as k (workspace, key)
    join incidents i on i.workspace = k.workspace and i.key = k.key
    order by i.workspace, i.key for update of i`,
}
const FIELDS = `workspace, key, state, opened_at, opened_by, last_event, severity, acknowledged_at, acknowledged_by, ended_at`
const ROWS = `unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[], $7::smallint[], $8::bigint[],
  $9::text[], $10::bigint[]) as n (${FIELDS})`
// Not "on conflict": whoever finds that another has opened it at the same moment looks again.
const INSERT: Statement = {
  name: 'insert_incidents',
  text: `insert into incidents (${FIELDS}) select * from ${ROWS} order by workspace, key`,
}
const UPDATE: Statement = {
  name: 'update_incidents',
  text: `update incidents i set state = n.state, opened_at = n.opened_at, opened_by = n.opened_by,
      last_event = n.last_event, severity = n.severity, acknowledged_at = n.acknowledged_at,
      acknowledged_by = n.acknowledged_by, ended_at = n.ended_at
    from ${ROWS} where i.workspace = n.workspace and i.key = n.key`,
}

const keyOf = (workspace: number, key: string): string => `${workspace} ${key}`

/** Moves incidents on, event by event; gives the events that close one that was not open. */
export async function stepIncidents(
  session: Session,
  steps: readonly IncidentStep[],
): Promise<ReadonlySet<PlannedEvent>> {
  const closingNothing = new Set<PlannedEvent>()
  const moving = steps.filter(({ event }) => event.incident !== null && event.step >= OPENS && event.step <= CLOSES)
  if (moving.length === 0) return closingNothing
  const keys = moving.map(({ workspace, event }) => ({ workspace, key: event.incident! }))
  const distinct = [...new Map(keys.map((key) => [keyOf(key.workspace, key.key), key])).values()]
  const found = (await session.query(LOCK, columns(distinct, 'workspace', 'key'))).map(
    (row: Row) => row as unknown as Incident,
  )
  const stored = new Set(found.map(({ workspace, key }) => keyOf(workspace, key)))
  const incidents = new Map(found.map((one) => [keyOf(one.workspace, one.key), one]))
  const changed = new Set<string>()
  for (const step of moving) {
    const key = keyOf(step.workspace, step.event.incident!)
    const before = incidents.get(key)
    const after = stepped(before, step)
    if (step.event.step === CLOSES && after === undefined) closingNothing.add(step.event)
    if (after === undefined) continue
    incidents.set(key, after)
    changed.add(key)
  }
  for (const [statement, old] of [
    [INSERT, false],
    [UPDATE, true],
  ] as const) {
    const some = [...changed].filter((key) => stored.has(key) === old).map((key) => incidents.get(key)!)
    if (some.length > 0) await session.query(statement, values(some))
  }
  return closingNothing
}

/** The incident after an event; undefined when the event changes nothing. */
function stepped(before: Incident | undefined, { workspace, at, event }: IncidentStep): Incident | undefined {
  const open = before !== undefined && before.ended_at === null
  // An incident that had ended begins a new life; what was told of the old one no longer counts (claim.ts).
  if (event.step === OPENS && !open)
    return {
      workspace,
      key: event.incident!,
      state: 'open',
      opened_at: at,
      opened_by: event.id,
      last_event: event.id,
      severity: event.severity,
      acknowledged_at: null,
      acknowledged_by: null,
      ended_at: null,
    }
  if (!open) return undefined
  if (event.step === OPENS || event.step === UPDATES) {
    const severity = Math.min(before.severity, event.severity) as Priority
    return { ...before, last_event: event.id, severity }
  }
  return { ...before, state: 'ended', ended_at: at, last_event: event.id }
}

const values = (incidents: readonly Incident[]): unknown[][] =>
  columns(
    incidents,
    'workspace',
    'key',
    'state',
    'opened_at',
    'opened_by',
    'last_event',
    'severity',
    'acknowledged_at',
    'acknowledged_by',
    'ended_at',
  )
