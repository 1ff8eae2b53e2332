import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../channels/channel.ts'
import { Pace } from './pace.ts'

/** What a span is longer by, because the provider counts when the message reaches it. */
const MARGIN_MS = 15

const BOT: Budget = { key: 'bot', limit: 30, perMs: 1_000 }
const CHAT: Budget = { key: 'chat', limit: 1, perMs: 1_000 }
const GROUP: Budget = { key: 'group', limit: 20, perMs: 60_000 }

/** Sends as often as allowed, `count` times from `start` on; when each left. */
function sendAll(pace: Pace, budgets: readonly Budget[], count: number, start: number): number[] {
  let now = start
  return Array.from({ length: count }, () => {
    now = pace.freeAt(budgets, now)
    pace.take(budgets, now)
    return now
  })
}

/** The most that lies in any span of this length. */
function mostWithin(times: readonly number[], spanMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + spanMs).length))
}

describe('a budget', () => {
  it('lets a bot send thirty at once, and the next as soon as the first has left the span', () => {
    const times = sendAll(new Pace(), [BOT], 61, 5_000)
    expect(times.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 5_000))
    expect(times.slice(30, 60)).toEqual(Array.from({ length: 30 }, () => 6_000 + MARGIN_MS))
    expect(times[60]).toBe(7_000 + 2 * MARGIN_MS)
  })

  it('of a group counts together with those of its chat and bot', () => {
    const times = sendAll(new Pace(), [BOT, CHAT, GROUP], 21, 0)
    expect(times.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index * (1_000 + MARGIN_MS)))
    expect(times[20]).toBe(60_000 + MARGIN_MS)
  })

  it('that nobody has used yet holds nothing back', () => {
    expect(new Pace().freeAt([BOT, CHAT, GROUP], 123)).toBe(123)
    expect(new Pace().freeAt([], 123)).toBe(123)
  })

  it('of one chat does not hold back another', () => {
    const pace = new Pace()
    pace.take([BOT, CHAT], 0)
    expect(pace.freeAt([BOT, { ...CHAT, key: 'another' }], 0)).toBe(0)
    expect(pace.freeAt([BOT, CHAT], 0)).toBe(1_000 + MARGIN_MS)
  })
})

/** A handful of budgets that share keys, and a walk over them: who wants to send, and how long nothing happens first. */
const budget = (key: string): fc.Arbitrary<Budget> =>
  fc.record({ key: fc.constant(key), limit: fc.integer({ min: 1, max: 5 }), perMs: fc.integer({ min: 1, max: 3_000 }) })
const budgets = fc.tuple(budget('a'), budget('b'), budget('c'))
const steps = fc.array(
  fc.record({
    uses: fc.subarray([0, 1, 2], { minLength: 1 }),
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 })),
    sweep: fc.boolean(),
  }),
  { maxLength: 60 },
)

describe('for any sequence of messages', () => {
  it('no span ever holds more than its limit, and nobody waits longer than that needs', () => {
    fc.assert(
      fc.property(budgets, steps, (all, walk) => {
        const pace = new Pace()
        const sent = new Map(all.map(({ key }) => [key, [] as number[]]))
        let now = 1_000_000
        for (const { uses, pauseMs, sweep } of walk) {
          now += pauseMs
          if (sweep) pace.sweep(now)
          const drawn = uses.map((index) => all[index]!)
          const at = pace.freeAt(drawn, now)
          // The first moment allowed is now, or the one at which the oldest that counts has left its span.
          const soonest = Math.max(
            now,
            ...drawn.map(({ key, limit, perMs }) => (sent.get(key)!.at(-limit) ?? -Infinity) + perMs + MARGIN_MS),
          )
          expect(at).toBe(soonest)
          pace.take(drawn, at)
          for (const { key } of drawn) sent.get(key)!.push(at)
          now = at
        }
        for (const { key, limit, perMs } of all) expect(mostWithin(sent.get(key)!, perMs)).toBeLessThanOrEqual(limit)
      }),
    )
  })

  it('asking changes nothing', () => {
    fc.assert(
      fc.property(budgets, fc.integer({ min: 0, max: 10 }), (all, count) => {
        const pace = new Pace()
        sendAll(pace, all, count, 0)
        expect(pace.freeAt(all, 500)).toBe(pace.freeAt(all, 500))
        expect(pace.freeAt(all, 500)).toBeGreaterThanOrEqual(500)
      }),
    )
  })
})

describe('giving back', () => {
  it('is whole although each place was taken once, given back and taken anew a moment later', () => {
    const pace = new Pace()
    const times = Array.from({ length: 20 }, (_, index) => {
      const claimed = index * 1_000
      pace.take([GROUP], claimed)
      pace.release([GROUP], claimed)
      const leaves = pace.freeAt([GROUP], claimed + 1)
      pace.take([GROUP], leaves)
      return leaves - claimed
    })
    expect(times).toEqual(Array.from({ length: 20 }, () => 1))
    expect(pace.freeAt([GROUP], 20_000)).toBe(60_001 + MARGIN_MS)
  })

  it('what was taken and not used leaves room for another at once', () => {
    const pace = new Pace()
    pace.take([BOT, CHAT], 0)
    pace.release([BOT, CHAT], 0)
    expect(pace.freeAt([BOT, CHAT], 1)).toBe(1)
  })

  it('what nobody took changes nothing', () => {
    const pace = new Pace()
    pace.release([BOT, CHAT], 0)
    pace.take([CHAT], 0)
    pace.release([CHAT], 5)
    expect(pace.freeAt([CHAT], 10)).toBe(1_000 + MARGIN_MS)
  })

  it('never lets more through than the limit of what really left', () => {
    const step = fc.record({ pauseMs: fc.integer({ min: 0, max: 800 }), used: fc.boolean() })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (limit, walk) => {
        const budget: Budget = { key: 'a', limit, perMs: 1_000 }
        const pace = new Pace()
        const sent: number[] = []
        let now = 0
        for (const { pauseMs, used } of walk) {
          now = pace.freeAt([budget], now + pauseMs)
          pace.take([budget], now)
          if (used) sent.push(now)
          else pace.release([budget], now)
        }
        expect(mostWithin(sent, 1_000)).toBeLessThanOrEqual(limit)
      }),
    )
  })
})

describe('sweeping', () => {
  it('forgets only what limits nothing any more', () => {
    const pace = new Pace()
    sendAll(pace, [GROUP], 20, 0)
    pace.sweep(59_000)
    expect(pace.freeAt([GROUP], 59_000)).toBe(60_000 + MARGIN_MS)
    pace.sweep(600_000)
    expect(pace.freeAt([GROUP], 600_000)).toBe(600_000)
  })
})
