import { describe, expect, it } from 'vitest'
import type { ClaimedRow } from '../store.ts'
import {
  accept,
  claim,
  count,
  delivery,
  destinationOf,
  ended,
  event,
  HOUR,
  ids,
  NOW,
  stored,
  tell,
  waits,
} from './rows.ts'
import { freshStore, STORES } from './stores.ts'

describe.each(STORES)('claim, $name', (kind) => {
  it('hands out what is due, the most urgent first, then what was due first', async () => {
    const { store } = await freshStore(kind)
    const made = [
      delivery({ priority: 2, dueAt: NOW - 10 }),
      delivery({ priority: 1, dueAt: NOW }),
      delivery({ priority: 0, dueAt: NOW }),
      delivery({ priority: 1, dueAt: NOW - 5 }),
      delivery({ priority: 0, dueAt: NOW + 1 }),
    ]
    for (const one of made) await accept(store, [event({ deliveries: [one] })])
    expect(ids(await claim(store))).toEqual([made[2], made[3], made[1], made[0]].map((one) => one!.id))
    expect(await claim(store)).toEqual([])
    expect(ids(await claim(store, { now: NOW + 1 }))).toEqual([made[4]!.id])
  })

  it('hands out no more than wanted, and no row twice', async () => {
    const { store } = await freshStore(kind)
    for (let n = 0; n < 5; n += 1) await accept(store, [event()])
    const seen = [
      ...ids(await claim(store, { limit: 2 })),
      ...ids(await claim(store, { limit: 2 })),
      ...ids(await claim(store, { limit: 2 })),
    ]
    expect([seen.length, new Set(seen).size]).toEqual([5, 5])
  })

  it('serves several lanes at once, each by itself', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [
      event({ deliveries: [delivery(), delivery({}, 'b'), delivery({}, 'c')] }),
      event({ deliveries: [delivery(), delivery({}, 'b')] }),
    ])
    const lanes = [await destinationOf(store, 'a'), await destinationOf(store, 'b'), 999]
    const { rows, next } = await store.claim(
      lanes.map((destination) => ({ workspace: 1, destination, limit: 1 })),
      NOW,
    )
    expect(rows.map(({ destination }) => destination)).toEqual(lanes.slice(0, 2))
    expect(next).toEqual([{ priority: 1, dueAt: NOW }, { priority: 1, dueAt: NOW }, null])
  })

  it('says what is left: more, when the next is due, or nothing', async () => {
    const { store } = await freshStore(kind)
    for (let n = 0; n < 3; n += 1) await accept(store, [event()])
    await accept(store, [event({ deliveries: [delivery({ dueAt: NOW + 500, priority: 2 })] })])
    const want = async (limit: number, now = NOW) =>
      (await store.claim([{ workspace: 1, destination: await destinationOf(store), limit }], now)).next
    expect(await want(2)).toEqual(['more'])
    expect(await want(2)).toEqual([{ priority: 2, dueAt: NOW + 500 }])
    expect(await want(2, NOW + 500)).toEqual([null])
  })

  it('names the most urgent of what is due already as the next, though something less urgent was due before', async () => {
    const { store } = await freshStore(kind)
    for (const priority of [2, 0, 0] as const)
      await accept(store, [event({ deliveries: [delivery({ priority, dueAt: NOW + 2 - priority })] })])
    const destination = await destinationOf(store)
    const { rows, next } = await store.claim([{ workspace: 1, destination, limit: 1 }], NOW + 5)
    expect(rows[0]!.priority).toBe(0)
    expect(next).toEqual([{ priority: 0, dueAt: NOW + 2 }])
  })

  it('tells whether the destination is disabled', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event(), event()])
    expect((await claim(store, { limit: 1 }))[0]!.disabled).toBeNull()
    await store.setDestination(1, await destinationOf(store), { reason: 'blocked', detail: 'x' }, NOW)
    expect((await claim(store))[0]!.disabled).toBe('blocked')
  })

  it('knows a destination by its number, for those who were woken before they knew it', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event()])
    expect(await store.destination(1, await destinationOf(store))).toEqual({ channel: 7, address: { chat: 'a' } })
    expect([await store.destination(1, 999), await store.destination(2, await destinationOf(store))]).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe.each(STORES)('the order of an incident, $name', (kind) => {
  const settle = (store: Parameters<typeof claim>[0], row: ClaimedRow) => store.settle([ended(row)], [], NOW)

  it('holds at one destination: the later is not claimed while the earlier waits, is in flight, or waits again', async () => {
    const { store } = await freshStore(kind)
    const [first, second, third] = [
      await tell(store, 'x', { step: 1 }),
      await tell(store, 'x'),
      await tell(store, 'x', { step: 3 }, { priority: 0 }),
    ]
    const rows = await claim(store)
    expect(ids(rows)).toEqual([first])
    expect(await claim(store)).toEqual([])
    await store.settle([waits(rows[0]!, { dueAt: NOW + 60_000 })], [], NOW)
    expect(await claim(store)).toEqual([])
    const again = await claim(store, { now: NOW + 60_000 })
    expect(ids(again)).toEqual([first])
    const { woken } = await settle(store, again[0]!)
    expect(woken.map(({ priority, dueAt }) => [priority, dueAt])).toEqual([[1, NOW]])
    const [next] = await claim(store)
    expect(next!.delivery).toBe(second)
    await settle(store, next!)
    expect(ids(await claim(store))).toEqual([third])
  })

  it('does not hold back what is critical behind what waits by the hours of its recipient', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 }, { held: 'quiet_hours', dueAt: NOW + 3_600_000 })
    const critical = await tell(store, 'x', {}, { priority: 0 })
    const later = await tell(store, 'x')
    expect(ids(await claim(store))).toEqual([critical])
    await tell(store, 'y', { step: 1 })
    const waiting = await tell(store, 'y', {}, { priority: 0 })
    expect(ids(await claim(store))).not.toContain(waiting)
    expect(ids(await claim(store))).not.toContain(later)
  })

  it('lets what is critical pass what waits by the hours of its recipient after a restart, too', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 }, { held: 'quiet_hours', dueAt: NOW + HOUR })
    const critical = await tell(store, 'x', {}, { priority: 0 })
    await store.recover(NOW)
    expect(ids(await claim(store, { now: NOW + HOUR }))).toEqual([critical])
  })

  it('does not hold between destinations, nor between incidents, nor for what has none', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 })
    const others = [await tell(store, 'y', { step: 1 }), await tell(store, 'x', {}, {}, 'b')]
    const free = delivery()
    await accept(store, [event({ deliveries: [free] })])
    expect(
      ids(await claim(store))
        .slice(1)
        .sort(),
    ).toEqual([others[0]!, free.id].sort())
    expect(ids(await claim(store, { chat: 'b' }))).toEqual([others[1]])
  })

  it('goes on when the one in front fails, is suppressed or is cancelled', async () => {
    const { store } = await freshStore(kind)
    const made = [
      await tell(store, 'x', { step: 1 }),
      await tell(store, 'x'),
      await tell(store, 'x'),
      await tell(store, 'x'),
    ]
    await store.settle([ended((await claim(store))[0]!, { state: 'failed', reason: 'expired', told: null })], [], NOW)
    await store.settle(
      [ended((await claim(store))[0]!, { state: 'suppressed', reason: 'superseded', told: null })],
      [],
      NOW,
    )
    const { ended: gone, woken } = await store.cancelDeliveries(1, [made[2]!], 'cancelled', NOW)
    expect([gone, woken.length]).toEqual([[made[2]], 1])
    expect(ids(await claim(store))).toEqual([made[3]])
  })

  it('stays when one in the middle is cancelled', async () => {
    const { store } = await freshStore(kind)
    const made = [await tell(store, 'x', { step: 1 }), await tell(store, 'x'), await tell(store, 'x')]
    const rows = await claim(store)
    expect((await store.cancelDeliveries(1, [made[1]!], 'cancelled', NOW)).woken).toEqual([])
    expect(await claim(store)).toEqual([])
    await settle(store, rows[0]!)
    expect(ids(await claim(store))).toEqual([made[2]])
  })

  it('says that another message of the incident follows, where one message lives on', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 }, { living: true })
    await tell(store, 'x', {}, { living: true })
    const [first] = await claim(store)
    expect(first!.followed).toBe(true)
    await settle(store, first!)
    expect((await claim(store))[0]!.followed).toBe(false)
  })

  it('holds after a restart', async () => {
    const { store, reopen } = await freshStore(kind)
    const first = await tell(store, 'x', { step: 1 })
    await tell(store, 'x')
    await claim(store)
    const { store: again } = await reopen()
    await again.recover(NOW)
    const rows = await claim(again)
    expect(rows.map((row) => [row.delivery, row.suspect])).toEqual([[first, true]])
  })

  it('holds for what is tried again by hand: it goes before the later ones that wait, and never beside one in flight', async () => {
    const { store } = await freshStore(kind)
    const [first, second] = [await tell(store, 'x', { step: 1 }), await tell(store, 'x')]
    await store.settle(
      [ended((await claim(store))[0]!, { state: 'failed', reason: 'refused_content', told: null })],
      [],
      NOW,
    )
    await store.retryDeliveries(1, [first], NOW, NOW + HOUR)
    const rows = await claim(store)
    expect(ids(rows)).toEqual([first])
    await store.settle([ended(rows[0]!, { state: 'failed', reason: 'refused_content', told: null })], [], NOW)
    const inFlight = await claim(store)
    expect(ids(inFlight)).toEqual([second])
    await store.retryDeliveries(1, [first], NOW, NOW + HOUR)
    expect(await claim(store)).toEqual([])
    await settle(store, inFlight[0]!)
    expect(ids(await claim(store))).toEqual([first])
  })

  it('holds for one tried again by hand beside one in flight, though another behind them is cancelled', async () => {
    const { store } = await freshStore(kind)
    const made = [await tell(store, 'x', { step: 1 }), await tell(store, 'x'), await tell(store, 'x')]
    await store.cancelDeliveries(1, [made[0]!], 'cancelled', NOW)
    const inFlight = await claim(store)
    expect(ids(inFlight)).toEqual([made[1]])
    await store.retryDeliveries(1, [made[0]!], NOW, NOW + HOUR)
    expect((await store.cancelDeliveries(1, [made[2]!], 'cancelled', NOW)).woken).toEqual([])
    expect(await claim(store)).toEqual([])
    await settle(store, inFlight[0]!)
    expect(ids(await claim(store))).toEqual([made[0]])
  })

  it('holds for one tried again by hand when a later one, in flight then, waits again or is found after a restart', async () => {
    for (const how of ['waits again', 'restart']) {
      const { store } = await freshStore(kind)
      const [first, second] = [await tell(store, 'x', { step: 1 }), await tell(store, 'x')]
      await store.cancelDeliveries(1, [first], 'cancelled', NOW)
      const [later] = await claim(store)
      expect(later!.delivery).toBe(second)
      await store.retryDeliveries(1, [first], NOW, NOW + HOUR)
      if (how === 'restart') await store.recover(NOW)
      else expect((await store.settle([waits(later!)], [], NOW)).woken).toHaveLength(1)
      const rows = await claim(store)
      expect(ids(rows)).toEqual([first])
      await settle(store, rows[0]!)
      expect(ids(await claim(store))).toEqual([second])
    }
  })
})

describe.each(STORES)('recover, $name', (kind) => {
  it('what was claimed when the process died waits again and is suspect; what waited is as it was', async () => {
    const { store, reopen } = await freshStore(kind)
    await accept(store, [event()])
    await claim(store)
    await accept(store, [event(), event({ deliveries: [delivery({ priority: 0, dueAt: NOW + HOUR }, 'b')] })])
    const { store: again } = await reopen()
    const { lanes } = await again.recover(NOW + 5)
    expect(lanes.map(({ channel, address, priority, dueAt }) => [channel, address, priority, dueAt])).toEqual([
      [7, { chat: 'a' }, 1, NOW],
      [7, { chat: 'b' }, 0, NOW + HOUR],
    ])
    expect(new Set((await claim(again)).map(({ suspect }) => suspect))).toEqual(new Set([false, true]))
  })

  it('stays suspect however often it waits again', async () => {
    const { store } = await freshStore(kind)
    await accept(store, [event()])
    const [row] = await claim(store)
    await store.settle([waits(row!, { suspect: true })], [], NOW)
    const [again] = await claim(store)
    await store.settle([waits(again!, { suspect: false })], [], NOW)
    expect((await claim(store))[0]).toMatchObject({ suspect: true, attempts: 2 })
  })

  it('gives the sends of the last minute that drew on a budget, and those that may have, in the order of their time', async () => {
    const { store, reopen } = await freshStore(kind)
    for (let n = 0; n < 4; n += 1) await accept(store, [event()])
    const rows = await claim(store, { limit: 3, now: NOW + 50 })
    const at = (when: number) => ({ budgeted: true, attempt: [when, 5, 'sent', null, null] as const })
    // Settled out of order, as attempts end.
    await store.settle([ended(rows[0]!, at(NOW + 200))], [], NOW + 300)
    await store.settle(
      [ended(rows[1]!, at(NOW + 100)), ended(rows[2]!, { attempt: [NOW + 150, 5, 'sent', null, null] })],
      [],
      NOW + 301,
    )
    await claim(store, { now: NOW + 120 })
    const { store: again } = await reopen()
    const { sends } = await again.recover(NOW + 400)
    expect(sends.map((send) => [send.at, send.channel, send.address])).toEqual(
      // The provider counts from when it had them: by their answers. What was under way may have left until now.
      [NOW + 105, NOW + 205, NOW + 400].map((when) => [when, 7, { chat: 'a' }]),
    )
  })

  it('forgets sends that say nothing about a budget any more', async () => {
    const { store, reopen } = await freshStore(kind)
    await accept(store, [event()])
    await store.settle([ended((await claim(store))[0]!, { budgeted: true })], [], NOW)
    const { store: again } = await reopen()
    await again.recover(NOW + 60_100)
    expect(await count(again, 'recent_sends')).toBe(0)
  })

  it('of an empty store finds nothing', async () => {
    const { store } = await freshStore(kind)
    expect(await store.recover(NOW)).toEqual({ lanes: [], sends: [] })
  })
})

describe.each(STORES)('claimExpired, $name', (kind) => {
  it('walks the queue in rounds and claims what has outlived its use, nothing else', async () => {
    const { store } = await freshStore(kind)
    const made = Array.from({ length: 7 }, (_, n) =>
      delivery({ expiresAt: n % 2 === 0 ? NOW : NOW + HOUR, dueAt: NOW + HOUR }),
    )
    for (const one of made) await accept(store, [event({ deliveries: [one] })])
    const seen: string[] = []
    let after: string | null = null
    let rounds = 0
    do {
      const round: { rows: readonly ClaimedRow[]; after: string | null } = await store.claimExpired(after, 2, NOW)
      seen.push(...ids(round.rows))
      after = round.after
      rounds += 1
    } while (after !== null && rounds < 20)
    expect(seen.sort()).toEqual(
      made
        .filter((_, n) => n % 2 === 0)
        .map(({ id }) => id)
        .sort(),
    )
    expect(rounds).toBe(4)
    expect((await store.claimExpired(null, 100, NOW)).rows).toEqual([])
  })

  it('walks over all workspaces', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    for (const workspace of [1, other, 1])
      await accept(store, [event({ deliveries: [delivery({ expiresAt: NOW })] })], { workspace })
    const first = await store.claimExpired(null, 2, NOW)
    const second = await store.claimExpired(first.after, 2, NOW)
    expect([...first.rows, ...second.rows].map(({ workspace }) => workspace)).toEqual([1, 1, other])
  })

  it('leaves what is in flight, and takes what stands behind another', async () => {
    const { store } = await freshStore(kind)
    await tell(store, 'x', { step: 1 }, { expiresAt: NOW })
    const behind = await tell(store, 'x', {}, { expiresAt: NOW })
    const last = await tell(store, 'x')
    const [inFlight] = await claim(store)
    const { rows } = await store.claimExpired(null, 100, NOW)
    expect(ids(rows)).toEqual([behind])
    await store.settle([ended(rows[0]!, { state: 'failed', reason: 'expired', told: null, attempt: null })], [], NOW)
    expect(await stored(store, behind)).toEqual({ state: 'failed', reason: 'expired', note: null, attempts: 0 })
    expect(await claim(store)).toEqual([])
    await store.settle([ended(inFlight!)], [], NOW)
    expect(ids(await claim(store))).toEqual([last])
  })
})
