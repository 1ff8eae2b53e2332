import type { Address } from '../../pipeline/outcome.ts'
import type { LaneRow, Priority, Store } from '../store.ts'
import type { Row, Session, Statement } from './connection.ts'
import { linesOf, realign } from './lines.ts'

/** Sends of more than a minute ago say nothing about a budget any more. */
const BUDGET_MS = 60_000

const SENDS: Statement = {
  name: 'sends',
  // What was claimed may have left at any moment until now.
  text: `select s.at, s.workspace, s.destination, t.channel, t.address from recent_sends s
      join destinations t on t.workspace = s.workspace and t.id = s.destination
    union all
    select greatest(q.claimed_at, $1::bigint), q.workspace, q.destination, t.channel, t.address from queue q
      join destinations t on t.workspace = q.workspace and t.id = q.destination where q.claimed_at is not null
    order by 1`,
}
const SUSPECT: Statement = {
  name: 'suspect',
  text: `with claimed as (
      select workspace, delivery from queue where claimed_at is not null
        and (claimed_by is null or not exists (select 1 from nodes where id = claimed_by and alive_until > now()))
      order by workspace, delivery for update
    )
    update queue q set claimed_at = null, claimed_by = null, suspect = 1 from claimed c
    where q.workspace = c.workspace and q.delivery = c.delivery
    returning q.workspace, q.destination, q.incident`,
}
export const FORGET_SENDS: Statement = { name: 'forget_sends', text: 'delete from recent_sends where at < $1' }
const LANES: Statement = {
  name: 'lanes',
  text: `select q.workspace, q.destination, q.priority, q.due_at, t.channel, t.address from (
      select workspace, destination, min(priority) as priority, min(due_at) as due_at from queue
      where claimed_at is null and behind = 0 group by workspace, destination) q
    join destinations t on t.workspace = q.workspace and t.id = q.destination
    order by q.workspace, q.destination`,
}

const placeOf = (row: Row) => ({
  workspace: row['workspace'] as number,
  destination: row['destination'] as number,
  channel: row['channel'] as number,
  address: JSON.parse(row['address'] as string) as Address,
})

/** What was claimed by a process that died may have arrived; it waits again, marked. */
export async function recover(session: Session, now: number): ReturnType<Store['recover']> {
  const sends = (await session.query(SENDS, [now])).map((row) => ({ ...placeOf(row), at: row['at'] as number }))
  await realign(session, linesOf(await session.query(SUSPECT)))
  await session.query(FORGET_SENDS, [now - BUDGET_MS])
  const lanes = (await session.query(LANES)).map((row): LaneRow => ({
    ...placeOf(row),
    priority: row['priority'] as Priority,
    dueAt: row['due_at'] as number,
  }))
  return { lanes, sends }
}
