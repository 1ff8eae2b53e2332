import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, person, type SignedIn } from '../../test/support/signed-in.ts'
import { until } from '../../test/until.ts'

/* One's own inbox, as the console asks for it. */

let server: TestServer
let vera: SignedIn
let nina: SignedIn
beforeAll(async () => {
  server = await startTestServer({
    config:
      'workspace: { name: default }\nrules: [{ name: r, types: [camera.unavailable], to: [{ role: client, channel: inbox }] }]',
  })
  vera = await person(server, 'vera', ['client'])
  nina = await person(server, 'nina', ['dispatcher'], { card: { name: 'Нина' } })
})
afterAll(() => server.stop())

interface Entry {
  readonly id: string
  readonly changedAt: string
}
const inbox = async (who: SignedIn, query = ''): Promise<Entry[]> =>
  (await ask(who.call, 'GET', `/api/v1/inbox${query}`)).body['items'] as unknown as Entry[]
const counts = async (who: SignedIn) => (await ask(who.call, 'GET', '/api/v1/inbox/counts')).body
const camera = (name: string, severity: string) =>
  server.send({ type: 'camera.unavailable', subject: name, severity, data: { camera: name } })

describe('one’s own inbox', () => {
  it('shows what came, counts it, and is marked up to a time and back', async () => {
    await camera('a', 'critical')
    await until(async () => (await inbox(vera)).length === 1)
    const { events } = await camera('b', 'warning')
    const [second] = await until(async () => {
      const entries = await inbox(vera)
      return entries.length === 2 && entries
    })
    expect(second).toMatchObject({
      ...{ severity: 'warning', type: 'camera.unavailable', category: 'cameras', event: events[0]!.id },
      ...{ incident: { key: 'camera:b', state: 'open' }, acknowledgedBy: null, updates: 0, readAt: null },
    })
    expect(await counts(vera)).toEqual({ unread: 2, critical: 1 })
    expect(await inbox(vera, '?severity=critical&q=A&category=cameras')).toHaveLength(1)
    const [, first] = await inbox(vera)
    const { body } = await ask(vera.call, 'POST', '/api/v1/inbox/read', { before: first!.changedAt })
    expect(body).toEqual({ changed: 1, ids: [first!.id] })
    expect(await counts(vera)).toEqual({ unread: 1, critical: 0 })
    await ask(vera.call, 'POST', '/api/v1/inbox/unread', { ids: body['ids'] })
    expect(await counts(vera)).toEqual({ unread: 2, critical: 1 })
  })

  it('says by whom an incident was taken on, and is nobody else’s', async () => {
    await ask(nina.call, 'POST', `/api/v1/incidents/${encodeURIComponent('camera:b')}/acknowledge`)
    expect(await inbox(vera, '?q=b')).toMatchObject([
      { incident: { state: 'acknowledged' }, acknowledgedBy: 'nina', acknowledgedByName: 'Нина' },
    ])
    expect(await inbox(nina)).toEqual([])
    expect((await ask(nina.call, 'DELETE', '/api/v1/users/vera/inbox')).status).toBe(403)
  })

  it('is refused to a key, to mistakes, and to an operator without a card in the workspace', async () => {
    expectError(await ask(server.call, 'GET', '/api/v1/inbox'), 403, 'forbidden')
    expectError(await ask(vera.call, 'GET', '/api/v1/inbox?severity=grave'), 400, 'invalid')
    expectError(await ask(vera.call, 'GET', '/api/v1/inbox?cursor=1'), 400, 'invalid')
    expectError(await ask(vera.call, 'POST', '/api/v1/inbox/read', { before: 'noon' }), 400, 'invalid')
    expectError(await ask(vera.call, 'POST', '/api/v1/inbox/read', { all: true }), 400, 'invalid')
    const boss = await administrator(server)
    await ask(server.call, 'POST', '/api/v1/workspaces', { name: 'other', title: 'Other' })
    await ask(boss.call, 'PUT', '/api/v1/session', { workspace: 'other' })
    const refused = expectError(await ask(boss.call, 'GET', '/api/v1/inbox'), 404, 'not_found')
    expect(refused.get('')).toContain('no employee card')
  })

  it('is deleted whole by those who look after everybody’s', async () => {
    const { body } = await ask(server.call, 'DELETE', '/api/v1/users/vera/inbox')
    expect(body).toEqual({ deleted: 2 })
    expect(await inbox(vera)).toEqual([])
  })
})
