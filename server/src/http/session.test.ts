import { describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startOn, STORES } from '../../test/support/console-server.ts'
import {
  administrator,
  asBrowser,
  cookieOf,
  PASSWORD,
  person,
  signIn,
  useLink,
  type SignedIn,
} from '../../test/support/signed-in.ts'
import { dropDatabase, takeDatabase } from '../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

const SESSION = '/api/v1/session'
const enter = (server: TestServer, login: string, password: string) =>
  ask(asBrowser(server, null), 'POST', SESSION, { login, password })
const statusOf = async ({ call }: Pick<SignedIn, 'call'>, path = SESSION) => (await ask(call, 'GET', path)).status

describe.each(STORES)('signing in, %s', (store) => {
  it('takes a login or an e-mail address, whatever the capitals, and gives a cookie no script can read', async () => {
    const server = await startOn(store)
    await person(server, 'Иван', ['dispatcher'], {
      card: { name: 'Иван Петров', email: 'Ivan@Пример.рф', timeZone: 'Asia/Omsk', language: 'en' },
    })
    for (const name of ['Иван', 'ИВАН', ' иван ', 'ivan@пример.РФ', 'IVAN@xn--e1afmkfd.xn--p1ai']) {
      const { status, body, headers } = await enter(server, name, PASSWORD)
      expect({ name, status }).toEqual({ name, status: 201 })
      expect(headers.get('set-cookie')).toMatch(
        /^nabat_session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/,
      )
      expect(headers.get('cache-control')).toBe('no-store')
      expect(body).toEqual({
        account: { id: '1', login: 'Иван', email: 'Ivan@пример.рф', name: 'Иван Петров', operator: false },
        user: { login: 'Иван', name: 'Иван Петров', roles: ['dispatcher'], language: 'en', timeZone: 'Asia/Omsk' },
        workspace: { name: 'default', title: 'default', timeZone: 'Europe/Moscow', language: 'ru' },
        workspaces: [{ name: 'default', title: 'default', blocked: false }],
        permissions: expect.arrayContaining(['events.read', 'incidents.write']) as unknown,
        signedInAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        demo: false,
      })
      const seen = await ask(asBrowser(server, cookieOf(headers)), 'GET', SESSION)
      expect(seen.body).toEqual(body)
    }
  })

  it('says the same of an unknown login and of a wrong password, and slows down after some', async () => {
    const server = await startOn(store)
    await person(server, 'ivan', ['staff'])
    const answers = []
    for (const [login, password] of [
      ['ivan', 'wrong'],
      ['nobody', PASSWORD],
    ] as const)
      answers.push(await enter(server, login, password))
    expect(expectError(answers[0]!, 401, 'unauthorized').get('')).toBe('The login or the password is wrong')
    expect(answers[1]!.body).toEqual(answers[0]!.body)
    for (const login of ['ivan', 'nobody']) {
      // One has failed already; the fifth makes the next wait.
      for (let n = 0; n < 4; n += 1) expect((await enter(server, login, 'wrong')).status).toBe(401)
      const slowed = await enter(server, login, PASSWORD)
      expect(expectError(slowed, 429, 'too_many_requests').get('')).toMatch(/try again in \d s/)
      expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0)
    }
  })

  it('needs a workspace: a card that is gone or says that the person has left ends access at once', async () => {
    const server = await startOn(store)
    const boss = await administrator(server)
    const ivan = await person(server, 'ivan', ['support'])
    const olga = await person(server, 'olga', ['support'])
    expect(await statusOf(ivan, '/api/v1/events')).toBe(200)
    await ask(boss.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['support'], enabled: false })
    await ask(boss.call, 'DELETE', '/api/v1/users/olga')
    for (const [login, one] of [
      ['ivan', ivan],
      ['olga', olga],
    ] as const) {
      const refused = await ask(one.call, 'GET', '/api/v1/events')
      expect(expectError(refused, 403, 'forbidden').get('')).toContain('may not enter this workspace')
      expectError(await ask(one.call, 'GET', SESSION), 403, 'forbidden')
      expectError(await enter(server, login, PASSWORD), 403, 'forbidden')
    }
    await ask(boss.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['support'] })
    expect(await statusOf(ivan, '/api/v1/events')).toBe(200)
  })
})

describe.each(STORES)('somebody who has signed in, %s', (store) => {
  it('may do what his roles allow at that moment, and is whom the changes name', async () => {
    const server = await startOn(store)
    const boss = await administrator(server)
    const ivan = await person(server, 'ivan', ['staff'], { by: boss.call })
    const rule = { name: 'r', types: ['camera.unavailable'], to: [{ user: 'ivan' }] }
    expect([await statusOf(ivan, '/api/v1/rules'), await statusOf(ivan, '/api/v1/catalog')]).toEqual([403, 200])
    expect((await ask(ivan.call, 'POST', '/api/v1/rules', rule)).status).toBe(403)
    await ask(boss.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['staff', 'admin'] })
    expect((await ask(ivan.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
    await ask(boss.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['client'] })
    expect([await statusOf(ivan, '/api/v1/rules'), await statusOf(ivan, '/api/v1/catalog')]).toEqual([403, 403])
    const { body } = await ask(boss.call, 'GET', '/api/v1/changes')
    const by = (body['items'] as unknown as { by: string; key: string }[]).map((row) => [row.key, row.by])
    expect(by).toEqual(
      expect.arrayContaining([
        ['r', 'ivan'],
        ['ivan', 'boss'],
      ]),
    )
  })

  it('sees and ends his sessions, and nobody else’s', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['staff'])
    const olga = await person(server, 'olga', ['staff'])
    const [second, third] = [await signIn(server, 'ivan'), await signIn(server, 'ivan')]
    const list = async () =>
      (await ask(ivan.call, 'GET', '/api/v1/sessions')).body['items'] as unknown as { id: string; current: boolean }[]
    const sessions = await list()
    expect(sessions.length).toBe(3)
    expect(sessions.filter(({ current }) => current)).toMatchObject([{ address: '127.0.0.1', agent: 'node' }])
    expect(JSON.stringify(sessions)).not.toContain(ivan.cookie.split('=')[1])
    const other = sessions.find(({ current }) => !current)!
    expectError(await ask(olga.call, 'DELETE', `/api/v1/sessions/${other.id}`), 404, 'not_found')
    expect((await ask(ivan.call, 'DELETE', `/api/v1/sessions/${other.id}`)).status).toBe(204)
    expect([await statusOf(second), await statusOf(third)].toSorted()).toEqual([200, 401])
    expect((await ask(ivan.call, 'DELETE', '/api/v1/sessions')).status).toBe(204)
    expect([await statusOf(second), await statusOf(third), await statusOf(ivan)]).toEqual([401, 401, 200])
    expect((await list()).length).toBe(1)
    const out = await ask(ivan.call, 'DELETE', SESSION)
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toMatch(/^nabat_session=; Max-Age=0; Path=\/; HttpOnly/)
    expect([await statusOf(ivan), await statusOf(olga)]).toEqual([401, 200])
  })

  it('changes his password with the one he has, which ends every other session', async () => {
    const server = await startOn(store)
    const ivan = await person(server, 'ivan', ['staff'])
    const other = await signIn(server, 'ivan')
    const change = (body: object) => ask(ivan.call, 'PUT', `${SESSION}/password`, body)
    const wrong = expectError(await change({ current: 'wrong', password: 'другой пароль' }), 400, 'invalid')
    expect(wrong.get('/current')).toBe('This is not your password')
    for (const password of ['short', 'ivan', '12345678', 'ПАРОЛЬ123', 'я'.repeat(201)])
      expect(expectError(await change({ current: PASSWORD, password }), 400, 'invalid').has('/password')).toBe(true)
    expect(await statusOf(other)).toBe(200)
    expect((await change({ current: PASSWORD, password: 'другой пароль' })).status).toBe(204)
    expect([await statusOf(ivan), await statusOf(other)]).toEqual([200, 401])
    expect((await enter(server, 'ivan', PASSWORD)).status).toBe(401)
    await signIn(server, 'ivan', 'другой пароль')
  })

  it('switches between the workspaces he belongs to, and no others', async () => {
    const server = await startOn(store, { config: 'workspace: { name: second, title: ООО Второе }' })
    const boss = await administrator(server)
    const ivan = await person(server, 'ivan', ['staff'])
    const to = (who: SignedIn, workspace: string) => ask(who.call, 'PUT', SESSION, { workspace })
    expectError(await to(ivan, 'second'), 403, 'forbidden')
    expectError(await to(ivan, 'no-such'), 403, 'forbidden')
    // An operator is no member there, and may do everything.
    expect((await to(boss, 'second')).body).toMatchObject({
      user: null,
      workspace: { name: 'second', title: 'ООО Второе' },
      workspaces: [{ name: 'default' }, { name: 'second' }],
    })
    const card = { login: 'ivan-2', name: 'Иван', roles: ['admin'] }
    expect((await ask(boss.call, 'POST', '/api/v1/users', card)).body).toMatchObject({ account: 'none' })
    const invited = await ask(boss.call, 'POST', '/api/v1/users/ivan-2/invite')
    await useLink(server, String(invited.body['link']), { login: 'ivan' })
    expect((await to(ivan, 'second')).body).toMatchObject({
      user: { login: 'ivan-2', roles: ['admin'] },
      workspaces: [{ name: 'default' }, { name: 'second' }],
    })
    expect((await ask(ivan.call, 'GET', '/api/v1/users')).body['items']).toMatchObject([{ login: 'ivan-2' }])
    // A page of the first workspace, open in another tab, reads and writes nothing here.
    const late = await ask(ivan.call, 'GET', '/api/v1/users', undefined, { 'nabat-workspace': 'default' })
    expect(expectError(late, 409, 'conflict').get('')).toContain('"second" is chosen now')
    expect((await signIn(server, 'ivan')).session.workspace.name).toBe('second')
    // The one he looks at is closed to him: the page begins anew in the other.
    await ask(boss.call, 'DELETE', '/api/v1/users/ivan-2')
    expect((await ask(ivan.call, 'GET', '/api/v1/catalog')).status).toBe(403)
    expect((await ask(ivan.call, 'GET', SESSION)).body).toMatchObject({ workspace: { name: 'default' } })
    expect((await ask(ivan.call, 'GET', '/api/v1/catalog')).status).toBe(200)
  })
})

describe('a page of another site', () => {
  it('can send nothing in the name of somebody who has signed in', async () => {
    const server = await startOn('sqlite', { env: { NABAT_PUBLIC_URL: 'https://nabat.example.ru' } })
    const { cookie } = await administrator({ ...server, url: server.url })
    const call = (headers: Record<string, string>, method = 'POST') =>
      fetch(`${server.url}/api/v1/silences`, {
        method,
        headers: { cookie, 'content-type': 'application/json', ...headers },
        ...(method === 'GET' ? {} : { body: '{}' }),
      }).then(({ status }) => status)
    const host = new URL(server.url).host
    for (const foreign of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${host}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'https://other.example.ru' },
      { 'sec-fetch-site': 'none' },
    ] as Record<string, string>[])
      expect([foreign, await call(foreign)]).toEqual([foreign, 403])
    for (const own of [
      { 'sec-fetch-site': 'same-origin' },
      { origin: `http://${host}` },
      { origin: 'https://nabat.example.ru' },
    ] as Record<string, string>[])
      expect([own, await call(own)]).toEqual([own, 400])
    expect(await call({ origin: 'https://evil.example' }, 'GET')).toBe(200)
    const entering = await ask(
      asBrowser(server, null),
      'POST',
      SESSION,
      { login: 'boss', password: PASSWORD },
      {
        origin: 'https://evil.example',
      },
    )
    expectError(entering, 403, 'forbidden')
  })

  it('is no matter where a key calls: no browser adds it by itself', async () => {
    const server = await startOn('sqlite')
    const boss = await administrator(server)
    const key = withKey(server, await makeKey(server, 'read'))
    const headers = { origin: 'https://evil.example', cookie: boss.cookie }
    expect((await key('GET', '/api/v1/rules', undefined, headers)).status).toBe(200)
    // With a key it is the key that calls, whoever else has signed in.
    expect((await key('POST', '/api/v1/rules', {}, headers)).status).toBe(403)
    for (const path of [SESSION, '/api/v1/sessions'])
      expect(expectError(await ask(key, 'GET', path), 403, 'forbidden').get('')).toContain('not for keys')
  })
})

describe('the cookie', () => {
  it('is for https alone where the console is reached by it', async () => {
    const server = await startOn('sqlite')
    await person(server, 'ivan', ['staff'])
    const body = { login: 'ivan', password: PASSWORD }
    const behind = await ask(asBrowser(server, null), 'POST', SESSION, body, { 'x-forwarded-proto': 'https' })
    expect(behind.headers.get('set-cookie')).toMatch(/; Secure/)
    const open = await startOn('sqlite', { env: { NABAT_PUBLIC_URL: 'https://nabat.example.ru' } })
    await person(open, 'ivan', ['staff'])
    const answer = await ask(asBrowser(open, null), 'POST', SESSION, body)
    expect(answer.headers.get('set-cookie')).toMatch(/; Secure/)
  })

  it('that is none, or not ours, is nobody’s', async () => {
    const server = await startOn('sqlite')
    for (const cookie of [
      'nabat_session=',
      'nabat_session=abc',
      'nabat_session="; x',
      'other=1; nabat_sessio=1',
      '=;;=',
    ])
      expect([cookie, await statusOf({ call: asBrowser(server, cookie) })]).toEqual([cookie, 401])
  })
})

describe('on several nodes', () => {
  it('a session that is ended, or a role taken away, on one is so on the others', async () => {
    const database = await takeDatabase()
    const start = () =>
      startTestServer({ env: { NABAT_DATABASE_URL: database, NABAT_SECRET_KEY: 'the key of all nodes' } })
    const [one, two] = [await start(), await start()]
    try {
      const ivan = await person(one, 'ivan', ['admin'])
      const there = { call: asBrowser(two, ivan.cookie) }
      const signedIn = await signIn(two, 'ivan')
      // Now both believe what they have just looked up.
      expect([await statusOf(there), await statusOf(signedIn)]).toEqual([200, 200])
      await ask(one.call, 'PUT', '/api/v1/users/ivan', { login: 'ivan', roles: ['staff'] })
      await until(async () => (await statusOf(there, '/api/v1/rules')) === 403, 5_000, 'the role to be gone')
      await ask(ivan.call, 'DELETE', '/api/v1/sessions')
      const asked = performance.now()
      await until(async () => (await statusOf(signedIn)) === 401, 5_000, 'the session to be over')
      expect(performance.now() - asked).toBeLessThan(3_000)
      expect(await statusOf(there)).toBe(200)
    } finally {
      for (const node of [one, two]) await node.stop()
      await dropDatabase(database)
    }
  })
})
