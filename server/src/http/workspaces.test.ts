import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, person, signIn, useLink, type SignedIn } from '../../test/support/signed-in.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'

const NAMES = '/api/v1/workspaces'
const STORES = [
  ['sqlite', async () => ({ env: {}, give: async () => {} })],
  [
    'postgres',
    async () => {
      const url = await takeDatabase()
      const env = { NABAT_DATABASE_URL: url, NABAT_SECRET_KEY: 'the secret key of several workspaces' }
      return { env, give: () => giveBack(url) }
    },
  ],
] as const

describe.each(STORES)('workspaces of the operator, %s', (_name, place) => {
  let server: TestServer
  let receiver: Receiver
  let give: () => Promise<void>
  let made = 0
  beforeAll(async () => {
    const taken = await place()
    give = taken.give
    receiver = await startReceiver()
    server = await startTestServer({ env: { ...taken.env, NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' } })
  })
  afterAll(async () => {
    await server.stop()
    await receiver.close()
    await give()
  })

  const call = (method: string, path: string, body?: object): Promise<Answer> => ask(server.call, method, path, body)

  /** A new workspace, with its administrator signed in. */
  async function company(): Promise<{ path: string; name: string; admin: SignedIn }> {
    const name = `company-${(made += 1)}`
    const administratorOf = { email: `${name}@example.ru`, login: name }
    const { status, body } = await call('POST', NAMES, { name, title: 'ООО', administrator: administratorOf })
    expect(status).toBe(201)
    const admin = await useLink(server, String(body['invitation']!['link']), { login: name })
    return { path: `${NAMES}/${name}`, name, admin }
  }

  /** A key of the workspace that somebody looks at. */
  async function keyOf({ call: by }: SignedIn): Promise<ReturnType<typeof withKey>> {
    const { body } = await ask(by, 'POST', '/api/v1/keys', { name: 'robot', rights: 'all' })
    return withKey(server, String(body['key']))
  }

  /** Changes of the state of the workspace, as its people see them. */
  async function states({ call: by }: SignedIn): Promise<unknown> {
    const { body } = await ask(by, 'GET', '/api/v1/changes')
    return (body['items'] as unknown as { section: string }[]).filter(({ section }) => section === 'workspaces')
  }

  const event = (id: string): object => ({ type: 'camera.unavailable', id, source: 's', data: { camera: id } })

  /** A rule to the receiver, for cameras and for the block. */
  async function tellReceiver({ call: by }: SignedIn, hook: string): Promise<void> {
    const channel = { name: 'hook', kind: 'webhook', url: `${receiver.origin}/${hook}` }
    expect((await ask(by, 'POST', '/api/v1/channels', channel)).status).toBe(201)
    const rule = { name: 'all', types: ['camera.*', 'workspace.blocked'], to: [{ channel: 'hook' }] }
    expect((await ask(by, 'POST', '/api/v1/rules', rule)).status).toBe(201)
  }

  it('are made with a title, a zone and an administrator, who comes in by the link of the answer', async () => {
    const administratorOf = { email: 'Olga@Example.ru', name: 'Ольга' }
    const body = { name: 'roga', title: 'Рога и копыта', timeZone: 'Asia/Yekaterinburg', language: 'en' }
    const answer = await call('POST', NAMES, { ...body, administrator: administratorOf })
    expect(answer).toMatchObject({
      status: 201,
      body: { ...body, state: 'active', blocked: null, removedAt: null, deletedAt: null, home: false, users: 1 },
    })
    const invitation = answer.body['invitation']!
    expect(invitation).toMatchObject({ sentTo: null })
    const olga = await useLink(server, String(invitation['link']), { login: 'olga' })
    expect(olga.session).toMatchObject({
      workspace: { name: 'roga', title: 'Рога и копыта', timeZone: 'Asia/Yekaterinburg', language: 'en' },
      user: { roles: ['admin'] },
      account: { operator: false },
    })
    expect(await call('GET', `${NAMES}/roga`)).toMatchObject({
      status: 200,
      body: { title: 'Рога и копыта', users: 1 },
    })
    expect((await call('GET', NAMES)).body['items']).toMatchObject([{ name: 'default', home: true }, { name: 'roga' }])
    expect(await states(olga)).toMatchObject([{ key: 'roga', by: 'admin', undoable: false }])
  })

  it('are not made by halves: every mistake is named, and nothing is there', async () => {
    const before = (await call('GET', NAMES)).body
    const wrong: [object, string][] = [
      [{}, '/name'],
      [{ name: 'Рога' }, '/name'],
      [{ name: 'bad-zone', timeZone: 'Mars/Olympus' }, '/timeZone'],
      [{ name: 'typo', titel: 'x' }, '/titel'],
      [{ name: 'bad-login', administrator: { email: 'a@b.ru', login: '' } }, '/administrator/login'],
    ]
    for (const [body, path] of wrong)
      expect([...expectError(await call('POST', NAMES, body), 400, 'invalid').keys()]).toContain(path)
    expect((await call('GET', NAMES)).body).toEqual(before)
    expectError(await call('POST', NAMES, { name: 'default' }), 409, 'conflict')
  })

  it('are given another title by the operator, and keep the rest', async () => {
    const { path, admin } = await company()
    await ask(admin.call, 'PUT', '/api/v1/workspace', { title: 'ООО', signature: 'С уважением' })
    expect((await call('PUT', path, { title: 'АО' })).body).toMatchObject({ title: 'АО', timeZone: 'Europe/Moscow' })
    const { body } = await ask(admin.call, 'GET', '/api/v1/workspace')
    expect(body).toMatchObject({ title: 'АО', signature: 'С уважением' })
    expectError(await call('PUT', path, { name: 'other' }), 400, 'invalid')
  })

  it('that are blocked refuse keys and people with the reason, and say that they are blocked', async () => {
    const { path, name, admin } = await company()
    const robot = await keyOf(admin)
    await tellReceiver(admin, name)
    expectError(await call('POST', `${path}/block`, { reason: ' ' }), 400, 'invalid')
    const { body } = await call('POST', `${path}/block`, { reason: 'долг за октябрь' })
    expect(body).toMatchObject({ state: 'blocked', blocked: { reason: 'долг за октябрь' } })
    for (const by of [robot, admin.call]) {
      const answer = await ask(by, 'GET', '/api/v1/rules')
      expect(expectError(answer, 403, 'forbidden').get('')).toContain('долг за октябрь')
    }
    expectError(await ask(robot, 'POST', '/api/v1/events', event('refused')), 403, 'forbidden')
    const { body: session } = await ask(admin.call, 'GET', '/api/v1/session')
    expect(session['workspaces']).toMatchObject([{ name, blocked: true }])
    await until(() => receiver.received.some(({ path: at }) => at === `/${name}`), 10_000, 'word of the block')
    const told = receiver.received.filter((each) => each.path === `/${name}`)
    expect(told.map((each) => (JSON.parse(each.body) as { type: string }).type)).toEqual(['workspace.blocked'])
  })

  it('that are unblocked take events again, and nothing of it can be undone', async () => {
    const { path, admin } = await company()
    const robot = await keyOf(admin)
    await call('POST', `${path}/block`, { reason: 'долг' })
    for (const _again of [1, 2])
      expect(await call('POST', `${path}/unblock`)).toMatchObject({
        status: 200,
        body: { state: 'active', blocked: null },
      })
    expect((await ask(robot, 'POST', '/api/v1/events', event('again'))).status).toBe(202)
    const blocked = { blocked: { reason: 'долг' } }
    expect(await states(admin)).toMatchObject([{ before: blocked }, { after: blocked }, { before: null }])
  })

  it('that are removed are shut, keep their name, and come back whole when they are restored', async () => {
    const { path, name, admin } = await company()
    const robot = await keyOf(admin)
    expect((await call('DELETE', path)).status).toBe(204)
    expectError(await ask(robot, 'GET', '/api/v1/events'), 403, 'forbidden')
    expectError(await ask(robot, 'POST', '/api/v1/events', event('x')), 403, 'forbidden')
    expectError(await call('POST', NAMES, { name }), 409, 'conflict')
    expectError(await call('POST', `${path}/block`, { reason: 'x' }), 409, 'conflict')
    const { body } = await call('GET', `${NAMES}?state=removed`)
    const { removedAt, deletedAt, ...rest } = body['items']![0]! as unknown as Record<string, string>
    expect(rest).toMatchObject({ name, state: 'removed' })
    expect(Date.parse(deletedAt!) - Date.parse(removedAt!)).toBe(30 * 86_400_000)
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).body['removedAt']).toBe(removedAt)
    expect(await call('POST', `${path}/restore`)).toMatchObject({ status: 200, body: { state: 'active', users: 1 } })
    expect((await ask(robot, 'GET', '/api/v1/events')).status).toBe(200)
    await call('DELETE', path)
  })

  it('do not include that of the operator himself when it comes to shutting', async () => {
    const path = `${NAMES}/default`
    expectError(await call('POST', `${path}/block`, { reason: 'x' }), 409, 'conflict')
    expectError(await call('DELETE', path), 409, 'conflict')
    expect((await call('GET', path)).body).toMatchObject({ state: 'active', home: true })
  })

  it('are for the operator alone: not for an administrator, nor for a key with all rights', async () => {
    const { path, admin } = await company()
    const others = [admin.call, await keyOf(admin), withKey(server, await makeKey(server, 'all'))]
    others.push((await person(server, `boss-${made}`, ['admin'])).call)
    for (const by of others)
      for (const [method, at] of [
        ['GET', NAMES],
        ['GET', path],
        ['POST', NAMES],
        ['PUT', path],
        ['DELETE', path],
        ['POST', `${path}/block`],
        ['POST', `${path}/unblock`],
        ['POST', `${path}/restore`],
      ] as const)
        expectError(await ask(by, method, at), 403, 'forbidden')
    expect((await call('GET', path)).body).toMatchObject({ state: 'active' })
  })

  it('are open to an operator who has signed in, whichever of them he looks at', async () => {
    const { path, name } = await company()
    await administrator(server, `operator-${made}`)
    const operator = await signIn(server, `operator-${made}`)
    expect((await ask(operator.call, 'PUT', '/api/v1/session', { workspace: name })).status).toBe(200)
    expect(await ask(operator.call, 'POST', `${path}/block`, { reason: 'проверка' })).toMatchObject({ status: 200 })
    expectError(await ask(operator.call, 'GET', '/api/v1/rules'), 403, 'forbidden')
    expect(await ask(operator.call, 'POST', `${path}/unblock`)).toMatchObject({ status: 200 })
    expect((await ask(operator.call, 'GET', '/api/v1/rules')).status).toBe(200)
  })
})
