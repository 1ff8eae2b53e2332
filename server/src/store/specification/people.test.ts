import { describe, expect, it } from 'vitest'
import { INBOX_TOLD } from '../store.ts'
import {
  accept,
  bytes,
  claim,
  count,
  delivery,
  destinationOf,
  ended,
  event,
  HOUR,
  ids,
  makeId,
  NOW,
  stored,
  tell,
} from './rows.ts'
import { freshStore, STORES } from './stores.ts'

describe.each(STORES)('cancelling, $name', (kind) => {
  it('ends what waits, and leaves what is in flight, has ended, is not there or belongs to others', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    const [waiting, inFlight, sent] = [delivery({}, 'b'), delivery(), delivery({ dueAt: NOW - 1 })]
    await accept(store, [
      event({ deliveries: [inFlight] }),
      event({ deliveries: [sent] }),
      event({ deliveries: [waiting] }),
    ])
    await store.settle([ended((await claim(store))[0]!)], [], NOW)
    expect((await store.cancelDeliveries(other, [waiting.id], 'cancelled', NOW)).ended).toEqual([])
    const { ended: gone } = await store.cancelDeliveries(
      1,
      [waiting.id, inFlight.id, sent.id, makeId()],
      'cancelled',
      NOW,
    )
    expect(gone).toEqual([waiting.id])
    expect(await stored(store, waiting.id)).toEqual({
      state: 'cancelled',
      reason: 'cancelled',
      note: null,
      attempts: 0,
    })
    expect([(await stored(store, inFlight.id))!.state, (await stored(store, sent.id))!.state]).toEqual([
      'waiting',
      'sent',
    ])
    expect(await claim(store, { chat: 'b' })).toEqual([])
  })
})

describe.each(STORES)('trying again by hand, $name', (kind) => {
  it('puts what ended unsent back into the queue with a life of its own, and keeps the lines of its attempts', async () => {
    const { store } = await freshStore(kind)
    const made = {
      failed: delivery(),
      sent: delivery(),
      suppressed: delivery({ suppressed: 'silence' }),
      nowhere: delivery({ destination: null, suppressed: 'unreachable' }),
      waiting: delivery({ dueAt: NOW + HOUR }),
    }
    for (const one of Object.values(made)) await accept(store, [event({ deliveries: [one], severity: 0 })])
    const rows = await claim(store)
    await store.settle(
      rows.map((row) =>
        ended(row, row.delivery === made.failed.id ? { state: 'failed', reason: 'blocked', told: null } : {}),
      ),
      [],
      NOW,
    )
    const { waiting, woken } = await store.retryDeliveries(
      1,
      [...Object.values(made).map(({ id }) => id), makeId()],
      NOW + 5,
      NOW + HOUR,
    )
    expect(waiting).toEqual([made.failed.id, made.suppressed.id])
    expect(woken.map(({ priority, dueAt }) => [priority, dueAt])).toEqual([
      [0, NOW + 5],
      [0, NOW + 5],
    ])
    const again = await claim(store, { now: NOW + 5 })
    expect(ids(again)).toEqual([made.failed.id, made.suppressed.id])
    expect(again[0]).toMatchObject({ attempts: 0, expiresAt: NOW + HOUR, waitedFor: 'retried', step: 0, living: false })
    await store.settle([ended(again[0]!)], [], NOW)
    expect(await stored(store, made.failed.id)).toEqual({ state: 'sent', reason: null, note: null, attempts: 2 })
  })

  it('keeps in mind that an earlier attempt may have arrived', async () => {
    const { store } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    await claim(store)
    await store.recover(NOW)
    await store.cancelDeliveries(1, [one.id], 'cancelled', NOW)
    expect(await stored(store, one.id)).toMatchObject({ state: 'cancelled', note: 'may_have_arrived' })
    await store.retryDeliveries(1, [one.id], NOW, NOW + HOUR)
    expect((await claim(store))[0]).toMatchObject({ delivery: one.id, suspect: true })
  })

  it('does nothing twice, and nothing for others', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    const one = delivery({ suppressed: 'silence' })
    await accept(store, [event({ deliveries: [one] })])
    expect((await store.retryDeliveries(other, [one.id], NOW, NOW + HOUR)).waiting).toEqual([])
    expect((await store.retryDeliveries(1, [one.id, one.id], NOW, NOW + HOUR)).waiting).toEqual([one.id])
    expect(await count(store, 'queue')).toBe(1)
  })
})

describe.each(STORES)('a chat that has moved, $name', (kind) => {
  it('is found under its new id: what waits for it, with every topic, and what comes later', async () => {
    const { store } = await freshStore(kind)
    const to = (chat: string, topic?: number, channel = 7) =>
      delivery({ destination: { channel, address: topic === undefined ? { chat } : { chat, topic } } })
    await accept(store, [event({ deliveries: [to('-1'), to('-1', 5), to('-12'), to('-1', undefined, 8)] })])
    const before = await store.read({ sql: 'select id from destinations order by id', parameters: [] })
    await store.moveDestinations(1, 7, '-1', '-100')
    const rows = await store.read({ sql: 'select id, channel, address from destinations order by id', parameters: [] })
    expect(rows.map(({ channel, address }) => [channel, address])).toEqual([
      [7, '{"chat":"-100"}'],
      [7, '{"chat":"-100","topic":5}'],
      [7, '{"chat":"-12"}'],
      [8, '{"chat":"-1"}'],
    ])
    expect(rows.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    await accept(store, [event({ deliveries: [to('-100')] })])
    expect((await claim(store, { chat: '-100' })).length).toBe(2)
    await accept(store, [event({ deliveries: [to('-1')] })])
    expect(await count(store, 'destinations')).toBe(5)
  })

  it('into one that is known already stays as it is', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event({ deliveries: [delivery({}, '-1'), delivery({}, '-100')] })])
    await store.moveDestinations(1, 7, '-1', '-100')
    expect((await claim(store, { chat: '-1' })).length).toBe(1)
    expect((await claim(store, { chat: '-100' })).length).toBe(1)
  })
})

describe.each(STORES)('the inbox, $name', (kind) => {
  const entry = (some: object = {}) => ({
    id: makeId(),
    delivery: makeId(),
    updates: null as string | null,
    incident: null,
    severity: 1 as const,
    type: 'camera.unavailable',
    title: 'title',
    body: '{}',
    at: NOW,
    ...some,
  })
  const unread = async (store: Parameters<typeof claim>[0], login = 'ivan') =>
    (await store.read({ sql: 'select id from inbox where login = ? and read_at is null', parameters: [login] })).length

  it('keeps an entry per message, and brings an earlier one up to date, which comes up again unread', async () => {
    const { store } = await freshStore(kind)
    const first = entry({ incident: 'x' })
    expect(await store.putInbox(1, 'ivan', first)).toBe(first.id)
    await store.putInbox(1, 'ivan', entry())
    expect(await store.markInbox(1, 'ivan', 'all', NOW)).toHaveLength(2)
    expect(await store.putInbox(1, 'ivan', entry({ updates: first.id, title: 'new', at: NOW + 5 }))).toBe(first.id)
    expect([await count(store, 'inbox'), await unread(store)]).toEqual([2, 1])
    const [row] = await store.read({
      sql: 'select title, changed_at from inbox where id = ?',
      parameters: [bytes(first.id)],
    })
    expect({ ...row }).toEqual({ title: 'new', changed_at: NOW + 5 })
    const gone = entry({ updates: makeId() })
    expect(await store.putInbox(1, 'ivan', gone)).toBe(gone.id)
    expect(await store.putInbox(1, 'olga', entry({ updates: first.id }))).not.toBe(first.id)
  })

  it('marks entries read and unread, and says how many that changed', async () => {
    const { store } = await freshStore(kind)
    const [a, b] = [await store.putInbox(1, 'ivan', entry()), await store.putInbox(1, 'ivan', entry())]
    expect(await store.markInbox(1, 'ivan', { ids: [a, makeId()] }, NOW)).toEqual([a])
    expect(await store.markInbox(1, 'ivan', { ids: [a] }, NOW + 1)).toEqual([])
    expect(await store.markInbox(1, 'olga', { ids: [b] }, NOW)).toEqual([])
    expect(await store.markInbox(1, 'ivan', 'all', NOW)).toEqual([b])
    expect((await store.markInbox(1, 'ivan', 'all', null)).toSorted()).toEqual([a, b].toSorted())
    expect(await unread(store)).toBe(2)
  })

  it('has the latest of what an entry tells of read with it, however long it was brought up to date unread', async () => {
    const { store } = await freshStore(kind)
    const deliveries = Array.from({ length: INBOX_TOLD + 3 }, () => delivery())
    await accept(store, [event({ deliveries })])
    const first = entry({ delivery: deliveries[0]!.id })
    await store.putInbox(1, 'ivan', first)
    for (const { id } of deliveries.slice(1))
      await store.putInbox(1, 'ivan', entry({ updates: first.id, delivery: id }))
    await store.markInbox(1, 'ivan', 'all', NOW + 1)
    const rows = await store.read({ sql: 'select id from deliveries where read_at = ?', parameters: [NOW + 1] })
    const read = rows.map(({ id }) => Buffer.from(id as Uint8Array).toString('hex'))
    const latest = deliveries.slice(3).map(({ id }) => Buffer.from(bytes(id)).toString('hex'))
    expect(read.toSorted()).toEqual(latest.toSorted())
  })

  it('goes with the card of its person, does not come back with it, and nobody else’s goes', async () => {
    const { store } = await freshStore(kind)
    const write = async (id: number | null, key: string, body: string | null): Promise<number> => {
      const { workspace } = await store.configurationSince(1, 0)
      const written = await store.writeConfiguration({
        ...{ workspace: 1, at: NOW, by: 'test', comment: null, settings: null, secrets: [], file: null, lookAgain: [] },
        expect: workspace.version,
        entities: [{ section: 'users', id, key, origin: 'api', body }],
      })
      if (written === 'conflict') throw new Error(written)
      return written.ids[0]!
    }
    const card = await write(null, 'ivan', '{"login":"ivan"}')
    const other = await write(null, 'olga', '{"login":"olga"}')
    for (const login of ['ivan', 'ivan', 'olga']) await store.putInbox(1, login, entry())
    await write(other, 'olga', '{"login":"olga","name":"Olga"}')
    expect([await unread(store), await unread(store, 'olga')]).toEqual([2, 1])
    await write(card, 'ivan', null)
    expect([await unread(store), await unread(store, 'olga')]).toEqual([0, 1])
    await write(card, 'ivan', '{"login":"ivan"}')
    expect([await unread(store), await unread(store, 'olga')]).toEqual([0, 1])
  })
})

describe.each(STORES)('files, keys and marks, $name', (kind) => {
  it('keep the bytes of a file, each for its workspace', async () => {
    const { store } = await freshStore(kind)
    const id = makeId()
    const content = Uint8Array.from({ length: 100_000 }, (_, n) => n % 256)
    await store.putFile(1, { id, name: 'фото.jpg', mediaType: 'image/jpeg', size: content.length }, content)
    expect(Buffer.compare((await store.fileContent(1, id))!, content)).toBe(0)
    expect([await store.fileContent(2, id), await store.fileContent(1, makeId())]).toEqual([undefined, undefined])
    await store.putFile(1, { id: makeId(), name: 'empty', mediaType: 'text/plain', size: 0 }, new Uint8Array())
  })

  it('keep keys by their hash, and forget them', async () => {
    const { store } = await freshStore(kind)
    const hash = Uint8Array.from({ length: 32 }, (_, n) => n)
    const of = { workspace: 1, name: 'desk', hash, createdAt: NOW, by: 'olga' }
    const key = { ...of, id: 'k1', rights: 'send', perMinute: null } as const
    await store.addKey(key)
    await store.addKey({
      ...key,
      id: 'k2',
      rights: 'all',
      perMinute: 60,
      hash: hash.map((n) => n + 1),
      createdAt: NOW + 1,
      by: null,
    })
    await expect(store.addKey({ ...key, id: 'k3' })).rejects.toThrow()
    const keys = await store.keys()
    expect(keys.map(({ id, rights, perMinute, createdAt, by }) => [id, rights, perMinute, createdAt, by])).toEqual([
      ['k1', 'send', null, NOW, 'olga'],
      ['k2', 'all', 60, NOW + 1, null],
    ])
    expect(Buffer.compare(keys[0]!.hash, hash)).toBe(0)
    expect([await store.removeKey(2, 'k1'), await store.removeKey(1, 'k1'), await store.removeKey(1, 'k1')]).toEqual([
      false,
      true,
      false,
    ])
    expect((await store.keys()).map(({ id }) => id)).toEqual(['k2'])
  })

  it('know when a key was used last, and are told of an earlier time in vain', async () => {
    const { store } = await freshStore(kind)
    const key = { workspace: 1, name: 'desk', rights: 'send', perMinute: null, createdAt: NOW, by: null } as const
    for (const id of ['a', 'b']) await store.addKey({ ...key, id, hash: Buffer.from(id) })
    const used = async (): Promise<unknown> => (await store.keys()).map(({ id, lastUsedAt }) => [id, lastUsedAt])
    await store.noteKeyUses([{ workspace: 1, id: 'b', at: NOW + 5 }])
    expect(await used()).toEqual([
      ['a', null],
      ['b', NOW + 5],
    ])
    await store.noteKeyUses([
      { workspace: 1, id: 'b', at: NOW + 3 },
      { workspace: 2, id: 'a', at: NOW },
      { workspace: 1, id: 'gone', at: NOW },
    ])
    expect(await used()).toEqual([
      ['a', null],
      ['b', NOW + 5],
    ])
  })

  it('keep the last value of a mark', async () => {
    const { store } = await freshStore(kind)
    expect(await store.mark('m')).toBeUndefined()
    for (const value of [1, 2]) await store.setMark('m', Uint8Array.of(value))
    expect([...(await store.mark('m'))!]).toEqual([2])
  })
})

describe.each(STORES)('forgetting, $name', (kind) => {
  /** Ids made at a time. */
  const at = (ms: number, n = 0): string =>
    `${ms.toString(16).padStart(12, '0').slice(0, 8)}-${ms.toString(16).padStart(12, '0').slice(8)}-7000-8000-${String(n).padStart(12, '0')}`
  const old = (n: number, some: object = {}) =>
    event({ id: at(NOW - 10 * HOUR, n), deliveries: [delivery({ suppressed: 'silence' })], ...some })

  it('takes the oldest first, no more than asked, with their deliveries and keys, and nothing that is younger', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [old(1, { eventId: 'e1' }), old(2), old(3), event({ id: at(NOW - HOUR), eventId: 'young' })])
    expect(await store.forget(1, NOW - HOUR, 2)).toBe(2)
    expect([await count(store, 'events'), await count(store, 'deliveries'), await count(store, 'event_keys')]).toEqual([
      2, 2, 1,
    ])
    expect(await store.forget(1, NOW - HOUR, 100)).toBe(1)
    expect(await store.forget(1, NOW - HOUR, 100)).toBe(0)
    expect(
      (await accept(store, [event({ eventId: 'young' }), event({ eventId: 'e1' })])).events.map(
        ({ duplicate }) => duplicate,
      ),
    ).toEqual([true, false])
  })

  it('keeps what still waits or is in flight, and takes it once that is over', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [old(1, { deliveries: [delivery()] }), old(2)])
    expect(await store.forget(1, NOW, 100)).toBe(1)
    const [row] = await claim(store)
    expect(await store.forget(1, NOW, 100)).toBe(0)
    await store.settle([ended(row!)], [], NOW)
    expect(await store.forget(1, NOW, 100)).toBe(1)
    expect([await count(store, 'events'), await count(store, 'deliveries')]).toEqual([0, 0])
  })

  it('takes old files, but for the picture that the letters of the workspace have', async () => {
    const { store } = await freshStore(kind)
    const [logo, file] = [at(NOW - 10 * HOUR, 1), at(NOW - 10 * HOUR, 2)]
    const other = await store.createWorkspace('other', JSON.stringify({ letter: { logo } }))
    for (const workspace of [1, other])
      for (const id of [logo, file])
        await store.putFile(workspace, { id, name: 'a.png', mediaType: 'image/png', size: 1 }, Uint8Array.of(1))
    for (const workspace of [1, other]) await store.forget(workspace, NOW, 100)
    const kept = async (workspace: number, id: string): Promise<boolean> =>
      (await store.fileContent(workspace, id)) !== undefined
    expect([await kept(1, logo), await kept(1, file)]).toEqual([false, false])
    expect([await kept(other, logo), await kept(other, file)]).toEqual([true, false])
  })

  it('is of one workspace only', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    await accept(store, [old(1)], { workspace: other })
    expect([await store.forget(1, NOW, 100), await store.forget(other, NOW, 100)]).toEqual([0, 1])
  })
})

describe.each(STORES)('numbers, $name', (kind) => {
  it('of destinations are given once', async () => {
    const { store } = await freshStore(kind)
    for (const chat of ['a', 'b', 'c']) await tell(store, 'x', {}, {}, chat)
    const numbers = await Promise.all(['a', 'b', 'c'].map((chat) => destinationOf(store, chat)))
    expect(new Set(numbers).size).toBe(3)
  })
})
