import { describe, expect, it } from 'vitest'
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
  NOW,
  request,
  stored,
  tell,
  waits,
} from './rows.ts'
import { freshStore, STORES } from './stores.ts'

describe.each(STORES)('settle, $name', (kind) => {
  it('ends a delivery with state, reason, note and the line of its attempt, and takes it out of the queue', async () => {
    const { store } = await freshStore(kind)
    const made = [delivery(), delivery(), delivery()]
    for (const one of made) await accept(store, [event({ deliveries: [one] })])
    const [a, b, c] = await claim(store)
    await store.settle(
      [
        ended(a!, { note: 'repeat' }),
        ended(b!, { state: 'failed', reason: 'blocked', told: null }),
        ended(c!, { state: 'suppressed', reason: 'silence', note: 'repair', attempt: null, told: null }),
      ],
      [],
      NOW,
    )
    expect(await Promise.all(made.map(({ id }) => stored(store, id)))).toEqual([
      { state: 'sent', reason: null, note: 'repeat', attempts: 1 },
      { state: 'failed', reason: 'blocked', note: null, attempts: 1 },
      { state: 'suppressed', reason: 'silence', note: 'repair', attempts: 0 },
    ])
    expect(await count(store, 'queue')).toBe(0)
  })

  it('lets a delivery wait again until its time, with one more attempt and a line for each', async () => {
    const { store } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    const { woken } = await store.settle([waits((await claim(store))[0]!, { dueAt: NOW + 100 })], [], NOW)
    expect(woken).toEqual([
      expect.objectContaining({ destination: await destinationOf(store), priority: 1, dueAt: NOW + 100 }),
    ])
    expect(await claim(store, { now: NOW + 99 })).toEqual([])
    const [again] = await claim(store, { now: NOW + 100 })
    expect(again).toMatchObject({ attempts: 1, suspect: false, waitedFor: 'timeout' })
    await store.settle(
      [waits(again!, { attempt: [NOW + 100, 7, 'ambiguous', 'timeout', 'строка'], suspect: true })],
      [],
      NOW,
    )
    const [row] = await store.read({ sql: 'select attempts from deliveries where id = ?', parameters: [bytes(one.id)] })
    expect((row!['attempts'] as string).split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      [NOW, 5, 'deferred', 'timeout', null],
      [NOW + 100, 7, 'ambiguous', 'timeout', 'строка'],
    ])
  })

  it('does not count as an attempt what was never tried', async () => {
    const { store } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    await store.settle([waits((await claim(store))[0]!, { attempt: null, reason: 'quiet_hours' })], [], NOW)
    expect((await claim(store))[0]).toMatchObject({ attempts: 0, waitedFor: 'quiet_hours' })
    expect((await stored(store, one.id))!.attempts).toBe(0)
  })

  it('settles many together', async () => {
    const { store } = await freshStore(kind)
    for (let n = 0; n < 10; n += 1) await accept(store, [event()])
    const rows = await claim(store)
    await store.settle(
      rows.map((row, n) => (n % 2 === 0 ? ended(row) : waits(row))),
      [],
      NOW,
    )
    expect(ids(await claim(store))).toEqual(ids(rows.filter((_, n) => n % 2 === 1)))
  })

  it('does nothing for a row that waits no more', async () => {
    const { store } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    const [row] = await claim(store)
    await store.settle([ended(row!)], [], NOW)
    expect((await store.settle([waits(row!)], [], NOW)).woken).toEqual([])
    expect(await count(store, 'queue')).toBe(0)
    expect((await stored(store, one.id))!.state).toBe('sent')
  })
})

describe.each(STORES)('what takes the place of a delivery, $name', (kind) => {
  it('is another of the same event, and says what it stands for', async () => {
    const { store } = await freshStore(kind)
    const first = event()
    await accept(store, [first])
    const instead = delivery({ recipient: 'ivan', priority: 0 }, 'b')
    const { woken } = await store.settle(
      [ended((await claim(store))[0]!, { state: 'failed', reason: 'blocked', told: null, instead })],
      [],
      NOW,
    )
    expect(woken.map(({ priority, to }) => [priority, to?.address])).toEqual([[0, { chat: 'b' }]])
    const [row] = await claim(store, { chat: 'b' })
    expect(row).toMatchObject({
      delivery: instead.id,
      insteadOf: first.deliveries[0]!.id,
      recipient: 'ivan',
      event: { id: first.id },
    })
  })

  it('stands in the line of its incident by its event, in front of what is newer', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    const there = await tell(store, 'x', {}, {}, 'b')
    const instead = delivery({}, 'b')
    const { woken } = await store.settle(
      [ended((await claim(store))[0]!, { state: 'failed', told: null, instead })],
      [],
      NOW,
    )
    expect(woken).toMatchObject([{ dueAt: NOW }])
    const [first] = await claim(store, { chat: 'b' })
    expect(first!.delivery).toBe(instead.id)
    await store.settle([ended(first!)], [], NOW)
    expect(ids(await claim(store, { chat: 'b' }))).toEqual([there])
  })
})

describe.each(STORES)('what a destination was told, $name', (kind) => {
  it('is kept per incident and destination, and given with the next message', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    await tell(store, 'x')
    await tell(store, 'x', {}, {}, 'b')
    const [first] = await claim(store)
    expect(first!.incident).toMatchObject({ key: 'x', state: 'open', told: null })
    await store.settle([ended(first!, { told: ['m1', 'm2'] })], [], NOW)
    expect((await claim(store))[0]!.incident).toMatchObject({
      key: 'x',
      state: 'open',
      told: ['m1', 'm2'],
      toldEvent: first!.event.id,
    })
    expect((await claim(store, { chat: 'b' }))[0]!.incident!.told).toBeNull()
  })

  it('may be told without an id, which is not the same as not told', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    await tell(store, 'x')
    await store.settle([ended((await claim(store))[0]!, { told: [] })], [], NOW)
    expect((await claim(store))[0]!.incident!.told).toEqual([])
  })

  it('stays when a later message brings nothing new, and is replaced when one does', async () => {
    const { store } = await freshStore(kind)
    for (let n = 0; n < 4; n += 1) await tell(store, 'x', { step: n === 0 ? 1 : 2 })
    const toldAfter = async (told: readonly string[] | null): Promise<unknown> => {
      const [row] = await claim(store)
      await store.settle([ended(row!, { told })], [], NOW)
      return row!.incident!.told
    }
    expect([await toldAfter(['m1']), await toldAfter(null), await toldAfter(['m3']), await toldAfter(null)]).toEqual([
      null,
      ['m1'],
      ['m1'],
      ['m3'],
    ])
  })
})

describe.each(STORES)('an incident, $name', (kind) => {
  const stateOf = async (store: Parameters<typeof claim>[0], key = 'x') => {
    const [row] = await store.read({
      sql: 'select state, opened_at, severity, acknowledged_by, ended_at from incidents where key = ?',
      parameters: [key],
    })
    return row === undefined ? undefined : { ...row }
  }

  it('opens, is acknowledged, ends, and opens again as a new life that nobody has been told of', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    await store.settle([ended((await claim(store))[0]!)], [], NOW)
    expect(await store.acknowledge(1, 'x', 'ivan', NOW + 1)).toBe('acknowledged')
    expect(await stateOf(store)).toMatchObject({ state: 'acknowledged', acknowledged_by: 'ivan', opened_at: NOW })
    expect(await store.acknowledge(1, 'x', 'olga', NOW + 2)).toBe('acknowledged')
    expect(await stateOf(store)).toMatchObject({ acknowledged_by: 'ivan' })
    await tell(store, 'x', { step: 3 })
    expect(await stateOf(store)).toMatchObject({ state: 'ended', ended_at: NOW })
    expect(await store.acknowledge(1, 'x', 'ivan', NOW)).toBe('ended')
    await store.settle([ended((await claim(store))[0]!, { told: null })], [], NOW)
    await accept(store, [event({ incident: 'x', step: 1, deliveries: [delivery({ step: 1 })] })], { at: NOW + 5 })
    expect(await stateOf(store)).toMatchObject({
      state: 'open',
      opened_at: NOW + 5,
      acknowledged_by: null,
      ended_at: null,
    })
    expect((await claim(store))[0]!.incident).toMatchObject({ key: 'x', state: 'open', told: null })
  })

  it('that is opened twice is one, as severe as the worst of it', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1, severity: 2 })
    await accept(store, [event({ incident: 'x', step: 1, severity: 0, deliveries: [] })], { at: NOW + 9 })
    await accept(store, [event({ incident: 'x', step: 2, severity: 1, deliveries: [] })], { at: NOW + 9 })
    expect(await stateOf(store)).toMatchObject({ state: 'open', opened_at: NOW, severity: 0 })
  })

  it('is not made by an update or a closing, and a closing of nothing goes in any case', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 2 })
    await tell(store, 'y', { step: 3 })
    expect([await stateOf(store, 'x'), await stateOf(store, 'y')]).toEqual([undefined, undefined])
    expect((await claim(store)).map(({ step }) => step)).toEqual([2, 4])
    expect(await store.acknowledge(1, 'x', 'ivan', NOW)).toBe('unknown')
  })

  it('lets its closing wait for having been told, when it was open', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    await tell(store, 'x', { step: 3 }, {}, 'b')
    expect((await claim(store, { chat: 'b' }))[0]).toMatchObject({ step: 3, incident: { state: 'ended', told: null } })
  })

  it('of another workspace is another', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    await tell(store, 'x', { step: 1 })
    expect(await store.acknowledge(other, 'x', 'ivan', NOW)).toBe('unknown')
  })
})

describe.each(STORES)('what a settlement raises, $name', (kind) => {
  const disable = { reason: 'blocked', detail: 'the bot was blocked' }

  it('disables a destination, which changes the version of the configuration', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event()])
    const destination = await destinationOf(store)
    await store.settle(
      [ended((await claim(store))[0]!, { state: 'failed', reason: 'blocked', told: null, disable })],
      [],
      NOW,
    )
    const changes = await store.configurationSince(1, 0)
    expect(changes.workspace.version).toBe(1)
    expect(changes.destinations).toEqual([
      { id: destination, channel: 7, address: '{"chat":"a"}', disabled: { at: NOW, ...disable } },
    ])
    expect(await store.accept(request([event()]))).toBe('stale')
    await store.setDestination(1, destination, null, NOW)
    expect((await store.configurationSince(1, 1)).destinations).toEqual([
      { id: destination, channel: 7, address: '{"chat":"a"}', disabled: null },
    ])
    expect((await store.configurationSince(1, 2)).destinations).toEqual([])
  })

  it('stores raised events in the same transaction, though it disables what they tell of', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event()])
    const raised = event({ type: 'system.destination.disabled', deliveries: [delivery({}, 'admins')] })
    const { woken, stale } = await store.settle(
      [ended((await claim(store))[0]!, { state: 'failed', told: null, disable })],
      [request([raised])],
      NOW,
    )
    expect([stale, woken.map(({ to }) => to?.address['chat'])]).toEqual([[], ['admins']])
    expect((await claim(store, { chat: 'admins' }))[0]!.event.id).toBe(raised.id)
  })

  it('gives raised events back that were routed by an older configuration, and settles all the same', async () => {
    const { store } = await freshStore(kind)
    const one = delivery()
    await accept(store, [event({ deliveries: [one] })])
    const old = request([event()], { version: 7 })
    const { stale } = await store.settle([ended((await claim(store))[0]!)], [old], NOW)
    expect(stale).toEqual([old])
    expect([await count(store, 'events'), (await stored(store, one.id))!.state]).toEqual([1, 'sent'])
  })
})

describe.each(STORES)('a digest that leaves, $name', (kind) => {
  const gathering = () => delivery({ digest: true, held: 'digest' })
  it('ends for all that joined it as it ends for the first', async () => {
    const { store } = await freshStore(kind)
    const [first, joined] = [gathering(), gathering()]
    await accept(store, [event({ deliveries: [{ ...first, dueAt: NOW + HOUR }] })])
    await accept(store, [event({ deliveries: [joined] })])
    const [row] = await claim(store, { now: NOW + HOUR })
    await store.settle([ended(row!, { state: 'failed', reason: 'blocked', told: null })], [], NOW)
    expect([await stored(store, first.id), await stored(store, joined.id)]).toEqual([
      { state: 'failed', reason: 'blocked', note: null, attempts: 1 },
      { state: 'failed', reason: 'blocked', note: 'joined', attempts: 0 },
    ])
  })

  it('that is cancelled takes with it what joined', async () => {
    const { store } = await freshStore(kind)
    const [first, joined] = [{ ...gathering(), dueAt: NOW + HOUR }, gathering()]
    await accept(store, [event({ deliveries: [first] }), event({ deliveries: [joined] })])
    await store.cancelDeliveries(1, [first.id], 'cancelled', NOW)
    expect([(await stored(store, first.id))!.state, (await stored(store, joined.id))!.state]).toEqual([
      'cancelled',
      'cancelled',
    ])
  })
})
