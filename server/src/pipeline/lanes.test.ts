import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget, Limits } from '../channels/channel.ts'
import type { Priority } from '../store/store.ts'
import type { Breaker } from './breaker.ts'
import { CALM } from './fold.ts'
import { connectionsFor, laneKey, Lanes, type Lane } from './lanes.ts'

const NOW = 1_000_000
const BUDGET: Budget = { key: 'bot', limit: 30, perMs: 1_000 }

interface Wanted {
  readonly owner?: string
  readonly workspace?: number
  readonly limits?: Limits
  readonly budgets?: readonly Budget[]
}

let last = 0
/** A lane with nothing in it. By default of a mail server: ten connections, two to a mailbox. */
function laneIn(
  lanes: Lanes,
  {
    owner = 'mail',
    workspace = 1,
    limits = { connections: 10, perDestination: 2, deadlineMs: 1 },
    budgets = [],
  }: Wanted = {},
): Lane {
  const destination = (last += 1)
  return lanes.add({
    key: laneKey(workspace, destination),
    workspace,
    destination,
    channel: 1,
    address: {},
    owner: lanes.owner(owner, limits),
    budgets,
    perDestination: limits.perDestination,
    inFlight: 0,
    buffer: [],
    claiming: false,
    missed: false,
    dueAt: null,
    priority: 2,
    criticalAt: null,
    pausedUntil: 0,
    storm: CALM,
    reservedAt: 0,
    startsAt: 0,
    place: 'idle',
  })
}

const wake = (lanes: Lanes, lane: Lane, priority: Priority = 1, dueAt = NOW, now = NOW): Lane => {
  if (lane.dueAt === null) lane.priority = priority
  lanes.wake(lane, { priority, dueAt }, now)
  return lane
}

/** Everybody whose turn it is, in order; those taken do not come back. */
function takeAll(lanes: Lanes, now = NOW): Lane[] {
  const taken: Lane[] = []
  for (let turn = lanes.take(now); turn !== undefined; turn = lanes.take(now)) {
    taken.push(turn.lane)
    turn.lane.claiming = true
  }
  return taken
}

describe('whose turn it is', () => {
  it('is that of the most urgent, whoever waited longer', () => {
    const lanes = new Lanes()
    const info = wake(lanes, laneIn(lanes), 2)
    const warning = wake(lanes, laneIn(lanes), 1)
    const critical = wake(lanes, laneIn(lanes, { owner: 'other' }), 0)
    expect(takeAll(lanes)).toEqual([critical, warning, info])
  })

  it('becomes that of a lane in which something urgent arrives', () => {
    const lanes = new Lanes()
    const [first, second] = [wake(lanes, laneIn(lanes), 2), wake(lanes, laneIn(lanes), 2)]
    wake(lanes, second, 0)
    expect(takeAll(lanes)).toEqual([second, first])
  })

  it('goes from workspace to workspace within one way out, and from one way out to the next', () => {
    const lanes = new Lanes()
    const busy = Array.from({ length: 4 }, () => wake(lanes, laneIn(lanes, { workspace: 1 })))
    const small = wake(lanes, laneIn(lanes, { workspace: 2 }))
    const other = wake(lanes, laneIn(lanes, { owner: 'hook', workspace: 1 }))
    expect(takeAll(lanes).slice(0, 3)).toEqual([busy[0], other, small])
  })

  it('is nobody’s when nothing is due, and comes with its moment', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes), 1, NOW + 500)
    expect(takeAll(lanes)).toEqual([])
    expect(lanes.nextMoment(NOW)).toBe(NOW + 500)
    lanes.tick(NOW + 499)
    expect(takeAll(lanes, NOW + 499)).toEqual([])
    lanes.tick(NOW + 500)
    expect(takeAll(lanes, NOW + 500)).toEqual([lane])
    expect(lanes.nextMoment(NOW + 500)).toBeNull()
  })

  it('is the earlier of two moments, and not before the destination wants to hear again', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes), 1, NOW + 500)
    wake(lanes, lane, 1, NOW + 100)
    expect(lanes.nextMoment(NOW)).toBe(NOW + 100)
    lane.pausedUntil = NOW + 900
    lanes.place(lane, NOW)
    lanes.tick(NOW + 100)
    expect([takeAll(lanes, NOW + 100), lanes.nextMoment(NOW + 100)]).toEqual([[], NOW + 900])
  })

  it('does not come twice while a claim is under way; what arrives meanwhile is remembered', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes))
    expect(takeAll(lanes)).toEqual([lane])
    wake(lanes, lane)
    expect([takeAll(lanes), lane.missed]).toEqual([[], true])
  })
})

describe('how much may go', () => {
  it('is one at a time where a budget counts, and what one destination takes elsewhere', () => {
    const lanes = new Lanes()
    const bot = wake(lanes, laneIn(lanes, { owner: 'bot', budgets: [BUDGET] }))
    const mail = wake(lanes, laneIn(lanes))
    mail.inFlight = 1
    lanes.place(mail, NOW)
    const limits = new Map([lanes.take(NOW)!, lanes.take(NOW)!].map(({ lane, limit }) => [lane, limit]))
    expect([limits.get(bot), limits.get(mail)]).toEqual([1, 1])
  })

  it('is nothing for a destination that has all it takes, until one of them ends', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes))
    lane.inFlight = 2
    lanes.place(lane, NOW)
    expect(takeAll(lanes)).toEqual([])
    lane.inFlight = 1
    lanes.place(lane, NOW)
    expect(takeAll(lanes)).toEqual([lane])
  })

  it('is nothing while the way out is told to wait', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes), 0)
    lane.owner.breaker = { failures: 0, openUntil: NOW + 5_000, openedForMs: 0 }
    expect([takeAll(lanes), lanes.nextMoment(NOW)]).toEqual([[], NOW + 5_000])
  })

  it('is a look for a way round behind a breaker that is open, one message behind one that is probing', () => {
    const lanes = new Lanes()
    const lane = wake(lanes, laneIn(lanes), 0)
    const open: Breaker = { failures: 5, openUntil: NOW + 5_000, openedForMs: 5_000 }
    lane.owner.breaker = open
    expect(lanes.take(NOW)).toMatchObject({ lane, detour: true })
    wake(lanes, lane, 0, NOW, NOW + 5_000)
    expect(lanes.take(NOW + 5_000)).toEqual({ lane, limit: 1, detour: false })
    wake(lanes, lane, 0, NOW, NOW + 5_000)
    lane.owner.claimed = 1
    expect(lanes.take(NOW + 5_000)).toBeUndefined()
  })

  it('leaves a share of the connections to what is critical', () => {
    const owner = laneIn(new Lanes()).owner
    owner.window = 100
    expect([connectionsFor(owner, 0), connectionsFor(owner, 1), connectionsFor(owner, 2)]).toEqual([10, 8, 8])
    owner.window = 1
    expect([connectionsFor(owner, 0), connectionsFor(owner, 2)]).toEqual([1, 1])
  })

  it('lets what is critical be claimed though ordinary messages fill the way out', () => {
    const lanes = new Lanes()
    const [ordinary, critical] = [wake(lanes, laneIn(lanes), 1), wake(lanes, laneIn(lanes), 0)]
    ordinary.owner.claimed = 8
    expect(takeAll(lanes)).toEqual([critical])
  })
})

describe('what a way out has earned', () => {
  it('grows with every success up to its connections, and halves with every failure down to one', () => {
    const { owner } = laneIn(new Lanes())
    const before = owner.window
    Lanes.earn(owner, true)
    expect(owner.window).toBe(before + 1)
    for (let n = 0; n < 50; n += 1) Lanes.earn(owner, true)
    expect(owner.window).toBe(10)
    Lanes.earn(owner, false)
    expect(owner.window).toBe(5)
    for (let n = 0; n < 50; n += 1) Lanes.earn(owner, false)
    expect(owner.window).toBe(1)
  })
})

describe('whatever happens to lanes', () => {
  const step = fc.record({
    what: fc.constantFrom('wake', 'wake', 'wake', 'take', 'take', 'ended', 'passed'),
    lane: fc.nat({ max: 5 }),
    priority: fc.constantFrom<Priority>(0, 1, 2),
    inMs: fc.constantFrom(0, 0, 100, 1_000),
  })

  it('none that has something due is forgotten, and none goes beyond what its way out and its destination take', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (walk) => {
        const lanes = new Lanes()
        const all = Array.from({ length: 6 }, (_, n) => laneIn(lanes, { workspace: n % 2, owner: `o${n % 3}` }))
        let now = NOW
        for (const { what, lane: index, priority, inMs } of walk) {
          const lane = all[index]!
          if (what === 'passed') now += inMs
          if (what === 'wake') wake(lanes, lane, priority, now + inMs, now)
          if (what === 'ended' && lane.inFlight > 0) {
            lane.inFlight -= 1
            lane.owner.claimed -= 1
            lanes.place(lane, now)
          }
          lanes.tick(now)
          if (what !== 'take') continue
          const turn = lanes.take(now)
          if (turn === undefined) continue
          expect(turn.limit).toBeGreaterThan(0)
          expect(turn.lane.dueAt).toBeLessThanOrEqual(now)
          // The claim finds one row, and says that there are no more.
          turn.lane.inFlight += 1
          turn.lane.owner.claimed += 1
          turn.lane.dueAt = null
          expect(turn.lane.inFlight).toBeLessThanOrEqual(2)
        }
        for (const lane of all) {
          lane.owner.claimed = 0
          lane.inFlight = 0
          lanes.place(lane, now)
        }
        const waiting = all.filter(({ dueAt }) => dueAt !== null)
        expect(new Set(waiting.map((lane) => lane.place))).not.toContain('idle')
        lanes.tick(now + 10_000)
        expect(new Set(takeAll(lanes, now + 10_000))).toEqual(new Set(waiting))
      }),
    )
  })
})
