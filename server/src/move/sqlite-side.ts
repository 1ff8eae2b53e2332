import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { lockFolder } from '../data-folder.ts'
import { idBytes, idText } from '../ids.ts'
import { StartRefused } from '../start-refused.ts'
import { storable } from '../store/postgres/storable.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { refuseOtherSchema } from './schema.ts'
import {
  charactersOf,
  SLICE_CHARACTERS,
  SLICE_ROWS,
  type Position,
  type Progress,
  type Row,
  type Slice,
  type Target,
  type Value,
} from './side.ts'
import { MOVE_MARK, quoted, type Kind, type Table } from './tables.ts'

const MIGRATIONS = new URL('../../migrations/sqlite/', import.meta.url)

/** The embedded store of a folder that is moved away from; it is only read. */
export function sqliteSource(folder: string): SqliteSide {
  const path = join(folder, 'nabat.db')
  // Before the lock, which makes the folder: a mistyped name must not leave one behind.
  if (!existsSync(path))
    throw new StartRefused(
      `В ${folder} нет nabat.db: задайте в NABAT_DATA папку с данными.`,
      `There is no nabat.db in ${folder}: set NABAT_DATA to the folder with the data.`,
    )
  return locked(folder, () => {
    const database = new DatabaseSync(path, { timeout: 5000 })
    try {
      database.exec('pragma query_only = on; pragma cache_size = -32000')
      checkVersion(database)
    } catch (error) {
      database.close()
      throw error
    }
    return database
  })
}

/** The embedded store of a folder that is moved to; made there when there is none. */
export const sqliteTarget = (folder: string): SqliteSide => locked(folder, () => openDatabase(folder))

function locked(folder: string, open: () => DatabaseSync): SqliteSide {
  const unlock = lockFolder(folder)
  try {
    return new SqliteSide(open(), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function checkVersion(database: DatabaseSync): void {
  const known = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql')).length
  const found = Number(database.prepare('pragma user_version').get()!['user_version'])
  refuseOtherSchema(found, known)
}

type Raw = null | number | bigint | string | Uint8Array

function onItsWay(kind: Kind, raw: Raw): Value {
  if (raw === null) return null
  switch (kind) {
    case 'integer':
      return Number(raw)
    case 'text':
      // Not everything fits a text of PostgreSQL; its adapter would have stored this.
      return storable(raw as string)
    case 'bytes':
      return Buffer.from(raw as Uint8Array).toString('hex')
    case 'id':
      return idText(raw as Uint8Array)
    case 'ids':
      return JSON.parse(raw as string) as string[]
  }
}

function stored(kind: Kind, value: Value): SQLInputValue {
  if (value === null) return null
  switch (kind) {
    case 'integer':
      return value as number
    case 'text':
      return value as string
    case 'bytes':
      return Buffer.from(value as string, 'hex')
    case 'id':
      return idBytes(value as string)
    case 'ids':
      return JSON.stringify(value)
  }
}

/** The embedded store. */
export class SqliteSide implements Target {
  readonly store = 'sqlite'
  readonly #database: DatabaseSync
  readonly #unlock: () => void
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, unlock: () => void) {
    this.#database = database
    this.#unlock = unlock
  }

  async proof(): Promise<Uint8Array | undefined> {
    return this.#mark('secret_key')
  }

  async count({ name, where = 'true' }: Table): Promise<number> {
    return Number(this.#database.prepare(`select count(*) as n from ${name} where ${where}`).get()!['n'])
  }

  async lastNumber(): Promise<number> {
    return Number(this.#database.prepare('select coalesce(max(last_number), 0) as n from workspaces').get()!['n'])
  }

  async read(table: Table, after: Position | null): Promise<Slice> {
    // The calls block: what was asked of the other side leaves first.
    await turn()
    const kinds = Object.values(table.columns)
    const keyAt = table.key.map((name) => Object.keys(table.columns).indexOf(name))
    const statement = this.#prepared(readStatement(table, after !== null))
    statement.setReturnArrays(true)
    const from = after === null ? [] : after.map((value, index) => stored(table.columns[table.key[index]!]!, value))
    const rows: Row[] = []
    let characters = 0
    for (const each of statement.iterate(...from)) {
      const raw = each as unknown as Raw[]
      const row = kinds.map((kind, index) => onItsWay(kind, raw[index]!))
      rows.push(row)
      characters += charactersOf(row)
      if (table.key.length > 0 && (rows.length === SLICE_ROWS || characters >= SLICE_CHARACTERS))
        return { rows, after: keyAt.map((at) => (kinds[at] === 'text' ? (raw[at] as string) : row[at]!)) }
    }
    return { rows, after: null }
  }

  async progress(): Promise<Progress | null> {
    const mark = this.#mark(MOVE_MARK)
    return mark === undefined ? null : (JSON.parse(Buffer.from(mark).toString('utf8')) as Progress)
  }

  async write(table: Table, rows: readonly Row[], progress: Progress): Promise<void> {
    await turn()
    const kinds = Object.values(table.columns)
    const insert = this.#prepared(insertStatement(table))
    this.#database.exec('begin immediate')
    try {
      for (const row of rows) insert.run(...row.map((value, index) => stored(kinds[index]!, value)))
      this.#prepared(
        'insert into marks (name, value) values (?, ?) on conflict do update set value = excluded.value',
      ).run(MOVE_MARK, Buffer.from(JSON.stringify(progress)))
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw new Error(`${table.name}: ${(error as Error).message}`, { cause: error })
    }
  }

  async finish(lastNumber: number): Promise<void> {
    this.#database.prepare('update workspaces set last_number = ?').run(lastNumber)
  }

  async release(): Promise<void> {
    this.#database.prepare('delete from marks where name = ?').run(MOVE_MARK)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close()
    this.#unlock()
  }

  #mark(name: string): Uint8Array | undefined {
    return this.#database.prepare('select value from marks where name = ?').get(name)?.['value'] as
      | Uint8Array
      | undefined
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Walks the primary key: the cost is that of the rows returned. */
function readStatement({ name, key, columns, where = 'true' }: Table, goesOn: boolean): string {
  const from = goesOn ? ` and (${quoted(key)}) > (${key.map(() => '?').join(', ')})` : ''
  const order = key.length === 0 ? '' : ` order by ${quoted(key)}`
  return `select ${quoted(Object.keys(columns))} from ${name} where ${where}${from}${order}`
}

function insertStatement({ name, columns, own = {} }: Table): string {
  const filled = Object.entries(own).flatMap(([column, { sqlite }]) =>
    typeof sqlite === 'string' ? [[column, sqlite] as const] : [],
  )
  const names = [...Object.keys(columns), ...filled.map(([column]) => column)]
  const values = [...Object.keys(columns).map(() => '?'), ...filled.map(([, sql]) => sql)]
  return `insert into ${name} (${quoted(names)}) values (${values.join(', ')})`
}
