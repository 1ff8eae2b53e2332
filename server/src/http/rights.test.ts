import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

let server: TestServer
let keys: Record<'send' | 'read' | 'all', ReturnType<typeof withKey>>
let routes: (readonly [method: string, path: string])[]

beforeAll(async () => {
  server = await startTestServer()
  const make = async (rights: 'send' | 'read' | 'all') => withKey(server, await makeKey(server, rights))
  keys = { send: await make('send'), read: await make('read'), all: await make('all') }
  const { paths } = (await ask(server.call, 'GET', '/api/openapi.json')).body
  routes = Object.entries(paths as unknown as Record<string, object>)
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
    )
    .filter(([method, path]) => !OF_PEOPLE.test(`${method} ${path}`))
})
afterAll(() => server.stop())

const SEND = ['POST /api/v1/events', 'POST /api/v1/files']
/** These are for people who have signed in, and for those who are about to: session.test.ts. */
const OF_PEOPLE = /^\w+ \/api\/v1\/(sessions?|links|password-reset)\b/
/** These show more than one who only looks may see. */
const NOT_FOR_READING = ['GET /api/v1/keys', 'GET /api/v1/export']
/** A body that the schema takes, where there is one: what is asked for is the right, not the mistake. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/v1/keys': { name: 'n', rights: 'all' },
  'POST /api/v1/deliveries/retry': { ids: ['x'] },
  'POST /api/v1/deliveries/cancel': { ids: ['x'] },
  'POST /api/v1/incidents/x/acknowledge': {},
}

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

  it('answers 403 to a key for sending, save where events and files are posted', async () => {
    let refused = 0
    for (const [method, path] of routes) {
      const name = `${method} ${path}`
      const answer = await ask(keys.send, method, path, BODIES[name])
      if (SEND.includes(name)) expect([400, 415], name).toContain(answer.status)
      else {
        refused += 1
        expect({ name, status: answer.status }).toEqual({ name, status: 403 })
        expectError(answer, 403, 'forbidden')
      }
    }
    expect(refused).toBe(routes.length - SEND.length)
  })

  it('answers 403 to a key for reading wherever something would change', async () => {
    for (const [method, path] of routes) {
      const name = `${method} ${path}`
      const { status } = await ask(keys.read, method, path, BODIES[name])
      if (method === 'GET' && !NOT_FOR_READING.includes(name)) expect([200, 404], name).toContain(status)
      else expect({ name, status }).toEqual({ name, status: 403 })
    }
  })

  it('lets a key for all do all but what concerns the whole installation', async () => {
    for (const [method, path] of routes.filter(([method]) => method === 'GET')) {
      const { status } = await ask(keys.all, method, path)
      expect([200, 404], path).toContain(status)
    }
    expectError(await ask(keys.all, 'POST', '/api/v1/backup'), 403, 'forbidden')
  })

  it('knows a key until it is removed', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/keys', { name: 'short-lived', rights: 'read' })
    const call = withKey(server, String(made.body['key']))
    expect((await ask(call, 'GET', '/api/v1/events')).status).toBe(200)
    expect((await ask(server.call, 'DELETE', `/api/v1/keys/${String(made.body['id'])}`)).status).toBe(204)
    expectError(await ask(call, 'GET', '/api/v1/events'), 401, 'unauthorized')
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
