import { hoursOf, type HourRow } from '../hours.ts'
import type { Session, Statement } from './connection.ts'

// In the order of their hours, and as the last thing of a transaction: those who write the same ones wait for each other once.
const WRITE: Statement = {
  name: 'write_hours',
  text: `insert into hourly as h (workspace, hour, counted_at, queued, lead, leads, revived, body)
    select $1, n.hour, n.counted_at, n.queued, n.lead, n.leads, n.revived, n.body
    from unnest($2::bigint[], $3::bigint[], $4::integer[], $5::uuid[], $6::integer[], $7::integer[], $8::text[])
      as n (hour, counted_at, queued, lead, leads, revived, body) order by n.hour
    on conflict (workspace, hour) do update set counted_at = excluded.counted_at, queued = excluded.queued,
      lead = excluded.lead, leads = excluded.leads, body = excluded.body
    where h.revived = excluded.revived`,
}
const REVIVE: Statement = {
  name: 'revive_hours',
  text: `insert into hourly as h (workspace, hour, counted_at, queued, lead, leads, revived, body)
    select $1, n.hour, 0, 0, null, 0, 1, '' from unnest($2::bigint[]) as n (hour) order by n.hour
    on conflict (workspace, hour) do update set counted_at = 0, revived = h.revived + 1`,
}
const DROP: Statement = { name: 'drop_hours', text: 'delete from hourly where workspace = $1 and hour <= $2' }

/** Keeps what hours came to, but for those of which something was revived while they were counted. */
export async function writeHours(session: Session, workspace: number, hours: readonly HourRow[]): Promise<void> {
  const column = <K extends keyof HourRow>(name: K): HourRow[K][] => hours.map((hour) => hour[name])
  await session.query(WRITE, [
    workspace,
    column('hour'),
    column('countedAt'),
    column('queued'),
    column('lead'),
    column('leads'),
    column('revived'),
    column('body'),
  ])
}

/** These deliveries had ended and wait again: their hours are to be counted anew. */
export async function reviveHours(session: Session, workspace: number, deliveries: readonly string[]): Promise<void> {
  const hours = hoursOf(deliveries)
  if (hours.length > 0) await session.query(REVIVE, [workspace, hours])
}

/** Drops the hours that have begun by a time. */
export async function dropHours(session: Session, workspace: number, by: number): Promise<void> {
  await session.query(DROP, [workspace, by])
}
