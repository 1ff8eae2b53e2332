import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, query, takeDatabase } from '../../../test/support/postgres.ts'
import { until } from '../../../test/until.ts'
import { accept, claim, ended, event, ids, NOW, tell } from '../specification/rows.ts'
import type { Beat, Notice, Store } from '../store.ts'
import { payloads } from './notices.ts'
import { openPostgresStore } from './postgres-store.ts'

async function twoNodes(): Promise<{ url: string; a: Store; b: Store }> {
  const url = await takeDatabase()
  // Told before anybody listens.
  const maker = await openPostgresStore(url)
  await maker.createWorkspace('default', '{}')
  await maker.close()
  const [a, b] = [await openPostgresStore(url), await openPostgresStore(url)]
  onTestFinished(async () => {
    await Promise.all([a.close(), b.close()])
    await giveBack(url)
  })
  return { url, a, b }
}

const beat = (some: Partial<Beat> = {}): Beat => ({
  serves: true,
  wanted: [],
  given: [],
  lastsMs: 60_000,
  anew: false,
  ...some,
})
/** As if its time had run out: it was stopped, or the network was away. */
const late = (url: string, node: string): Promise<unknown> =>
  query(url, `update nodes set alive_until = now() - interval '1 ms' where id = ${Number(node)}`)

describe('nodes', () => {
  it('know of each other, and what one holds no other gets until it gives it up', async () => {
    const { a, b } = await twoNodes()
    const first = await a.holdLeases(beat({ wanted: ['bot 1', 'bot 2'] }))
    expect(first).toEqual({ node: first.node, nodes: [first.node], held: ['bot 1', 'bot 2'] })
    const second = await b.holdLeases(beat({ wanted: ['bot 2', 'schedules'] }))
    expect(second).toEqual({ node: second.node, nodes: [first.node, second.node], held: ['schedules'] })
    expect((await a.holdLeases(beat({ wanted: ['bot 1', 'bot 2'], given: ['bot 2'] }))).held).toEqual([
      'bot 1',
      'bot 2',
    ])
    expect((await a.holdLeases(beat({ wanted: ['bot 1'], given: ['bot 2'] }))).held).toEqual(['bot 1'])
    expect((await b.holdLeases(beat({ wanted: ['bot 2', 'schedules'] }))).held).toEqual(['bot 2', 'schedules'])
  })

  it('that only answer requests are not among those that share', async () => {
    const { a, b } = await twoNodes()
    const { node } = await a.holdLeases(beat())
    expect((await b.holdLeases(beat({ serves: false }))).nodes).toEqual([node])
    expect((await b.holdLeases(beat({ serves: true }))).nodes).toHaveLength(2)
    expect((await a.holdLeases(beat({ serves: false }))).nodes).not.toContain(node)
  })

  it('of one that leaves the others have everything at once', async () => {
    const { a, b } = await twoNodes()
    await a.holdLeases(beat({ wanted: ['bot 1'] }))
    await accept(a, [event()])
    expect(await claim(a)).toHaveLength(1)
    await a.leave()
    const { node, nodes, held } = await b.holdLeases(beat({ wanted: ['bot 1'] }))
    expect([nodes, held]).toEqual([[node], ['bot 1']])
    expect(await claim(b)).toMatchObject([{ suspect: true }])
  })

  it('that are late are dead: what they had claimed waits again, marked, in its order, and what they held is free', async () => {
    const { url, a, b } = await twoNodes()
    const { node } = await a.holdLeases(beat({ wanted: ['bot 1'] }))
    const [first, second] = [await tell(a, 'x', { step: 1 }), await tell(a, 'x')]
    await claim(a)
    expect((await b.holdLeases(beat({ wanted: ['bot 1'] }))).held).toEqual([])
    expect(await claim(b)).toEqual([])
    await late(url, node)
    const { nodes, held } = await b.holdLeases(beat({ wanted: ['bot 1'] }))
    expect([nodes.includes(node), held]).toEqual([false, ['bot 1']])
    const rows = await claim(b)
    expect(rows.map(({ delivery, suspect }) => [delivery, suspect])).toEqual([[first, true]])
    await b.settle([ended(rows[0]!)], [], NOW)
    expect(ids(await claim(b))).toEqual([second])
  })

  it('that were dead and wake neither claim nor settle what others have taken over, and go on under another name', async () => {
    const { url, a, b } = await twoNodes()
    const { node } = await a.holdLeases(beat())
    await accept(a, [event(), event()])
    const [mine] = await claim(a, { limit: 1 })
    await late(url, node)
    // Not buried yet, and dead all the same.
    expect(await claim(a)).toEqual([])
    await b.holdLeases(beat())
    const theirs = await claim(b)
    expect(theirs).toHaveLength(2)
    expect(await claim(a)).toEqual([])
    await a.settle([ended(mine!, { state: 'failed', reason: 'blocked' })], [], NOW)
    await b.settle(
      theirs.map((row) => ended(row)),
      [],
      NOW,
    )
    const states = await a.read({ sql: 'select distinct state from deliveries', parameters: [] })
    expect(states).toEqual([{ state: 1 }])
    const again = await a.holdLeases(beat())
    expect(again.node).not.toBe(node)
    await accept(a, [event()])
    const [row] = await claim(a)
    await a.settle([ended(row!)], [], NOW)
    expect(await a.read({ sql: 'select 1 from queue', parameters: [] })).toEqual([])
  })

  it('that have forgotten what they had claimed join under another name, and it waits again at once', async () => {
    const { a } = await twoNodes()
    const { node } = await a.holdLeases(beat({ wanted: ['bot 1'], anew: true }))
    await accept(a, [event()])
    const [mine] = await claim(a)
    const again = await a.holdLeases(beat({ wanted: ['bot 1'], anew: true }))
    expect([again.node === node, again.nodes, again.held]).toEqual([false, [again.node], ['bot 1']])
    await a.settle([ended(mine!)], [], NOW)
    expect(await claim(a)).toMatchObject([{ delivery: mine!.delivery, suspect: true }])
  })

  it('that take over duties leave what others have in flight as it is', async () => {
    const { a, b } = await twoNodes()
    await a.holdLeases(beat())
    await accept(a, [event()])
    await claim(a)
    await b.holdLeases(beat())
    const { lanes, sends } = await b.recover(NOW)
    expect([lanes, sends.length]).toEqual([[], 1])
    expect(await claim(b)).toEqual([])
  })
})

describe('notices', () => {
  const woken = (n: number) => ({ workspace: 1, destination: n, priority: 1 as const, dueAt: NOW, channel: 7 })

  it('reach the other nodes, and not the one that tells', async () => {
    const { url, a, b } = await twoNodes()
    const [heardA, heardB]: [Notice[], Notice[]] = [[], []]
    a.listen((notice) => heardA.push(notice))
    b.listen((notice) => heardB.push(notice))
    await listening(url, 2)
    a.tell({ kind: 'configuration', workspace: 1 })
    a.tell({ kind: 'woken', woken: [woken(1), woken(2)] })
    await until(() => heardB.length === 3)
    b.tell({ kind: 'keys' })
    await until(() => heardA.length === 1)
    expect(heardA).toEqual([{ kind: 'keys' }])
    expect(heardB).toEqual([
      { kind: 'configuration', workspace: 1 },
      { kind: 'woken', woken: [woken(1)] },
      { kind: 'woken', woken: [woken(2)] },
    ])
  })

  it('of what was saved, and of keys, are sent by the store itself', async () => {
    const { url, a, b } = await twoNodes()
    const heard: string[] = []
    b.listen(({ kind }) => heard.push(kind))
    await listening(url, 1)
    const told = async (kind: Notice['kind'], act: Promise<unknown>): Promise<void> => {
      heard.length = 0
      await act
      await until(() => heard.length > 0, 1_000, `a notice of ${kind}`)
      expect(heard).toEqual([kind])
    }
    const key = { id: 'k', workspace: 1, name: 'x', rights: 'read', perMinute: null } as const
    await told('keys', a.addKey({ ...key, hash: Buffer.from('x'), createdAt: NOW, by: null }))
    await told('keys', a.removeKey(1, 'k'))
    await told('configuration', a.createWorkspace('second', '{}'))
    await accept(a, [event()])
    const [row] = await claim(a)
    await told('configuration', a.settle([ended(row!, { disable: { reason: 'blocked', detail: '' } })], [], NOW))
    await told('configuration', a.setDestination(1, row!.destination, null, NOW))
    const write = { workspace: 1, expect: 2, at: NOW, by: 'x', comment: null, entities: [], settings: '{}' } as const
    await told('configuration', a.writeConfiguration({ ...write, secrets: [], file: null, lookAgain: [] }))
  })

  it('may have been missed when the connection was lost, and who listens is told so', async () => {
    const { url, a, b } = await twoNodes()
    const heard: Notice[] = []
    b.listen((notice) => heard.push(notice))
    await listening(url, 1)
    await query(url, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nabat notices'`)
    await until(() => heard.length > 0)
    expect(heard).toEqual([{ kind: 'missed' }])
    a.tell({ kind: 'keys' })
    await until(() => heard.length === 2)
  })

  it('of many lanes go in as few as hold them, each once', () => {
    const packed = payloads(5, [
      { kind: 'woken', woken: Array.from({ length: 500 }, (_, n) => woken(n % 250)) },
      { kind: 'keys' },
      { kind: 'keys' },
    ])
    expect(Math.max(...packed.map((payload) => Buffer.byteLength(payload)))).toBeLessThan(8_000)
    const heard = packed.flatMap((payload) => (JSON.parse(payload) as { notices: Notice[] }).notices)
    expect(heard).toHaveLength(251)
    expect(packed.length).toBeLessThan(6)
  })
})

/** Resolves once so many nodes listen. */
async function listening(url: string, many: number): Promise<void> {
  const sql = `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name = 'nabat notices' and query like 'listen%' and state = 'idle'`
  await until(async () => (await query(url, sql))[0]!['n'] === many)
}
