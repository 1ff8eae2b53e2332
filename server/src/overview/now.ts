/* What waits and what is open at this moment: read from the queue and the open incidents, never from history. */
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { incidentOf } from '../history/incidents.ts'
import { idText, idTime } from '../ids.ts'
import type { Dialect, Store } from '../store/store.ts'

/** Nobody reads further. */
const MOST_WAITING = 100_000
const MOST_OPEN = 10_000

const QUEUED_OF = `from (
    select workspace, destination, delivery, due_at from queue where workspace = ? order by delivery limit ${MOST_WAITING}) as q
  join destinations t on t.workspace = q.workspace and t.id = q.destination group by t.channel`
const QUEUED: Readonly<Record<Dialect, string>> = {
  sqlite: `select t.channel, count(*) as n, sum(case when q.due_at <= ? then 1 else 0 end) as due, min(q.delivery) as oldest ${QUEUED_OF}`,
  postgres: `select t.channel, count(*) as n, sum(case when q.due_at <= ? then 1 else 0 end) as due, min(q.delivery::text) as oldest ${QUEUED_OF}`,
}
// What will leave in the message of another has no place in the queue of its own.
const JOINED = `select t.channel, count(*) as n from (
    select workspace, destination from deliveries where workspace = ? and state = 0 and digest in (
      select delivery from queue where workspace = ? and digest = 1) limit ${MOST_WAITING}) as d
  join destinations t on t.workspace = d.workspace and t.id = d.destination group by t.channel`
const INCIDENTS = `select severity, count(*) as n, sum(case when state = 'open' then 1 else 0 end) as unacknowledged
  from (select severity, state from incidents where workspace = ? and ended_at is null limit ${MOST_OPEN}) as i group by severity`
const OLDEST_OPEN = `select key from incidents where workspace = ? and ended_at is null and state = 'open'
  order by opened_at limit 1`

/** What waits for a channel. */
export interface Waiting {
  readonly count: number
  /** Those whose time has come. */
  readonly due: number
  /** When the oldest was made; milliseconds since 1970. */
  readonly oldest: number
}

/** What waits, by entity id of the channel. */
export async function waitingByChannel(
  store: Store,
  workspace: number,
  now: number,
): Promise<ReadonlyMap<number, Waiting>> {
  const found = new Map<number, Waiting>()
  const sql = QUEUED[await store.dialect()]
  for (const row of await store.read({ sql, parameters: [now, workspace] })) {
    const oldest = typeof row['oldest'] === 'string' ? row['oldest'] : idText(row['oldest'] as Uint8Array)
    const waiting = { count: Number(row['n']), due: Number(row['due']), oldest: idTime(oldest) }
    found.set(Number(row['channel']), waiting)
  }
  for (const row of await store.read({ sql: JOINED, parameters: [workspace, workspace] })) {
    const before = found.get(Number(row['channel'])) ?? { count: 0, due: 0, oldest: now }
    found.set(Number(row['channel']), { ...before, count: before.count + Number(row['n']) })
  }
  return found
}

/** Open incidents, and the one that has been waiting longest for somebody. */
export async function openIncidents(store: Store, view: WorkspaceView, language: Language) {
  const counted = await store.read({ sql: INCIDENTS, parameters: [view.id] })
  const bySeverity = (severity: number): number =>
    Number(counted.find((row) => Number(row['severity']) === severity)?.['n'] ?? 0)
  const sum = (name: string): number => counted.reduce((total, row) => total + Number(row[name]), 0)
  const [first] = await store.read({ sql: OLDEST_OPEN, parameters: [view.id] })
  const oldest = first && (await incidentOf(store, view, first['key'] as string, language))
  return {
    open: sum('n'),
    unacknowledged: sum('unacknowledged'),
    critical: bySeverity(0),
    warning: bySeverity(1),
    info: bySeverity(2),
    oldest:
      oldest === undefined
        ? null
        : {
            key: String(oldest['key']),
            title: String(oldest['eventTitle'] ?? oldest['title'] ?? oldest['key']),
            severity: String(oldest['severity']),
            openedAt: String(oldest['openedAt']),
          },
  }
}
