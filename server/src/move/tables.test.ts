import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { giveBack, query, takeDatabase } from '../../test/support/postgres.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { rowsOfSlice, SLICE_CHARACTERS, SLICE_ROWS } from './side.ts'
import { addRows, isSame, NOTHING } from './sums.ts'
import { LEFT, TABLES, type StoreName } from './tables.ts'

/** Tables with their columns, those of the primary key first in their order. */
type Schema = Map<string, { columns: string[]; key: string[] }>

function sqliteSchema(): Schema {
  const database = openDatabase(null)
  const names = database.prepare("select name from sqlite_schema where type = 'table'").all()
  const schema = new Map(
    names.map((row) => {
      const columns = database.prepare(`select name, pk from pragma_table_info(?)`).all(row['name'] as string)
      const key = columns.filter(({ pk }) => pk !== 0).toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
      return [row['name'] as string, { columns: namesOf(columns), key: namesOf(key) }]
    }),
  )
  database.close()
  return schema
}

async function postgresSchema(url: string): Promise<Schema> {
  const columns = await query(
    url,
    `select c.relname as table, a.attname as name, array_position(i.indkey::int[], a.attnum::int) as pk
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_index i on i.indrelid = c.oid and i.indisprimary
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      order by c.relname, a.attnum`,
  )
  const tables = Map.groupBy(columns, (row) => row['table'] as string)
  return new Map(
    Array.from(tables, ([table, rows]) => {
      const key = rows.filter(({ pk }) => pk !== null).toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
      return [table, { columns: namesOf(rows), key: namesOf(key) }]
    }),
  )
}

const namesOf = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ name }) => name as string)

describe('the tables that are moved', () => {
  const schemas = new Map<StoreName, Schema>()
  let database: string
  beforeAll(async () => {
    database = await takeDatabase()
    schemas.set('sqlite', sqliteSchema())
    schemas.set('postgres', await postgresSchema(database))
  })
  afterAll(() => giveBack(database))

  it.each(['sqlite', 'postgres'] as const)('are all there are in %s, but for those that say why not', (store) => {
    const described = [...TABLES.map(({ name }) => name), ...Object.keys(LEFT[store])]
    expect([...schemas.get(store)!.keys()].toSorted()).toEqual(described.toSorted())
  })

  it.each(['sqlite', 'postgres'] as const)('have each column of %s, copied or with what it is instead', (store) => {
    for (const { name, columns, own = {} } of TABLES) {
      const filled = Object.keys(own).filter((column) => own[column]![store] !== undefined)
      expect(schemas.get(store)!.get(name)!.columns.toSorted(), name).toEqual(
        [...Object.keys(columns), ...filled].toSorted(),
      )
    }
  })

  it.each(['sqlite', 'postgres'] as const)('are walked by their primary keys in %s', (store) => {
    for (const { name, key } of TABLES) expect(schemas.get(store)!.get(name)!.key, name).toEqual(key)
  })
})

describe('the sum of a table', () => {
  const rows = fc.array(fc.tuple(fc.integer(), fc.option(fc.string()), fc.array(fc.string(), { maxLength: 3 })), {
    maxLength: 20,
  })

  it('is the same in whatever order and slices its rows come', () => {
    fc.assert(
      fc.property(rows, fc.nat(20), fc.infiniteStream(fc.nat()), (all, cut, places) => {
        const whole = addRows(NOTHING, all)
        const shuffled = all.map((row) => ({ row, at: places.next().value })).toSorted((a, b) => a.at - b.at)
        const mixed = shuffled.map(({ row }) => row)
        expect(isSame(whole, addRows(addRows(NOTHING, mixed.slice(0, cut)), mixed.slice(cut)))).toBe(true)
      }),
    )
  })

  it('is another one when a row is missing, is there twice or has another value', () => {
    fc.assert(
      fc.property(rows, fc.integer(), (all, n) => {
        const whole = addRows(NOTHING, [...all, [n, 'x', []]])
        expect(isSame(whole, addRows(NOTHING, all))).toBe(false)
        expect(isSame(whole, addRows(whole, [[n, 'x', []]]))).toBe(false)
        expect(isSame(whole, addRows(NOTHING, [...all, [n, 'y', []]]))).toBe(false)
        expect(isSame(whole, addRows(NOTHING, [...all, [n, null, []]]))).toBe(false)
        expect(isSame(whole, addRows(NOTHING, [...all, [String(n), 'x', []]]))).toBe(false)
      }),
    )
  })
})

describe('a slice', () => {
  const table = TABLES.find(({ name }) => name === 'files')!

  it('has at least one row, and as many as fit when the last ones were like them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: SLICE_ROWS }), fc.nat(50_000_000), (rows, characters) => {
        const next = rowsOfSlice(table, { rows, characters })
        expect(next).toBeGreaterThanOrEqual(1)
        expect(next).toBeLessThanOrEqual(SLICE_ROWS)
        if (next > 1) expect((next * characters) / rows).toBeLessThanOrEqual(SLICE_CHARACTERS + characters / rows)
      }),
    )
  })

  it('begins with few rows where one may be large', () => {
    expect(rowsOfSlice(table, null)).toBe(table.slice)
  })
})
