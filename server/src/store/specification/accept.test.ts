import { describe, expect, it } from 'vitest'
import { accept, claim, count, delivery, event, HOUR, ids, NOW, request, stored } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

describe.each(STORES)('accept, $name', (kind) => {
  it('stores events in their order, and says what will leave and whom that wakes', async () => {
    const { store } = await freshStore(kind)
    const events = [
      event({ deliveries: [delivery(), delivery({ priority: 0 }, 'b')] }),
      event({ deliveries: [] }),
      event({ deliveries: [delivery({ suppressed: 'silence' })] }),
    ]
    const { events: accepted, woken } = await accept(store, events)
    expect(accepted).toEqual([
      { id: events[0]!.id, duplicate: false, deliveries: 2 },
      { id: events[1]!.id, duplicate: false, deliveries: 0 },
      { id: events[2]!.id, duplicate: false, deliveries: 0 },
    ])
    expect(woken.map(({ priority, dueAt, to }) => [priority, dueAt, to?.address['chat']])).toEqual([
      [1, NOW, 'a'],
      [0, NOW, 'b'],
    ])
    expect([await count(store, 'events'), await count(store, 'deliveries'), await count(store, 'queue')]).toEqual([
      3, 3, 2,
    ])
  })

  it('knows an event by source and id: the same again changes nothing and says what came of the first', async () => {
    const { store } = await freshStore(kind)
    const first = event({ eventId: 'e1', deliveries: [delivery(), delivery({ suppressed: 'silence' }, 'b')] })
    await accept(store, [first])
    const again = await accept(store, [event({ eventId: 'e1', deliveries: [delivery({}, 'c')] })])
    expect(again).toEqual({ events: [{ id: first.id, duplicate: true, deliveries: 1 }], woken: [] })
    const other = await accept(store, [event({ eventId: 'e1', source: 'other' }), event({ eventId: 'e2' })])
    expect(other.events.map(({ duplicate }) => duplicate)).toEqual([false, false])
    expect([await count(store, 'events'), await count(store, 'destinations')]).toEqual([3, 2])
  })

  it('knows the same event twice in one request', async () => {
    const { store } = await freshStore(kind)
    const [a, b] = [event({ eventId: 'e1' }), event({ eventId: 'e1' })]
    const { events } = await accept(store, [a, b])
    expect(events).toEqual([
      { id: a.id, duplicate: false, deliveries: 1 },
      { id: a.id, duplicate: true, deliveries: 1 },
    ])
    expect(await count(store, 'queue')).toBe(1)
  })

  it('takes events without an id of the sender as they come', async () => {
    const { store } = await freshStore(kind)
    const { events } = await accept(store, [event(), event()])
    expect(events.map(({ duplicate }) => duplicate)).toEqual([false, false])
  })

  it('keeps workspaces apart: the same event id in another is another event', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    await accept(store, [event({ eventId: 'e1' })])
    const { events } = await accept(store, [event({ eventId: 'e1' })], { workspace: other })
    expect(events[0]!.duplicate).toBe(false)
    expect((await claim(store)).length).toBe(1)
    expect((await claim(store, { workspace: other })).map(({ workspace }) => workspace)).toEqual([other])
  })

  it('takes nothing that was routed by another version of the configuration, or for a workspace that is not there', async () => {
    const { store } = await freshStore(kind)
    expect(await store.accept(request([event()], { version: 1 }))).toBe('stale')
    expect(await store.accept(request([event()], { workspace: 99 }))).toBe('stale')
    expect([await count(store, 'events'), await count(store, 'queue'), await count(store, 'destinations')]).toEqual([
      0, 0, 0,
    ])
  })

  it('stores a request whole or not at all', async () => {
    const { store } = await freshStore(kind)
    const taken = delivery()
    await accept(store, [event({ deliveries: [taken] })])
    const broken = request([
      event({ eventId: 'good' }),
      event({ deliveries: [delivery({}, 'new'), { ...delivery({}, 'b'), id: taken.id }] }),
    ])
    await expect(store.accept(broken)).rejects.toThrow()
    expect([
      await count(store, 'events'),
      await count(store, 'event_keys'),
      await count(store, 'destinations'),
    ]).toEqual([1, 0, 1])
  })

  it('does not let the mistake of one request touch those that share its commit', async () => {
    const { store } = await freshStore(kind)
    const taken = delivery()
    await accept(store, [event({ deliveries: [taken] })])
    const results = await Promise.allSettled([
      store.accept(request([event({ deliveries: [delivery({}, 'x')] })])),
      store.accept(request([event({ deliveries: [delivery({}, 'y'), { ...delivery({}, 'z'), id: taken.id }] })])),
      // The chat the broken one was the first to name.
      store.accept(request([event({ deliveries: [delivery({}, 'y')] })])),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await claim(store, { chat: 'x' })).length).toBe(1)
    expect((await claim(store, { chat: 'y' })).length).toBe(1)
    expect(await count(store, 'destinations')).toBe(3)
  })

  it('answers many requests that come together out of few commits', async () => {
    const { store, folder } = await freshStore(kind)
    await accept(store, [event()])
    const before = await kind.commits(folder)
    const results = await Promise.all(Array.from({ length: 50 }, () => store.accept(request([event()]))))
    expect(results.every((result) => result !== 'stale')).toBe(true)
    expect(await count(store, 'events')).toBe(51)
    expect((await kind.commits(folder)) - before).toBeLessThanOrEqual(5)
  })

  it('has written what it answered: another opening of the folder finds it', async () => {
    const { store, reopen } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    const { store: again } = await reopen()
    await again.recover(NOW)
    expect(ids(await claim(again))).toEqual([one.id])
  })

  it('keeps the whole event, and gives it with the claim', async () => {
    const { store } = await freshStore(kind)
    const written = event({
      eventId: 'сообщение 1',
      source: 'камеры',
      subject: null,
      severity: 0,
      time: NOW - 5,
      actorUser: 'ivan',
      actorRole: 'support',
      data: '{"a":"ё🔔\\u0000"}',
      attachments: '[{"file":"f","name":"n"}]',
      trace: '{"v":0,"m":[1]}',
      deliveries: [
        delivery({ rule: 5, recipient: 'olga', held: 'quiet_hours', priority: 0, living: true, expiresAt: NOW + 77 }),
      ],
    })
    await accept(store, [written])
    const { id, source, eventId, type, subject, severity, time, actorUser, actorRole, incident, data, attachments } =
      written
    expect(await claim(store)).toEqual([
      expect.objectContaining({
        delivery: written.deliveries[0]!.id,
        channel: 7,
        address: { chat: 'a' },
        disabled: null,
        rule: 5,
        recipient: 'olga',
        insteadOf: null,
        priority: 0,
        suspect: false,
        waitedFor: 'quiet_hours',
        living: true,
        digest: false,
        attempts: 0,
        expiresAt: NOW + 77,
        version: 0,
        incident: null,
        followed: false,
        event: {
          id,
          source,
          eventId,
          type,
          subject,
          severity,
          time,
          actorUser,
          actorRole,
          incident,
          data,
          attachments,
        },
      }),
    ])
  })

  it('gives an event without an id of the sender its own', async () => {
    const { store } = await freshStore(kind)
    const one = event()
    await accept(store, [one])
    expect((await claim(store))[0]!.event.eventId).toBe(one.id)
  })

  it('stores a delivery that has nowhere to go as suppressed, with its reason', async () => {
    const { store } = await freshStore(kind)
    const nowhere = delivery({ destination: null, suppressed: 'unreachable' })
    await accept(store, [event({ deliveries: [nowhere] })])
    expect(await stored(store, nowhere.id)).toEqual({
      state: 'suppressed',
      reason: 'unreachable',
      note: null,
      attempts: 0,
    })
  })

  it('knows a destination by its address, whatever the order of its fields', async () => {
    const { store } = await freshStore(kind)
    const to = (address: Record<string, string | number>) => delivery({ destination: { channel: 7, address } })
    await accept(store, [
      event({ deliveries: [to({ chat: '-1', topic: 2 })] }),
      event({ deliveries: [to({ topic: 2, chat: '-1' })] }),
    ])
    expect(await count(store, 'destinations')).toBe(1)
  })
})

describe.each(STORES)('a throttle, $name', (kind) => {
  const throttled = (key: string, perMs = 10_000, chat = 'a', rule = 1) =>
    delivery({ rule, throttle: { key, perMs } }, chat)

  it('lets one through per key, rule and destination, and the next after its time', async () => {
    const { store } = await freshStore(kind)
    const at = async (when: number, one = throttled('"cam-1"')): Promise<number> =>
      (await accept(store, [event({ deliveries: [one] })], { at: when })).events[0]!.deliveries
    expect([await at(NOW), await at(NOW + 1), await at(NOW + 9_999)]).toEqual([1, 0, 0])
    expect([
      await at(NOW + 9_999, throttled('"cam-2"')),
      await at(NOW + 9_999, throttled('"cam-1"', 10_000, 'b')),
      await at(NOW + 9_999, throttled('"cam-1"', 10_000, 'a', 2)),
    ]).toEqual([1, 1, 1])
    expect([await at(NOW + 10_000), await at(NOW + 10_001)]).toEqual([1, 0])
  })

  it('says so of what it kept back', async () => {
    const { store } = await freshStore(kind)
    const [first, second] = [throttled('k'), throttled('k')]
    await accept(store, [event({ deliveries: [first] }), event({ deliveries: [second] })])
    expect([(await stored(store, first.id))!.state, await stored(store, second.id)]).toEqual([
      'waiting',
      { state: 'suppressed', reason: 'throttled', note: null, attempts: 0 },
    ])
  })

  it('keeps a long key by its digest, and tells two of them apart', async () => {
    const { store } = await freshStore(kind)
    const [one, other] = ['a', 'b'].map((end) => 'x'.repeat(5_000) + end)
    const of = (key: string) => event({ deliveries: [throttled(key)] })
    const { events } = await accept(store, [of(one!), of(one!), of(other!)])
    expect(events.map(({ deliveries }) => deliveries)).toEqual([1, 0, 1])
    const kept = await store.read({ sql: 'select key from throttles', parameters: [] })
    expect(kept.map(({ key }) => (key as string).length)).toEqual([50, 50])
  })

  it('is not used up by what was suppressed anyway', async () => {
    const { store } = await freshStore(kind)
    const silent = { ...throttled('k'), suppressed: 'silence' }
    const { events } = await accept(store, [event({ deliveries: [silent] }), event({ deliveries: [throttled('k')] })])
    expect(events.map(({ deliveries }) => deliveries)).toEqual([0, 1])
  })
})

describe.each(STORES)('a digest, $name', (kind) => {
  const gathering = (some: object = {}, chat = 'a') =>
    delivery({ digest: true, held: 'digest', dueAt: NOW + HOUR, ...some }, chat)

  it('gathers what comes until it leaves, and gives its events in their order', async () => {
    const { store } = await freshStore(kind)
    const events = Array.from({ length: 3 }, () => event({ deliveries: [gathering()] }))
    for (const [index, each] of events.entries()) await accept(store, [each], { at: NOW + index })
    const rows = await claim(store, { now: NOW + HOUR })
    expect(ids(rows)).toEqual([events[0]!.deliveries[0]!.id])
    expect(rows[0]!.digest).toBe(true)
    expect((await store.digestEvents(1, rows[0]!.delivery)).map(({ id }) => id)).toEqual(events.map(({ id }) => id))
  })

  it('begins anew once it is claimed, or its time is over', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event({ deliveries: [gathering()] })])
    await claim(store, { now: NOW + HOUR })
    await accept(store, [event({ deliveries: [gathering({ dueAt: NOW + 2 * HOUR })] })])
    await accept(store, [event({ deliveries: [gathering({ dueAt: NOW + 9 * HOUR })] })], { at: NOW + 2 * HOUR })
    expect(await count(store, 'queue')).toBe(3)
  })

  it('is one per rule and destination', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event({ deliveries: [gathering(), gathering({ rule: 2 }), gathering({}, 'b')] })])
    expect(await count(store, 'queue')).toBe(3)
  })

  it('counts what joined as a delivery that will leave', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event({ deliveries: [gathering()] })])
    const joined = gathering()
    const { events, woken } = await accept(store, [event({ deliveries: [joined] })])
    expect([events[0]!.deliveries, woken]).toEqual([1, []])
    expect(await stored(store, joined.id)).toMatchObject({ state: 'waiting', reason: 'joined' })
  })
})
