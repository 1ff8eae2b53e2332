import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { openThreadedStore } from '../../src/store/sqlite/threaded-store.ts'
import { StoreUnavailable, type Store } from '../../src/store/store.ts'
import { startReceiver, type Receiver } from '../standins/receiver.ts'
import { ask, expectError, type Answer } from '../support/answers.ts'
import { TEST_KEY } from '../support/server.ts'
import { until } from '../until.ts'

/*
 * A store that takes no writes: the disk is full (SQLite refuses to grow beyond a number of pages), or it has become
 * read-only. Whoever posts is told to come back, nothing is half done, nothing is sent twice, and it goes on by itself.
 */

let folder: string
let receiver: Receiver
let app: App
/** Stops the server that runs, if one does. */
let running: App | undefined
async function stop(): Promise<void> {
  const stopping = running
  running = undefined
  await stopping?.stop()
}
async function start(config: Config, openStore?: (folder: string) => Store | Promise<Store>): Promise<void> {
  const options = openStore === undefined ? {} : { openStore: ({ dataFolder }: Config) => openStore(dataFolder) }
  app = running = await startApp(config, options)
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nabat-test-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await stop()
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const configOf = (): Config =>
  readConfig({
    ...{ NABAT_PORT: '0', NABAT_DATA: folder, NABAT_ADMIN_KEY: TEST_KEY, NABAT_LOG_LEVEL: 'silent' },
    NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
  }) as Config

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TEST_KEY}`,
      'content-type': typeof body === 'string' ? 'application/yaml' : 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
const apply = async (): Promise<void> => {
  const yaml = `
channels: [{ name: hook, kind: webhook, url: "${receiver.url}" }]
rules: [{ name: all, types: [camera.unavailable], to: [{ channel: hook }] }]
`
  expect((await ask(call, 'POST', '/api/v1/apply', yaml)).status).toBe(200)
}
const post = (id: string, note = ''): Promise<Answer> =>
  ask(call, 'POST', '/api/v1/events', [
    { type: 'camera.unavailable', id: `${id} a`, data: { camera: `${id} a`, note } },
    { type: 'camera.unavailable', id: `${id} b`, data: { camera: `${id} b`, note } },
  ])
const pages = (): number => {
  const database = new DatabaseSync(join(folder, 'nabat.db'), { readOnly: true })
  const count = Number(database.prepare('pragma page_count').get()!['page_count'])
  database.close()
  return count
}
const storedIds = async (): Promise<string[]> => {
  const { body } = await ask(call, 'GET', '/api/v1/events?limit=500')
  return (body['items'] as unknown as { eventId: string }[]).map((event) => event.eventId)
}
const arrivals = (): string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { data: { event: { id: string } } }).data.event.id)
const nothingWaits = (): Promise<boolean> =>
  until(
    async () => {
      const { body } = await ask(call, 'GET', '/api/v1/deliveries?state=waiting')
      return (body['items'] as unknown as unknown[]).length === 0
    },
    30_000,
    'everything to leave',
  )

describe('a full disk', () => {
  const BIG = 'x'.repeat(30_000)

  it('answers 503 with Retry-After, keeps what it has, and goes on when there is room again', async () => {
    await start(configOf())
    await apply()
    await stop()
    await start(configOf(), (path) => openThreadedStore(path, { maxPages: pages() + 60 }))
    const accepted: string[] = []
    let refused: Answer | undefined
    for (let n = 0; n < 200 && refused === undefined; n += 1) {
      const answer = await post(`batch ${n}`, BIG)
      if (answer.status === 202) accepted.push(`batch ${n} a`, `batch ${n} b`)
      else refused = answer
    }
    expect(accepted.length).toBeGreaterThan(0)
    expectError(refused!, 503, 'unavailable')
    expect(Number(refused!.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused!.body['error']!['message']).toContain('ничего не сохранено')
    // Nothing is half done: neither event of a refused batch is there.
    expect((await storedIds()).sort()).toEqual(accepted.toSorted())
    expectError(await post('again', BIG), 503, 'unavailable')
    expect((await storedIds()).sort()).toEqual(accepted.toSorted())
    // What can be read is read all the while.
    expect((await call('GET', '/healthz')).status).toBe(200)
    await stop()

    await start(configOf())
    expect((await post('again', BIG)).status).toBe(202)
    accepted.push('again a', 'again b')
    await nothingWaits()
    expect([...new Set(arrivals())].sort()).toEqual(accepted.toSorted())
  })

  it('with outcomes that cannot be written attempts nothing new, sends nothing twice, and settles when it can', async () => {
    const gate = new Gate()
    await start(configOf(), async (path) => gate.around(await openThreadedStore(path)))
    await apply()
    expect((await post('before')).status).toBe(202)
    await nothingWaits()
    gate.shut = true
    expectError(await post('refused'), 503, 'unavailable')
    expect(await storedIds()).toHaveLength(2)
    gate.shut = false
    // Accepted and claimed; the disk fills up while the messages are on their way.
    receiver.answer(() => {
      gate.shut = true
      return 204
    })
    expect((await post('during')).status).toBe(202)
    await until(
      () => gate.refusals.filter((method) => method === 'settle').length >= 3,
      10_000,
      'settling to be refused',
    )
    const seen = arrivals()
    gate.shut = false
    receiver.answer(204)
    await nothingWaits()
    expect((await post('after')).status).toBe(202)
    await nothingWaits()
    const all = ['before', 'during', 'after'].flatMap((id) => [`${id} a`, `${id} b`])
    expect(arrivals().sort()).toEqual(all.sort())
    expect(seen.length).toBeLessThanOrEqual(4)
  })
})

/**
 * A real file system without room needs the right to mount one: root's, outside a container that takes it away. Elsewhere
 * this test does not exist, and the full disk is the one above, whose pages are counted.
 */
const mayMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const rights = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  // Bit 21 is CAP_SYS_ADMIN (capabilities(7)).
  return rights !== null && ((BigInt(`0x${rights[1]!}`) >> 21n) & 1n) === 1n
})()

if (mayMount)
  describe('a file system without room', () => {
    it('refuses with 503 until there is room, without a restart; what was accepted arrives once', async () => {
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status).toBe(0)
      try {
        await start(configOf())
        await apply()
        // The other side is slow, so that messages are on their way while the disk fills up.
        receiver.answer(() => new Promise((resolve) => setTimeout(() => resolve(204), 20)))
        const accepted: string[] = []
        const take = async (id: string): Promise<number> => {
          const { status } = await post(id, 'x'.repeat(30_000))
          if (status === 202) accepted.push(`${id} a`, `${id} b`)
          return status
        }
        for (let n = 0; n < 50; n += 1) expect(await take(`before ${n}`)).toBe(202)
        const filler = join(folder, 'filler')
        writeFileSync(filler, '')
        for (let size = 1024 * 1024; size >= 1024; size /= 4)
          for (let full = false; !full;)
            try {
              appendFileSync(filler, Buffer.alloc(size))
            } catch {
              full = true
            }
        const statuses = new Set<number>()
        // What the log of the database has room for already it still takes.
        for (let n = 0; n < 400 && !statuses.has(503); n += 1) statuses.add(await take(`full ${n}`))
        for (let n = 0; n < 5; n += 1) statuses.add(await take(`still full ${n}`))
        expect(statuses).toContain(503)
        expect([...statuses].every((status) => status === 503 || status === 202)).toBe(true)
        expect((await call('GET', '/healthz')).status).toBe(200)
        rmSync(filler)
        await until(async () => (await take(`after ${accepted.length}`)) === 202, 10_000, 'a write to be taken again')
        await nothingWaits()
        expect(arrivals().sort()).toEqual(accepted.toSorted())
        await stop()
      } finally {
        spawnSync('umount', ['-l', folder])
      }
    }, 60_000)
  })

describe('a store whose writes SQLite refuses', () => {
  it('answers 503, is not ready, and is ready again by itself', async () => {
    let shut: (readOnly: boolean) => Promise<void> = () => Promise.resolve()
    await start(configOf(), async (path) => {
      const store = await openThreadedStore(path)
      shut = await readOnlySwitch(path)
      return store
    })
    await apply()
    expect((await post('before')).status).toBe(202)
    await nothingWaits()
    await shut(true)
    expectError(await post('refused'), 503, 'unavailable')
    expect((await call('GET', '/readyz')).status).toBe(503)
    expect(await storedIds()).toHaveLength(2)
    await shut(false)
    expect((await post('after')).status).toBe(202)
    expect((await call('GET', '/readyz')).status).toBe(200)
    await nothingWaits()
    expect(arrivals().sort()).toEqual(['after a', 'after b', 'before a', 'before b'])
  }, 60_000)
})

/** Another connection holds the only write lock: whatever the writer does is refused by SQLite itself. */
async function readOnlySwitch(path: string): Promise<(readOnly: boolean) => Promise<void>> {
  const database = new DatabaseSync(join(path, 'nabat.db'), { timeout: 10_000 })
  return async (readOnly) => {
    database.exec(readOnly ? 'begin immediate' : 'rollback')
  }
}

const WRITES: readonly (keyof Store)[] = ['accept', 'claim', 'settle', 'claimExpired']

/** Refuses writes while it is shut, as the store does when the disk is full; reading goes on. */
class Gate {
  shut = false
  readonly refusals: string[] = []

  around(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method = target[name as keyof Store]
        if (!WRITES.includes(name as keyof Store)) return method
        return (...parameters: unknown[]): Promise<unknown> => {
          if (!this.shut) return (method as (...all: unknown[]) => Promise<unknown>)(...parameters)
          this.refusals.push(String(name))
          return Promise.reject(new StoreUnavailable('database or disk is full'))
        }
      },
    })
  }
}
