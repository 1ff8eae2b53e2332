import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
channels:
  - { name: a, kind: webhook, url: "https://example.ru", enabled: false }
  - { name: b, kind: webhook, url: "https://example.ru", enabled: false }
users: [{ login: ivan }, { login: petr }]
rules: [{ name: told, types: [camera.unavailable, server.unavailable], to: [{ channel: a }, { channel: b }] }]
`,
  })
  for (const camera of ['1', '2'])
    await server.send({ type: 'camera.unavailable', subject: camera, severity: 'critical', data: { camera } })
  await server.send({ type: 'camera.available', subject: '1', data: { camera: '1' } })
  await server.send({ type: 'server.unavailable', subject: 'cameras', data: { server: 's' } })
  await ask(server.call, 'POST', '/api/v1/groups', { name: 'later' })
})
afterAll(() => server.stop())

const LISTS = ['events', 'deliveries', 'incidents', 'destinations', 'changes', 'users', 'users/ivan/inbox'] as const

describe('the cursor of a list', () => {
  it.each(LISTS)('of %s that it never gave is refused, in words', async (list) => {
    for (const cursor of ['nonsense', '-1', '1 or 1=1', "'", '%'])
      expect(
        expectError(
          await ask(server.call, 'GET', `/api/v1/${list}?cursor=${encodeURIComponent(cursor)}`),
          400,
          'invalid',
        ).get('/cursor'),
      ).toMatch(/^cursor: this list gave no such cursor; take next/)
  })

  it.each(['events', 'deliveries', 'incidents', 'destinations', 'changes', 'users'])(
    'of %s that it gave leads on, each row once',
    async (list) => {
      const page = async (query: string): Promise<Body> =>
        (await ask(server.call, 'GET', `/api/v1/${list}${query}`)).body
      const all = (await page(''))['items'] as unknown as { id: string }[]
      expect(all.length).toBeGreaterThan(1)
      const leafed: string[] = []
      for (let next: unknown = ''; next !== null;) {
        const body = await page(`?limit=1${next === '' ? '' : `&cursor=${encodeURIComponent(String(next))}`}`)
        leafed.push(...(body['items'] as unknown as { id: string }[]).map(({ id }) => id))
        next = body['next']
      }
      expect(leafed).toEqual(all.map(({ id }) => id))
    },
  )
})

describe('a query', () => {
  it('for an event or a digest that is no id is refused, with the name of the field', async () => {
    const answer = await ask(server.call, 'GET', '/api/v1/deliveries?event=7c1f&digest=x')
    expect([...expectError(answer, 400, 'invalid').keys()]).toEqual(['/event', '/digest'])
  })

  it.each([
    ['type=camera.unavailable', 2],
    ['type=camera.*', 3],
    ['type=camera', 0],
    ['category=cameras', 3],
    ['category=servers', 1],
    ['category=custom', 0],
    ['severity=critical', 3],
    ['subject=1', 2],
    ['subject=1&severity=critical', 1],
    ['category=cameras&type=server.*', 0],
  ])('of events by %s finds %i', async (query, count) => {
    const { body } = await ask(server.call, 'GET', `/api/v1/events?source=admin&${query}`)
    expect(body['items']).toHaveLength(count)
  })

  it('of events by a category or a severity there is not is refused', async () => {
    for (const query of ['category=camera', 'severity=huge', 'from=yesterday'])
      expectError(await ask(server.call, 'GET', `/api/v1/events?${query}`), 400, 'invalid')
  })
})
