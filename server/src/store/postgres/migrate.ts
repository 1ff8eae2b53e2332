import { readdirSync, readFileSync } from 'node:fs'
import type { Connections, Session, Statement } from './connection.ts'

const MIGRATIONS = new URL('../../../migrations/postgres/', import.meta.url)
/** The dump of what they come to stands beside them. */
const DUMP = 'schema.sql'
/** The oldest that has what the statements need. */
const OLDEST_SERVER = 15

// Nodes that start together: one migrates, the others wait. The number is "nabat" in ASCII.
const LOCK: Statement = { name: 'migration_lock', text: 'select pg_advisory_xact_lock(474013557108)' }
const TABLE: Statement = {
  name: 'migration_table',
  text: 'create table if not exists migrations (n integer primary key, name text not null, at timestamptz not null default now())',
}
const DONE: Statement = { name: 'migrations_done', text: 'select n from migrations order by n' }
const NOTE: Statement = { name: 'note_migration', text: 'insert into migrations (n, name) values ($1, $2)' }
const SERVER: Statement = {
  name: 'server',
  text: `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
    current_setting('server_encoding') as encoding`,
}

/** Applies the migrations that are new, in one transaction. They are only ever appended to. */
export async function migrate(connections: Connections): Promise<void> {
  const [server] = await connections.one('writes', SERVER)
  if ((server!['version'] as number) < OLDEST_SERVER * 10_000)
    throw new Error(
      `PostgreSQL ${OLDEST_SERVER} or later is needed, NABAT_DATABASE_URL leads to ${server!['name'] as string}.`,
    )
  if (server!['encoding'] !== 'UTF8')
    throw new Error(
      `The database of NABAT_DATABASE_URL is in ${server!['encoding'] as string}; create it with encoding UTF8.`,
    )
  await connections.transaction(async (session) => {
    await session.query(LOCK)
    await session.query(TABLE)
    const done = (await session.query(DONE)).length
    const files = readdirSync(MIGRATIONS)
      .filter((name) => name.endsWith('.sql') && name !== DUMP)
      .toSorted()
    if (done > files.length)
      throw new Error(`The database was written by a newer Nabat (${done} migrations, this one knows ${files.length}).`)
    for (const [index, name] of files.entries()) if (index >= done) await apply(session, index + 1, name)
  })
}

async function apply(session: Session, n: number, name: string): Promise<void> {
  for (const text of statementsOf(readFileSync(new URL(name, MIGRATIONS), 'utf8')))
    await session.query({ name: '', text })
  await session.query(NOTE, [n, name])
}

/** The statements of a file: each ends with a semicolon at the end of a line, and holds none there otherwise. */
const statementsOf = (sql: string): string[] =>
  sql
    .replaceAll(/--.*$/gm, '')
    .split(/;\s*$/m)
    .map((each) => each.trim())
    .filter((each) => each !== '')
