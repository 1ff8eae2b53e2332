import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLES } from '@nabat/api/configuration.ts'
import { KEY_PERMISSIONS, PERMISSIONS, ROLE_PERMISSIONS, type Permission } from '@nabat/api/permissions.ts'
import { ask, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, person, signIn, type SignedIn } from '../../test/support/signed-in.ts'

/* Role × call, whole: who may call what is written out here once more, so that a change of it is seen. */

/** What each role may do; `+` it may. */
const ROLE_TABLE = `
                   admin technologist support dispatcher warehouse installer staff client
events.send        +     -            -       -          -         -         -     -
events.read        +     +            +       +          -         -         -     -
deliveries.write   +     +            +       +          -         -         -     -
incidents.write    +     +            +       +          -         -         -     -
rules.read         +     -            -       -          -         -         -     -
rules.write        +     -            -       -          -         -         -     -
bots.read          +     -            -       -          -         -         -     -
bots.write         +     -            -       -          -         -         -     -
mail.read          +     +            -       -          -         -         -     -
mail.write         +     +            -       -          -         -         -     -
templates.read     +     +            -       -          -         -         -     -
templates.write    +     +            -       -          -         -         -     -
silences.read      +     +            +       +          -         -         -     -
silences.write     +     +            +       +          -         -         -     -
people.read        +     +            +       +          -         -         -     -
people.write       +     -            -       -          -         -         -     -
schedules.read     +     -            -       -          -         -         -     -
schedules.write    +     -            -       -          -         -         -     -
types.read         +     +            +       +          +         +         +     -
types.write        +     -            -       -          -         -         -     -
workspace.read     +     +            +       +          +         +         +     -
workspace.write    +     -            -       -          -         -         -     -
changes.read       +     -            -       -          -         -         -     -
reachability.read  +     +            +       +          -         -         -     -
inboxes.read       +     -            -       -          -         -         -     -
inboxes.write      +     -            -       -          -         -         -     -
configuration.write +    -            -       -          -         -         -     -
keys.write         +     -            -       -          -         -         -     -
metrics.read       +     -            -       -          -         -         -     -
`

/**
 * What each call asks for: any of these permissions, or one of
 *   open      nobody has to be known
 *   anybody   a key, or somebody who has signed in
 *   person    somebody who has signed in
 *   operator  the operator, or a key of the server
 *   server    a key of the server
 * `{id}` is one that leads nowhere.
 */
const CALL_TABLE = `
POST   /session                          open
GET    /links/{token}                    open
POST   /links/{token}                    open
POST   /password-reset                   open
GET    /session                          person
PUT    /session                          person
GET    /sessions                         person
DELETE /sessions/{id}                    person
PUT    /session/password                 person
GET    /push                             person
POST   /push/clicked                     person
GET    /devices                          person
POST   /devices                          person
PATCH  /devices/{id}                     person
DELETE /devices/{id}                     person
POST   /devices/{id}/test                person
GET    /session/second-factor            person
POST   /session/second-factor            person
PUT    /session/second-factor            person
POST   /session/second-factor/recovery   person
POST   /session/second-factor/off        person
GET    /mine/events                      person
GET    /mine/events/{id}                 person
GET    /profile                          person
PUT    /profile                          person
POST   /profile/telegram                 person
DELETE /sessions                         person
DELETE /session                          person
GET    /live                             anybody
POST   /admin-link                       server
POST   /backup                           operator
GET    /workspaces                       operator
POST   /workspaces                       operator
GET    /workspaces/{name}                operator
PUT    /workspaces/{name}                operator
DELETE /workspaces/{name}                operator
POST   /workspaces/{name}/block          operator
POST   /workspaces/{name}/unblock        operator
POST   /workspaces/{name}/restore        operator

POST   /events                           events.send
POST   /files                            events.send
GET    /events                           events.read
GET    /events/{id}                      events.read
GET    /files/{id}                       events.read
GET    /deliveries                       events.read
GET    /deliveries/{id}                  events.read
GET    /destinations                     events.read
GET    /incidents                        events.read
GET    /incidents/{key}                  events.read
POST   /deliveries/retry                 deliveries.write
POST   /deliveries/cancel                deliveries.write
POST   /deliveries/{id}/retry            deliveries.write
POST   /deliveries/{id}/cancel           deliveries.write
POST   /destinations/{id}/enable         deliveries.write
POST   /destinations/{id}/disable        deliveries.write
POST   /incidents/{key}/acknowledge      incidents.write
GET    /events/{id}/why                  events.read
GET    /deliveries/{id}/message          events.read
GET    /counts                           events.read reachability.read
GET    /overview                         events.read
GET    /reachability                     reachability.read

GET    /rules                            rules.read
GET    /rules/{id}                       rules.read
GET    /rules/{id}/versions              rules.read
POST   /rules                            rules.write
PUT    /rules/{id}                       rules.write
DELETE /rules/{id}                       rules.write
POST   /rules/dry-run                    rules.write
POST   /rules/test                       rules.write
POST   /templates/preview                templates.read
GET    /templates/variables              templates.read

GET    /channels                         bots.read mail.read
GET    /channels/{id}                    bots.read mail.read
GET    /channels/{id}/versions           bots.read mail.read
POST   /channels                         bots.write mail.write
POST   /channels/check                   bots.write mail.write
PUT    /channels/{id}                    bots.write mail.write
DELETE /channels/{id}                    bots.write mail.write
POST   /channels/{id}/test               bots.write mail.write
GET    /channels/{id}/chats              bots.write rules.write

GET    /templates                        templates.read
GET    /templates/{id}                   templates.read
GET    /templates/{id}/versions          templates.read
POST   /templates                        templates.write
PUT    /templates/{id}                   templates.write
DELETE /templates/{id}                   templates.write
GET    /silences                         silences.read
GET    /silences/{id}                    silences.read
GET    /silences/{id}/versions           silences.read
POST   /silences                         silences.write
PUT    /silences/{id}                    silences.write
DELETE /silences/{id}                    silences.write
GET    /schedules                        schedules.read
GET    /schedules/{id}                   schedules.read
GET    /schedules/{id}/versions          schedules.read
POST   /schedules                        schedules.write
PUT    /schedules/{id}                   schedules.write
DELETE /schedules/{id}                   schedules.write
GET    /types                            types.read
GET    /types/{id}                       types.read
GET    /types/{id}/versions              types.read
GET    /catalog                          types.read
POST   /types                            types.write
PUT    /types/{id}                       types.write
DELETE /types/{id}                       types.write

GET    /users                            people.read
GET    /users/{id}                       people.read
GET    /users/{id}/versions              people.read
POST   /users                            people.write
PUT    /users/{id}                       people.write
DELETE /users/{id}                       people.write
POST   /users/{id}/invite                people.write
DELETE /users/{id}/second-factor         people.write
DELETE /users/{id}/sessions              people.write
POST   /users/import                     people.write
GET    /users/import/sample.csv          people.write
GET    /inbox                            person
GET    /inbox/counts                     person
POST   /inbox/read                       person
POST   /inbox/unread                     person
GET    /users/{id}/devices               people.read
GET    /users/{id}/inbox                 inboxes.read
GET    /users/{id}/inbox/counts          inboxes.read
DELETE /users/{id}/inbox                 inboxes.write
POST   /users/{id}/inbox/read            inboxes.write
POST   /users/{id}/inbox/unread          inboxes.write
GET    /groups                           people.read
GET    /groups/{id}                      people.read
GET    /groups/{id}/versions             people.read
POST   /groups                           people.write
PUT    /groups/{id}                      people.write
DELETE /groups/{id}                      people.write

GET    /workspace                        workspace.read
PUT    /workspace                        workspace.write
GET    /export                           configuration.write
POST   /apply                            configuration.write
GET    /changes                          changes.read
POST   /changes/{id}/undo                rules.write bots.write mail.write templates.write silences.write people.write schedules.write types.write workspace.write
GET    /keys                             keys.write
POST   /keys                             keys.write
DELETE /keys/{id}                        keys.write
`

const CALLS = CALL_TABLE.trim()
  .split(/\n+/)
  .map((line) => {
    const [method = '', path = '', ...needs] = line.trim().split(/ +/)
    return { name: `${method} /api/v1${path}`, method, path: `/api/v1${path}`, needs }
  })

/** Bodies of the right shape, where a wrong one would be told of before anything else. */
const BODIES: Readonly<Record<string, unknown>> = {
  'PUT /api/v1/session': { workspace: 'default' },
  'PUT /api/v1/session/password': { current: 'x', password: 'something long enough' },
  'POST /api/v1/session/second-factor': { password: 'x' },
  'PUT /api/v1/session/second-factor': { code: 'x' },
  'POST /api/v1/session/second-factor/recovery': { code: 'x' },
  'POST /api/v1/session/second-factor/off': { code: 'x' },
  'POST /api/v1/profile/telegram': { channel: 'x' },
  'POST /api/v1/keys': { name: 'n', rights: 'send' },
  'POST /api/v1/push/clicked': { delivery: 'x' },
  'POST /api/v1/devices': { endpoint: 'https://example.ru', keys: { p256dh: 'x', auth: 'x' } },
  'PATCH /api/v1/devices/{id}': { title: 'x' },
  'POST /api/v1/deliveries/retry': { ids: ['x'] },
  'POST /api/v1/deliveries/cancel': { ids: ['x'] },
  'POST /api/v1/incidents/{key}/acknowledge': {},
}
/** These end the session of whoever calls: he signs in again. */
const ENDS_SESSIONS = new Set(['DELETE /api/v1/session'])

const FILE = `
channels:
  - { name: bot, kind: telegram, token: '1000:AAtable', apiRoot: 'http://127.0.0.1:9' }
  - { name: hook, kind: webhook, url: 'https://example.ru/hook' }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: 9, from: { address: n@example.ru, name: N }, replyTo: h@example.ru }
`

interface Caller {
  readonly name: string
  call: TestServer['call']
  readonly permissions: readonly Permission[]
  readonly is: readonly ('key' | 'person' | 'operator' | 'server')[]
  readonly again?: () => Promise<SignedIn>
}

let server: TestServer
let callers: readonly Caller[]
let document: readonly string[]

beforeAll(async () => {
  server = await startTestServer({ config: FILE })
  const keys = await Promise.all(
    (['send', 'read', 'all'] as const).map(async (rights): Promise<Caller> => {
      const call = withKey(server, await makeKey(server, rights))
      return { name: `key for ${rights}`, call, permissions: KEY_PERMISSIONS[rights], is: ['key'] }
    }),
  )
  const people: Caller[] = []
  for (const role of ROLES) {
    const { call } = await person(server, role, [role])
    const again = (): Promise<SignedIn> => signIn(server, role)
    people.push({ name: role, call, permissions: ROLE_PERMISSIONS[role], is: ['person'], again })
  }
  const { call } = await administrator(server, 'operator')
  const again = (): Promise<SignedIn> => signIn(server, 'operator')
  const all = { permissions: PERMISSIONS }
  callers = [
    { name: 'nobody', call: withKey(server, ''), permissions: [], is: [] },
    ...keys,
    { name: 'key of the server', call: server.call, ...all, is: ['key', 'operator', 'server'] },
    ...people,
    { name: 'operator', call, ...all, is: ['person', 'operator'], again },
  ]
  const { paths } = (await ask(server.call, 'GET', '/api/openapi.json')).body
  document = Object.entries(paths as unknown as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
}, 60_000)
afterAll(() => server.stop())

/** Whether a call is let through, by the table. */
function isAllowed({ permissions, is }: Caller, needs: readonly string[]): boolean {
  const [need = ''] = needs
  if (need === 'open') return true
  if (need === 'anybody') return is.length > 0
  if (need === 'person' || need === 'operator' || need === 'server') return is.includes(need)
  return needs.some((each) => permissions.includes(each as Permission))
}

/** The status of a call; a stream is not listened to. */
async function statusOf(by: TestServer['call'], method: string, path: string, body?: unknown): Promise<number> {
  const response = await by(method, path, body)
  await response.body?.cancel()
  return response.status
}

describe('the table of roles', () => {
  it('is what the contract says', () => {
    const [head = '', ...rows] = ROLE_TABLE.trim().split('\n')
    const roles = head.trim().split(/ +/)
    expect(roles).toEqual([...ROLES])
    expect(rows.map((row) => row.split(/ +/)[0])).toEqual([...PERMISSIONS])
    const told = Object.fromEntries(
      roles.map((role, column) => [
        role,
        rows.filter((row) => row.trim().split(/ +/)[column + 1] === '+').map((row) => row.split(/ +/)[0]),
      ]),
    )
    for (const role of ROLES)
      expect([role, PERMISSIONS.filter((each) => ROLE_PERMISSIONS[role].includes(each))]).toEqual([role, told[role]])
  })
})

describe('the table of calls', () => {
  it('has every call of the document, and no other', () => {
    expect(CALLS.map(({ name }) => name).toSorted()).toEqual(document.toSorted())
    const words = ['open', 'anybody', 'person', 'operator', 'server', ...PERMISSIONS]
    expect(CALLS.filter(({ needs }) => needs.length === 0 || needs.some((need) => !words.includes(need)))).toEqual([])
  })

  it('is what everybody finds: let through, or 401 without a name and 403 with one', async () => {
    const wrong: string[] = []
    for (const caller of callers)
      for (const { name, method, path, needs } of CALLS) {
        const status = await statusOf(caller.call, method, path.replace(/\{\w+\}/g, 'nothing'), BODIES[name])
        if (ENDS_SESSIONS.has(name) && caller.again !== undefined) caller.call = (await caller.again()).call
        const refused = caller.is.length === 0 ? 401 : 403
        const right = isAllowed(caller, needs) ? ![401, 403].includes(status) && status < 500 : status === refused
        if (!right) wrong.push(`${caller.name}: ${name} ${status}`)
      }
    expect(wrong).toEqual([])
  }, 120_000)
})

describe('channels', () => {
  const of = { bot: 'bots', hook: 'bots', mail: 'mail' } as const
  const kinds = { bot: 'telegram', hook: 'webhook', mail: 'smtp' } as const

  it('that send mail are for whoever may with mail, and all others for whoever may with bots', async () => {
    const wrong: string[] = []
    for (const caller of callers.filter(({ is }) => is.length > 0))
      for (const name of ['bot', 'hook', 'mail'] as const)
        for (const [method, path, act] of [
          ['GET', `/api/v1/channels/${name}`, 'read'],
          ['GET', `/api/v1/channels/${name}/versions`, 'read'],
          ['PUT', `/api/v1/channels/${name}`, 'write'],
          ['DELETE', `/api/v1/channels/${name}`, 'write'],
          ['POST', '/api/v1/channels', 'write'],
          ['POST', '/api/v1/channels/check', 'write'],
        ] as const) {
          const body = method === 'GET' || method === 'DELETE' ? undefined : { kind: kinds[name] }
          const status = await statusOf(caller.call, method, path, body)
          // They are of the file: who may change one is told that it is changed there.
          const allowed = caller.permissions.includes(`${of[name]}.${act}`)
          if (allowed !== (status !== 403)) wrong.push(`${caller.name}: ${method} ${path} ${name} ${status}`)
        }
    expect(wrong).toEqual([])
  })

  it('are listed for somebody as far as he may look at them', async () => {
    const listed = async (name: string): Promise<unknown> => {
      const { body } = await ask(callers.find((each) => each.name === name)!.call, 'GET', '/api/v1/channels')
      return (body['items'] as unknown as { name: string }[]).map((each) => each.name)
    }
    expect(await listed('technologist')).toEqual(['mail'])
    expect(await listed('admin')).toEqual(['bot', 'hook', 'mail'])
  })

  it('of mail are not made into others by somebody who may with mail alone', async () => {
    const { call } = callers.find(({ name }) => name === 'technologist')!
    expect(await statusOf(call, 'PUT', '/api/v1/channels/mail', { name: 'mail', kind: 'telegram' })).toBe(403)
  })
})

describe('an inbox', () => {
  it('is open to the person whose it is, and to no other but those who may look into all', async () => {
    for (const { name, call, permissions, is } of callers.filter((each) => each.is.includes('person')))
      for (const login of ROLES) {
        const allowed = name === login || permissions.includes('inboxes.read') || is.includes('operator')
        const wanted = allowed ? 200 : 403
        const path = `/api/v1/users/${login}/inbox`
        const seen = [await statusOf(call, 'GET', path), await statusOf(call, 'POST', `${path}/read`)]
        expect({ name, login, seen }).toEqual({ name, login, seen: [wanted, wanted] })
      }
  })
})
