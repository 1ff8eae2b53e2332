import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkspaceView } from '../../src/configuration/view.ts'
import { countsOf } from '../../src/history/counts.ts'
import { foundDeliveries } from '../../src/history/found-deliveries.ts'
import { History } from '../../src/history/history.ts'
import { inboxCounts, inboxOf } from '../../src/history/inbox.ts'
import { accept, delivery, event } from '../../src/store/specification/rows.ts'
import { freshStore, STORES } from '../../src/store/specification/stores.ts'
import type { Store } from '../../src/store/store.ts'
import { dropDatabase, query, takeDatabase } from '../support/postgres.ts'
import { tablesOf, untied, withoutKey } from './conditions.ts'
import { ACROSS, INSTALLATION, LEFT_OUT, PARTS } from './exceptions.ts'
import { notByWorkspace, postgresSchema, sqliteMigrations, sqliteSchema } from './schema.ts'
import { chainsOf, SOURCE_FILES, SOURCES, statementsOf } from './sql-in-sources.ts'

/*
 * That the data can be split by workspace: between databases (a workspace lives in one cell), and by an extension that
 * keeps the rows of a workspace together. docs/scaling.md says what follows from it.
 */

const installation = new Set(Object.keys(INSTALLATION))
const schema = sqliteSchema(sqliteMigrations())
const ofWorkspace = new Set([...schema.tables.keys()].filter((table) => !installation.has(table)))
/** With the partitions, which some statements name. */
const tables = new Set([...ofWorkspace, 'events_2026_11'])

const sources = SOURCE_FILES.filter(
  (path) => !Object.keys(LEFT_OUT).some((folder) => path.startsWith(join(SOURCES, folder))),
)
const statements = sources.flatMap((path) => statementsOf(path, PARTS))
const isAcross = ({ file, sql }: { file: string; sql: string }): boolean =>
  ACROSS.some((each) => each.file === file && sql.startsWith(each.begins))
const bound = statements.filter((each) => !isAcross(each))
const isOfWorkspace = ({ sql }: { sql: string }): boolean => tablesOf(sql).some((table) => tables.has(table))

describe('the schema', () => {
  it('of both stores keeps the same tables for a workspace', async () => {
    const postgres = await postgresSchema(await takeDatabase())
    const there = [...postgres.tables.keys()].filter((table) => !installation.has(table))
    expect(there.toSorted()).toEqual([...ofWorkspace].toSorted())
    expect(there.length).toBeGreaterThan(12)
  })

  it('of SQLite leads every key and index of a workspace with its id', () => {
    expect(notByWorkspace(schema, installation)).toEqual([])
  })

  it('of PostgreSQL leads every key and index of a workspace with its id', async () => {
    expect(notByWorkspace(await postgresSchema(await takeDatabase()), installation)).toEqual([])
  })

  it('has every table of the installation that is listed here', async () => {
    const postgres = await postgresSchema(await takeDatabase())
    expect([...installation].filter((table) => !postgres.tables.has(table))).toEqual([])
  })

  it('with any one key turned round is refused', () => {
    const migrations = sqliteMigrations()
    const places = [...migrations.matchAll(/(?:primary key|create (?:unique )?index \w+ on \w+) \((workspace, \w+)/g)]
    expect(places.length).toBeGreaterThan(25)
    for (const { index, 0: whole, 1: columns } of places) {
      // One that a later migration took away is in nobody's schema.
      const [, name] = /index (\w+) on/.exec(whole) ?? []
      if (name !== undefined && migrations.includes(`drop index ${name};`)) continue
      const [first, second] = columns!.split(', ')
      const turned = whole.replace(columns!, `${second}, ${first}`)
      const changed = migrations.slice(0, index) + turned + migrations.slice(index + whole.length)
      expect(notByWorkspace(sqliteSchema(changed), installation), whole).not.toEqual([])
    }
  })

  it('of PostgreSQL with a key, an index or a table that leads with something else is refused', async () => {
    const database = await takeDatabase()
    try {
      await query(database, 'create unique index by_name on files (name)')
      await query(database, 'alter table secrets drop constraint secrets_pkey, add primary key (name, workspace)')
      await query(database, 'create table loose (id integer primary key)')
      await query(database, 'alter table told add foreign key (workspace) references workspaces (id)')
      expect(notByWorkspace(await postgresSchema(database), installation).toSorted()).toEqual([
        'files: by_name leads with name',
        'loose has no workspace',
        'loose: loose_pkey leads with id',
        'secrets: secrets_pkey leads with name',
        'told names rows of another table',
      ])
    } finally {
      await dropDatabase(database)
    }
  })
})

describe('the statements', () => {
  it('are read whole: all of their parts are known', () => {
    expect(statements.length).toBeGreaterThan(200)
    expect(statements.filter(({ sql }) => sql.includes('{{')).map(({ file, sql }) => `${file}: ${sql}`)).toEqual([])
  })

  it('speak of every table there is, in both stores', () => {
    for (const folder of ['store/sqlite', 'store/postgres']) {
      const named = new Set(
        statements.filter(({ file }) => file.startsWith(folder)).flatMap(({ sql }) => tablesOf(sql)),
      )
      expect(
        [...ofWorkspace].filter((table) => !named.has(table)),
        folder,
      ).toEqual([])
    }
  })

  it('reach nothing of a workspace but by its id', () => {
    expect(bound.flatMap(({ file, sql }) => untied(sql, tables).map((why) => `${file}: ${why}: ${sql}`))).toEqual([])
  })

  it('that are asked across workspaces are few, and each of them still is', () => {
    for (const { file, begins } of ACROSS) {
      const meant = statements.filter((each) => each.file === file && each.sql.startsWith(begins))
      expect(meant, `${file}: ${begins}`).toHaveLength(1)
      expect(untied(meant[0]!.sql, tables), `${file}: ${begins}`).not.toEqual([])
    }
  })

  it('that lists are built from name the workspace of the table and of all that is joined to it', () => {
    const chains = sources.flatMap((path) => chainsOf(path))
    expect(chains.length).toBeGreaterThan(15)
    expect(chains.filter(({ chain }) => !isChainBound(chain))).toEqual([])
  })

  it('that lists come to reach nothing but by the id of the workspace', async () => {
    const asked = await listsAsked()
    expect(new Set(asked.flatMap((sql) => tablesOf(sql))).size).toBeGreaterThan(7)
    expect(asked.flatMap((sql) => untied(sql, tables).map((why) => `${why}: ${sql}`))).toEqual([])
  })
})

const isChainBound = (chain: string): boolean =>
  /\.where\('(\w+\.)?workspace', '=', [\w.]+\)/.test(chain) &&
  (chain.match(/[jJ]oin\(/g) ?? []).length ===
    (chain.match(/\.onRef\('\w+\.workspace', '=', '\w+\.workspace'\)/g) ?? []).length

/** Everything the lists ask of a store. */
async function listsAsked(): Promise<string[]> {
  const { store } = await freshStore(STORES[0]!)
  const asked: string[] = []
  const noted = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'read') return target[name as keyof Store]
      return (read: Parameters<Store['read']>[0]) => {
        asked.push(read.sql)
        return target.read(read)
      }
    },
  })
  const one = event({ incident: 'camera:1', step: 1, deliveries: [delivery({ digest: true })] })
  await accept(store, [one])
  const [history, view, page] = [new History(noted), new WorkspaceView(1), { limit: 5, after: one.id }]
  const { id } = one.deliveries[0]!
  await history.events(
    view,
    { type: 'camera.*', category: 'cameras', source: 's', from: '2026-01-01T00:00:00Z', counts: 'true' },
    page,
    'ru',
  )
  await history.events(view, { counts: 'true' }, { limit: 5, after: undefined }, 'ru')
  await history.events(view, { eventId: '1', source: 's' }, page, 'ru')
  await history.event(view, one.id)
  for (const state of ['waiting', 'failed', 'sent'])
    await history.deliveries(view, { state, channel: 'x', rule: 'y', digest: id, event: one.id }, page, 'ru')
  await history.delivery(view, id, 'ru')
  await history.destinations(view, { disabled: 'true' }, { limit: 5, after: '0' }, 'ru')
  await history.destination(view, 1, 'ru')
  for (const state of ['open', 'ended']) await history.incidents(view, { state, key: 'c' }, page, 'ru')
  await history.incident(view, 'camera:1', 'ru')
  await history.changes(view, { section: 'rules' }, { limit: 5, after: undefined })
  await history.change(view, '1.1')
  for (const state of ['waiting', 'failed', 'cancelled'])
    for await (const _ of foundDeliveries(noted, view, { state, channel: 'x' }, Date.parse('2027-01-01T00:00:00Z')));
  await countsOf(noted, view, Date.parse('2027-01-01T00:00:00Z'))
  const narrowed = { unread: 'true', severity: 'info', category: 'cameras', q: 'x', from: '2026-01-01T00:00:00Z' }
  await inboxOf(noted, view, 'ivan', narrowed, { limit: 5, after: `1.${one.id}` }, 'ru')
  await inboxCounts(noted, view, 'ivan')
  return asked
}

/** A condition that a row is of a workspace. */
const CONDITION = /(?:\w+\.)?workspace = (?:\$\d+|\?|any\([^)]*\)|\w+\.workspace)/g

describe('a workspace that is left out', () => {
  const mutants = bound.filter(isOfWorkspace).flatMap(({ file, sql }) =>
    Array.from(sql.matchAll(CONDITION), ({ 0: text, index }) => ({
      file,
      mutant: `${sql.slice(0, index)}1 = 1 /* ${index} */${sql.slice(index + text.length)}`,
      taken: text,
    })),
  )

  it('is found, whichever condition of whichever statement it is', () => {
    expect(mutants.length).toBeGreaterThan(200)
    const passed = mutants.filter(({ mutant }) => untied(mutant, tables).length === 0)
    expect(passed.map(({ file, taken, mutant }) => `${file}: ${taken}: ${mutant}`)).toEqual([])
  })

  it('of an insert is found, and so is one that is only one of two possibilities', () => {
    expect(untied('insert into files (id, workspace) values (?, ?)', tables)).toHaveLength(1)
    expect(untied('select 1 from files where workspace = ? or id = ?', tables)).toHaveLength(1)
    expect(
      untied('select 1 from files f left join inbox i on f.workspace = ? and i.workspace = f.workspace', tables),
    ).toEqual(['files f is not tied to a workspace', 'inbox i is not tied to a workspace'])
    expect(untied('select 1 from files f join inbox i on i.workspace = f.workspace', tables)).toHaveLength(2)
  })

  it('is found in the sources, in a statement and in a list', () => {
    const statement = join(SOURCES, 'store/postgres/forget.ts')
    const text = readFileSync(statement, 'utf8')
    const without = text.replace('where workspace = $1 and event = any', 'where event = any')
    expect(without).not.toBe(text)
    const faults = (from: string): string[] =>
      statementsOf(statement, PARTS, from).flatMap(({ sql }) => untied(sql, tables))
    expect(faults(without)).toEqual(['deliveries is not tied to a workspace'])
    expect(faults(text)).toEqual([])
    const list = join(SOURCES, 'history/authors.ts')
    const chain = readFileSync(list, 'utf8').replace(".where('workspace', '=', view.id)", '')
    expect(chainsOf(list, chain).filter((each) => !isChainBound(each.chain))).toHaveLength(1)
  })
})

describe('a claim', () => {
  /** What takes rows of the queue, and what is asked in order to take them. */
  const claims = bound.filter(
    ({ file, sql }) =>
      /(claim|queue)-statements\.ts$/.test(file) &&
      (/set claimed_at = (\$\d|\?)/.test(sql) || (/claimed_at is null/.test(sql) && /behind/.test(sql))),
  )

  it('asks the queue by workspace and destination, or by workspace and delivery: one shard holds all of it', () => {
    expect(new Set(claims.map(({ file }) => file)).size).toBe(2)
    expect(claims.length).toBeGreaterThan(8)
    expect(claims.flatMap(({ sql }) => withoutKey(sql, 'queue', ['destination', 'delivery']))).toEqual([])
    expect(claims.flatMap(({ sql }) => withoutKey(sql, 'queue', ['workspace']))).toEqual([])
  })

  it('that took what is due of a whole workspace, or of all of them, is found', () => {
    const wide = 'select delivery from queue where workspace = ? and due_at <= ? order by due_at limit ?'
    expect(withoutKey(wide, 'queue', ['destination', 'delivery'])).toHaveLength(1)
    for (const { sql } of claims) {
      const wider = sql.replaceAll(/(?:\w+\.)?(?:destination|delivery) = (?:\w+\.\w+|\$\d|\?)/g, '1 = 1')
      expect(withoutKey(wider, 'queue', ['destination', 'delivery']), sql).not.toEqual([])
    }
  })
})
