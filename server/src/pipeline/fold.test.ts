import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../channels/channel.ts'
import { afterClaim, CALM, decideFold, leavesWithin } from './fold.ts'
import { Pace } from './pace.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const PRIVATE: Budget[] = [
  { key: 'bot', limit: 30, perMs: 1_000 },
  { key: 'chat', limit: 1, perMs: 1_000 },
]
const GROUP: Budget[] = [...PRIVATE, { key: 'group', limit: 20, perMs: MINUTE }]

const budgets = fc
  .array(fc.record({ limit: fc.integer({ min: 1, max: 40 }), perMs: fc.integer({ min: 200, max: 90_000 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((list) => list.map((each, n): Budget => ({ key: String(n), ...each })))
const span = fc.integer({ min: 1_000, max: 600_000 })

describe('what leaves in time', () => {
  it('is sixty messages a minute to a person and twenty to a group, and anything where nothing limits it', () => {
    expect([leavesWithin(PRIVATE, MINUTE), leavesWithin(GROUP, MINUTE), leavesWithin([], MINUTE)]).toEqual([
      60,
      20,
      null,
    ])
  })

  it('really leaves in time when it is let out one by one', () => {
    fc.assert(
      fc.property(budgets, span, (all, ms) => {
        const pace = new Pace()
        const many = Math.min(leavesWithin(all, ms)!, 200)
        let at = NOW
        for (let n = 0; n < many; n += 1) {
          at = pace.freeAt(all, at)
          pace.take(all, at)
        }
        // Each window costs a hair more than its span, and the last message of a burst stands in the next window.
        const slack = Math.max(...all.map(({ limit, perMs }) => perMs + 15 * (many / limit + 1)))
        expect(at - NOW).toBeLessThanOrEqual(ms + slack)
      }),
    )
  })

  it('is never less than one message, and grows with time', () => {
    fc.assert(
      fc.property(budgets, span, span, (all, one, other) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)]
        expect(leavesWithin(all, short)).toBeGreaterThanOrEqual(1)
        expect(leavesWithin(all, short)!).toBeLessThanOrEqual(leavesWithin(all, long)!)
      }),
    )
  })
})

describe('a claim', () => {
  it('folds nothing where nothing limits the pace, and where the workspace wants every message by itself', () => {
    expect([decideFold(CALM, [], MINUTE, NOW), decideFold(CALM, PRIVATE, null, NOW)]).toEqual([{}, {}])
  })

  it('folds what would take too long, and in a storm all but a few', () => {
    expect(decideFold(CALM, GROUP, MINUTE, NOW)).toEqual({ foldOver: 20 })
    const storm = afterClaim(true, MINUTE, NOW)
    expect(decideFold(storm, GROUP, MINUTE, NOW + MINUTE)).toEqual({ foldOver: 3 })
  })

  it('takes only what is critical until the next summary, however long that is', () => {
    fc.assert(
      fc.property(budgets, span, fc.nat(1_000_000), (all, ms, later) => {
        const decision = decideFold(afterClaim(true, ms, NOW), all, ms, NOW + later)
        expect(decision.urgent === true).toBe(later < ms)
        expect(decision.foldOver === undefined).toBe(later < ms)
      }),
    )
  })

  it('that folded nothing ends the storm', () => {
    expect(afterClaim(false, MINUTE, NOW)).toEqual(CALM)
  })
})
