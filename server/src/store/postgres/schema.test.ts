import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, query, takeDatabase } from '../../../test/support/postgres.ts'
import { schemaOf } from '../../../test/support/postgres-schema.ts'
import { openPostgresStore } from './postgres-store.ts'

const DUMP = new URL('../../../migrations/postgres/schema.sql', import.meta.url)
const HEAD = `-- What the migrations come to; made from the catalogue of a database, compared by server/src/store/postgres/schema.test.ts.
-- After a new migration: UPDATE_SCHEMA=1 npx vitest run server/src/store/postgres/schema.test.ts\n\n`

/** Tables of the installation: they belong to no workspace. */
const INSTALLATION = [
  ...['accounts', 'account_names', 'members', 'sessions', 'links', 'linking_codes', 'second_factors'],
  ...['bots', 'chats'],
  ...['api_keys', 'leases', 'marks', 'migrations', 'nodes', 'recent_sends', 'workspaces'],
]

async function database(): Promise<string> {
  const url = await takeDatabase()
  onTestFinished(() => giveBack(url))
  return url
}

describe('the schema', () => {
  it('is the one that was looked at and committed', async () => {
    const schema = HEAD + (await schemaOf(await database()))
    if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(DUMP, schema)
    expect(schema).toBe(await readFile(DUMP, 'utf8'))
  })

  it('leads every key and every index of a workspace’s table with the workspace', async () => {
    const url = await database()
    const rows = await query(
      url,
      `select i.indexrelid::regclass::text as index, t.relname as "table",
         (select attname from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0]) as first
       from pg_index i join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')`,
    )
    const found = rows.filter(({ table, first }) => !INSTALLATION.includes(table as string) && first !== 'workspace')
    expect(found).toEqual([])
    expect(rows.length).toBeGreaterThan(30)
  })

  it('of an unknown, newer version is refused', async () => {
    const url = await database()
    await query(url, `insert into migrations (n, name) values (999, 'from the future')`)
    await expect(openPostgresStore(url)).rejects.toThrow('newer Nabat')
    await query(url, 'delete from migrations where n = 999')
  })
})
