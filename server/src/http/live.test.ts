import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, makeKey } from '../../test/support/answers.ts'
import { listenTo } from '../../test/support/listening.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

const CONFIG = `
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
rules: [{ name: told, types: [camera.*], to: [{ user: ivan }] }]
`
const CAMERA = { type: 'camera.unavailable', data: { camera: 'c-1' } }

describe.each(['sqlite', 'postgres'])('GET /api/v1/live on %s', (store) => {
  let server: TestServer
  let database: string | undefined
  const env = (): Record<string, string> =>
    database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of all nodes' }
  beforeAll(async () => {
    if (store === 'postgres') database = await takeDatabase()
    server = await startTestServer({ config: CONFIG, env: env() })
  })
  afterAll(async () => {
    await server.stop()
    if (database !== undefined) await giveBack(database)
  })

  it('is a stream that no proxy holds back, and begins with what is running', async () => {
    await using live = await listenTo(server)
    expect(live.response.status).toBe(200)
    expect(live.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(live.response.headers.get('cache-control')).toBe('no-store')
    expect(live.response.headers.get('x-accel-buffering')).toBe('no')
    await until(() => live.text.includes('event: hello\ndata: {"version":"'))
  })

  it('tells of an event, of what became of its deliveries, of the inbox and of the incident', async () => {
    await using live = await listenTo(server)
    await server.send(CAMERA)
    await live.hears('events', 'incidents', 'inbox', 'deliveries')
    const { body } = await ask(server.call, 'GET', '/api/v1/incidents')
    const key = encodeURIComponent(String(body['items']![0]!['key']))
    await ask(server.call, 'POST', `/api/v1/incidents/${key}/acknowledge`)
    await live.hears('incidents')
    await ask(server.call, 'POST', '/api/v1/users/ivan/inbox/read')
    await live.hears('inbox')
  })

  it('tells of a save once it can be read', async () => {
    await using live = await listenTo(server)
    await ask(server.call, 'POST', '/api/v1/groups', { name: `group on ${store}` })
    await live.hears('configuration')
    expect((await ask(server.call, 'GET', `/api/v1/groups/group on ${store}`)).status).toBe(200)
  })

  it('is silent where nothing happens, and tells whoever may look at nothing of nothing', async () => {
    const key = await makeKey(server, 'send')
    await using all = await listenTo(server)
    await using live = await listenTo(server, { authorization: `Bearer ${key}` })
    expect(live.response.status).toBe(200)
    await server.send(CAMERA)
    await all.hears('deliveries')
    expect([...live.heard]).toEqual([])
  })

  it('wants to know who listens', async () => {
    expect((await server.call('GET', '/api/v1/live', undefined, { authorization: '' })).status).toBe(401)
  })

  it('is ended at once when the server stops, which does not wait for those who listen', async () => {
    await using other = await startTestServer({ env: env() })
    await using live = await listenTo(other)
    await until(() => live.text !== '')
    await other.stop()
    await until(() => live.ended)
  })

  if (store === 'postgres')
    it('tells of what another node has written', async () => {
      await using other = await startTestServer({ env: env() })
      await using live = await listenTo(other)
      await server.send(CAMERA)
      await live.hears('events')
      await ask(server.call, 'POST', '/api/v1/groups', { name: 'of the other node' })
      await live.hears('configuration')
      expect((await ask(other.call, 'GET', '/api/v1/groups/of the other node')).status).toBe(200)
    })
})
