import { afterEach, describe, expect, it } from 'vitest'
import { ask, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

const FILE = `
users: [{ login: ivan, roles: [admin], contacts: [{ channel: inbox }] }]
rules:
  - { name: saves, types: [system.settings.changed, user.created, user.edited, user.deleted], to: [{ user: ivan }] }
`

let server: TestServer
afterEach(() => server.stop())

const raised = async (query = ''): Promise<Body[]> => {
  const { body } = await ask(server.call, 'GET', `/api/v1/events?source=nabat${query}`)
  return body['items'] as unknown as Body[]
}

describe('a save', () => {
  it('raises what it changed with who did it, and those a rule names are told of it', async () => {
    server = await startTestServer({ config: FILE })
    expect(await raised()).toEqual([])
    await ask(server.call, 'POST', '/api/v1/groups', { name: 'смена' })
    await ask(server.call, 'PUT', '/api/v1/groups/%D1%81%D0%BC%D0%B5%D0%BD%D0%B0', { name: 'смена', users: ['ivan'] })
    await ask(server.call, 'PUT', '/api/v1/groups/%D1%81%D0%BC%D0%B5%D0%BD%D0%B0', { name: 'смена', users: ['ivan'] })
    const [changed, created, ...others] = await raised()
    expect(others).toEqual([])
    expect(created).toMatchObject({ type: 'system.settings.changed', data: { action: 'created' } })
    expect(changed).toMatchObject({
      ...{ type: 'system.settings.changed', subject: 'смена', severity: 'info', actor: { user: 'admin', role: null } },
      data: { section: 'groups', name: 'смена', action: 'changed', changes: [{ field: 'users', to: ['ivan'] }] },
    })
    const entries = await until(async () => {
      const { body } = await ask(server.call, 'GET', '/api/v1/users/ivan/inbox')
      const items = body['items'] as unknown as { title: string; text: string }[]
      return items.length === 2 && items
    })
    expect(entries.map(({ title }) => title)).toEqual(Array(2).fill('Настройки изменены: группа «смена»'))
    expect(entries[0]!.text).toMatch(/изменено[^]*users: — → ivan\nadmin, /)
    // What was told raised nothing more.
    expect(await raised()).toHaveLength(2)
  })

  it('of people raises the events of users; of the workspace, of its settings', async () => {
    server = await startTestServer({ config: FILE })
    await ask(server.call, 'POST', '/api/v1/users', { login: 'anna', name: 'Анна' })
    await ask(server.call, 'PUT', '/api/v1/users/anna', { login: 'anna', name: 'Анна Б.' })
    await ask(server.call, 'DELETE', '/api/v1/users/anna')
    await ask(server.call, 'PUT', '/api/v1/workspace', { title: 'ООО Пример' })
    expect((await raised()).map((event) => [event['type'], event['subject']])).toEqual([
      ['system.settings.changed', 'default'],
      ['user.deleted', 'anna'],
      ['user.edited', 'anna'],
      ['user.created', 'anna'],
    ])
  })

  it('that fails, changes nothing or is a dry run raises nothing; an apply raises one for each, by whom it was made', async () => {
    server = await startTestServer({ config: FILE })
    await ask(server.call, 'POST', '/api/v1/apply', FILE)
    await ask(server.call, 'POST', '/api/v1/apply?dryRun=true', `${FILE}groups: [{ name: a }]`)
    await ask(server.call, 'POST', '/api/v1/rules', { name: 'bad' })
    expect(await raised()).toEqual([])
    const groups = Array.from({ length: 60 }, (_, n) => `{ name: g${n} }`).join(', ')
    await ask(server.call, 'POST', '/api/v1/apply', `${FILE}groups: [${groups}]`)
    const all = await raised('&limit=100')
    expect(all).toHaveLength(51)
    expect(all.filter((event) => event['data']!['more'] !== undefined)).toMatchObject([{ data: { more: 10 } }])
    for (const event of all) expect(event['actor']).toEqual({ user: 'admin', role: null })
  })
})
