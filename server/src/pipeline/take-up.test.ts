import { describe, expect, it } from 'vitest'
import type { ChannelView } from '../configuration/channel-view.ts'
import { CHANNELS } from '../channels/registry.ts'
import { VirtualClock } from '../../test/simulation/virtual-clock.ts'
import type { Store, Woken } from '../store/store.ts'
import { Pace } from './pace.ts'
import { TakeUp } from './take-up.ts'

const NOW = 1_800_000_000_000
const BOT = {
  ...{ id: 7, owner: 'bot:1000', kind: CHANNELS.telegram, settings: { token: '1000:AAH' } },
} as unknown as ChannelView
const ADDRESS = { chat: '-100' }
const BUDGETS = BOT.kind.budgets(BOT.settings, ADDRESS)
const isBot = (owner: string): boolean => owner === 'bot:1000'
const woken = (destination: number): Woken => ({ workspace: 1, destination, priority: 1, dueAt: NOW })

type Found = Awaited<ReturnType<Store['recover']>>

/** A bot that another node served, and what the store finds of it. */
function taking(sends: readonly number[]) {
  const pace = new Pace()
  const found = Promise.withResolvers<Found>()
  const heard: Woken[] = []
  let served = false
  const takeUp = new TakeUp({
    store: { recover: () => found.promise } as unknown as Store,
    clock: new VirtualClock(NOW),
    pace,
    channel: () => BOT,
    serves: () => served,
    wake: (some) => heard.push(...some),
  })
  const lane = { ...woken(1), channel: 7, address: ADDRESS }
  return {
    pace,
    heard,
    takeUp,
    begin: () => {
      // Budgets are known before anything may be begun.
      expect(pace.freeAt(BUDGETS, NOW)).toBeGreaterThan(NOW)
      served = true
    },
    find: () =>
      found.resolve({
        lanes: [lane],
        sends: sends.map((at) => ({ at, workspace: 1, destination: 1, channel: 7, address: ADDRESS })),
      }),
  }
}

describe('taking up', () => {
  it('knows what was sent in the last minute before it begins, once, whatever it knew of that', async () => {
    const { pace, takeUp, begin, find } = taking(Array.from({ length: 20 }, (_, n) => NOW - 50_000 + n * 2_000))
    // From when it served the bot before: the same messages must not count twice.
    for (let n = 0; n < 20; n += 1) pace.take(BUDGETS, NOW - 50_000 + n * 2_000)
    const done = takeUp.run(isBot, begin)
    find()
    await done
    // Twenty a minute: the first of them leaves the minute in ten seconds, the next two seconds later.
    const free = pace.freeAt(BUDGETS, NOW)
    expect(free - NOW).toBeGreaterThanOrEqual(10_000)
    expect(free - NOW).toBeLessThan(10_100)
    pace.take(BUDGETS, free)
    expect(pace.freeAt(BUDGETS, free) - NOW).toBeLessThan(12_100)
  })

  it('keeps what becomes due while it looks, and wakes it when it serves the owner', async () => {
    const { heard, takeUp, begin, find } = taking([NOW - 100])
    const done = takeUp.run(isBot, begin)
    takeUp.note('bot:1000', woken(2))
    takeUp.note('channel:3', woken(3))
    expect(heard).toEqual([])
    find()
    await done
    expect(heard.map(({ destination }) => destination)).toEqual([1, 2])
    takeUp.note('bot:1000', woken(4))
    expect(heard).toHaveLength(2)
  })
})
