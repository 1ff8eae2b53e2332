import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, type Answer, type Body } from '../../test/support/answers.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

const CONFIG = (url: string) => `
channels:
  - { name: off, kind: webhook, url: "${url}", enabled: false }
  - { name: hook, kind: webhook, url: "${url}" }
rules:
  - { name: waits, types: [camera.unavailable], to: [{ channel: off }] }
  - { name: told, types: [server.unavailable], to: [{ channel: hook }] }
`
const MANY = 450

describe.each(['sqlite', 'postgres'])('many deliveries at once on %s', (store) => {
  let server: TestServer
  let hook: Receiver
  let database: string | undefined
  beforeAll(async () => {
    if (store === 'postgres') database = await takeDatabase()
    hook = await startReceiver()
    server = await startTestServer({
      config: CONFIG(hook.url),
      env: {
        NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
        ...(database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of all nodes' }),
      },
    })
    const camera = (index: number) => ({ type: 'camera.unavailable', data: { camera: `c-${index}` } })
    await server.send(Array.from({ length: MANY }, (_, index) => camera(index)))
  })
  afterAll(async () => {
    await server.stop()
    await hook.close()
    if (database !== undefined) await giveBack(database)
  })

  const call = (path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> =>
    ask(server.call, 'POST', `/api/v1/deliveries/${path}`, body, headers)
  const listed = async (query: string): Promise<Body[]> =>
    (await ask(server.call, 'GET', `/api/v1/deliveries?${query}`)).body['items'] as unknown as Body[]

  it('are cancelled by a filter, and tried again by one, with the count of them', async () => {
    const [one] = await listed('limit=1')
    const byId = await call('cancel', { ids: [one!['id']] })
    expect(byId.body).toEqual({ ids: [one!['id']], done: 1, total: 1, more: false })
    const nobody = await call('cancel', { filter: { state: 'waiting', channel: 'hook' } })
    expect(nobody.body).toEqual({ done: 0, total: 0, more: false })
    const all = await call('cancel', { filter: { state: 'waiting', channel: 'off', rule: 'waits' } })
    expect(all.body).toEqual({ done: MANY - 1, total: MANY - 1, more: false })
    expect(await listed('state=waiting')).toEqual([])
    const since = { from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' }
    const again = await call('retry', { filter: { state: 'cancelled', reason: 'cancelled', ...since } })
    expect(again.body).toEqual({ done: MANY, total: MANY, more: false })
    const before = await call('retry', { filter: { state: 'cancelled', to: '2000-01-01T00:00:00Z' } })
    expect(before.body).toEqual({ done: 0, total: 0, more: false })
  })

  it('tell how far it has come, in lines', async () => {
    // What is just being looked at again is in flight, and stays.
    const wait = async (): Promise<boolean> =>
      (await listed('state=waiting&reason=channel_off&limit=500')).filter(({ state }) => String(state) === 'waiting')
        .length === MANY
    await until(wait)
    const { body } = await call('cancel', { filter: { state: 'waiting' } }, { accept: 'application/x-ndjson' })
    const lines = String(body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { progress?: number; result?: object })
    expect(lines.at(-1)).toEqual({ result: { done: MANY, total: MANY, more: false } })
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines.slice(0, -1)) expect(line).toMatchObject({ done: expect.any(Number) as number })
  })

  it('are left alone once nobody waits for the answer any more', async () => {
    const slow = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ type: 'camera.unavailable', data: { camera: `s-${index}` } },
    }))
    await server.send(slow)
    await server.send(slow)
    const waiting = async (): Promise<number> =>
      Number((await ask(server.call, 'GET', '/api/v1/counts')).body['waiting'])
    const all = await waiting()
    expect(all).toBe(2_000)
    const ended = new AbortController()
    const response = await fetch(`${server.url}/api/v1/deliveries/cancel`, {
      method: 'POST',
      signal: ended.signal,
      headers: {
        ...{ authorization: `Bearer ${server.key}`, accept: 'application/x-ndjson' },
        'content-type': 'application/json',
      },
      body: JSON.stringify({ filter: { state: 'waiting' } }),
    })
    await response.body!.getReader().read()
    ended.abort()
    const { body } = await call('cancel', { filter: { state: 'waiting' } })
    expect(Number(body['done'])).toBeGreaterThan(0)
    // Nobody else took any of them away, but for the slice that was under way.
    expect(Number(body['total']) - Number(body['done'])).toBeLessThanOrEqual(200)
    expect(await waiting()).toBe(0)
  })

  it('that failed are tried again and leave', async () => {
    hook.answer(410)
    await server.send([1, 2, 3].map((server) => ({ type: 'server.unavailable', data: { server: `s-${server}` } })))
    const ended = (state: string) => async (): Promise<boolean> =>
      (await listed(`state=${state}&rule=told`)).length === 3
    await until(async () => (await listed('state=waiting&rule=told')).length === 0)
    const [failed] = await listed('rule=told&limit=1')
    const state = String(failed!['state'])
    hook.answer(204)
    const [destination] = (await ask(server.call, 'GET', '/api/v1/destinations?disabled=true')).body[
      'items'
    ] as unknown as Body[]
    if (destination !== undefined)
      await ask(server.call, 'POST', `/api/v1/destinations/${String(destination['id'])}/enable`)
    expect((await call('retry', { filter: { state, rule: 'told' } })).body).toMatchObject({ total: 3 })
    await until(ended('sent'))
  })

  it('need to be said in one way, and in words that exist', async () => {
    const ids = ['01a20374-35af-7001-b3c8-1e3d6c419a30']
    expectError(await call('cancel', {}), 400, 'invalid')
    expectError(await call('cancel', { ids, filter: { state: 'waiting' } }), 400, 'invalid')
    expectError(await call('retry', { filter: { state: 'sent' } }), 400, 'invalid')
    expectError(await call('retry', { filter: {} }), 400, 'invalid')
    const noId = await call('retry', { filter: { state: 'failed', event: '1' } })
    expect(expectError(noId, 400, 'invalid').get('/filter/event')).toMatch(/give an id/)
  })
})
