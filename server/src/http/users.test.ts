import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, person, signIn } from '../../test/support/signed-in.ts'

const MANY = Array.from({ length: 250 }, (_, index) => `zz-${String(index).padStart(3, '0')}`)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
users:
  - { login: b.petrov, name: Пётр Борисов, roles: [installer], phone: "+7 (916) 123-45-67", contacts: [{ channel: inbox }] }
  - { login: a.ivanov, name: Алёна Иванова, roles: [dispatcher, client], email: alena@example.ru, extension: "101" }
  - { login: gone, name: Яков Ушедший, enabled: false }
  - { login: romashka, name: Клиент Ромашка, roles: [client], contacts: [{ channel: inbox }] }
${MANY.map((login) => `  - { login: ${login} }`).join('\n')}
groups:
  - { name: Компания }
  - { name: Смена, parent: Компания, users: [b.petrov] }
  - { name: ООО Ромашка, users: [romashka], client: true }
`,
  })
})
afterAll(() => server.stop())

const users = async (query: string): Promise<Body> => {
  const { status, body } = await ask(server.call, 'GET', `/api/v1/users?${query}`)
  expect(status).toBe(200)
  return body
}
const logins = async (query: string): Promise<string[]> =>
  ((await users(query))['items'] as unknown as { login: string }[]).map(({ login }) => login)

describe('GET /api/v1/users', () => {
  it('finds people by parts of what is on their card, however it is written', async () => {
    for (const [typed, login] of [
      ['борис петр', 'b.petrov'],
      ['алена', 'a.ivanov'],
      ['8 916 123-45', 'b.petrov'],
      ['123-45-67', 'b.petrov'],
      ['ALENA@', 'a.ivanov'],
    ] as const)
      expect(await logins(`q=${encodeURIComponent(typed)}`), typed).toEqual([login])
    expect(await logins('q=101&role=dispatcher')).toEqual(['a.ivanov'])
    expect(await logins('q=101&role=installer')).toEqual([])
  })

  it('narrows by role, group with those below, whether they work, can be reached and sign in, and whose they are', async () => {
    expect(await logins('role=client')).toEqual(['a.ivanov', 'romashka'])
    expect(await logins(`group=${encodeURIComponent('Компания')}`)).toEqual(['b.petrov'])
    expect(await logins('state=left')).toEqual(['gone'])
    expect(await logins('state=reachable')).toEqual(['b.petrov', 'romashka'])
    expect(await logins('state=unreachable&q=gone')).toEqual([])
    expect(await logins('who=clients')).toEqual(['romashka'])
    expect((await logins('who=staff&limit=500')).length).toBe(253)
    await ask(server.call, 'POST', '/api/v1/users/b.petrov/invite')
    expect(await logins('account=invited')).toEqual(['b.petrov'])
    expect(await logins('account=active')).toEqual([])
    expect((await logins('account=none&limit=500')).length).toBe(253)
  })

  it('tells whether somebody can be reached, and takes a card back as it gave it', async () => {
    const [items] = [(await users('q=romashka'))['items'] as unknown as Record<string, unknown>[]]
    expect(items).toMatchObject([{ login: 'romashka', reachable: true, account: 'none' }])
    const made = await ask(server.call, 'POST', '/api/v1/users', { login: 'fresh' })
    expect(made.body).toMatchObject({ reachable: false })
    const put = await ask(server.call, 'PUT', '/api/v1/users/fresh', { ...made.body, phone: '123' })
    expect(put.status).toBe(200)
    await ask(server.call, 'DELETE', '/api/v1/users/fresh')
  })

  it('pages in the order of names, each person once, also when somebody of the page before is gone', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/users', { login: 'hurried', name: 'Яя' })
    const all: string[] = []
    let cursor = ''
    do {
      const body = await users(`order=name&limit=60${cursor}`)
      all.push(...(body['items'] as unknown as { login: string }[]).map(({ login }) => login))
      cursor = body['next'] === null ? '' : `&cursor=${encodeURIComponent(String(body['next']))}`
      if (all.length === 60) await ask(server.call, 'DELETE', `/api/v1/users/${String(made.body['id'])}`)
    } while (cursor !== '')
    expect(all).toEqual([...MANY, 'a.ivanov', 'romashka', 'b.petrov', 'gone'])
    expectError(await ask(server.call, 'GET', '/api/v1/users?order=name&cursor=nowhere'), 400, 'invalid')
  })
})

describe('DELETE /api/v1/users/{id}/sessions', () => {
  it('ends the sessions of somebody of this workspace alone', async () => {
    const boss = await administrator(server, 'boss')
    const olga = await person(server, 'olga', ['support'])
    expect((await ask(olga.call, 'GET', '/api/v1/session')).status).toBe(200)
    expect((await ask(boss.call, 'DELETE', '/api/v1/users/olga/sessions')).status).toBe(204)
    expect((await ask(olga.call, 'GET', '/api/v1/session')).status).toBe(401)
    await signIn(server, 'olga')
    expect((await ask(boss.call, 'DELETE', '/api/v1/users/gone/sessions')).status).toBe(204)
    expect((await ask(boss.call, 'DELETE', '/api/v1/users/boss/sessions')).status).toBe(409)
  })
})
