import { describe, expect, it, onTestFinished } from 'vitest'
import { idMaker } from '../../ids.ts'
import { systemRandom } from '../../clock.ts'
import { dropDatabase, query, takeDatabase } from '../../../test/support/postgres.ts'
import { accept, claim, count, delivery, ended, event, NOW } from '../specification/rows.ts'
import type { Store } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

const DAY = 86_400_000

/** Months are counted from the one the database is in. */
async function opened() {
  const url = await takeDatabase()
  let store = await openPostgresStore(url)
  onTestFinished(async () => {
    await store.close()
    // Its months are not those of the others.
    await dropDatabase(url)
  })
  await store.createWorkspace('default', '{}')
  const [row] = await query(url, 'select (extract(epoch from now()) * 1000)::float8 as now')
  const now = new Date(row!['now'] as number)
  const month = (n: number): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n)
  const name = (table: string, n: number): string =>
    `${table}_${new Date(month(n)).toISOString().slice(0, 7).replace('-', '_')}`
  return {
    url,
    store,
    month,
    name,
    /** The partitions there are, of both tables. */
    names: async () =>
      (
        await query(
          url,
          `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where c.relkind = 'r' order by 1`,
        )
      ).map((found) => found['name'] as string),
    /** As if the node had been there in that month. */
    add: async (n: number) => {
      for (const table of ['events', 'deliveries'])
        await query(
          url,
          `create table ${name(table, n)} partition of ${table} for values from ('${bound(month(n))}') to ('${bound(month(n + 1))}')`,
        )
    },
    reopen: async (): Promise<Store> => {
      await store.close()
      store = await openPostgresStore(url)
      return store
    },
  }
}

const bound = (ms: number): string =>
  `${ms
    .toString(16)
    .padStart(12, '0')
    .replace(/(.{8})(.{4})/, '$1-$2')}-0000-0000-000000000000`

const idAt = (ms: number): string => idMaker({ now: () => ms, after: () => () => {} }, systemRandom)()

/** An event accepted at a time, of which nothing waits any more. */
const over = (ms: number, some: object = {}) =>
  event({ id: idAt(ms), deliveries: [delivery({ id: idAt(ms), suppressed: 'silence' })], ...some })

const whereIs = async (url: string, id: string): Promise<unknown> =>
  (await query(url, `select tableoid::regclass::text as name from events where id = '${id}'`))[0]?.['name']

describe('months', () => {
  it('are made ahead: this one and the next two, once', async () => {
    const { names, name, reopen } = await opened()
    const expected = [0, 1, 2].flatMap((n) => [name('events', n), name('deliveries', n)])
    expect(await names()).toEqual([...expected, 'events_other', 'deliveries_other'].toSorted())
    await reopen()
    expect(await names()).toHaveLength(expected.length + 2)
  })

  it('take what has their time, from the first millisecond to the last, and the default one takes the rest', async () => {
    const { url, store, month, name } = await opened()
    const expected = [
      [month(0), name('events', 0)],
      [month(1) - 1, name('events', 0)],
      [month(1), name('events', 1)],
      [month(3) - 1, name('events', 2)],
      [month(3), 'events_other'],
      [month(-1), 'events_other'],
    ] as const
    for (const [ms, partition] of expected) {
      const one = over(ms)
      await accept(store, [one])
      expect(await whereIs(url, one.id)).toBe(partition)
    }
  })

  it('that nobody has to keep are dropped whole, with the keys of their events, and nothing of another month', async () => {
    const { store, month, name, names, add } = await opened()
    await add(-2)
    await add(-1)
    await accept(store, [
      over(month(-2), { eventId: 'old' }),
      over(month(-1) - 1, { eventId: 'old 2' }),
      over(month(-1), { eventId: 'kept' }),
      over(month(0), { eventId: 'young' }),
    ])
    // Within a day of its end the month is not deleted row by row.
    expect(await store.forget(1, month(-1) + DAY / 2, 100)).toBe(1)
    expect([await count(store, 'events'), await count(store, 'deliveries'), await count(store, 'event_keys')]).toEqual([
      1, 1, 1,
    ])
    expect((await names()).filter((one) => [name('events', -2), name('deliveries', -2)].includes(one))).toEqual([])
    expect(await names()).toContain(name('events', -1))
  })

  it('that another workspace keeps stay; the one that does not deletes its own', async () => {
    const { store, month, name, names, add } = await opened()
    const other = await store.createWorkspace('other', '{}')
    await add(-2)
    await accept(store, [over(month(-2)), over(month(-2))])
    await accept(store, [over(month(-2))], { workspace: other })
    expect(await store.forget(1, month(-1) + DAY / 2, 100)).toBe(0)
    expect(await store.forget(1, month(-1) + DAY, 100)).toBe(2)
    expect(await names()).toContain(name('events', -2))
    expect(await count(store, 'events')).toBe(1)
    await store.forget(other, month(-1) + DAY, 100)
    expect(await names()).not.toContain(name('events', -2))
    expect(await count(store, 'events')).toBe(0)
  })

  it('stay as long as something of them waits', async () => {
    const { store, month, name, names, add } = await opened()
    await add(-2)
    await accept(store, [event({ id: idAt(month(-2)), deliveries: [delivery({ id: idAt(month(-2)) })] })])
    expect(await store.forget(1, month(0), 100)).toBe(0)
    expect(await names()).toContain(name('events', -2))
    await store.settle([ended((await claim(store))[0]!)], [], NOW)
    await store.forget(1, month(0), 100)
    expect(await names()).not.toContain(name('events', -2))
    expect(await count(store, 'deliveries')).toBe(0)
  })

  it('that begin are never dropped, though the caller’s clock runs years ahead', async () => {
    const { store, month, name, names } = await opened()
    await accept(store, [over(month(0))])
    await store.forget(1, month(48), 100)
    expect(await names()).toContain(name('events', 0))
  })
})
