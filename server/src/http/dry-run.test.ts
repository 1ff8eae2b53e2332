import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { StoreUnavailable } from '../store/store.ts'
import { startTestServer, TEST_KEY, type TestServer } from '../../test/support/server.ts'

const DRY_RUN = '/api/v1/rules/dry-run'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
workspace: { name: default, language: en }
channels: [{ name: bot, kind: telegram, token: "1000:AAHtoken", enabled: false }]
users:
  - { login: ivan, roles: [dispatcher], contacts: [{ channel: inbox }] }
  - { login: anna, roles: [dispatcher], contacts: [{ channel: inbox }] }
  - { login: boris, roles: [dispatcher] }
`,
  })
})
afterAll(() => server.stop())

const RULE = { name: 'tried', types: ['camera.*'], to: [{ role: 'dispatcher' }] }

const CRITICAL = { type: 'camera.unavailable', subject: 'x', severity: 'critical', data: { camera: 'x' } }
/** A storm: twenty cameras go down and come back, one of them critical, and something else happens. */
const STORM = Array.from({ length: 60 }, (_, n) => ({
  type: n % 3 === 2 ? 'camera.available' : 'camera.unavailable',
  subject: `cam-${n % 20}`,
  data: { camera: `cam-${n % 20}` },
})).concat([CRITICAL as never, { type: 'server.unavailable', subject: 's', data: { server: 's' } } as never])

const dryRun = (rule: object, more: object = {}) => ask(server.call, 'POST', DRY_RUN, { rule, ...more })

describe('POST /api/v1/rules/dry-run', () => {
  it('tells for whom, when, and in which words', async () => {
    const from = new Date().toISOString()
    const { events } = await server.send(STORM.slice(0, 3))
    const { body } = await dryRun({ ...RULE, to: [{ user: 'ivan' }] }, { from })
    expect(body).toMatchObject({
      ...{ events: 3, matched: 3, messages: 3, held: {}, suppressed: {}, overBudget: 0 },
      perRecipient: [{ destination: 'inbox ivan', recipient: 'ivan', messages: 3 }],
    })
    const sum = (name: string) => (body[name] as unknown as number[]).reduce((all, each) => all + each, 0)
    expect([sum('perHour'), sum('perWeekday')]).toEqual([3, 3])
    const first = body['first'] as unknown as { event: string; title: string; text: string }[]
    expect(first.map(({ event }) => event)).toEqual(events.map(({ id }) => id))
    expect(first[0]!.title).toContain('cam-0')
  })

  it('looks at the span that is given, by when events were accepted', async () => {
    const events = async (span: object) => (await dryRun(RULE, span)).body['events']
    await server.send({ ...STORM[0]!, time: '2001-01-01T00:00:00Z' })
    const all = await events({})
    expect(all).toBeGreaterThan(0)
    expect(await events({ to: new Date(Date.now() - 3_600_000).toISOString() })).toBe(0)
    expect(await events({ from: '2001-01-01T00:00:00Z' })).toBe(all)
    expect(await events({ from: new Date(Date.now() + 1).toISOString(), to: '2999-01-01T00:00:00Z' })).toBe(0)
  })

  it('tries a rule that is saved already, or switched off, in its changed form', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/rules', { ...RULE, name: 'kept', enabled: false })
    expect(made.status).toBe(201)
    await server.send(STORM)
    const { status, body } = await dryRun({ ...(made.body as object), types: ['server.*'] })
    expect({ status, messages: Number(body['messages']) > 0 }).toEqual({ status: 200, messages: true })
    await server.call('DELETE', '/api/v1/rules/kept')
  })

  it('streams its progress when asked to, and the same answer last', async () => {
    await server.send(STORM)
    const span = { to: new Date().toISOString() }
    const answer = await server.call('POST', DRY_RUN, { rule: RULE, ...span }, { accept: 'application/x-ndjson' })
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await answer.text()).trimEnd().split('\n')
    const parsed = lines.map((line) => JSON.parse(line) as { progress?: number; result?: unknown })
    expect(parsed.length).toBeGreaterThan(1)
    for (const { progress } of parsed.slice(0, -1)) expect(progress! >= 0 && progress! <= 1).toBe(true)
    expect(parsed.at(-1)!.result).toEqual((await dryRun(RULE, span)).body)
  })

  it('ends the stream with what went wrong, in words, when the store fails in the middle', async () => {
    await using broken = await startWith((read) =>
      read > 1 ? Promise.reject(new StoreUnavailable('the disk is gone')) : null,
    )
    const answer = await broken.dryRun({ accept: 'application/x-ndjson' })
    const lines = (await answer.text()).trimEnd().split('\n')
    expect(JSON.parse(lines[0]!)).toEqual({ progress: 0, events: 0 })
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ error: { code: 'unavailable', details: [] } })
    expect((await broken.dryRun({})).status).toBe(503)
  })

  it.each(['application/x-ndjson', 'application/json'])(
    'reads no further once the connection is closed: %s',
    async (accept) => {
      const gate = Promise.withResolvers<null>()
      const asked = Promise.withResolvers<void>()
      let reads = 0
      await using slow = await startWith((read) => {
        reads = read
        asked.resolve()
        return gate.promise
      })
      const gone = new AbortController()
      const answer = slow.dryRun({ accept }, gone.signal).then((response) => response.text())
      await asked.promise
      gone.abort()
      await expect(answer).rejects.toThrow(/abort/)
      // The server sees the end of one connection before what comes later on others.
      for (let n = 0; n < 3; n += 1) await slow.health()
      gate.resolve(null)
      // The next one gets its turn, which it would not before the first has ended.
      const status = slow.dryRun({}).then((response) => response.status)
      expect(await status).toBe(200)
      // One slice of the first; the second's, and that there is no other.
      expect(reads).toBe(3)
    },
  )

  it('tells the mistakes of a rule as saving does, by their path in the request', async () => {
    const wrong = [
      { ...RULE, to: [{ channel: 'inbx' }] },
      { ...RULE, types: ['camra.*'], when: { field: 'data.x', op: 'like', value: 1 } },
      { name: 'x' },
    ]
    for (const rule of wrong) {
      const saving = expectError(await ask(server.call, 'POST', '/api/v1/rules', rule), 400, 'invalid')
      const trying = expectError(await dryRun(rule), 400, 'invalid')
      expect(saving.size).toBeGreaterThan(0)
      expect([...trying]).toEqual([...saving].map(([path, words]) => [`/rule${path}`, words]))
    }
  })

  it('tells what is wrong with the request', async () => {
    const paths = async (body: unknown) => [
      ...expectError(await ask(server.call, 'POST', DRY_RUN, body), 400, 'invalid').keys(),
    ]
    expect(await paths({})).toEqual(['/rule'])
    expect(await paths({ rule: [] })).toEqual(['/rule'])
    expect(await paths({ rule: { ...RULE, id: '12345' } })).toEqual(['/rule/id'])
    expect(await paths({ rule: RULE, from: 'yesterday' })).toEqual(['/from'])
    expect(await paths({ rule: RULE, since: '2026-01-01T00:00:00Z' })).toEqual(['/since'])
    expect(await paths({ rule: RULE, from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' })).toEqual(['/from'])
  })

  it('takes the right to write: it shows what messages say', async () => {
    const as = async (rights: 'send' | 'read' | 'all') => {
      const call = withKey(server, await makeKey(server, rights))
      return ask(call, 'POST', DRY_RUN, { rule: RULE })
    }
    expectError(await ask(withKey(server, ''), 'POST', DRY_RUN, { rule: RULE }), 401, 'unauthorized')
    expectError(await as('send'), 403, 'forbidden')
    expectError(await as('read'), 403, 'forbidden')
    expect((await as('all')).status).toBe(200)
  })

  it('saves nothing', async () => {
    const rules = async () => (await ask(server.call, 'GET', '/api/v1/rules')).body
    const before = await rules()
    await dryRun({ ...RULE, name: 'never saved' })
    expect(await rules()).toEqual(before)
  })
})

/** A server with a stored event, over a store that is asked before each slice is read; `meet` is given its number. */
async function startWith(meet: (read: number) => Promise<null> | null) {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-dry-run-'))
  const settings = { NABAT_PORT: '0', NABAT_DATA: folder, NABAT_ADMIN_KEY: TEST_KEY, NABAT_LOG_LEVEL: 'silent' }
  const config = readConfig(settings)
  if ('mistakes' in config) throw new Error(config.mistakes.join())
  let reads = 0
  const app = await startApp(config, {
    openStore: ({ dataFolder }) => {
      const store = openSqliteStore(dataFolder)
      const read: typeof store.read = async (query) => {
        if (query.sql.includes('json_group_array')) await meet((reads += 1))
        return store.read(query)
      }
      return { ...store, read }
    },
  })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  await post('/api/v1/events', CRITICAL)
  const rule = { name: 'tried', types: ['camera.*'], to: [{ channel: 'inbox', user: 'ivan' }] }
  const user = await post('/api/v1/users', { login: 'ivan' })
  expect(user.status).toBe(201)
  return {
    dryRun: (headers: Record<string, string>, signal?: AbortSignal) => post(DRY_RUN, { rule }, headers, signal),
    health: () => fetch(`${app.url}/healthz`),
    async [Symbol.asyncDispose]() {
      await app.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
