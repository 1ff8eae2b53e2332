import type { Priority, Woken } from '../store.ts'
import type { Row, Session, Statement } from './connection.ts'
import { insertQueue } from './enqueue.ts'
import { headOf } from './line.ts'
import { lineKey, linesOf, lockLines, move, moves, realign, type LineKey } from './lines.ts'
import { takeOutWaiting } from './waiting.ts'

const END: Statement = {
  name: 'end_cancelled',
  text: `update deliveries d set state = 4, reason = $4, ended_at = $5,
      note = case when n.suspect = 1 then 'may_have_arrived' end
    from unnest($1::int[], $2::uuid[], $3::int[]) as n (workspace, id, suspect) where d.workspace = n.workspace and d.id = n.id`,
}
const END_JOINED: Statement = {
  name: 'end_joined_cancelled',
  text: `update deliveries d set state = 4, reason = $3, ended_at = $4
    from unnest($1::int[], $2::uuid[]) as n (workspace, id)
    where d.workspace = n.workspace and d.digest = n.id and d.state = 0`,
}
const WAKE: Statement = {
  name: 'wake_ended',
  text: `update deliveries set state = 0, reason = 'retried', ended_at = null, digest = null
    where workspace = $1 and id = any($2::uuid[]) and state in (2, 3, 4) and destination is not null
    returning id, destination, event, (coalesce(strpos(note, 'may_have_arrived'), 0) > 0)::int as suspect`,
}
const ABOUT: Statement = {
  name: 'about_events',
  text: 'select id, severity, incident from events where workspace = $1 and id = any($2::uuid[])',
}
const INCIDENT: Statement = {
  name: 'incident_state',
  text: 'select state from incidents where workspace = $1 and key = $2 for update',
}
const ACKNOWLEDGE: Statement = {
  name: 'acknowledge',
  text: `update incidents set state = 'acknowledged', acknowledged_at = $3, acknowledged_by = $4
    where workspace = $1 and key = $2 and state = 'open'`,
}

/** Takes waiting deliveries out of the queue; those in flight or ended stay as they are. */
export async function cancel(
  session: Session,
  workspace: number,
  ids: readonly string[],
  reason: string,
  now: number,
): Promise<{ ended: string[]; woken: Woken[] }> {
  const rows = await takeOutWaiting(
    session,
    ids.map((delivery) => ({ workspace, delivery })),
  )
  if (rows.length === 0) return { ended: [], woken: [] }
  const column = (name: string): unknown[] => rows.map((row) => row[name])
  const places = [column('workspace'), column('delivery')]
  await session.query(END, [...places, column('suspect'), reason, now])
  await session.query(END_JOINED, [...places, reason, now])
  const gone = new Set(column('delivery'))
  return { ended: [...new Set(ids)].filter((id) => gone.has(id)), woken: await realign(session, linesOf(rows)) }
}

/** A delivery that goes back into the queue. */
interface Retried {
  readonly delivery: string
  readonly event: string
  readonly destination: number
  readonly priority: Priority
  readonly incident: string | null
  readonly suspect: number
  behind: boolean
}

/** Puts ended, unsent deliveries back into the queue. */
export async function retry(
  session: Session,
  workspace: number,
  ids: readonly string[],
  now: number,
  expiresAt: number,
): Promise<{ waiting: string[]; woken: Woken[] }> {
  const rows = await session.query(WAKE, [workspace, ids])
  if (rows.length === 0) return { waiting: [], woken: [] }
  const events = await session.query(ABOUT, [workspace, rows.map((row) => row['event'])])
  const about = new Map(events.map((row) => [row['id'] as string, row]))
  const found = new Map(rows.map((row) => [row['id'] as string, retried(row, about.get(row['event'] as string)!)]))
  const order = [...new Set(ids)].filter((id) => found.has(id))
  const list = order.map((id) => found.get(id)!)
  // Those that came after it wait behind it again.
  const stepBack = await stand(session, workspace, list)
  await move(session, stepBack)
  await insertQueue(
    session,
    list.map((one) => ({
      ...one,
      workspace,
      behind: one.behind ? 1 : 0,
      dueAt: now,
      expiresAt,
      step: 0,
      living: 0,
      digest: 0,
      held: 0,
    })),
  )
  const woken = list
    .filter(({ behind }) => !behind)
    .map(({ destination, priority }) => ({ workspace, destination, priority, dueAt: now }))
  return { waiting: order, woken }
}

const retried = (row: Row, about: Row): Retried => ({
  delivery: row['id'] as string,
  event: row['event'] as string,
  destination: row['destination'] as number,
  priority: about['severity'] as Priority,
  incident: about['incident'] as string | null,
  suspect: row['suspect'] as number,
  behind: false,
})

/** Decides who stands behind whom; gives the stored rows that have to move because of it. */
async function stand(session: Session, workspace: number, list: readonly Retried[]) {
  const keyOf = ({ destination, incident }: Retried): LineKey => ({ workspace, destination, incident: incident! })
  const inLines = list.filter(({ incident }) => incident !== null)
  const stored = await lockLines(session, inLines.map(keyOf))
  return [...Map.groupBy(inLines, (one) => lineKey(keyOf(one)))].flatMap(([name, arriving]) => {
    const there = stored.get(name) ?? []
    const coming = arriving.map((one) => ({ ...one, critical: one.priority === 0, held: false, inFlight: false }))
    const head = headOf([...there, ...coming])
    for (const one of arriving) one.behind = one.delivery !== head
    return moves(there, head)
  })
}

/** Notes who has taken an incident on. */
export async function acknowledge(
  session: Session,
  workspace: number,
  incident: string,
  by: string,
  now: number,
): Promise<'acknowledged' | 'ended' | 'unknown'> {
  const [row] = await session.query(INCIDENT, [workspace, incident])
  if (row === undefined) return 'unknown'
  if (row['state'] === 'ended') return 'ended'
  await session.query(ACKNOWLEDGE, [workspace, incident, now, by])
  return 'acknowledged'
}
