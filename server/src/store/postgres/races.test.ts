import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, query, takeDatabase } from '../../../test/support/postgres.ts'
import { until } from '../../../test/until.ts'
import {
  accept,
  claim,
  delivery,
  destinationOf,
  ended,
  event,
  HOUR,
  ids,
  NOW,
  request,
  tell,
} from '../specification/rows.ts'
import type { PlannedEvent, Store } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

/*
 * What one transaction does while another is in its middle, one order of things after another. The accept of an event is
 * held up just before its deliveries are written: somebody else is writing one with the same id, and has not made up his
 * mind.
 */

interface Middle {
  readonly store: Store
  /** Another node. */
  readonly node: Store
  /** Begins to accept an event and returns once it is held up; `go` lets it end. */
  hold(held: PlannedEvent): Promise<{ go(): Promise<void>; readonly accepted: Promise<unknown> }>
  /** What becomes of something while the accept is held up: it ends, or waits for it. */
  outcome(some: Promise<unknown>): Promise<'ends' | 'waits'>
}

async function middle(): Promise<Middle> {
  const url = await takeDatabase()
  const store = await openPostgresStore(url)
  const node = await openPostgresStore(url)
  const others: Client[] = []
  onTestFinished(async () => {
    await Promise.all(others.map((other) => other.end()))
    await Promise.all([store.close(), node.close()])
    await giveBack(url)
  })
  await store.createWorkspace('default', '{}')
  const waiting = async (): Promise<number> => {
    const sql = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return (await query(url, sql))[0]!['n'] as number
  }
  return {
    store,
    node,
    async outcome(some) {
      let ended = false
      const end = (): void => void (ended = true)
      void some.then(end, end)
      return until(async () => (ended ? 'ends' : (await waiting()) === 2 && 'waits'), 5_000, 'it to end or to wait')
    },
    async hold(held) {
      const other = new Client({ connectionString: url })
      others.push(other)
      await other.connect()
      await other.query('begin')
      const first = held.deliveries[0]!.id
      await other.query('insert into deliveries (workspace, rule, id, event, state) values (1, 0, $1, $1, 0)', [first])
      const accepted = store.accept(request([held]))
      await until(async () => (await waiting()) === 1, 5_000, 'the accept to be held up')
      return { accepted, go: async () => void (await other.query('rollback')) }
    },
  }
}

const update = (chat = 'a') => {
  const one = delivery({ step: 2 }, chat)
  return event({ incident: 'x', step: 2, deliveries: [one] })
}

describe('while an event is being accepted', () => {
  it('the message before it in its line cannot end unseen: the new one is not left behind for ever', async () => {
    const { store, hold, outcome } = await middle()
    await tell(store, 'x')
    const [first] = await claim(store)
    const next = update()
    const { accepted, go } = await hold(next)
    const settled = store.settle([ended(first!)], [], NOW)
    expect(await outcome(settled)).toBe('waits')
    await go()
    await accepted
    const { woken } = await settled
    expect(woken).toMatchObject([{ dueAt: NOW }])
    expect(ids(await claim(store))).toEqual([next.deliveries[0]!.id])
  })

  it('another of its incident that begins the same line stands behind it, or before it, and not beside it', async () => {
    const { store, node, hold, outcome } = await middle()
    // So that the destination is there, and neither waits for the other to make it.
    await store.settle([ended((await tell(store, 'another'), await claim(store))[0]!)], [], NOW)
    const events = [update(), update()]
    const { accepted, go } = await hold(events[0]!)
    const second = node.accept(request([events[1]!]))
    expect(await outcome(second)).toBe('ends')
    await go()
    await Promise.all([accepted, second])
    const seen: string[] = []
    for (let n = 0; n < 2; n += 1) {
      const rows = await claim(store)
      expect(rows).toHaveLength(1)
      seen.push(...ids(rows))
      await store.settle([ended(rows[0]!)], [], NOW)
    }
    expect(seen.toSorted()).toEqual(events.map(({ deliveries }) => deliveries[0]!.id).toSorted())
  })

  it('a save waits for it: what is stored after a save was routed by it', async () => {
    const { store, hold, outcome } = await middle()
    const { accepted, go } = await hold(event())
    const saved = store.setDestination(1, 1, null, NOW)
    expect(await outcome(saved)).toBe('waits')
    await go()
    expect(await accepted).not.toBe('stale')
    await saved
    expect(await store.accept(request([event()]))).toBe('stale')
  })

  it('the digest it joins is not claimed: nobody is told of a part of it only', async () => {
    const { store, hold } = await middle()
    const gathering = () => event({ deliveries: [delivery({ digest: true, held: 'digest', dueAt: NOW + HOUR })] })
    const first = gathering()
    await accept(store, [first])
    const joining = gathering()
    const { accepted, go } = await hold(joining)
    expect(await claim(store, { now: NOW + HOUR })).toEqual([])
    await go()
    await accepted
    const rows = await claim(store, { now: NOW + HOUR })
    expect(ids(rows)).toEqual([first.deliveries[0]!.id])
    const told = await store.digestEvents(1, rows[0]!.delivery)
    expect(told.map(({ id }) => id)).toEqual([first.id, joining.id])
  })

  it('messages of its line that are passed over by a claim are said to be due still', async () => {
    const { store, hold } = await middle()
    await tell(store, 'x')
    const { accepted, go } = await hold(update())
    const destination = await destinationOf(store)
    const { rows, next } = await store.claim([{ workspace: 1, destination, limit: 5 }], NOW)
    expect([rows, next]).toEqual([[], [{ priority: 1, dueAt: NOW }]])
    await go()
    await accepted
    expect(await claim(store)).toHaveLength(1)
  })
})
