import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, query, takeDatabase } from '../../test/support/postgres.ts'
import { WorkspaceView } from '../configuration/view.ts'
import { openPostgresStore } from '../store/postgres/postgres-store.ts'
import { accept, event, makeId, NOW } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { INBOX_LIMIT, type InboxEntry, type ReadQuery, type Store } from '../store/store.ts'
import { inboxCounts, inboxCursor, inboxOf } from './inbox.ts'

const view = new WorkspaceView(1)
const entry = (some: Partial<InboxEntry> = {}): InboxEntry => ({
  id: makeId(),
  delivery: makeId(),
  updates: null,
  incident: null,
  severity: 2,
  type: 'camera.unavailable',
  title: 'Камера недоступна: Въезд',
  body: '{"text":"<b>т</b>","links":[]}',
  at: NOW,
  ...some,
})

const list = (store: Store, query: Record<string, string> = {}, after?: string, limit = 500) =>
  inboxOf(store, view, 'ivan', query, { limit, after }, 'ru')
const idsOf = async (...all: Parameters<typeof list>): Promise<string[]> => (await list(...all)).map(({ id }) => id)

/** Many entries of a person, put in together. */
async function fill(store: Store, count: number, some: (n: number) => Partial<InboxEntry> = () => ({})) {
  const all = Array.from({ length: count }, (_, n) => entry({ at: NOW + n, ...some(n) }))
  for (let from = 0; from < count; from += 500)
    await Promise.all(all.slice(from, from + 500).map((each) => store.putInbox(1, 'ivan', each)))
  return all
}

describe.each(STORES)('an inbox, $name', (kind) => {
  it('is read page by page by the last change, each entry once, several of one moment among them', async () => {
    const { store } = await freshStore(kind)
    const all = await fill(store, 7, (n) => ({ at: NOW + Math.floor(n / 3) }))
    const wanted = all.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map(({ id }) => id)
    const found: string[] = []
    for (let after: string | undefined = undefined; found.length < 7;) {
      const page: Awaited<ReturnType<typeof list>> = (await list(store, {}, after, 2)).slice(0, 2)
      found.push(...page.map(({ id }) => id))
      after = inboxCursor(page.at(-1)!)
    }
    expect(found).toEqual(wanted)
    expect(await list(store, {}, `${NOW}.${all[0]!.id}`)).toEqual([])
  })

  it('moves an entry up when there is news of its incident, and shows the incident as it is now', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event({ incident: 'camera:1', step: 1 })])
    const lives = entry({ incident: 'camera:1', severity: 0 })
    await store.putInbox(1, 'ivan', lives)
    await store.putInbox(1, 'ivan', entry({ at: NOW + 1 }))
    await store.markInbox(1, 'ivan', 'all', NOW)
    await store.putInbox(1, 'ivan', entry({ updates: lives.id, incident: 'camera:1', at: NOW + 2, title: 'Снова' }))
    await store.acknowledge(1, 'camera:1', 'olga', NOW)
    const [first, second] = await list(store)
    expect(first).toMatchObject({
      ...{ id: lives.id, title: 'Снова', text: '<b>т</b>', updates: 1, readAt: null, severity: 'info' },
      ...{ incident: { key: 'camera:1', state: 'acknowledged' }, acknowledgedBy: 'olga', category: 'cameras' },
    })
    expect(second).toMatchObject({ incident: null, acknowledgedBy: null, updates: 0 })
  })

  it('is narrowed by what was read, severity, category, time and words of the title in any capitals', async () => {
    const { store } = await freshStore(kind)
    const [camera, call, grave] = [
      entry(),
      entry({ type: 'call.missed', title: '100% ЗВОНОК', at: NOW + 1 }),
      entry({ severity: 0, at: NOW + 2 }),
    ]
    for (const each of [camera, call, grave]) await store.putInbox(1, 'ivan', each)
    await store.putInbox(1, 'olga', entry())
    await store.markInbox(1, 'ivan', { ids: [camera.id] }, NOW)
    expect(await idsOf(store, { unread: 'true' })).toEqual([grave.id, call.id])
    expect(await idsOf(store, { severity: 'critical' })).toEqual([grave.id])
    expect(await idsOf(store, { category: 'calls' })).toEqual([call.id])
    expect(await idsOf(store, { category: 'no such' })).toEqual([])
    for (const q of ['звонок', 'Звонок', '100%']) expect(await idsOf(store, { q }), q).toEqual([call.id])
    expect(await idsOf(store, { q: 'ВЪЕЗД' })).toEqual([grave.id, camera.id])
    const at = (ms: number): string => new Date(ms).toISOString()
    expect(await idsOf(store, { from: at(NOW + 1), to: at(NOW + 2) })).toEqual([call.id])
    expect(await inboxCounts(store, view, 'ivan')).toEqual({ unread: 2, critical: 1 })
    expect(await inboxCounts(store, view, 'nobody')).toEqual({ unread: 0, critical: 0 })
  })

  it('is marked up to a time, so that what came meanwhile stays unread, and what was marked can be unmarked', async () => {
    const { store } = await freshStore(kind)
    const [a, b, late] = await fill(store, 3)
    expect((await store.markInbox(1, 'ivan', { until: NOW + 1 }, NOW)).toSorted()).toEqual([a!.id, b!.id].toSorted())
    expect(await idsOf(store, { unread: 'true' })).toEqual([late!.id])
    expect(await store.markInbox(1, 'ivan', { ids: [b!.id, late!.id] }, null)).toEqual([b!.id])
    expect(await idsOf(store, { unread: 'true' })).toEqual([late!.id, b!.id])
    expect(await store.markInbox(1, 'ivan', { until: NOW + 5 }, null)).toEqual([a!.id])
  })

  it('is deleted whole when it is to be forgotten, and nobody else’s is', async () => {
    const { store } = await freshStore(kind)
    await fill(store, 2)
    await store.putInbox(1, 'olga', entry())
    expect([await store.clearInbox(1, 'ivan'), await store.clearInbox(1, 'ivan')]).toEqual([2, 0])
    expect((await inboxCounts(store, view, 'olga')).unread).toBe(1)
  })

  it('forgets what has not changed for too long, however old the entry is that still does', async () => {
    const { store } = await freshStore(kind)
    const lives = entry({ at: NOW - 10 })
    await store.putInbox(1, 'ivan', lives)
    await store.putInbox(1, 'ivan', entry({ at: NOW - 10 }))
    await store.putInbox(1, 'ivan', entry({ updates: lives.id, at: NOW + 10 }))
    await store.forget(1, NOW, 10)
    expect(await idsOf(store)).toEqual([lives.id])
  })
})

describe.each(STORES)('a long inbox, $name', (kind) => {
  it('loses the oldest entries once there are too many, those that were read first', async () => {
    const { store } = await freshStore(kind)
    const all = await fill(store, 30)
    const read = all.slice(10, 20).map(({ id }) => id)
    await store.markInbox(1, 'ivan', { ids: read }, NOW)
    const late = entry({ at: NOW + 30 })
    await store.putInbox(1, 'ivan', late, { most: 30, trimmed: 4 })
    const kept = await idsOf(store)
    const gone = new Set(read.slice(0, 4))
    expect(kept).toEqual([late, ...all.toReversed()].map(({ id }) => id).filter((id) => !gone.has(id)))
    await store.putInbox(1, 'ivan', entry({ at: NOW + 31 }), { most: 27, trimmed: 10 })
    expect(await idsOf(store)).not.toContain(all[3]!.id)
    expect(INBOX_LIMIT.most).toBe(10_000)
  })

  it('is listed and counted by its indexes, in their order', async () => {
    const store = kind.name === 'postgres' ? await longInboxes() : (await freshStore(kind)).store
    if (kind.name !== 'postgres') await fill(store, 600)
    const plans = await plansOf(kind.name, store)
    expect(plans.filter((plan) => !/inbox_(newest|news)\b/.test(plan))).toEqual([])
    expect(plans.filter((plan) => /TEMP B-TREE FOR ORDER|Sort Key: .*changed_at/.test(plan))).toEqual([])
  })
})

/**
 * Inboxes that have grown long, of twenty people, of which most was read. PostgreSQL plans by what it has counted, which it
 * does by itself at a time of its own: here it is told to. A short table it rightly reads as a whole.
 */
async function longInboxes(): Promise<Store> {
  const url = await takeDatabase()
  const store = await openPostgresStore(url)
  onTestFinished(async () => {
    await store.close()
    await giveBack(url)
  })
  await query(
    url,
    `insert into inbox (workspace, login, id, title, body, changed_at, read_at, severity, type, search)
     select 1, case n % 20 when 0 then 'ivan' else 'person ' || n % 20 end, gen_random_uuid(), 'title', '{}', ${NOW} + n / 20,
       case when n / 20 % 10 = 0 then null else ${NOW} end, 2, 'camera.unavailable', 'title'
     from generate_series(1, 20000) n`,
  )
  await query(url, 'analyze inbox')
  return store
}

/** How a store goes about what is asked on every page of the console. */
async function plansOf(name: string, store: Store): Promise<string[]> {
  const asked: ReadQuery[] = []
  const noted = { ...store, read: (query: ReadQuery) => (asked.push(query), store.read(query)) } as Store
  await inboxOf(noted, view, 'ivan', {}, { limit: 100, after: `${NOW + 500}.${makeId()}` }, 'ru')
  await inboxOf(noted, view, 'ivan', { unread: 'true' }, { limit: 100, after: undefined }, 'ru')
  await inboxCounts(noted, view, 'ivan')
  const explain = name === 'postgres' ? 'explain' : 'explain query plan'
  const plans: string[] = []
  for (const { sql, parameters } of asked) {
    const rows = await store.read({ sql: `${explain} ${sql}`, parameters })
    plans.push(rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n'))
  }
  return plans
}
