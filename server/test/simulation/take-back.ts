/* What of the embedded store's statements is different where several nodes share it: statements of recover and burying. */
import { idBytes, idText } from '../../src/ids.ts'
import type { Address } from '../../src/pipeline/outcome.ts'
import { headOf, isHeld } from '../../src/store/postgres/line.ts'
import type { LaneRow, Priority, Store } from '../../src/store/store.ts'

/** A delivery that somebody has claimed. */
export interface Claimed {
  readonly workspace: number
  readonly delivery: string
  readonly destination: number
  readonly incident: string | null
}

/** Everything that is claimed. */
export async function claimedRows({ read }: Store): Promise<Claimed[]> {
  const sql = 'select workspace, delivery, destination, incident from queue where claimed_at is not null'
  return (await read({ sql, parameters: [] })).map((row) => ({
    workspace: row['workspace'] as number,
    delivery: idText(row['delivery'] as Uint8Array),
    destination: row['destination'] as number,
    incident: row['incident'] as string | null,
  }))
}

/** What was claimed waits again, marked as suspect, and its lines are brought into order. */
export async function takeBack({ read }: Store, rows: readonly Claimed[]): Promise<void> {
  const sql = 'update queue set claimed_at = null, suspect = 1 where workspace = ? and delivery = ?'
  for (const { workspace, delivery } of rows) await read({ sql, parameters: [workspace, idBytes(delivery)] })
  const lines = new Map(rows.map((row) => [`${row.workspace} ${row.destination} ${row.incident}`, row]))
  for (const { workspace, destination, incident } of lines.values())
    if (incident !== null) await realign(read, [workspace, destination, incident])
}

async function realign(read: Store['read'], line: readonly unknown[]): Promise<void> {
  const rows = await read({
    sql: `select q.workspace, q.delivery, q.event, q.priority, q.behind, q.claimed_at, d.reason from queue q
          join deliveries d on d.workspace = q.workspace and d.id = q.delivery
          where q.workspace = ? and q.destination = ? and q.incident = ?`,
    parameters: line,
  })
  const stand = rows.map((row) => ({
    delivery: idText(row['delivery'] as Uint8Array),
    event: idText(row['event'] as Uint8Array),
    critical: row['priority'] === 0,
    held: isHeld(row['reason'] as string | null),
    inFlight: row['claimed_at'] !== null,
  }))
  const head = headOf(stand)
  const sql = 'update queue set behind = ? where workspace = ? and delivery = ? and claimed_at is null'
  for (const { delivery } of stand)
    await read({ sql, parameters: [delivery === head ? 0 : 1, line[0], idBytes(delivery)] })
}

/** Sends of the last minute; what is claimed may have left at any moment until now. */
export async function sendsOf({ read }: Store, now: number): Promise<Awaited<ReturnType<Store['recover']>>['sends']> {
  await read({ sql: 'delete from recent_sends where at < ?', parameters: [now - 60_000] })
  const rows = await read({
    sql: `select s.at, s.workspace, s.destination, t.channel, t.address from recent_sends s
          join destinations t on t.workspace = s.workspace and t.id = s.destination
          union all
          select max(q.claimed_at, ?), q.workspace, q.destination, t.channel, t.address from queue q
          join destinations t on t.workspace = q.workspace and t.id = q.destination where q.claimed_at is not null
          order by 1`,
    parameters: [now],
  })
  return rows.map((row) => ({ ...placeOf(row), at: Number(row['at']) }))
}

/** Destinations that something waits for. */
export async function lanesOf({ read }: Store): Promise<LaneRow[]> {
  const rows = await read({
    sql: `select q.workspace, q.destination, q.priority, q.due_at, t.channel, t.address from (
            select workspace, destination, min(priority) as priority, min(due_at) as due_at from queue
            where claimed_at is null and behind = 0 group by workspace, destination) q
          join destinations t on t.workspace = q.workspace and t.id = q.destination
          order by q.workspace, q.destination`,
    parameters: [],
  })
  return rows.map((row) => ({
    ...placeOf(row),
    priority: row['priority'] as Priority,
    dueAt: Number(row['due_at']),
  }))
}

const placeOf = (
  row: Record<string, unknown>,
): { workspace: number; destination: number; channel: number; address: Address } => ({
  workspace: Number(row['workspace']),
  destination: Number(row['destination']),
  channel: Number(row['channel']),
  address: JSON.parse(row['address'] as string) as Address,
})
