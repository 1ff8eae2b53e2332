import { columns, type Row, type Session, type Statement } from './connection.ts'

/** A place in the queue. */
interface Place {
  readonly workspace: number
  readonly delivery: string
}

/** What waits of these, locked in the order of keys; found one by one, never by walking the queue (lines.ts). */
export const LOCK_WAITING: Statement = {
  name: 'lock_waiting',
  text: `select q.* from (
      select * from unnest($1::int[], $2::uuid[]) as n (workspace, delivery) order by n.workspace, n.delivery offset 0
    ) n cross join lateral (
      select q.workspace, q.delivery, q.destination, q.incident, q.suspect from queue q
      where q.workspace = n.workspace and q.delivery = n.delivery and q.claimed_at is null for update) q`,
}
export const REMOVE: Statement = {
  name: 'remove_from_queue',
  text: `delete from queue q using (
      select n.workspace, f.place from unnest($1::int[], $2::uuid[]) as n (workspace, delivery) cross join lateral (
        select q.ctid as place from queue q where q.workspace = n.workspace and q.delivery = n.delivery offset 0) f
    ) f where q.workspace = f.workspace is true and q.ctid = f.place`,
}

/** Takes out of the queue what waits of these, and answers those rows; what is in flight or gone stays as it is. */
export async function takeOutWaiting(session: Session, places: readonly Place[]): Promise<readonly Row[]> {
  const rows = await session.query(LOCK_WAITING, columns(places, 'workspace', 'delivery'))
  // In a statement of its own: what was changed while the lock was waited for lies elsewhere by now.
  if (rows.length > 0)
    await session.query(REMOVE, [rows.map((row) => row['workspace']), rows.map((row) => row['delivery'])])
  return rows
}
