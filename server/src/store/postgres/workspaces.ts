import type { WorkspaceState, WorkspaceStateWrite } from '../store.ts'
import type { Row, Session, Statement } from './connection.ts'

/** Section name under which changes of a workspace's state are listed. */
const STATE_SECTION = 'workspaces'

// Waits for those who accept by the version before.
const LOCK: Statement = { name: 'lock_workspace_state', text: 'select * from workspaces where id = $1 for update' }
const CREATE: Statement = {
  name: 'create_workspace',
  text: 'insert into workspaces (name, settings) values ($1, $2) returning id',
}
const SET: Statement = {
  name: 'set_workspace_state',
  text: `update workspaces set version = $2, blocked_at = $3, blocked_reason = $4, removed_at = $5 where id = $1`,
}
const CHANGE: Statement = {
  name: 'change_of_workspace_state',
  text: `insert into changes (workspace, version, n, at, by, section, entity, key, before, after)
    values ($1, $2, 0, $3, $4, $5, 0, $6, $7, $8)`,
}
const REMOVED: Statement = {
  name: 'removed_workspace',
  text: 'select 1 from workspaces where id = $1 and removed_at < $2 for update',
}

const one = (table: string, text: string): Statement => ({ name: `delete_workspace_${table}`, text })

/** What is deleted of a workspace, in this order: nothing may leave any more once the first has been emptied. */
const DELETE: readonly Statement[] = [
  one(
    'queue',
    'delete from queue where workspace = $1 and ctid = any(array(select ctid from queue where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'digests',
    'delete from digests where workspace = $1 and ctid = any(array(select ctid from digests where workspace = $1 limit $2)) returning 1',
  ),
  // These two lie in partitions, where a place in the table means nothing.
  one(
    'deliveries',
    'delete from deliveries where workspace = $1 and id = any(array(select id from deliveries where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'events',
    'delete from events where workspace = $1 and id = any(array(select id from events where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'event_keys',
    'delete from event_keys where workspace = $1 and ctid = any(array(select ctid from event_keys where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'incidents',
    'delete from incidents where workspace = $1 and ctid = any(array(select ctid from incidents where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'told',
    'delete from told where workspace = $1 and ctid = any(array(select ctid from told where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'throttles',
    'delete from throttles where workspace = $1 and ctid = any(array(select ctid from throttles where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'files',
    'delete from files where workspace = $1 and ctid = any(array(select ctid from files where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'inbox',
    'delete from inbox where workspace = $1 and ctid = any(array(select ctid from inbox where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'devices',
    'delete from devices where workspace = $1 and ctid = any(array(select ctid from devices where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'device_holders',
    'delete from device_holders where workspace = $1 and ctid = any(array(select ctid from device_holders where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'schedule_runs',
    'delete from schedule_runs where workspace = $1 and ctid = any(array(select ctid from schedule_runs where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'hourly',
    'delete from hourly where workspace = $1 and ctid = any(array(select ctid from hourly where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'changes',
    'delete from changes where workspace = $1 and ctid = any(array(select ctid from changes where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'entities',
    'delete from entities where workspace = $1 and ctid = any(array(select ctid from entities where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'secrets',
    'delete from secrets where workspace = $1 and ctid = any(array(select ctid from secrets where workspace = $1 limit $2)) returning 1',
  ),
  one(
    'destinations',
    'delete from destinations where workspace = $1 and ctid = any(array(select ctid from destinations where workspace = $1 limit $2)) returning 1',
  ),
]
/** What of the installation belongs to a workspace, and itself. */
const LAST: readonly Statement[] = [
  one('members', 'delete from members where workspace = $1'),
  one('links', 'delete from links where workspace = $1'),
  one('linking_codes', 'delete from linking_codes where workspace = $1'),
  one('sessions', 'delete from sessions where workspace = $1'),
  one('api_keys', 'delete from api_keys where workspace = $1'),
  one('workspaces', 'delete from workspaces where id = $1'),
]

/** Makes a workspace; `made`: by whom and when, for its first change. */
export async function createWorkspace(
  session: Session,
  name: string,
  settings: string,
  made?: { readonly by: string; readonly at: number },
): Promise<number> {
  const [row] = await session.query(CREATE, [name, settings])
  const id = row!['id'] as number
  if (made !== undefined)
    await session.query(CHANGE, [id, 0, made.at, made.by, STATE_SECTION, name, null, JSON.stringify(NEW)])
  return id
}

/** Writes whether a workspace is blocked or removed, with a change row. */
export async function setWorkspaceState(
  session: Session,
  { workspace, expect, state, by, at }: WorkspaceStateWrite,
): Promise<'conflict' | 'written'> {
  const [row] = await session.query(LOCK, [workspace])
  if (row === undefined || row['version'] !== expect) return 'conflict'
  const version = expect + 1
  const { blocked, removedAt } = state
  await session.query(SET, [workspace, version, blocked?.at ?? null, blocked?.reason ?? null, removedAt])
  const [before, after] = [JSON.stringify(stateOf(row)), JSON.stringify(state)]
  await session.query(CHANGE, [workspace, version, at, by, STATE_SECTION, row['name'], before, after])
  return 'written'
}

/** Deletes at most `limit` rows of a workspace that was removed before a time, or at last the workspace itself. */
export async function deleteWorkspace(
  session: Session,
  workspace: number,
  removedBefore: number,
  limit: number,
): Promise<number | 'kept' | 'gone'> {
  if ((await session.query(REMOVED, [workspace, removedBefore])).length === 0) return 'kept'
  for (const statement of DELETE) {
    const deleted = await session.query(statement, [workspace, limit])
    if (deleted.length > 0) return deleted.length
  }
  for (const statement of LAST) await session.query(statement, [workspace])
  return 'gone'
}

const NEW: WorkspaceState = { blocked: null, removedAt: null }

/** The state in a row of `workspaces`. */
export const stateOf = (row: Row): WorkspaceState => ({
  blocked:
    row['blocked_at'] === null ? null : { at: row['blocked_at'] as number, reason: row['blocked_reason'] as string },
  removedAt: row['removed_at'] as number | null,
})
