import { beforeEach, describe, expect, it } from 'vitest'
import { WorkspaceView } from '../configuration/view.ts'
import { accept, claim, delivery, ended, event, NOW, waits } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import type { ReadQuery, Store } from '../store/store.ts'
import { History } from './history.ts'

const view = new WorkspaceView(1)
let store: Store
let history: History
let asked: ReadQuery[]
beforeEach(async () => {
  store = (await freshStore(STORES[0]!)).store
  asked = []
  // The store itself, with what it is asked written down.
  const noted = new Proxy(store, {
    get: (target, name) => {
      if (name !== 'read') return target[name as keyof Store]
      return (query: ReadQuery) => {
        asked.push(query)
        return target.read(query)
      }
    },
  })
  history = new History(noted)
})

const list = async (query: Record<string, string>, limit = 50, after?: string): Promise<string[]> =>
  (await history.deliveries(view, query, { limit, after }, 'en')).rows.map((row) => row.id)

/** How SQLite goes about what was asked of deliveries: one line a step. */
async function plans(): Promise<string[][]> {
  const lists = asked.filter(({ sql }) => sql.includes('"queue"'))
  const explained = lists.map(({ sql, parameters }) => store.read({ sql: `explain query plan ${sql}`, parameters }))
  return (await Promise.all(explained)).map((steps) => steps.map((step) => step['detail'] as string))
}

describe('the list of deliveries that wait', () => {
  it('holds what is queued, what is on its way and what joined a digest, the newest first, and nothing else', async () => {
    const sent = delivery()
    await accept(store, [event({ deliveries: [sent] })])
    await store.settle(
      (await claim(store)).map((row) => ended(row)),
      [],
      NOW,
    )
    const shut = delivery({ suppressed: 'quiet' })
    const one = delivery()
    const gathers = delivery({ digest: true, dueAt: NOW + 60_000 }, 'b')
    const joins = delivery({ digest: true, dueAt: NOW + 60_000 }, 'b')
    const later = delivery()
    for (const each of [shut, one, gathers, joins, later]) await accept(store, [event({ deliveries: [each] })])
    const waiting = [later.id, joins.id, gathers.id, one.id]
    expect(await list({ state: 'waiting' })).toEqual(waiting)
    const claimed = await claim(store)
    expect(claimed).toHaveLength(2)
    expect(await list({ state: 'waiting' })).toEqual(waiting)
    await store.settle(
      claimed.map((row) => (row.delivery === one.id ? ended(row) : waits(row, { dueAt: NOW + 60_000 }))),
      [],
      NOW,
    )
    expect(await list({ state: 'waiting' })).toEqual([later.id, joins.id, gathers.id])
    // A digest that leaves takes along what had joined it.
    await store.settle(
      (await claim(store, { chat: 'b', now: NOW + 60_000 })).map((row) => ended(row)),
      [],
      NOW,
    )
    expect(await list({ state: 'waiting' })).toEqual([later.id])
  })

  it('is leafed through page by page, with filters', async () => {
    const all = Array.from({ length: 9 }, (_, n) =>
      delivery({ recipient: n % 3 === 0 ? 'ivan' : 'anna', digest: n % 2 === 0, dueAt: NOW + 60_000 }, `${n % 2}`),
    )
    for (const each of all) await accept(store, [event({ deliveries: [each] })])
    const newest = all.map(({ id }) => id).toReversed()
    const leafed: string[] = []
    for (let after: string | undefined; ; after = leafed.at(-1)) {
      const page = await list({ state: 'waiting' }, 2, after)
      leafed.push(...page.slice(0, 2))
      if (page.length <= 2) break
    }
    expect(leafed).toEqual(newest)
    const ivans = all.filter(({ recipient }) => recipient === 'ivan').map(({ id }) => id)
    expect(await list({ state: 'waiting', recipient: 'ivan' })).toEqual(ivans.toReversed())
  })

  it.each([{}, { recipient: 'ivan' }, { reason: 'timeout' }, { channel: 'inbox' }, { rule: 'cameras' }])(
    'is read from the queue and sorted by its key, however long the history is: %j',
    async (filter) => {
      await list({ state: 'waiting', ...filter }, 50, delivery().id)
      const [queued, joined] = await plans()
      expect(queued![0]).toBe('SEARCH q USING PRIMARY KEY (workspace=? AND delivery<?)')
      expect(queued![1]).toBe('SEARCH d USING PRIMARY KEY (workspace=? AND id=?)')
      expect(queued!.join()).not.toContain('TEMP B-TREE')
      expect(joined![0]).toBe('SEARCH d USING INDEX deliveries_digest (workspace=? AND digest=? AND id<?)')
      expect(joined).toContain('SEARCH queue USING COVERING INDEX queue_digest (workspace=?)')
    },
  )
})

describe('the deliveries of one message', () => {
  it('are found by any of them, also after it has left, and read by the index of digests', async () => {
    const [gathers, joins, alone] = [0, 1, 2].map((n) =>
      delivery({ digest: n < 2, dueAt: NOW + 60_000 }, n < 2 ? 'b' : 'c'),
    )
    for (const each of [gathers!, joins!, alone!]) await accept(store, [event({ deliveries: [each] })])
    const both = [joins!.id, gathers!.id]
    expect(await list({ digest: gathers!.id })).toEqual(both)
    expect(await list({ digest: joins!.id })).toEqual(both)
    await store.settle(
      (await claim(store, { chat: 'b', now: NOW + 60_000 })).map((row) => ended(row)),
      [],
      NOW,
    )
    asked = []
    expect(await list({ digest: joins!.id })).toEqual(both)
    expect(await list({ digest: alone!.id })).toEqual([alone!.id])
    expect(await list({ digest: joins!.id, state: 'waiting' })).toEqual([])
    const [plan] = await plans()
    expect(plan!.join('; ')).toContain('USING INDEX deliveries_digest (workspace=? AND digest=?)')
    expect(plan!.join('; ')).not.toMatch(/SEARCH d USING PRIMARY KEY \(workspace=\?\)/)
  })
})

describe('the other lists of deliveries', () => {
  it.each([
    [{ state: 'failed' }, 'SEARCH d USING INDEX deliveries_failed (workspace=?)'],
    [
      { event: '0198d1c0-0000-7000-8000-000000000000' },
      'SEARCH d USING INDEX deliveries_event (workspace=? AND event=?)',
    ],
    [{}, 'SEARCH d USING PRIMARY KEY (workspace=?)'],
  ])('%j: %s', async (query, first) => {
    await list(query)
    const [plan] = await plans()
    expect(plan![0]).toBe(first)
    expect(plan!.join()).not.toContain('TEMP B-TREE')
  })
})

describe('something rare among many', () => {
  it('is looked for a bounded number of rows a page, on and on, and found however far back it is', async () => {
    const rare = event({ type: 'server.unavailable', deliveries: [] })
    await accept(store, [rare])
    for (let n = 0; n < 27; n++)
      await accept(
        store,
        Array.from({ length: 1_000 }, () => event({ type: 'camera.unavailable', deliveries: [] })),
      )
    const found: string[] = []
    const asks: number[] = []
    for (let after: string | undefined; ;) {
      asked.length = 0
      const page = await history.events(view, { type: 'server.unavailable' }, { limit: 2, after }, 'en')
      asks.push(asked.length)
      found.push(...page.rows.map(({ id }) => id))
      if (page.lookedTo === null) break
      after = page.lookedTo
    }
    expect(found).toEqual([rare.id])
    expect(asks).toEqual([10, 2])
    // What is frequent is there after the first slice.
    asked.length = 0
    const { rows, lookedTo } = await history.events(view, { type: 'camera.*' }, { limit: 2, after: undefined }, 'en')
    expect({ rows: rows.length, lookedTo, asked: asked.length }).toEqual({ rows: 3, lookedTo: null, asked: 2 })
  })
})
