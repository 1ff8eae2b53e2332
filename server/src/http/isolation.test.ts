import { createECDH } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { person, useLink, type SignedIn } from '../../test/support/signed-in.ts'
import { until } from '../../test/until.ts'

/*
 * That one workspace never sees, nor changes, anything of another: every call of the document is made with everything the
 * other has. A call that this walk does not know how to make fails it.
 */

/** Everything in the other workspace carries a mark by which it would be recognised in an answer to somebody else. */
const MARK = 'zinc'
const CONFIG = `
workspace: { name: ${MARK}, title: ${MARK} company, systemContact: ${MARK}@example.ru }
types: [{ name: ${MARK}.happened, title: { ru: ${MARK} } }]
channels: [{ name: ${MARK} hook, kind: webhook, url: 'https://${MARK}.example/hook', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }]
users: [{ login: ${MARK}user, contacts: [{ channel: inbox }] }]
groups: [{ name: ${MARK} group, users: [${MARK}user] }]
templates: [{ name: ${MARK} words, type: camera.unavailable, title: ${MARK} }]
silences: [{ name: ${MARK} silence, comment: ${MARK}, until: '2999-01-01T00:00:00Z', when: { field: subject, op: eq, value: quiet } }]
rules: [{ name: ${MARK} rule, types: [camera.unavailable], to: [{ user: ${MARK}user }] }]
schedules: [{ name: ${MARK} schedule, cron: '0 0 29 2 *', type: summary.scheduled }]
`

/** What stands in paths is found in these lists; a file in none. */
const LISTS =
  'changes channels deliveries destinations devices events groups incidents keys rules schedules sessions silences templates types users'.split(
    ' ',
  )

/** Calls by a name or id that are not answered with 404 to somebody else, and why. */
const NOT_HIDDEN: readonly (readonly [RegExp, number | null, string])[] = [
  [/^\w+ \/api\/v1\/links\//, null, 'who holds a one-time link may use it: its token is the secret'],
  [/^\w+ \/api\/v1\/workspaces\//, 403, 'for the operator alone'],
]

/** Bodies of calls that name no thing in their path: what they could name of the other; null: nothing. */
const WRITES: Readonly<Record<string, ((other: Other) => unknown) | null>> = {
  'POST /events': ({ file }) => ({ type: 'workorder.created', data: {}, attachments: [{ file, name: 'x' }] }),
  'POST /deliveries/retry': ({ deliveries }) => ({ ids: deliveries }),
  'POST /deliveries/cancel': ({ deliveries }) => ({ ids: deliveries }),
  'POST /rules': () => ({ name: 'r', types: ['camera.*'], to: [{ user: `${MARK}user` }] }),
  'POST /rules/dry-run': () => ({ rule: { name: 'r', types: ['camera.*'], to: [{ channel: `${MARK} hook` }] } }),
  'POST /rules/test': ({ events }) => ({
    rule: { name: 'r', types: ['camera.*'], to: [{ channel: 'inbox' }] },
    event: events[0],
  }),
  'POST /templates/preview': ({ events }) => ({ type: 'camera.unavailable', event: events[0] }),
  'POST /channels/check': ({ channels }) => ({ id: channels[0], name: 'x', kind: 'webhook' }),
  'POST /channels': () => ({ name: 'x', kind: 'webhook', url: 'https://example.ru', backup: `${MARK} hook` }),
  'POST /groups': () => ({ name: 'g', users: [`${MARK}user`] }),
  'POST /templates': () => ({ name: 't', type: `${MARK}.happened`, title: 'x' }),
  'POST /schedules': () => ({ name: 's', cron: '0 9 * * *', type: `${MARK}.happened` }),
  'POST /apply': () => CONFIG,
  'PUT /session': () => ({ workspace: MARK }),
  'POST /workspaces': () => ({ name: MARK }),
  'PUT /profile': () => ({ contacts: [{ channel: `${MARK} hook` }] }),
  'POST /profile/telegram': () => ({ channel: `${MARK} hook` }),
  'POST /inbox/read': ({ entries }) => ({ ids: entries }),
  'POST /inbox/unread': ({ entries }) => ({ ids: entries }),
  'POST /push/clicked': ({ deliveries }) => ({ delivery: deliveries[0] }),
  // What a body could name is the endpoint of a browser: it is looked for in the own workspace.
  'POST /devices': null,
  'POST /users': null,
  'POST /silences': null,
  'POST /types': null,
  'POST /keys': null,
  'POST /files': null,
  'POST /users/import': null,
  'PUT /workspace': null,
  'POST /backup': null,
  'POST /admin-link': null,
  'POST /session': null,
  'DELETE /session': null,
  'DELETE /sessions': null,
  'PUT /session/password': null,
  'POST /session/second-factor': null,
  'PUT /session/second-factor': null,
  'POST /session/second-factor/recovery': null,
  'POST /session/second-factor/off': null,
  'POST /password-reset': null,
}

/** These say nothing of what they did not find; that they changed nothing is looked at afterwards. */
const TAKES_ANYTHING = /^\/(push\/clicked|inbox\/(un)?read)$/

interface Named {
  readonly id?: string
  readonly name?: string
  readonly login?: string
  readonly key?: string
}

interface Other {
  readonly call: SignedIn['call']
  readonly file: string
  readonly deliveries: readonly string[]
  readonly events: readonly string[]
  readonly channels: readonly string[]
  /** Of an inbox. */
  readonly entries: readonly string[]
}

const STORES = [
  ['sqlite', async () => ({ env: {}, give: async () => {} })],
  [
    'postgres',
    async () => {
      const url = await takeDatabase()
      const env = { NABAT_DATABASE_URL: url, NABAT_SECRET_KEY: 'the secret key of two workspaces' }
      return { env, give: () => giveBack(url) }
    },
  ],
] as const

describe.each(STORES)('a workspace, %s', (_store, place) => {
  let server: TestServer
  let give: () => Promise<void>
  let other: Other
  /** Those who call from the first workspace: a key and a person, with all rights there. */
  let callers: readonly (readonly [name: string, call: SignedIn['call']])[]
  let calls: readonly (readonly [method: string, path: string])[]

  beforeAll(async () => {
    const taken = await place()
    give = taken.give
    server = await startTestServer({ env: taken.env })
    const { paths } = (await ask(server.call, 'GET', '/api/openapi.json')).body
    calls = Object.entries(paths as unknown as Record<string, object>)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path] as const))
      // A stream that says that something has changed, and nothing of what.
      .filter(([, path]) => path !== '/api/v1/live')
    callers = [
      ['key', withKey(server, await makeKey(server, 'all'))],
      ['person', (await person(server, 'boss', ['admin'])).call],
    ]
    other = await makeOther()
  }, 60_000)
  afterAll(async () => {
    await server.stop()
    await give()
  })

  /** The other workspace, with something of every kind; what it is asked for, its administrator asks. */
  async function makeOther(): Promise<Other> {
    const wanted = { name: MARK, administrator: { email: `${MARK}@example.ru`, login: `${MARK}boss` } }
    const { body } = await ask(server.call, 'POST', '/api/v1/workspaces', wanted)
    const { call } = await useLink(server, String(body['invitation']!['link']), { login: `${MARK}boss` })
    const made = await ask(call, 'POST', '/api/v1/keys', { name: `${MARK} key`, rights: 'all' })
    const key = String(made.body['key'])
    const byKey = withKey(server, key)
    expect((await ask(byKey, 'POST', '/api/v1/apply', CONFIG)).status).toBe(200)
    const form = new FormData()
    form.append('file', new Blob([`${MARK} content`]), `${MARK}.txt`)
    const headers = { authorization: `Bearer ${key}` }
    const uploaded = await fetch(`${server.url}/api/v1/files`, { method: 'POST', headers, body: form })
    const file = ((await uploaded.json()) as { id: string }).id
    const p256dh = createECDH('prime256v1').generateKeys('base64url')
    const device = {
      ...{ endpoint: `https://fcm.googleapis.com/fcm/send/${MARK}`, title: `${MARK} phone` },
      keys: { p256dh, auth: Buffer.alloc(16).toString('base64url') },
    }
    expect((await ask(call, 'POST', '/api/v1/devices', device)).status).toBe(201)
    const event = {
      ...{ type: 'camera.unavailable', id: `${MARK}-1`, source: MARK, subject: MARK },
      ...{ data: { camera: MARK }, attachments: [{ file, name: `${MARK}.txt` }] },
    }
    expect((await ask(byKey, 'POST', '/api/v1/events', event)).status).toBe(202)
    const idsAt = async (path: string): Promise<string[]> => (await list(call, path)).map(({ id }) => id!)
    await until(async () => (await idsAt(`users/${MARK}user/inbox`)).length > 0, 10_000, 'the inbox entry')
    const [deliveries, events, channels] = [await idsAt('deliveries'), await idsAt('events'), await idsAt('channels')]
    return { call, file, deliveries, events, channels, entries: await idsAt(`users/${MARK}user/inbox`) }
  }

  async function list(call: SignedIn['call'], path: string): Promise<readonly Named[]> {
    return ((await ask(call, 'GET', `/api/v1/${path}?limit=500`)).body['items'] ?? []) as unknown as Named[]
  }

  const namesOf = (rows: readonly Named[]): string[] =>
    rows.flatMap(({ id, name, login, key }) => [id, name, login, key].filter((each) => each !== undefined))

  /** What may stand in a path: everything the other has there and the first has not, by id and by name. */
  async function thingsAt(path: string): Promise<string[]> {
    const where = path.replace('/mine/', '/').split('/')[3]!
    if (where === 'files') return [other.file]
    if (!LISTS.includes(where)) throw new Error(`${path}: the walk does not know what may stand there`)
    const own = new Set(namesOf((await Promise.all(callers.map(([, call]) => list(call, where)))).flat()))
    // Of a change, `key` is whose it is.
    const rows = (await list(other.call, where)).map((row) => (where === 'changes' ? { id: row.id! } : row))
    const things = [...new Set(namesOf(rows))].filter((thing) => !own.has(thing))
    expect(things.length, path).toBeGreaterThan(0)
    return where === 'incidents' ? things.filter((thing) => thing.includes(':')) : things
  }

  const at = (path: string, thing: string): string => path.replace(/\{\w+\}/, encodeURIComponent(thing))
  const byThing = () =>
    calls.filter(([method, path]) => path.includes('{') && !NOT_HIDDEN.some(([like]) => like.test(`${method} ${path}`)))

  /** All that the other can see of itself, but for when keys and sessions were used, and how long counting took. */
  async function everythingOfTheirs(): Promise<unknown[]> {
    const seen: unknown[] = []
    for (const [, path] of calls.filter(([method, path]) => method === 'GET' && !path.includes('workspaces')))
      if (!path.includes('/links/'))
        for (const thing of path.includes('{') ? await thingsAt(path) : [''])
          seen.push([path, thing, JSON.stringify((await ask(other.call, 'GET', at(path, thing))).body, whatStays)])
    return seen
  }
  const whatStays = (name: string, value: unknown): unknown =>
    ['seenAt', 'lastUsedAt', 'tookMs'].includes(name) ? undefined : value

  it('sees what is its own, so that there is something to hide', async () => {
    for (const [method, path] of byThing().filter(([method]) => method === 'GET'))
      for (const thing of await thingsAt(path)) {
        const { status } = await ask(other.call, method, `${at(path, thing)}${path.endsWith('/why') ? '?who=x' : ''}`)
        // A webhook has no chats; versions and chats are asked for by id alone.
        expect([200, 404, 409], `${path} ${thing}`).toContain(status)
      }
    expect(JSON.stringify(await everythingOfTheirs()).split(MARK).length).toBeGreaterThan(50)
  })

  it('finds nothing of another by id or by name, and changes nothing there', async () => {
    const before = await everythingOfTheirs()
    let asked = 0
    for (const [method, path] of byThing())
      for (const thing of await thingsAt(path))
        for (const [name, call] of callers) {
          asked += 1
          const taken = { PUT: { name: 'taken', login: 'taken' }, PATCH: { title: 'taken' } }
          const body = taken[method as keyof typeof taken]
          const { status, body: told } = await ask(call, method, at(path, thing), body)
          const wanted = /^\/api\/v1\/(sessions|devices|mine)\//.test(path) && name === 'key' ? 403 : 404
          expect({ name, method, path, thing, status }).toEqual({ name, method, path, thing, status: wanted })
          expect(JSON.stringify(told)).not.toContain(MARK)
        }
    expect(asked).toBeGreaterThan(150)
    expect(await everythingOfTheirs()).toEqual(before)
  }, 60_000)

  it('is told nothing of what is for others altogether', async () => {
    for (const [method, path] of calls)
      for (const [like, wanted] of NOT_HIDDEN.filter(([like]) => like.test(`${method} ${path}`)))
        for (const [name, call] of wanted === null ? [] : callers) {
          const { status, body } = await ask(call, method, at(path, MARK))
          expect({ name, like, status }).toEqual({ name, like, status: wanted })
          expect(JSON.stringify(body)).not.toContain(MARK)
        }
  })

  it('does not see another in any list, export or search', async () => {
    const queries = [
      '',
      `eventId=${MARK}-1`,
      `source=${MARK}`,
      `incident=camera:${MARK}`,
      `recipient=${MARK}user`,
      `by=${MARK}boss`,
      `event=${other.events[0]}`,
      `channel=inbox`,
    ]
    for (const [, path] of calls.filter(([method, path]) => method === 'GET' && !path.includes('{')))
      for (const query of queries)
        for (const [name, call] of callers) {
          const { body } = await ask(call, 'GET', `${path}?${query}`)
          expect(JSON.stringify(body), `${name} ${path}?${query}`).not.toContain(MARK)
        }
  })

  it('reaches nothing of another by what a body names', async () => {
    const writes = calls.filter(([method, path]) => method !== 'GET' && !path.includes('{'))
    const known = writes.map(([method, path]) => `${method} ${path.slice('/api/v1'.length)}`)
    expect(known.toSorted()).toEqual(Object.keys(WRITES).toSorted())
    const before = await everythingOfTheirs()
    for (const [name, bodyOf] of Object.entries(WRITES)) {
      if (bodyOf === null) continue
      const [method = '', path = ''] = name.split(' ')
      for (const [who, call] of callers) {
        const body = bodyOf(other)
        // A browser sends no YAML.
        if (typeof body === 'string' && who === 'person') continue
        const answer = await ask(call, method, `/api/v1${path}`, body)
        if (path.startsWith('/deliveries/')) expect(answer, name).toMatchObject({ status: 200, body: { ids: [] } })
        else
          expect(
            TAKES_ANYTHING.test(path) ? [200, 204, 403] : [400, 403, 404, 409],
            `${name} ${who} ${JSON.stringify(answer.body)}`,
          ).toContain(answer.status)
      }
    }
    expect(await everythingOfTheirs()).toEqual(before)
  })

  it('has its own events by the same source and id, its own types, people and rules', async () => {
    const [, call] = callers[0]!
    const event = { type: 'camera.unavailable', id: `${MARK}-1`, source: MARK, data: { camera: 'ours' } }
    const ours = await ask(call, 'POST', '/api/v1/events', event)
    expect(ours.body['events']).toMatchObject([{ status: 'accepted', deliveries: 0 }])
    expect((await ask(other.call, 'POST', '/api/v1/events', event)).body['events']).toMatchObject([
      { status: 'duplicate' },
    ])
    const ofTheirType = { type: `${MARK}.happened`, data: {} }
    expectError(await ask(call, 'POST', '/api/v1/events', ofTheirType), 400, 'invalid')
    expect((await ask(other.call, 'POST', '/api/v1/events', ofTheirType)).status).toBe(202)
  })
})
