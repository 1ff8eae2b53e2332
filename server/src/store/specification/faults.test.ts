import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Settlement, Store } from '../store.ts'
import { StoreUnavailable } from '../store.ts'
import { accept, claim, count, delivery, ended, event, ids, NOW, request, stored, waits } from './rows.ts'
import { freshStore, STORES, type Faults } from './stores.ts'

const TABLES = [
  'events',
  'event_keys',
  'deliveries',
  'queue',
  'destinations',
  'incidents',
  'told',
  'throttles',
  'changes',
  'entities',
  'files',
  'inbox',
  'recent_sends',
]

/** Everything there is, by table. */
const counts = async (store: Store): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await count(store, table)] as const)))

/** Too large to fit into what happens to be free on a page. */
const LARGE = JSON.stringify({ camera: 'x'.repeat(20_000) })
const large = (some: object = {}) => event({ data: LARGE, ...some })

const NAMES: Readonly<Record<keyof Faults, string>> = { fullDisk: 'a full disk', readOnly: 'a store that only reads' }

describe.each(STORES)('$name', (kind) => {
  describe.each(kind.faults.map((fault) => [NAMES[fault], fault] as const))('with %s', (_name, name) => {
    const fault = async (faults: Faults, on: boolean): Promise<void> => faults[name]!(on)

    it('refuses events as unavailable, keeps nothing half done, and takes them once that is over', async () => {
      const { store, faults } = await freshStore(kind)
      await accept(store, [event()])
      const before = await counts(store)
      await fault(faults!, true)
      const refused = request([
        large({ eventId: 'e1', incident: 'x', step: 1, deliveries: [delivery({}, 'new')] }),
        large({ eventId: 'e2' }),
      ])
      await expect(store.accept(refused)).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await counts(store)).toEqual(before)
      await fault(faults!, false)
      const result = await store.accept(refused)
      expect(
        result === 'stale' ? result : result.events.map(({ duplicate, deliveries }) => [duplicate, deliveries]),
      ).toEqual([
        [false, 1],
        [false, 1],
      ])
      // The chat that was first named by the refused request is known by a number of its own.
      expect((await claim(store, { chat: 'new' })).length).toBe(1)
    })

    it('refuses everybody who shares the commit', async () => {
      const { store, faults } = await freshStore(kind)
      await accept(store, [event()])
      await fault(faults!, true)
      const results = await Promise.allSettled([
        store.accept(request([event()])),
        store.accept(request([large()])),
        store.accept(request([event()])),
      ])
      for (const result of results)
        expect(result.status === 'rejected' ? result.reason : result).toBeInstanceOf(StoreUnavailable)
      expect(await count(store, 'events')).toBe(1)
    })

    it('says so when asked whether it takes writes, and says when it does again', async () => {
      const { store, faults } = await freshStore(kind)
      await store.ping()
      await fault(faults!, true)
      // What little room is left goes first.
      for (let n = 0; n < 500; n += 1)
        if ((await Promise.allSettled([accept(store, [event()])]))[0]!.status === 'rejected') break
      await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable)
      await fault(faults!, false)
      await store.ping()
    })

    it('loses no outcome: a settlement that is refused changes nothing and can be written later', async () => {
      const { store, faults } = await freshStore(kind)
      const made = [delivery(), delivery()]
      for (const one of made) await accept(store, [event({ deliveries: [one] })])
      const [sent, deferred] = await claim(store)
      const detail = 'x'.repeat(20_000)
      const settlements: Settlement[] = [
        ended(sent!, { attempt: [NOW, 5, 'sent', null, detail], instead: null }),
        waits(deferred!, { attempt: [NOW, 5, 'deferred', 'timeout', detail] }),
      ]
      await fault(faults!, true)
      await expect(store.settle(settlements, [], NOW)).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await Promise.all(made.map(async ({ id }) => (await stored(store, id))!.state))).toEqual([
        'waiting',
        'waiting',
      ])
      expect(await count(store, 'queue')).toBe(2)
      await fault(faults!, false)
      await store.settle(settlements, [], NOW)
      expect(await Promise.all(made.map(async ({ id }) => (await stored(store, id))!.state))).toEqual([
        'sent',
        'waiting',
      ])
      expect(ids(await claim(store))).toEqual([made[1]!.id])
    })

    it('still reads, and still answers that an event is known', async () => {
      const { store, faults } = await freshStore(kind)
      await accept(store, [event({ eventId: 'e1' })])
      await fault(faults!, true)
      expect(await count(store, 'events')).toBe(1)
      expect((await store.configurationSince(1, 0)).workspace.name).toBe('default')
    })

    it('refuses changes of the configuration, files and entries of the inbox as well', async () => {
      const { store, faults } = await freshStore(kind)
      await fault(faults!, true)
      const before = await counts(store)
      const body = JSON.stringify({ login: 'x'.repeat(20_000) })
      const entity = { section: 'users', id: null, key: 'x', body, origin: 'api' } as const
      const refusals = [
        store.writeConfiguration({
          workspace: 1,
          expect: 0,
          at: NOW,
          by: 'x',
          comment: null,
          entities: [entity],
          settings: null,
          secrets: [],
          file: null,
          lookAgain: [],
        }),
        store.putFile(1, { id: delivery().id, name: 'f', mediaType: 'x/y', size: 20_000 }, new Uint8Array(20_000)),
        store.putInbox(1, 'x', {
          id: delivery().id,
          delivery: delivery().id,
          updates: null,
          incident: null,
          severity: 2,
          type: 't',
          title: 't',
          body,
          at: NOW,
        }),
        store.setMark('m', new Uint8Array(20_000)),
      ]
      for (const refusal of await Promise.allSettled(refusals))
        expect(refusal.status === 'rejected' ? refusal.reason : refusal).toBeInstanceOf(StoreUnavailable)
      await fault(faults!, false)
      expect(await counts(store)).toEqual(before)
    })
  })

  it('with a store that only reads claims nothing', async () => {
    const { store, faults } = await freshStore(kind)
    await accept(store, [event()])
    await faults!.readOnly(true)
    await expect(claim(store)).rejects.toBeInstanceOf(StoreUnavailable)
    await faults!.readOnly(false)
    expect((await claim(store)).length).toBe(1)
  })
})

describe.each(STORES.filter(({ faults }) => faults.includes('fullDisk')))('$name', (kind) => {
  it('makes room on a full disk by forgetting', async () => {
    const { store, faults } = await freshStore(kind)
    const made = Array.from({ length: 20 }, () => large({ deliveries: [] }))
    await accept(store, made)
    await faults!.fullDisk!(true)
    await expect(store.accept(request([large({ deliveries: [] }), large({ deliveries: [] })]))).rejects.toBeInstanceOf(
      StoreUnavailable,
    )
    expect(await store.forget(1, Number.MAX_SAFE_INTEGER / 64, 10)).toBe(10)
    await accept(store, [large({ deliveries: [] })])
  })
})

describe.each(STORES.filter(({ copies }) => copies))('a backup, $name', (kind) => {
  it('opens as a store of its own with all that was there, while writing goes on', async () => {
    const { store, folder } = await freshStore(kind)
    const sent = delivery()
    await accept(store, [event({ incident: 'x', step: 1, deliveries: [sent] }), event({ eventId: 'e1' })])
    await store.settle([ended((await claim(store, { limit: 1 }))[0]!)], [], NOW)
    const before = await counts(store)
    const copy = join(folder, 'copy')
    await mkdir(copy)
    const [, during] = await Promise.all([store.backup(join(folder, 'copy.db')), accept(store, [event()])])
    expect(during.events).toHaveLength(1)
    await rename(join(folder, 'copy.db'), join(copy, 'nabat.db'))
    const { store: restored } = await kind.open(copy)
    try {
      const found = await counts(restored)
      expect(found['events']! - before['events']!).toBeGreaterThanOrEqual(0)
      expect({ ...found, events: 0, deliveries: 0, queue: 0 }).toEqual({
        ...before,
        events: 0,
        deliveries: 0,
        queue: 0,
      })
      expect(found['deliveries']).toBe(found['events'])
      expect((await stored(restored, sent.id))!.state).toBe('sent')
      expect((await accept(restored, [event({ eventId: 'e1' })])).events[0]!.duplicate).toBe(true)
    } finally {
      await restored.close()
    }
  })

  it('never writes over something', async () => {
    const { store, folder } = await freshStore(kind)
    await expect(store.backup(join(folder, 'nabat.db'))).rejects.toThrow('exists already')
    await store.backup(join(folder, 'b.db'))
    await expect(store.backup(join(folder, 'b.db'))).rejects.toThrow('exists already')
  })

  it('into a folder that is not there is refused, and leaves nothing behind', async () => {
    const { store, folder } = await freshStore(kind)
    await expect(store.backup(join(folder, 'none', 'b.db'))).rejects.toThrow()
    expect(existsSync(join(folder, 'none'))).toBe(false)
    await store.ping()
  })
})

describe.each(STORES)('a mistake in a query, $name', (kind) => {
  it('is told to the one who asked, and the next is answered', async () => {
    const { store } = await freshStore(kind)
    await expect(store.read({ sql: 'select nonsense', parameters: [] })).rejects.toThrow('nonsense')
    await expect(store.read({ sql: "insert into marks values ('a', x'00')", parameters: [] })).rejects.toThrow()
    expect(await count(store, 'marks')).toBe(0)
  })
})
