import { readdirSync } from 'node:fs'
import { Client, types, type CustomTypesConfig } from 'pg'
import { idTime } from '../ids.ts'
import { PERSONAL_HOURS } from '../reasons.ts'
import { StartRefused } from '../start-refused.ts'
import type { Session } from '../store/postgres/connection.ts'
import { realign, type LineKey } from '../store/postgres/lines.ts'
import { makeMonths } from '../store/postgres/partitions.ts'
import { openPostgresStore } from '../store/postgres/postgres-store.ts'
import {
  charactersOf,
  rowsOfSlice,
  type Position,
  type Progress,
  type Row,
  type Slice,
  type Target,
  type Value,
} from './side.ts'
import { MOVE_MARK, TABLES, type Kind, type Table } from './tables.ts'

const MIGRATIONS = new URL('../../migrations/postgres/', import.meta.url)
/** The dump of what they come to stands beside them. */
const DUMP = 'schema.sql'
const CONNECT_TIMEOUT_MS = 10_000
/** For the lock: longer than a node that is alive keeps its row. */
const LOCK_TIMEOUT = '5s'
const LOCK_NOT_TO_BE_HAD = '55P03'
/** Lines brought into order in one transaction. */
const LINES = 1_000

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
  if (found > known)
    throw new StartRefused(
      'Эти данные записал более новый Набат: переносите им.',
      'This data was written by a newer Nabat: move it with that one.',
    )
  if (found < known)
    throw new StartRefused(
      'Эти данные записал более старый Набат: запустите и остановите на них этот, чтобы их схема обновилась, и повторите.',
      'This data was written by an older Nabat: start and stop this one on it, so that its schema is brought up to date, then try again.',
    )
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

const SQL_TYPE: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  text: 'text',
  bytes: 'bytea',
  id: 'uuid',
  ids: 'uuid[]',
}

/** Names such as `by` and `key` are words of SQL. */
const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

/** The store of several nodes. */
export class PostgresSide implements Target {
  readonly store = 'postgres'
  readonly #client: Client
  /** Holds the lock of a target; a source is locked by the transaction it is read in. */
  readonly #guard: Client | null
  /** How long the last slice of a table was. */
  readonly #last = new Map<string, { rows: number; characters: number }>()
  /** Months that have their partitions. */
  readonly #months = new Set<string>()

  constructor(client: Client, guard: Client | null) {
    this.#client = client
    this.#guard = guard
  }

  async proof(): Promise<Uint8Array | undefined> {
    return this.#mark('secret_key')
  }

  async count({ name, where = 'true' }: Table): Promise<number> {
    const { rows } = await this.#client.query<{ n: number }>(`select count(*) as n from ${name} where ${where}`)
    return rows[0]!.n
  }

  async lastNumber(): Promise<number> {
    const { rows } = await this.#client.query<{ n: number }>(
      'select case when is_called then last_value else last_value - 1 end as n from numbers',
    )
    return rows[0]!.n
  }

  async read(table: Table, after: Position | null): Promise<Slice> {
    const whole = table.key.length === 0
    const limit = rowsOfSlice(table, after === null ? null : (this.#last.get(table.name) ?? null))
    const { rows } = await this.#client.query<Value[]>({
      // Without a name: a plan kept for any limit and position may be a bad one.
      text: readStatement(table, after !== null),
      values: [...(whole ? [] : [limit]), ...(after ?? [])],
      rowMode: 'array',
    })
    let characters = 0
    for (const row of rows) characters += charactersOf(row)
    this.#last.set(table.name, { rows: rows.length, characters })
    const last = rows.at(-1)
    if (whole || last === undefined || rows.length < limit) return { rows, after: null }
    const names = Object.keys(table.columns)
    return { rows, after: table.key.map((name) => last[names.indexOf(name)]!) }
  }

  async progress(): Promise<Progress | null> {
    const mark = await this.#mark(MOVE_MARK)
    return mark === undefined ? null : (JSON.parse(Buffer.from(mark).toString('utf8')) as Progress)
  }

  async write(table: Table, rows: readonly Row[], progress: Progress): Promise<void> {
    try {
      if (table.name === 'events' || table.name === 'deliveries') await this.#makeMonths(table, rows)
      // One statement is one transaction, and one way to the server and back.
      await this.#client.query({
        name: `write_${table.name}`,
        text: `with moved as (${insertStatement(table)})
          insert into marks (name, value) values ('${MOVE_MARK}', $2)
          on conflict (name) do update set value = excluded.value`,
        values: [asJson(table, rows), Buffer.from(JSON.stringify(progress))],
      })
    } catch (error) {
      throw new Error(`${table.name}: ${(error as Error).message}`, { cause: error })
    }
  }

  async finish(lastNumber: number): Promise<void> {
    if (lastNumber > 0) await this.#client.query("select setval('numbers', $1)", [lastNumber])
    await this.#client.query(
      "select setval(pg_get_serial_sequence('workspaces', 'id'), greatest(1, (select max(id) from workspaces)))",
    )
    await this.#client.query(
      `update queue q set held = 1 from deliveries d
        where d.workspace = q.workspace and d.id = q.delivery and d.reason = any($1::text[])`,
      [PERSONAL_HOURS],
    )
    await this.#lineUp()
    // Nodes that start now should not plan as for empty tables. Not all there are: the lock stands on one.
    await this.#client.query(`analyze ${TABLES.map(({ name }) => name).join(', ')}`)
    // Lost meanwhile, the lock would have kept nobody away.
    await this.#guard?.query('select 1')
  }

  async release(): Promise<void> {
    await this.#client.query('delete from marks where name = $1', [MOVE_MARK])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#client.end(), this.#guard?.end()])
  }

  async #mark(name: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#client.query<{ value: Uint8Array }>('select value from marks where name = $1', [name])
    return rows[0]?.value
  }

  /** Who is first in each line of the queue: its index lets one stand there, so all arrive behind. */
  async #lineUp(): Promise<void> {
    const { rows } = await this.#client.query<LineKey>(
      'select distinct workspace, destination, incident from queue where incident is not null',
    )
    for (let at = 0; at < rows.length; at += LINES)
      await this.#transaction((session) => realign(session, rows.slice(at, at + LINES)))
  }

  /** The partitions of the months these rows are of: what the default one takes is never dropped with its month. */
  async #makeMonths({ columns }: Table, rows: readonly Row[]): Promise<void> {
    const at = Object.keys(columns).indexOf('id')
    const months = new Map(rows.map((row) => idTime(row[at] as string)).map((ms) => [monthName(ms), ms]))
    for (const month of this.#months) months.delete(month)
    if (months.size === 0) return
    await this.#transaction((session) => makeMonths(session, months.values()))
    for (const month of months.keys()) this.#months.add(month)
  }

  async #transaction(work: (session: Session) => Promise<unknown>): Promise<void> {
    await this.#client.query('begin')
    await work({
      query: async ({ text }, values = []) =>
        (await this.#client.query<Record<string, unknown>>(text, [...values])).rows,
      onCommit: () => {},
    })
    await this.#client.query('commit')
  }
}

/** Walks the primary key: the cost is that of the rows returned. */
function readStatement({ name, key, columns, where = 'true' }: Table, goesOn: boolean): string {
  const wanted = Object.entries(columns).map(([column, kind]) =>
    kind === 'bytes' ? `encode("${column}", 'hex')` : `"${column}"`,
  )
  const limit = key.length === 0 ? '' : ` order by ${quoted(key)} limit $1`
  const values = key.map((column, index) => {
    const kind = columns[column]!
    return kind === 'bytes' ? `decode($${index + 2}, 'hex')` : `$${index + 2}::${SQL_TYPE[kind]}`
  })
  const from = goesOn ? ` and (${quoted(key)}) > (${values.join(', ')})` : ''
  return `select ${wanted.join(', ')} from ${name} where ${where}${from}${limit}`
}

function insertStatement({ name, columns, own = {} }: Table): string {
  const filled = Object.entries(own).flatMap(([column, { postgres }]) =>
    typeof postgres === 'string' ? [[column, postgres] as const] : [],
  )
  const names = [...Object.keys(columns), ...filled.map(([column]) => column)]
  const values = [...Object.keys(columns).map((column) => `r."${column}"`), ...filled.map(([, sql]) => sql)]
  return `insert into ${name} (${quoted(names)})
    select ${values.join(', ')} from json_populate_recordset(null::${name}, $1::json) r`
}

/** Rows for `json_populate_recordset`: as text they are read five times as fast as arrays of parameters. */
function asJson({ columns }: Table, rows: readonly Row[]): string {
  const entries = Object.entries(columns)
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        entries.map(([column, kind], index) => {
          const value = row[index]!
          return [column, kind === 'bytes' && value !== null ? `\\x${value as string}` : value]
        }),
      ),
    ),
  )
}

/** The month (UTC) of a time. */
const monthName = (ms: number): string => new Date(ms).toISOString().slice(0, 7)
