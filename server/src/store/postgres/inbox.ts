import type { InboxEntry } from '../store.ts'
import type { Session, Statement } from './connection.ts'

const UPDATE: Statement = {
  name: 'update_inbox',
  text: `update inbox set title = $4, body = $5, changed_at = $6, read_at = null, deliveries = array_append(deliveries, $7)
    where workspace = $1 and login = $2 and id = $3 returning id`,
}
const INSERT: Statement = {
  name: 'insert_inbox',
  text: `insert into inbox (workspace, login, id, incident, title, body, changed_at, deliveries)
    values ($1, $2, $3, $4, $5, $6, $7, array[$8::uuid])`,
}
// Without ids all of them.
const MINE = 'workspace = $1 and login = $2 and ($3::uuid[] is null or id = any($3::uuid[]))'
const UNREAD: Statement = {
  name: 'unread_inbox',
  text: `select id, deliveries from inbox where ${MINE} and read_at is null order by id for update`,
}
const READ: Statement = {
  name: 'read_deliveries',
  text: 'update deliveries set read_at = $3 where workspace = $1 and id = any($2::uuid[])',
}
const FORGET_DELIVERIES: Statement = {
  name: 'forget_inbox_deliveries',
  text: `update inbox set deliveries = '{}' where ${MINE} and read_at is null`,
}
const MARK: Statement = {
  name: 'mark_inbox',
  text: `update inbox set read_at = $4 where ${MINE} and (read_at is null) <> ($4::bigint is null) returning id`,
}

/** Stores an entry, or brings an earlier one of the same incident up to date: unread again, its id kept. */
export async function putInbox(
  session: Session,
  workspace: number,
  login: string,
  { id, delivery, updates, incident, title, body, at }: InboxEntry,
): Promise<string> {
  if (updates !== null) {
    const updated = await session.query(UPDATE, [workspace, login, updates, title, body, at, delivery])
    if (updated.length > 0) return updates
  }
  await session.query(INSERT, [workspace, login, id, incident, title, body, at, delivery])
  return id
}

/** Marks entries read (a time) or unread (null); how many changed. What they tell of counts as read from then on. */
export async function markInbox(
  session: Session,
  workspace: number,
  login: string,
  ids: readonly string[] | 'all',
  readAt: number | null,
): Promise<number> {
  const which = [workspace, login, ids === 'all' ? null : ids]
  if (readAt !== null) {
    const unread = await session.query(UNREAD, which)
    const deliveries = unread.flatMap((row) => row['deliveries'] as string[])
    await session.query(READ, [workspace, deliveries, readAt])
    await session.query(FORGET_DELIVERIES, which)
  }
  return (await session.query(MARK, [...which, readAt])).length
}
