/*
 * Opening a database for a move, and keeping everybody else off it.
 */
import { readdirSync } from 'node:fs'
import { Client, types, type CustomTypesConfig } from 'pg'
import { StartRefused } from '../start-refused.ts'
import { openPostgresStore } from '../store/postgres/postgres-store.ts'
import { PostgresSide } from './postgres-side.ts'
import { refuseOtherSchema } from './schema.ts'

const MIGRATIONS = new URL('../../migrations/postgres/', import.meta.url)
/** The dump of what they come to stands beside them. */
const DUMP = 'schema.sql'
const CONNECT_TIMEOUT_MS = 10_000
/** For the lock: longer than a node that is alive keeps its row. */
const LOCK_TIMEOUT = '5s'
const LOCK_NOT_TO_BE_HAD = '55P03'
const INT8: number = types.builtins.INT8
/** Times and counts fit a number. */
const TYPES: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : (types.getTypeParser(oid as never, format as never) as never),
}

/** Host and database of an address, without the password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}

async function connected(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'nabat move',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: TYPES,
  })
  // A connection that breaks says so to the query under way; the event must not end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    // Whatever the server sets for others: a slice of a large table, or a pause of the other side, takes its time. Slices
    // walk their index; sorting all that is left for each of them is never better.
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set enable_sort = off')
  } catch (error) {
    await client.end().catch(() => {})
    const { message } = error as Error
    throw new StartRefused(
      `PostgreSQL (${placeOf(url)}) не пускает: ${message}`,
      `PostgreSQL (${placeOf(url)}) does not let us in: ${message}`,
    )
  }
  return client
}

/** A database that is moved away from; it is only read, as of one moment, and no node can start on it meanwhile. */
export async function postgresSource(url: string): Promise<PostgresSide> {
  const client = await connected(url)
  try {
    const there = await tablesThere(client)
    if (!there.has('migrations') || !there.has('workspaces'))
      throw new StartRefused(`${placeOf(url)}: это не база Набата.`, `${placeOf(url)} is not a database of Nabat.`)
    await checkVersion(client)
    await lockNodes(client, 'begin isolation level repeatable read')
    return new PostgresSide(client, null)
  } catch (error) {
    await client.end()
    throw error
  }
}

/** A database that is moved to: brought to the schema of this version, and no node can start on it meanwhile. */
export async function postgresTarget(url: string): Promise<PostgresSide> {
  const client = await connected(url)
  const guard = await connected(url)
  try {
    // Looked at before anything is changed: it may be in use, or somebody else's.
    const there = await tablesThere(client)
    if (there.has('nodes')) await lockNodes(guard, 'begin')
    else if (there.size > 0)
      throw new StartRefused(
        `${placeOf(url)}: в этой базе чужие таблицы (${[...there][0]!}); создайте для Набата пустую.`,
        `${placeOf(url)} holds other tables (${[...there][0]!}): create an empty database for Nabat.`,
      )
    if (there.has('nodes')) await guard.query('rollback')
    await (await openPostgresStore(url)).close()
    await lockNodes(guard, 'begin')
    return new PostgresSide(client, guard)
  } catch (error) {
    await Promise.all([client.end(), guard.end()])
    throw error
  }
}

async function tablesThere(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    'select tablename as name from pg_tables where schemaname = current_schema()',
  )
  return new Set(rows.map(({ name }) => name))
}

async function checkVersion(client: Client): Promise<void> {
  const known = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql') && name !== DUMP).length
  const { rows } = await client.query<{ n: number }>('select count(*) as n from migrations')
  const found = rows[0]!.n
  refuseOtherSchema(found, known)
}

/**
 * Takes the table of nodes for as long as the transaction lasts: whoever wants to join, or to say that he is alive, cannot.
 * Two moves exclude each other as well.
 */
async function lockNodes(client: Client, begin: string): Promise<void> {
  await client.query(`${begin}; set local lock_timeout = '${LOCK_TIMEOUT}'`)
  try {
    await client.query('lock table nodes in share row exclusive mode')
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_TO_BE_HAD) throw error
    throw inUse()
  }
  const { rows } = await client.query('select 1 from nodes where alive_until > now() limit 1')
  if (rows.length > 0) throw inUse()
}

const inUse = (): StartRefused =>
  new StartRefused(
    'На этой базе работает Набат: остановите все узлы и повторите (убитый узел считается живым ещё 15 секунд).',
    'A Nabat runs on this database: stop all nodes, then try again (a node that was killed counts as alive for 15 seconds).',
  )
