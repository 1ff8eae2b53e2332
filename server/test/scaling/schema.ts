import { DatabaseSync } from 'node:sqlite'
import { readdirSync, readFileSync } from 'node:fs'
import { query } from '../support/postgres.ts'

/** A key or an index of a table: its columns in their order. */
export interface Key {
  readonly table: string
  readonly name: string
  readonly columns: readonly string[]
}

/** What a database really has. */
export interface Schema {
  /** Columns by table. */
  readonly tables: ReadonlyMap<string, readonly string[]>
  /** Primary keys, unique and other indexes. */
  readonly keys: readonly Key[]
  /** Tables whose rows name rows of another. */
  readonly references: readonly string[]
}

const SQLITE = new URL('../../migrations/sqlite/', import.meta.url)

/** The migrations of the embedded store, one after another. */
export const sqliteMigrations = (): string =>
  readdirSync(SQLITE)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => readFileSync(new URL(name, SQLITE), 'utf8'))
    .join('\n')

/** What SQLite makes of these migrations. */
export function sqliteSchema(migrations: string): Schema {
  const database = new DatabaseSync(':memory:')
  database.exec(migrations)
  const rows = (sql: string, ...values: string[]) => database.prepare(sql).all(...values)
  const tables = new Map<string, string[]>()
  const keys: Key[] = []
  const references: string[] = []
  const named = rows("select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~'")
  for (const table of named.map((row) => String(row['name']))) {
    const columns = rows('select name, pk from pragma_table_info(?)', table)
    tables.set(
      table,
      columns.map((row) => String(row['name'])),
    )
    const primary = columns.filter((row) => row['pk'] !== 0).toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    if (primary.length > 0)
      keys.push({ table, name: 'primary key', columns: primary.map((row) => String(row['name'])) })
    for (const index of rows('select name from pragma_index_list(?)', table)) {
      const name = String(index['name'])
      const of = rows('select name from pragma_index_info(?) order by seqno', name)
      keys.push({ table, name, columns: of.map((row) => String(row['name'])) })
    }
    if (rows('select 1 from pragma_foreign_key_list(?)', table).length > 0) references.push(table)
  }
  database.close()
  return { tables, keys, references }
}

const TABLES = `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition group by c.relname`
const KEYS = `select t.relname as table, i.relname as name,
    array(select pg_get_indexdef(x.indexrelid, n, true) from generate_series(1, x.indnkeyatts) n order by n) as columns
  from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where t.relnamespace = 'public'::regnamespace and not t.relispartition`
const REFERENCES = `select conrelid::regclass::text as table from pg_constraint
  where contype = 'f' and connamespace = 'public'::regnamespace`

/** What a PostgreSQL database has; partitions are as their table is. */
export async function postgresSchema(database: string): Promise<Schema> {
  const tables = await query(database, TABLES)
  const keys = await query(database, KEYS)
  return {
    tables: new Map(tables.map((row) => [String(row['name']), row['columns'] as string[]])),
    keys: keys as unknown as Key[],
    references: (await query(database, REFERENCES)).map((row) => String(row['table'])),
  }
}

/** What keeps a schema from being split by workspace; in words, none when nothing does. */
export function notByWorkspace({ tables, keys, references }: Schema, installation: ReadonlySet<string>): string[] {
  const ours = [...tables.keys()].filter((table) => !installation.has(table))
  return [
    ...ours.flatMap((table) => (tables.get(table)!.includes('workspace') ? [] : [`${table} has no workspace`])),
    ...ours.flatMap((table) => (keys.some((key) => key.table === table) ? [] : [`${table} has no key`])),
    ...keys
      .filter(({ table, columns }) => ours.includes(table) && columns[0] !== 'workspace')
      .map(({ table, name, columns }) => `${table}: ${name} leads with ${columns[0]}`),
    ...references.filter((table) => ours.includes(table)).map((table) => `${table} names rows of another table`),
  ]
}
