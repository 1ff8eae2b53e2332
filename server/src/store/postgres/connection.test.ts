import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, query, takeDatabase } from '../../../test/support/postgres.ts'
import { accept, claim, count, delivery, ended, event, NOW, request } from '../specification/rows.ts'
import { StoreUnavailable, type Store } from '../store.ts'
import type { Deadlines } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { numbered } from './read.ts'

const SHORT: Deadlines = { connectMs: 1_500, writeMs: 800, lockMs: 500, graceMs: 300 }

async function opened(through: (url: string) => Promise<string> | string = (url) => url, deadlines?: Deadlines) {
  const url = await takeDatabase()
  const store = await openPostgresStore(await through(url), deadlines ?? SHORT)
  onTestFinished(async () => {
    await store.close()
    await giveBack(url)
  })
  await store.createWorkspace('default', '{}')
  return { url, store }
}

/** A connection that holds a lock until it is ended. */
async function holding(url: string, sql: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(sql)
  onTestFinished(() => client.end())
  return client
}

const unavailable = async (some: Promise<unknown>): Promise<void> =>
  expect(some).rejects.toBeInstanceOf(StoreUnavailable)

/** A proxy that can be told to swallow what comes: neither side notices. */
async function swallowing(url: string) {
  let silent = false
  const sockets = new Set<Socket>()
  const target = new URL(url)
  const { port, hostname } = target
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => void (silent || to.write(chunk)))
      from.on('close', () => void to.destroy())
      from.on('error', () => void to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  target.port = String((server.address() as AddressInfo).port)
  return { url: target.href, silence: (on: boolean) => void (silent = on) }
}

describe('a lost connection', () => {
  it('is no harm while nobody uses it: the next call has another', async () => {
    const { url, store } = await opened()
    await accept(store, [event()])
    await query(
      url,
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await settled(store)
    expect(await count(store, 'events')).toBe(1)
    await accept(store, [event()])
    expect(await claim(store)).toHaveLength(2)
  })

  it('in the middle of a request refuses it as unavailable and leaves nothing of it', async () => {
    const { url, store } = await opened()
    const one = delivery()
    const other = await holding(
      url,
      `insert into deliveries (workspace, rule, id, event, state) values (1, 0, '${one.id}', '${one.id}', 0)`,
    )
    const refused = unavailable(store.accept(request([event({ eventId: 'e', deliveries: [one] })])))
    await waitingFor(url, 1)
    await query(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    await refused
    await other.query('rollback')
    expect([await count(store, 'events'), await count(store, 'event_keys')]).toEqual([0, 0])
    expect((await accept(store, [event({ eventId: 'e' })])).events[0]!.duplicate).toBe(false)
  })

  it('that is half open is noticed in time, and the store goes on once it is whole', async () => {
    let proxy: Awaited<ReturnType<typeof swallowing>> | undefined
    const { store } = await opened(async (url) => (proxy = await swallowing(url)).url)
    await accept(store, [event()])
    proxy!.silence(true)
    const from = performance.now()
    await unavailable(store.accept(request([event()])))
    expect(performance.now() - from).toBeLessThan(6_000)
    proxy!.silence(false)
    await settled(store)
    await accept(store, [event()])
  })
})

describe('waiting', () => {
  it('for a lock ends: the request is refused, others that do not need it go on', async () => {
    const { url, store } = await opened()
    const other = await store.createWorkspace('other', '{}')
    const lock = await holding(url, 'select 1 from workspaces where id = 1 for update')
    await unavailable(store.accept(request([event()])))
    await accept(store, [event()], { workspace: other })
    await lock.query('rollback')
    await accept(store, [event()])
  })

  it('for a connection ends when all of them are busy, and is over when they are free', async () => {
    const { url, store } = await opened()
    const lock = await holding(url, 'lock table marks')
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => store.setMark('m', new Uint8Array(1))))
    for (const result of results)
      expect(result.status === 'rejected' ? result.reason : result).toBeInstanceOf(StoreUnavailable)
    await lock.query('rollback')
    await store.setMark('m', new Uint8Array(1))
  })

  it('for another that waits for us ends soon: what we were at is done again', async () => {
    const { url, store } = await opened(patient, { ...SHORT, writeMs: 10_000, lockMs: 10_000 })
    const ofBoth = (step: 1 | 2) => ['x', 'y'].map((incident) => event({ incident, step, deliveries: [] }))
    await accept(store, ofBoth(1))
    const other = await holding(url, "update incidents set severity = 0 where key = 'y'")
    await other.query("set local deadlock_timeout = '1min'")
    const accepted = accept(store, ofBoth(2))
    await waitingFor(url, 1)
    await other.query("update incidents set severity = 0 where key = 'x'")
    await other.query('commit')
    expect((await accepted).events).toHaveLength(2)
    expect(await count(store, 'events')).toBe(4)
    await query(url, `alter database ${new URL(url).pathname.slice(1)} reset deadlock_timeout`)
  })
})

/** The server looks for circles late enough for a test to close one. */
async function patient(url: string): Promise<string> {
  await query(url, `alter database ${new URL(url).pathname.slice(1)} set deadlock_timeout = '1500ms'`)
  return url
}

describe('a backup', () => {
  it('is left to the tools of the database, which is said', async () => {
    const { store } = await opened()
    await expect(store.backup('/tmp/x')).rejects.toThrow('pg_dump')
  })
})

describe('a text', () => {
  it('with the character 0, which PostgreSQL cannot hold, is stored without it', async () => {
    const { store } = await opened()
    await accept(store, [
      event({ subject: 'a\0b', eventId: 'e\0', incident: 'i\0\uD800', step: 1, deliveries: [delivery({ step: 1 })] }),
    ])
    expect((await accept(store, [event({ eventId: 'e\0' })])).events[0]!.duplicate).toBe(true)
    const [row] = await claim(store)
    expect(row!.event.subject).toBe('a\uFFFDb')
    await store.settle([ended(row!)], [], NOW)
  })

  it('of a list has its parameters numbered, but for those in quotes', () => {
    expect(numbered(`select "a?b" from t where x = ? and y = 'wh''at?' and z in (?, ?)`)).toBe(
      `select "a?b" from t where x = $1 and y = 'wh''at?' and z in ($2, $3)`,
    )
  })
})

/** Resolves once so many wait for a lock. */
async function waitingFor(url: string, many: number): Promise<void> {
  const sql = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  for (;;) if ((await query(url, sql))[0]!['n'] === many) return
}

/** Asks until the store answers again: each of its connections may have to be found out. */
async function settled(store: Store): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    const [write, read] = await Promise.allSettled([store.ping(), count(store, 'events')])
    if (write.status === 'fulfilled' && read.status === 'fulfilled') return
  }
}
