import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { simulate, type Sabotage } from '../simulation/simulation.ts'

/** Lives in one test run; `npm run simulate -- --seeds 100000` lives more. */
const SEEDS = 150
const FIRST = 1

describe('whatever fails', () => {
  it.each(Array.from({ length: 10 }, (_, part) => part))(
    'nothing is lost, doubled without a mark, out of order, stuck or over a limit (part %i)',
    async (part) => {
      for (let n = 0; n < SEEDS / 10; n += 1) {
        const seed = FIRST + part * (SEEDS / 10) + n
        const { wrong, events } = await simulate(seed)
        expect({ seed, wrong }).toEqual({ seed, wrong: [] })
        expect(events).toBeGreaterThan(0)
      }
    },
    120_000,
  )
})

/** Bugs put in on purpose. A simulation that does not find them proves nothing. */
const BUGS: Readonly<Record<string, Sabotage>> = {
  'lost: an event is answered before it is stored': ({ store }) => {
    let accepted = 0
    return {
      ...methodsOf(store),
      accept: async (request) => {
        accepted += 1
        if (accepted % 10 !== 0) return store.accept(request)
        return { events: request.events.map(({ id }) => ({ id, duplicate: false, deliveries: 0 })), woken: [] }
      },
    }
  },
  'wrong order: a later one does not wait for the earlier': ({ store }) => ({
    ...methodsOf(store),
    claim: async (wants, now) => {
      await store.read({ sql: 'update queue set behind = 0', parameters: [] })
      return store.claim(wants, now)
    },
  }),
  'stuck after a full disk: an outcome that was refused is forgotten': ({ store }) => ({
    ...methodsOf(store),
    settle: async (settlements, raised, now) => store.settle(settlements.slice(1), raised, now),
  }),
  'budget exceeded: nothing is remembered of the sends before a crash': ({ store }) => ({
    ...methodsOf(store),
    recover: async (now) => ({ ...(await store.recover(now)), sends: [] }),
  }),
  'unmarked repeat: what a dead process had claimed is taken for untried': ({ store }) => ({
    ...methodsOf(store),
    claim: async (wants, now) => {
      const result = await store.claim(wants, now)
      return { ...result, rows: result.rows.map((row) => ({ ...row, suspect: false })) }
    },
  }),
}

/** A store's methods, bound, so that some of them can be replaced. */
function methodsOf(store: Store): Store {
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => [name, (method as (...all: unknown[]) => unknown).bind(store)]),
  ) as unknown as Store
}

describe('a bug put in on purpose is found', () => {
  it.each(Object.entries(BUGS))('%s', { timeout: 120_000 }, async (_name, sabotage) => {
    const found: string[] = []
    for (let seed = 1; seed <= 60 && found.length === 0; seed += 1)
      found.push(...(await simulate(seed, sabotage)).wrong)
    expect(found).not.toEqual([])
  })
})
