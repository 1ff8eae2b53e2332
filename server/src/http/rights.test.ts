import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { person } from '../../test/support/signed-in.ts'

let server: TestServer
let keys: Record<'send' | 'read', ReturnType<typeof withKey>>
let routes: (readonly [method: string, path: string])[]

beforeAll(async () => {
  server = await startTestServer()
  const make = async (rights: 'send' | 'read' | 'all') => withKey(server, await makeKey(server, rights))
  keys = { send: await make('send'), read: await make('read') }
  const { paths } = (await ask(server.call, 'GET', '/api/openapi.json')).body
  routes = Object.entries(paths as unknown as Record<string, object>)
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
    )
    .filter(([method, path]) => !OF_PEOPLE.test(`${method} ${path}`))
})
afterAll(() => server.stop())

/** These are for people who have signed in, and for those who are about to: session.test.ts. */
const OF_PEOPLE = /^\w+ \/api\/v1\/(sessions?|links|password-reset)\b/
/* Who may call what is in permissions.test.ts. */

describe('a route of the API', () => {
  it('answers 401 without a key, with a wrong one, and with the right one said wrongly', async () => {
    expect(routes.length).toBeGreaterThan(50)
    const wrong = [
      '',
      'Bearer',
      `Bearer ${server.key}x`,
      'Bearer nabat_0',
      `Basic ${btoa(`x:${server.key}`)}`,
      server.key,
    ]
    for (const [method, path] of routes)
      for (const authorization of wrong) {
        // A body with a mistake as well: who is not known is told nothing of it.
        const body = method === 'GET' || method === 'DELETE' ? undefined : { nonsense: 1 }
        const answer = await ask(server.call, method, path, body, { authorization })
        expect({ method, path, ...answer }).toMatchObject({ method, path, status: 401 })
        expectError(answer, 401, 'unauthorized')
      }
  })

  it('knows a key until it is removed', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/keys', { name: 'short-lived', rights: 'read' })
    const call = withKey(server, String(made.body['key']))
    expect((await ask(call, 'GET', '/api/v1/events')).status).toBe(200)
    expect((await ask(server.call, 'DELETE', `/api/v1/keys/${String(made.body['id'])}`)).status).toBe(204)
    expectError(await ask(call, 'GET', '/api/v1/events'), 401, 'unauthorized')
  })
})

describe('keys', () => {
  it('are listed with who made them and when they called last, and never by themselves', async () => {
    const boss = await person(server, 'boss', ['admin'])
    const body = { name: 'of the boss', rights: 'read' }
    const key = String((await ask(boss.call, 'POST', '/api/v1/keys', body)).body['key'])
    const listed = async (): Promise<Record<string, unknown>> => {
      const { body: keysNow } = await ask(boss.call, 'GET', '/api/v1/keys')
      expect(JSON.stringify(keysNow)).not.toContain(key)
      const items = keysNow['items'] as unknown as Record<string, unknown>[]
      return items.find(({ name }) => name === body.name)!
    }
    expect(await listed()).toMatchObject({ ...body, perMinute: null, by: 'boss', lastUsedAt: null })
    expect((await ask(withKey(server, key), 'GET', '/api/v1/events')).status).toBe(200)
    expect((await listed())['lastUsedAt']).toMatch(/^\d{4}-\d\d-\d\dT/)
  })
})

describe('what needs no key', () => {
  it('health and readiness, and the metrics from this machine', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ready' })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/^nabat_in_flight 0$/m)
  })

  it('metrics through a proxy need one: the proxy is on this machine, its clients are not', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    expect((await fetch(`${server.url}/metrics`, { headers })).status).toBe(401)
    expect((await keys.read('GET', '/metrics', undefined, headers)).status).toBe(200)
    expect((await keys.send('GET', '/metrics', undefined, headers)).status).toBe(403)
  })
})
