import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../src/nodes/roles.ts'
import { startReceiver, type Receiver } from '../standins/receiver.ts'
import { ask } from '../support/answers.ts'
import { dropDatabase, takeDatabase } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { until } from '../until.ts'

/* Nodes on one PostgreSQL that are there for a part of the work only. */

let database: string
let hook: Receiver
const nodes: TestServer[] = []

const startNode = async (...roles: Role[]): Promise<TestServer> => {
  const node = await startTestServer({
    roles,
    env: {
      NABAT_DATABASE_URL: database,
      NABAT_SECRET_KEY: 'the key of all nodes',
      NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
    },
  })
  nodes.push(node)
  return node
}

/** Attempts a node has made, by its own count. */
async function attempts(node: TestServer): Promise<number> {
  const text = String((await ask(node.call, 'GET', '/metrics')).body)
  return [...text.matchAll(/^nabat_attempts_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
}

const EVENT = { type: 'camera.unavailable', data: { camera: 'c-1' } }

beforeEach(async () => {
  database = await takeDatabase()
  hook = await startReceiver()
})
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop()
  await hook.close()
  await dropDatabase(database)
})

describe('nodes with roles', () => {
  it('http: serves the API and sends nothing; what it accepts is sent by a node that delivers', async () => {
    const http = await startNode('http')
    const config = `
channels: [{ name: hook, kind: webhook, url: "${hook.url}" }]
rules: [{ name: all, types: [camera.unavailable], to: [{ channel: hook }] }]`
    expect((await ask(http.call, 'POST', '/api/v1/apply', config)).status).toBe(200)
    expect((await http.send([EVENT, EVENT])).events).toHaveLength(2)
    const waiting = await ask(http.call, 'GET', '/api/v1/deliveries?state=waiting')
    expect(waiting.body['items']).toHaveLength(2)

    const deliver = await startNode('deliver')
    await hook.waitFor(2)
    await http.send(EVENT)
    await hook.waitFor(3)
    await until(async () => (await attempts(deliver)) === 3)
    expect(await attempts(http)).toBe(0)
    expect(hook.received).toHaveLength(3)
  })

  it('deliver: answers health and metrics, and nothing else', async () => {
    const deliver = await startNode('deliver')
    const answer = async (path: string): Promise<number> => (await ask(deliver.call, 'GET', path)).status
    expect([await answer('/healthz'), await answer('/readyz'), await answer('/metrics')]).toEqual([200, 200, 200])
    for (const path of ['rules', 'events', 'deliveries', 'catalog', 'keys', 'export'])
      expect({ path, status: await answer(`/api/v1/${path}`) }).toEqual({ path, status: 404 })
    expect(await answer('/api/openapi.json')).toBe(404)
    expect((await ask(deliver.call, 'POST', '/api/v1/events', EVENT)).status).toBe(404)
  })
})

describe('the embedded store', () => {
  it('is served by one process that does everything: a part of the roles is refused, with the way out', async () => {
    for (const role of ['http', 'deliver'] as const)
      await expect(startTestServer({ roles: [role] })).rejects.toThrow(
        /without NABAT_DATABASE_URL .* leave --roles out/,
      )
    await using whole = await startTestServer({ roles: ['deliver', 'http'] })
    expect((await ask(whole.call, 'GET', '/api/v1/rules')).status).toBe(200)
  })
})
