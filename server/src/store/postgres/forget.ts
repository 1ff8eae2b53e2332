import { firstIdOf } from '../../ids.ts'
import { keptFile } from '../kept-files.ts'
import type { Session, Statement } from './connection.ts'

const EVENTS: Statement = {
  name: 'forgettable_events',
  text: `select e.id, e.source, e.event_id from events e where e.workspace = $1 and e.id >= $4 and e.id < $2 and not exists (
      select 1 from deliveries d where d.workspace = e.workspace and d.event = e.id and d.state = 0)
    order by e.id limit $3`,
}
const FORGET: readonly Statement[] = [
  { name: 'forget_deliveries', text: 'delete from deliveries where workspace = $1 and event = any($2::uuid[])' },
  { name: 'forget_events', text: 'delete from events where workspace = $1 and id = any($2::uuid[])' },
]
const FORGET_KEYS: Statement = {
  name: 'forget_event_keys',
  text: `delete from event_keys k using unnest($2::text[], $3::text[], $4::uuid[]) as n (source, event_id, event)
    where k.workspace = $1 and k.source = n.source and k.event_id = n.event_id and k.event = n.event`,
}
const ENDED: Statement = {
  name: 'forget_incidents',
  text: `delete from incidents where workspace = $1 and key = any(array(
      select key from incidents where workspace = $1 and ended_at < $2 limit $3)) and ended_at < $2 returning key`,
}
const TOLD: Statement = {
  name: 'forget_told',
  text: 'delete from told where workspace = $1 and incident = any($2::text[])',
}
const SETTINGS: Statement = {
  name: 'settings_of_forgetting',
  text: 'select settings from workspaces where id = $1',
}
const FILES: Statement = {
  name: 'forget_files',
  text: `delete from files where workspace = $1 and ctid = any(array(
      select ctid from files where workspace = $1 and id < $2 and id <> $4 limit $3))`,
}
// By the last change: an entry lives as long as its incident does.
const INBOX: Statement = {
  name: 'forget_inbox',
  text: `delete from inbox where workspace = $1 and ctid = any(array(
      select ctid from inbox where workspace = $1 and changed_at < $2 limit $3)) and changed_at < $2`,
}
const THROTTLES: Statement = {
  name: 'forget_throttles',
  text: `delete from throttles where workspace = $1 and ctid = any(array(
      select ctid from throttles where workspace = $1 and at < $2 limit $3)) and at < $2`,
}

/** Forgets the oldest events from an id to a time, at most `limit`, with everything that hangs on them and waits no more. */
export async function forgetEvents(
  session: Session,
  workspace: number,
  from: string,
  before: number,
  limit: number,
): Promise<number> {
  const events = await session.query(EVENTS, [workspace, firstIdOf(before), limit, from])
  if (events.length === 0) return 0
  const ids = events.map((row) => row['id'])
  for (const statement of FORGET) await session.query(statement, [workspace, ids])
  const keyed = events.filter((row) => row['event_id'] !== null)
  await session.query(FORGET_KEYS, [
    workspace,
    keyed.map((row) => row['source']),
    keyed.map((row) => row['event_id']),
    keyed.map((row) => row['id']),
  ])
  return events.length
}

/** Forgets what has been over since before a time and hangs on no event, at most `limit` of each kind. */
export async function forgetLeftovers(
  session: Session,
  workspace: number,
  before: number,
  limit: number,
): Promise<void> {
  const ended = await session.query(ENDED, [workspace, before, limit])
  if (ended.length > 0) await session.query(TOLD, [workspace, ended.map((row) => row['key'])])
  const [row] = await session.query(SETTINGS, [workspace])
  const kept = keptFile(row?.['settings'] as string | undefined)
  await session.query(FILES, [workspace, firstIdOf(before), limit, kept])
  await session.query(INBOX, [workspace, before, limit])
  await session.query(THROTTLES, [workspace, before, limit])
}
