import { systemClock, systemRandom } from '../clock.ts'
import { Keys } from '../people/keys.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

/** Everything in it carries a mark by which it would be recognised in an answer to somebody else. */
const MARK = 'zinc'
const CONFIG = `
workspace: { name: second, title: ${MARK} company, systemContact: ${MARK}@example.ru }
types: [{ name: ${MARK}.happened, title: { ru: ${MARK} } }]
channels: [{ name: ${MARK} hook, kind: webhook, url: 'https://${MARK}.example/hook', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }]
users: [{ login: ${MARK}user, contacts: [{ channel: inbox }] }]
groups: [{ name: ${MARK} group, users: [${MARK}user] }]
templates: [{ name: ${MARK} words, type: camera.unavailable, title: ${MARK} }]
silences: [{ name: ${MARK} silence, comment: ${MARK}, until: '2999-01-01T00:00:00Z', when: { field: subject, op: eq, value: quiet } }]
rules: [{ name: ${MARK} rule, types: [camera.unavailable], to: [{ user: ${MARK}user }] }]
schedules: [{ name: ${MARK} schedule, cron: '0 0 29 2 *', type: summary.scheduled }]
`

let folder: string
let server: TestServer
let key: string
let theirs: ReturnType<typeof withKey>
let paths: Record<string, Record<string, object>>
let file: string

/** A second workspace is made by its file; its first key, by hand. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nabat-test-'))
  await (await startTestServer({ folder, config: CONFIG })).stop()
  const store = openSqliteStore(folder)
  const second = (await store.workspaces()).find((workspace) => workspace.name === 'second')!
  const made = await new Keys(store, systemClock, systemRandom).make(second.id, `${MARK} key`, 'all', null, null)
  if (made !== 'taken') ({ key } = made)
  await store.close()
  server = await startTestServer({ folder })
  theirs = withKey(server, key)
  paths = (await ask(server.call, 'GET', '/api/openapi.json')).body['paths'] as unknown as typeof paths
  await fill()
}, 20_000)
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Named {
  readonly id: string
  readonly name?: string
  readonly login?: string
  readonly key?: string
}
const list = async (path: string): Promise<readonly Named[]> =>
  ((await ask(theirs, 'GET', path)).body['items'] ?? []) as unknown as Named[]

/** Something of every kind: a file, an event, a delivery, an incident, an entry of an inbox. */
async function fill(): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([`${MARK} content`]), `${MARK}.txt`)
  const headers = { authorization: `Bearer ${key}` }
  const uploaded = await fetch(`${server.url}/api/v1/files`, { method: 'POST', headers, body: form })
  file = ((await uploaded.json()) as Named).id
  const attachments = [{ file, name: `${MARK}.txt` }]
  const { status } = await ask(theirs, 'POST', '/api/v1/events', {
    ...{ type: 'camera.unavailable', id: `${MARK}-1`, source: MARK, subject: MARK },
    ...{ data: { camera: MARK }, attachments },
  })
  expect(status).toBe(202)
  await until(async () => (await list(`/api/v1/users/${MARK}user/inbox`)).length > 0, 5_000, 'the inbox entry')
}

/** What may stand in a path: everything the other workspace has there, by id and by name. */
async function thingsAt(path: string): Promise<string[]> {
  const collection = path.slice(0, path.indexOf('/{'))
  if (collection === '/api/v1/files') return [file]
  const rows = await list(collection)
  return [
    ...new Set(rows.flatMap(({ id, name, login, key }) => (key === undefined ? [id, name ?? login ?? id] : [key]))),
  ]
}

const withId = (): [string, string][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    path.includes('{') ? Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]) : [],
  )

/** All that the other workspace can see of itself. */
async function everythingOfTheirs(): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const [path, methods] of Object.entries(paths))
    if ('get' in methods)
      for (const id of path.includes('{') ? await thingsAt(path) : [''])
        seen.push([path, id, (await ask(theirs, 'GET', path.replace(/\{\w+\}/, encodeURIComponent(id)))).body])
  return seen
}

describe('a workspace', () => {
  it('sees what is its own, so that there is something to hide', async () => {
    for (const [method, path] of withId().filter(([method]) => method === 'GET')) {
      const ids = await thingsAt(path)
      expect(ids.length, path).toBeGreaterThan(0)
      for (const id of ids) {
        const { status } = await ask(theirs, method, path.replace(/\{\w+\}/, encodeURIComponent(id)))
        expect({ path, id, status }).toEqual({ path, id, status: 200 })
      }
    }
  })

  it('finds nothing of another, whatever it asks for by id or by name, and changes nothing there', async () => {
    const before = await everythingOfTheirs()
    let asked = 0
    for (const [method, path] of withId())
      for (const id of await thingsAt(path)) {
        asked += 1
        const body = method === 'PUT' ? { name: 'taken', login: 'taken' } : undefined
        const answer = await ask(server.call, method, path.replace(/\{\w+\}/, encodeURIComponent(id)), body)
        const own = /^\d+$/.test(id) && answer.status === 200
        expect({ method, path, id, status: own ? 404 : answer.status }).toEqual({ method, path, id, status: 404 })
        expect(JSON.stringify(answer.body)).not.toContain(MARK)
      }
    expect(asked).toBeGreaterThan(40)
    expect(await everythingOfTheirs()).toEqual(before)
  })

  it('does not see it in any list, export, or search', async () => {
    const queries = [
      `eventId=${MARK}-1`,
      `source=${MARK}`,
      `incident=camera:${MARK}`,
      `recipient=${MARK}user`,
      `channel=inbox`,
    ]
    for (const [path, methods] of Object.entries(paths))
      if ('get' in methods && !path.includes('{'))
        for (const query of ['', ...queries]) {
          const answer = await ask(server.call, 'GET', `${path}?${query}`)
          expect(JSON.stringify(answer.body), `${path}?${query}`).not.toContain(MARK)
        }
  })

  it('retries and cancels nothing of another in a list of many', async () => {
    const ids = (await list('/api/v1/deliveries')).map((delivery) => delivery.id)
    expect(ids.length).toBeGreaterThan(0)
    for (const name of ['retry', 'cancel'])
      expect((await ask(server.call, 'POST', `/api/v1/deliveries/${name}`, { ids })).body).toEqual({ ids: [] })
  })

  it('may not attach the files of another to its events', async () => {
    const event = { type: 'workorder.created', data: {}, attachments: [{ file, name: 'x' }] }
    expect((await ask(server.call, 'POST', '/api/v1/events', event)).status).toBe(400)
  })

  it('has its own events by the same source and id, its own types, people and rules', async () => {
    const event = { type: 'camera.unavailable', id: `${MARK}-1`, source: MARK, data: { camera: 'ours' } }
    expect((await server.send(event)).events[0]).toMatchObject({ status: 'accepted', deliveries: 0 })
    expect((await ask(theirs, 'POST', '/api/v1/events', event)).body['events']).toMatchObject([{ status: 'duplicate' }])
    const ofTheirType = { type: `${MARK}.happened`, data: {} }
    expect((await ask(server.call, 'POST', '/api/v1/events', ofTheirType)).status).toBe(400)
    expect((await ask(theirs, 'POST', '/api/v1/events', ofTheirType)).status).toBe(202)
  })

  it('cannot apply a file that describes another', async () => {
    const answer = await ask(server.call, 'POST', '/api/v1/apply', CONFIG)
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: '/workspace/name', line: 2 }] } } })
  })
})
