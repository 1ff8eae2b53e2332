import { INBOX_LIMIT, INBOX_TOLD, type InboxEntry, type InboxPart } from '../store.ts'
import type { Session, Statement } from './connection.ts'

const UPDATE: Statement = {
  name: 'update_inbox',
  text: `update inbox set severity = $4, type = $5, title = $6, search = $7, body = $8, changed_at = $9, read_at = null,
      updates = updates + 1,
      deliveries = array_append(deliveries[greatest(1, cardinality(deliveries) - ${INBOX_TOLD - 2}):], $10)
    where workspace = $1 and login = $2 and id = $3 returning id`,
}
const INSERT: Statement = {
  name: 'insert_inbox',
  text: `insert into inbox (workspace, login, id, severity, type, title, search, body, changed_at, deliveries, incident)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, array[$10::uuid], $11)`,
}
const HELD: Statement = {
  name: 'count_inbox',
  text: 'select count(*) as held from inbox where workspace = $1 and login = $2',
}
const TRIM: Statement = {
  name: 'trim_inbox',
  text: `delete from inbox where workspace = $1 and login = $2 and id = any(array(
      select id from inbox where workspace = $1 and login = $2 order by read_at is null, changed_at, id limit $3))`,
}
const CLEAR: Statement = {
  name: 'clear_inboxes',
  text: 'delete from inbox where workspace = $1 and login = any($2::text[]) returning id',
}

// Named entries, or all that have not changed since a time: a statement each, so that each has the plan that suits it.
const NAMED = 'workspace = $1 and login = $2 and id = any($3::uuid[])'
const UNTIL = 'workspace = $1 and login = $2 and changed_at <= $3::bigint'
const TOLD = {
  named: {
    name: 'unread_inbox',
    text: `select id, deliveries from inbox where ${NAMED} and read_at is null order by id for update`,
  },
  until: {
    name: 'unread_inbox_until',
    text: `select id, deliveries from inbox where ${UNTIL} and read_at is null order by id for update`,
  },
} satisfies Record<string, Statement>
const READ: Statement = {
  name: 'read_inbox',
  text: `update inbox set read_at = $4::bigint, deliveries = '{}' where ${NAMED} and read_at is null`,
}
const UNREAD = {
  named: {
    name: 'mark_inbox_unread',
    text: `update inbox set read_at = null where ${NAMED} and read_at is not null returning id`,
  },
  until: {
    name: 'mark_inbox_unread_until',
    text: `update inbox set read_at = null where ${UNTIL} and read_at is not null returning id`,
  },
} satisfies Record<string, Statement>
const READ_DELIVERIES: Statement = {
  name: 'read_deliveries',
  text: 'update deliveries set read_at = $3 where workspace = $1 and id = any($2::uuid[])',
}

/** Stores an entry, or brings an earlier one of the same incident up to date: unread again, its id kept. */
export async function putInbox(
  session: Session,
  workspace: number,
  login: string,
  { id, delivery, updates, incident, severity, type, title, body, at }: InboxEntry,
  { most, trimmed } = INBOX_LIMIT,
): Promise<string> {
  const said = [severity, type, title, title.toLowerCase(), body, at, delivery]
  if (updates !== null) {
    const updated = await session.query(UPDATE, [workspace, login, updates, ...said])
    if (updated.length > 0) return updates
  }
  await session.query(INSERT, [workspace, login, id, ...said, incident])
  const [row] = await session.query(HELD, [workspace, login])
  if (Number(row!['held']) > most) await session.query(TRIM, [workspace, login, trimmed])
  return id
}

/** Marks entries read (a time) or unread (null); the ids of those that changed. What they tell of counts as read from then on. */
export async function markInbox(
  session: Session,
  workspace: number,
  login: string,
  part: InboxPart,
  readAt: number | null,
): Promise<readonly string[]> {
  const by = part !== 'all' && 'ids' in part ? 'named' : 'until'
  const which = part === 'all' ? Number.MAX_SAFE_INTEGER : 'ids' in part ? part.ids : part.until
  if (readAt === null) return idsOf(await session.query(UNREAD[by], [workspace, login, which]))
  const unread = await session.query(TOLD[by], [workspace, login, which])
  if (unread.length === 0) return []
  const ids = idsOf(unread)
  const deliveries = unread.flatMap((row) => row['deliveries'] as string[])
  await session.query(READ_DELIVERIES, [workspace, deliveries, readAt])
  await session.query(READ, [workspace, login, ids, readAt])
  return ids
}

/** Deletes everything in the inboxes of people, by their logins; how many entries. */
export async function clearInboxes(session: Session, workspace: number, logins: readonly string[]): Promise<number> {
  return logins.length === 0 ? 0 : (await session.query(CLEAR, [workspace, logins])).length
}

const idsOf = (rows: readonly Record<string, unknown>[]): string[] => rows.map((row) => String(row['id']))
