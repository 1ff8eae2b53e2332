import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Priority } from '../store.ts'
import { Fronts } from './fronts.ts'

const LANE = { workspace: 1, destination: 2 }
const NOW = 1_800_000_000_000

interface Waiting {
  readonly priority: Priority
  readonly dueAt: number
}

const arrival = fc.record({
  priority: fc.constantFrom<Priority>(0, 1, 2),
  // Also what has been due for long: the next of an incident, told after the one before it has ended.
  dueAt: fc.integer({ min: NOW - 3_600_000, max: NOW + 60_000 }),
})
const claim = fc.record({
  afterMs: fc.integer({ min: 0, max: 5_000 }),
  limit: fc.integer({ min: 2, max: 4 }),
  /** What is written and told of while the claim is under way, and which it does not see. */
  meanwhile: fc.array(arrival, { maxLength: 2 }),
})

/** Claims as claim.ts does: the most urgent of what is due, then what is next where it got less than it wanted. */
function claimed(fronts: Fronts, waiting: Waiting[], limit: number, now: number, meanwhile: readonly Waiting[]): void {
  const since = fronts.begin(LANE, now)
  expect(waiting.filter(({ priority, dueAt }) => dueAt <= now && dueAt < since[priority])).toEqual([])
  const order = (a: Waiting, b: Waiting): number => a.priority - b.priority || a.dueAt - b.dueAt
  const taken = waiting
    .filter(({ dueAt }) => dueAt <= now)
    .toSorted(order)
    .slice(0, limit)
  const left = waiting.filter((one) => !taken.includes(one))
  fronts.lower(meanwhile.map((one) => ({ ...LANE, ...one })))
  if (taken.length === limit) for (const { priority, dueAt } of taken) fronts.seen(LANE, priority, dueAt, now)
  else
    for (const priority of [0, 1, 2] as const)
      fronts.seen(
        LANE,
        priority,
        Math.min(...left.filter((one) => one.priority === priority).map((one) => one.dueAt)),
        now,
      )
  waiting.splice(0, waiting.length, ...left, ...meanwhile)
}

describe('where a claim begins', () => {
  it('is never behind something that waits, whenever it came and however long it has been due', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(arrival, claim), { maxLength: 40 }), (steps) => {
        const fronts = new Fronts()
        const waiting: Waiting[] = []
        let now = NOW
        for (const step of steps)
          if ('limit' in step) claimed(fronts, waiting, step.limit, (now += step.afterMs), step.meanwhile)
          else {
            waiting.push(step)
            fronts.lower([{ ...LANE, ...step }])
          }
      }),
      { numRuns: 1_000 },
    )
  })

  it('is near what was seen last, so that what has left is not walked over', () => {
    const fronts = new Fronts()
    expect(fronts.begin(LANE, NOW)).toEqual([0, 0, 0])
    fronts.seen(LANE, 1, NOW - 5_000, NOW)
    fronts.seen(LANE, 2, Infinity, NOW)
    expect(fronts.begin(LANE, NOW + 100)).toEqual([0, NOW - 6_000, NOW - 1_000])
  })

  it('is the very beginning every half minute, in case a notice was lost, and for a lane not seen before', () => {
    const fronts = new Fronts()
    fronts.begin(LANE, NOW)
    fronts.seen(LANE, 1, Infinity, NOW)
    expect(fronts.begin(LANE, NOW + 29_999)[1]).toBe(NOW - 1_000)
    expect(fronts.begin(LANE, NOW + 30_000)[1]).toBe(0)
    expect(fronts.begin({ ...LANE, destination: 3 }, NOW + 30_000)).toEqual([0, 0, 0])
  })

  it('is the very beginning when anything may have become due', () => {
    const fronts = new Fronts()
    fronts.begin(LANE, NOW)
    fronts.seen(LANE, 1, Infinity, NOW)
    fronts.forget()
    expect(fronts.begin(LANE, NOW + 1)).toEqual([0, 0, 0])
  })
})
