import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoreUnavailable } from '../store.ts'
import { accept, claim, count, event, ids, NOW, request } from '../specification/rows.ts'
import { freshStore, threaded } from '../specification/stores.ts'
import { openThreadedStore } from './threaded-store.ts'

/* What a thread in between could break; everything else is the specification's, which the same code passes without it. */

describe('the store in a thread', () => {
  it('accepts, claims and gives back rows as the store itself does', async () => {
    const { store } = await freshStore(threaded)
    const one = event({ eventId: 'e1' })
    const { events, woken } = await accept(store, [one])
    expect(events).toEqual([{ id: one.id, duplicate: false, deliveries: 1 }])
    expect(woken[0]).toMatchObject({ workspace: 1, dueAt: NOW, to: { channel: 7, address: { chat: 'a' } } })
    expect(ids(await claim(store))).toEqual([one.deliveries[0]!.id])
    expect(await store.destination(1, 999)).toBeUndefined()
  })

  it('carries bytes there and back', async () => {
    const { store } = await freshStore(threaded)
    const bytes = Buffer.from([0, 1, 254, 255])
    await store.setMark('m', bytes)
    expect([...(await store.mark('m'))!]).toEqual([0, 1, 254, 255])
    // The sender's own stay its own.
    expect([...bytes]).toEqual([0, 1, 254, 255])
  })

  it('lets requests that come together share their commits, each with an answer of its own', async () => {
    const { store, folder } = await freshStore(threaded)
    await accept(store, [event()])
    const before = await threaded.commits(folder)
    const taken = event()
    await accept(store, [taken])
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => store.accept(request([n === 30 ? event({ id: taken.id }) : event()]))),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await count(store, 'events')).toBe(61)
    expect((await threaded.commits(folder)) - before).toBeLessThanOrEqual(12)
  })

  it('says that it takes no writes in the same words', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nabat-store-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const first = await openThreadedStore(folder)
    await first.createWorkspace('default', '{}')
    await first.close()
    const full = await openThreadedStore(folder, { maxPages: 1 })
    await expect(
      full.accept(request([event({ data: JSON.stringify({ x: 'x'.repeat(100_000) }) })])),
    ).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await count(full, 'events')).toBe(0)
    await full.close()
  })

  it('tells a mistake to the one who made it', async () => {
    const { store } = await freshStore(threaded)
    await expect(store.configurationSince(99, 0)).rejects.toThrow('no workspace 99')
    await expect(store.backup('/nowhere/at/all.db')).rejects.toThrow()
    await store.ping()
  })

  it('that cannot be opened says why', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nabat-store-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'nabat.db'), 'this is no database, and long enough to be seen as none'.repeat(50))
    await expect(openThreadedStore(folder)).rejects.toThrow(/database/)
  })

  it('writes what was asked for before it closes, and refuses what is asked afterwards', async () => {
    const { store, reopen } = await freshStore(threaded)
    const asked = store.accept(request([event()]))
    const again = await reopen()
    expect(await asked).not.toBe('stale')
    expect(await count(again.store, 'events')).toBe(1)
    await expect(store.accept(request([event()]))).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.read({ sql: 'select 1', parameters: [] })).rejects.toBeInstanceOf(StoreUnavailable)
  })
})
