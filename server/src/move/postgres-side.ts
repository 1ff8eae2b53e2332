import type { Client } from 'pg'
import { idTime } from '../ids.ts'
import { PERSONAL_HOURS } from '../reasons.ts'
import type { Session } from '../store/postgres/connection.ts'
import { realign, type LineKey } from '../store/postgres/lines.ts'
import { makeMonths } from '../store/postgres/partitions.ts'
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
import { MOVE_MARK, quoted, TABLES, type Kind, type Table } from './tables.ts'

/** Lines brought into order in one transaction. */
const LINES = 1_000

const SQL_TYPE: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  text: 'text',
  bytes: 'bytea',
  id: 'uuid',
  ids: 'uuid[]',
}

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
    for (const table of ['workspaces', 'accounts'])
      await this.#client.query(
        `select setval(pg_get_serial_sequence('${table}', 'id'), greatest(1, (select max(id) from ${table})))`,
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
