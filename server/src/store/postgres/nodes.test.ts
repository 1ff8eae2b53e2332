import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { until } from '../../../test/until.ts'
import { accept, delivery, ended, event, HOUR, makeId, NOW, request, tell, waits } from '../specification/rows.ts'
import type { ClaimedRow, Priority, Store } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

/* Several nodes on one database: what one does while the other is in the middle of something. */

async function nodes(many = 2): Promise<readonly Store[]> {
  const url = await takeDatabase()
  const stores = await Promise.all(Array.from({ length: many }, () => openPostgresStore(url)))
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await giveBack(url)
  })
  await stores[0]!.createWorkspace('default', '{}')
  return stores
}

const CHATS = ['a', 'b', 'c']
const INCIDENTS = ['x', 'y', 'z', 'w']
const oneOf = <T>(list: readonly T[], n: number): T => list[n % list.length]!

/** Every destination there is. */
const lanesOf = async (store: Store) =>
  (await store.read({ sql: 'select id from destinations', parameters: [] })).map((row) => ({
    workspace: 1,
    destination: Number(row['id']),
    limit: 5,
  }))

describe('several nodes', () => {
  it('that accept, claim and settle the same incidents at once send everything once, and of an incident one message at a time', async () => {
    const stores = await nodes()
    const sent: { node: number; row: ClaimedRow }[] = []
    const inFlight = new Set<string>()
    const together: string[] = []
    let accepting = stores.length
    const work = async (store: Store, node: number): Promise<void> => {
      for (let round = 0; round < 25; round += 1) {
        const events = Array.from({ length: 6 }, (_, n) => {
          const step = oneOf([1, 2, 2, 3] as const, round + n)
          const priority = oneOf<Priority>([0, 1, 1, 2], round * 7 + n)
          return event({
            incident: oneOf(INCIDENTS, round + n * node),
            step,
            deliveries: CHATS.map((chat) =>
              delivery({ step, priority, expiresAt: NOW + HOUR, held: n % 3 === 0 ? 'quiet_hours' : null }, chat),
            ),
          })
        })
        await Promise.all(events.map((each) => store.accept(request([each]))))
      }
      accepting -= 1
    }
    const deliver = async (store: Store, node: number): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const done = accepting === 0
        const { rows } = await store.claim(await lanesOf(store), NOW + n)
        for (const row of rows) {
          const line = `${row.destination} ${row.incident?.key}`
          if (inFlight.has(line)) together.push(line)
          inFlight.add(line)
        }
        const settlements = rows.map((row, index) => {
          inFlight.delete(`${row.destination} ${row.incident?.key}`)
          if (index % 4 === 3) return waits(row, { dueAt: NOW })
          sent.push({ node, row })
          return ended(row)
        })
        if (settlements.length > 0) await store.settle(settlements, [], NOW)
        else if (done && (await store.read({ sql: 'select 1 from queue', parameters: [] })).length === 0) return
      }
    }
    await Promise.all(stores.flatMap((store, node) => [work(store, node), deliver(store, node)]))
    expect(together).toEqual([])
    const ids = sent.map(({ row }) => row.delivery)
    expect([ids.length, new Set(ids).size]).toEqual([2 * 25 * 6 * 3, 2 * 25 * 6 * 3])
    // Both took part, or nothing was shown.
    expect(new Set(sent.map(({ node }) => node)).size).toBe(2)
  })

  it('know an event that both are given at the same moment', async () => {
    const [a, b] = await nodes()
    for (let n = 0; n < 10; n += 1) {
      const some = () => Array.from({ length: 20 }, (_, index) => event({ eventId: `e${n} ${index}` }))
      const results = await Promise.all([accept(a!, some()), accept(b!, some().toReversed())])
      const fresh = results.flatMap(({ events }) => events.filter(({ duplicate }) => !duplicate))
      expect(fresh).toHaveLength(20)
    }
  })

  it('let one message through of what a rule says at most once, and one head of a line that both begin', async () => {
    const [a, b] = await nodes()
    for (let n = 0; n < 10; n += 1) {
      const limited = () =>
        event({ deliveries: [delivery({ throttle: { key: `k${n}`, perMs: HOUR } })], eventId: makeId() })
      const results = await Promise.all([accept(a!, [limited()]), accept(b!, [limited()])])
      expect(results.map(({ events }) => events[0]!.deliveries).sort()).toEqual([0, 1])
      await Promise.all([tell(a!, `i${n}`, { step: 1 }), tell(b!, `i${n}`, { step: 1 })])
    }
    const heads = await a!.read({
      sql: 'select incident, count(*) as n from queue where behind = 0 and incident is not null group by incident',
      parameters: [],
    })
    expect(heads.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, () => 1))
    const opened = await a!.read({ sql: 'select key from incidents', parameters: [] })
    expect(opened).toHaveLength(10)
  })

  it('route by what was saved on any of them: an event that was routed before is stale', async () => {
    const [a, b] = await nodes()
    for (let version = 0; version < 10; version += 1) {
      const write = { workspace: 1, expect: version, at: NOW, by: 'x', comment: null } as const
      const [saved, during] = await Promise.all([
        a!.writeConfiguration({ ...write, entities: [], settings: null, secrets: [], file: null, lookAgain: [] }),
        b!.accept(request([event()], { version })),
      ])
      expect(saved).toMatchObject({ version: version + 1 })
      expect(during === 'stale' || during.events.length === 1).toBe(true)
      expect(await b!.accept(request([event()], { version }))).toBe('stale')
    }
  })

  it('hand out a message to one of them, however many ask', async () => {
    const stores = await nodes(3)
    const made = Array.from({ length: 60 }, () => event())
    await accept(stores[0]!, made)
    const lanes = (await lanesOf(stores[0]!)).map((lane) => ({ ...lane, limit: 7 }))
    const claimed: string[] = []
    await until(async () => {
      const results = await Promise.all(stores.map((store) => store.claim(lanes, NOW)))
      claimed.push(...results.flatMap(({ rows }) => rows.map(({ delivery: id }) => id)))
      return claimed.length >= 60
    })
    expect([claimed.length, new Set(claimed).size]).toEqual([60, 60])
  })

  it('begin together: one brings the schema up to date, the other waits', async () => {
    const [a, b] = await nodes()
    expect(await a!.workspaces()).toEqual(await b!.workspaces())
  })

  it('do not undo what another has settled: a settlement that comes twice changes nothing', async () => {
    const [a, b] = await nodes()
    const instead = delivery({}, 'b')
    const raised = request([event({ type: 'system.x' })])
    await accept(a!, [event()])
    const { rows } = await a!.claim(await lanesOf(a!), NOW)
    const settlement = ended(rows[0]!, { state: 'failed', reason: 'blocked', told: null, instead })
    await a!.settle([settlement], [raised], NOW)
    const again = await b!.settle([{ ...settlement, state: 'sent' }], [raised], NOW)
    expect(again).toEqual({ woken: [], stale: [] })
    const [row] = await a!.read({
      sql: 'select state, attempts from deliveries where reason is not null',
      parameters: [],
    })
    expect(row).toMatchObject({ state: 3, attempts: '[1800000000000,5,"sent",null,null]' })
  })
})
