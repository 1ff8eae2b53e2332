import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer, type Body } from '../../test/support/answers.ts'
import { giveBack, takeDatabase } from '../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startReceiver, type Received, type Receiver } from '../../test/standins/receiver.ts'

const CONFIG = `
groups: [{ name: of the file }]
`

describe.each(['sqlite', 'postgres'])('taking changes back on %s', (store) => {
  let server: TestServer
  let hook: Receiver
  let database: string | undefined
  beforeAll(async () => {
    if (store === 'postgres') database = await takeDatabase()
    hook = await startReceiver()
    server = await startTestServer({
      config: CONFIG,
      env: {
        NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
        ...(database === undefined ? {} : { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of all nodes' }),
      },
    })
  })
  afterAll(async () => {
    await server.stop()
    await hook.close()
    if (database !== undefined) await giveBack(database)
  })

  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
    ask(server.call, method, `/api/v1${path}`, body, headers)
  const changeIn = ({ headers }: Answer): string => headers.get('nabat-change')!
  const undo = (change: string): Promise<Answer> => call('POST', `/changes/${change}/undo`)
  const group = (name: string, more: object = {}): Promise<Answer> => call('POST', '/groups', { name, ...more })
  const last = async (): Promise<Body> => (await call('GET', '/changes?limit=1')).body['items']![0]!

  it('brings back what was removed, under its id, and says whose change that undid', async () => {
    const made = await group('one')
    const removed = await call('DELETE', '/groups/one')
    expect(removed.status).toBe(204)
    const back = await undo(changeIn(removed))
    expect({ status: back.status, body: back.body }).toMatchObject({
      status: 200,
      body: { id: made.body['id'], name: 'one', origin: 'api' },
    })
    expect((await call('GET', '/groups/one')).body['id']).toBe(made.body['id'])
    expect(await last()).toMatchObject({
      id: changeIn(back),
      entity: made.body['id'],
      before: null,
      after: { name: 'one' },
      comment: `undo of ${changeIn(removed)}`,
    })
    // And forth again.
    expect((await undo(changeIn(back))).status).toBe(204)
    expectError(await call('GET', '/groups/one'), 404, 'not_found')
  })

  it('puts back what was changed, however often since, and removes what was made', async () => {
    const made = await group('two')
    const path = `/groups/${String(made.body['id'])}`
    await call('POST', '/users', { login: `anna` })
    const changed = await call('PUT', path, { name: 'two', users: ['anna'] })
    await call('PUT', path, { name: 'renamed', users: [] })
    expect((await undo(changeIn(changed))).body).toMatchObject({ id: made.body['id'], name: 'two' })
    const gone = await undo(changeIn(made))
    expect(gone.status).toBe(204)
    expectError(await call('GET', path), 404, 'not_found')
    expect((await undo(changeIn(gone))).body).toMatchObject({ id: made.body['id'], name: 'two' })
  })

  it('takes back a change of the settings of the workspace', async () => {
    const before = (await call('GET', '/workspace')).body
    const changed = await call('PUT', '/workspace', { title: 'Другая компания' })
    expect((await undo(changeIn(changed))).status).toBe(200)
    expect((await call('GET', '/workspace')).body['title']).toEqual(before['title'])
  })

  it('is a save like any other: what refers to nothing any more is refused, and what is taken', async () => {
    const parent = await group('parent')
    const child = await group('child', { parent: 'parent' })
    const childGone = await call('DELETE', '/groups/child')
    const parentGone = await call('DELETE', '/groups/parent')
    expectError(await undo(changeIn(childGone)), 400, 'invalid')
    await group('parent')
    expect(expectError(await undo(changeIn(parentGone)), 409, 'conflict').get('')).toMatch(
      /^The name "parent" belongs to another now/,
    )
    expect((await undo(changeIn(childGone))).body['id']).toBe(child.body['id'])
    expect(expectError(await undo(changeIn(parent)), 409, 'conflict').get('')).toMatch(/^Everything is as it was/)
    expect(expectError(await undo(changeIn(childGone)), 409, 'conflict').get('')).toMatch(/^Everything is as it was/)
    expectError(await undo('999999.1'), 404, 'not_found')
    expectError(await undo('nonsense'), 404, 'not_found')
  })

  it('leaves what the file describes to the file', async () => {
    const rows = (await call('GET', '/changes?section=groups')).body['items'] as unknown as Body[]
    const own = rows.find((row) => String(row['key']) === 'of the file')!
    expect(own['undoable']).toBe(false)
    expect(expectError(await undo(String(own['id'])), 409, 'conflict').get('')).toMatch(/comes from the configuration/)
  })

  it('needs the right to save what is saved', async () => {
    const made = await group('of somebody')
    const key = withKey(server, await makeKey(server, 'read'))
    const listed = await ask(key, 'GET', '/api/v1/changes?limit=1')
    expect(listed.body['items']![0]).toMatchObject({ id: changeIn(made), undoable: false })
    expectError(await ask(key, 'POST', `/api/v1/changes/${changeIn(made)}/undo`), 403, 'forbidden')
  })

  it('brings a channel back with its secret, whatever has been made by its name since', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const other = 'whsec_OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO'
    const channel = { name: 'hook', kind: 'webhook', url: hook.url, secret }
    const rule = { name: 'to the hook', types: ['camera.unavailable'], to: [{ channel: 'hook' }] }
    await call('POST', '/channels', channel)
    await call('POST', '/rules', rule)
    const ruleGone = await call('DELETE', '/rules/to the hook')
    const gone = await call('DELETE', '/channels/hook')
    const second = await call('POST', '/channels', { ...channel, secret: other })
    expect(second.status).toBe(201)
    await call('DELETE', '/channels/hook')
    const back = await undo(changeIn(gone))
    expect(back.body).toMatchObject({ name: 'hook', status: 'ready', secret: '${secret:hook.secret}' })
    expect((await undo(changeIn(ruleGone))).status).toBe(200)
    await server.send({ type: 'camera.unavailable', data: { camera: 'c-1' } })
    const [{ headers, body }] = (await hook.waitFor(1)) as [Received]
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect(second.body['secret'], 'the other secret did not take its place').toBe('${secret:hook.secret.2}')
  })

  it('raises the event of a save', async () => {
    await call('POST', '/users', { login: 'boris', name: 'Борис' })
    const removed = await call('DELETE', '/users/boris')
    await undo(changeIn(removed))
    const events = (await call('GET', '/events?type=user.created&subject=boris')).body['items'] as unknown as Body[]
    expect(events).toHaveLength(2)
  })
})

describe('the changes of a workspace', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())
  const call = (...all: [string, string, unknown?, Record<string, string>?]): Promise<Answer> =>
    ask(server.call, ...all)

  it('are found by section, entity, author and time', async () => {
    const key = withKey(server, await makeKey(server, 'all'))
    const { body: made } = await call('POST', '/api/v1/groups', { name: 'a' })
    await ask(key, 'PUT', `/api/v1/groups/a`, { name: 'b' })
    await call('POST', '/api/v1/users', { login: 'ivan' })
    const ids = async (query: string): Promise<string[]> =>
      ((await call('GET', `/api/v1/changes?${query}`)).body['items'] as unknown as Body[]).map((row) =>
        String(row['id']),
      )
    expect(await ids('')).toEqual(['3.1', '2.1', '1.1'])
    expect(await ids('section=groups')).toEqual(['2.1', '1.1'])
    expect(await ids(`section=groups&entity=${String(made['id'])}`)).toEqual(['2.1', '1.1'])
    expect(await ids('by=admin')).toEqual(['3.1', '1.1'])
    expect(await ids('from=2999-01-01T00:00:00Z')).toEqual([])
    expect(await ids('to=2999-01-01T00:00:00Z&limit=1')).toEqual(['3.1'])
    expectError(await call('GET', '/api/v1/changes?section=cats'), 400, 'invalid')
  })

  it('of one entity are its versions, also once it is removed', async () => {
    const { body: made } = await call('POST', '/api/v1/rules', {
      ...{ name: 'r', types: ['camera.*'], to: [{ role: 'admin' }] },
    })
    const id = String(made['id'])
    await call('PUT', `/api/v1/rules/${id}`, { name: 'r', types: ['server.*'], to: [{ role: 'admin' }] })
    const versions = async (path: string): Promise<Answer> => call('GET', `/api/v1/rules/${path}/versions`)
    const { body } = await versions('r')
    expect(body).toMatchObject({
      items: [
        { before: { types: ['camera.*'] }, after: { types: ['server.*'] }, by: 'admin' },
        { before: null, after: { types: ['camera.*'] } },
      ],
      next: null,
    })
    await call('DELETE', `/api/v1/rules/${id}`)
    expect(((await versions(id)).body['items'] as unknown as Body[]).map((row) => row['after'] === null)).toEqual([
      ...[true, false, false],
    ])
    expectError(await versions('r'), 404, 'not_found')
    expectError(await versions('999999'), 404, 'not_found')
  })
})

describe('an edit of what somebody else has changed meanwhile', () => {
  it('is refused, and says who it was', async () => {
    await using server = await startTestServer()
    const { body: made } = await ask(server.call, 'POST', '/api/v1/groups', { name: 'a' })
    const path = `/api/v1/groups/${String(made['id'])}`
    const put = (name: string, version: string): Promise<Answer> =>
      ask(server.call, 'PUT', path, { name }, { 'if-match': version })
    const version = String(made['version'])
    const first = await put('b', version)
    expect(first.status).toBe(200)
    expect(expectError(await put('c', version), 409, 'conflict').get('')).toMatch(/^It was changed meanwhile by admin/)
    expect((await ask(server.call, 'GET', path)).body['name']).toBe('b')
    expect((await put('c', `"${String(first.body['version'])}"`)).status).toBe(200)
    expect((await put('d', '*')).status).toBe(200)
    expect(expectError(await put('e', 'yesterday'), 400, 'invalid').get('')).toMatch(/^If-Match: give the version/)
  })
})
