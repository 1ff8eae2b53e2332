import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' } })
})
afterAll(() => server.stop())

/** For each section: an entity, a change of it, and a mistake with the path and words it is told by. */
const SECTIONS = {
  types: {
    entity: { name: 'pump.stopped', title: { ru: 'Насос встал' } },
    change: { severity: 'critical' },
    mistake: [{ data: { type: 'objekt' } }, '/data', 'Не JSON Schema'],
  },
  channels: {
    entity: { name: 'hook', kind: 'webhook', url: 'http://127.0.0.1:1/hook', secret: '${env:NABAT_ADMIN_KEY_UNSET}' },
    change: {},
    mistake: [{ connections: 0 }, '/connections', 'Должно быть >= 1'],
  },
  users: {
    entity: { login: 'ivan', name: 'Иван' },
    change: { roles: ['installer'] },
    mistake: [{ timeZone: 'Mars/North' }, '/timeZone', 'Нет такого часового пояса'],
  },
  groups: {
    entity: { name: 'смена', users: [] },
    change: { users: [] },
    mistake: [{ users: ['nobody'] }, '/users/0', 'nobody'],
  },
  templates: {
    entity: { name: 'words', type: 'camera.unavailable', title: 'Камера {{ event.data.camera }}' },
    change: { title: 'Нет камеры' },
    mistake: [{ title: '{% if %}' }, '/title', 'Ошибка в шаблоне'],
  },
  silences: {
    entity: {
      ...{ name: 'works', comment: 'Плановые работы', until: '2999-01-01T00:00:00Z' },
      when: { field: 'data.object', op: 'eq', value: 'north' },
    },
    change: { comment: 'Работы' },
    mistake: [{ until: 'tomorrow' }, '/until', 'время по RFC 3339'],
  },
  rules: {
    entity: { name: 'all', types: ['camera.*'], to: [{ role: 'installer' }] },
    change: { enabled: false },
    mistake: [{ to: [{ channel: 'inbx' }] }, '/to/0/channel', 'может быть, «inbox»?'],
  },
  schedules: {
    entity: { name: 'итоги дня', cron: '0 18 * * mon-fri', type: 'summary.scheduled', enabled: false },
    change: { enabled: true },
    mistake: [{ cron: '0 18 * * пн-пт' }, '/cron', 'Поле 5 (дни недели) — «пн-пт», а может быть 0-7'],
  },
} as const

describe.each(Object.entries(SECTIONS))('/api/v1/%s', (section, { entity, change, mistake }) => {
  const path = `/api/v1/${section}`
  const key = 'name' in entity && !('login' in entity) ? entity.name : (entity as { login: string }).login
  const wanted = section === 'channels' ? { ...entity, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } : entity

  it('makes, shows, changes and removes an entity, by id and by name', async () => {
    const made = await ask(server.call, 'POST', path, wanted)
    expect({ status: made.status, body: made.body }).toMatchObject({ status: 201, body: { origin: 'api' } })
    const byId = `${path}/${String(made.body['id'])}`
    const byName = `${path}/${encodeURIComponent(key)}`
    expect((await ask(server.call, 'GET', byName)).body).toEqual((await ask(server.call, 'GET', byId)).body)
    const listed = await ask(server.call, 'GET', path)
    expect(listed.body).toMatchObject({ items: [{ id: made.body['id'] }], next: null })
    // What was read may be sent back as it is, with a change.
    const changed = await ask(server.call, 'PUT', byName, { ...(made.body as object), ...change })
    expect({ status: changed.status, body: changed.body }).toMatchObject({ status: 200, body: change })
    expect((await ask(server.call, 'DELETE', byId)).status).toBe(204)
    expectError(await ask(server.call, 'GET', byName), 404, 'not_found')
    expectError(await ask(server.call, 'PUT', byName, wanted), 404, 'not_found')
    expectError(await ask(server.call, 'DELETE', byName), 404, 'not_found')
  })

  it('tells a mistake by path, in Russian by default', async () => {
    const [wrong, at, words] = mistake
    const answer = await ask(server.call, 'POST', path, { ...wanted, ...wrong }, { 'accept-language': '' })
    const details = expectError(answer, 400, 'invalid')
    expect([...details.keys()]).toEqual([at])
    expect(details.get(at)).toContain(words)
    expect((await ask(server.call, 'GET', path)).body['items']).toEqual([])
  })

  it('tells an unknown field and a missing one together, and a body that is no object', async () => {
    const field = 'login' in wanted ? 'login' : 'name'
    const nameless = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== field))
    const details = expectError(await ask(server.call, 'POST', path, { ...nameless, colour: 'red' }), 400, 'invalid')
    expect([...details.keys()].sort()).toEqual(['/colour', `/${field}`])
    for (const body of [undefined, [], 7]) expectError(await ask(server.call, 'POST', path, body), 400, 'invalid')
  })

  it('keeps names unique', async () => {
    expect((await ask(server.call, 'POST', path, wanted)).status).toBe(201)
    const details = expectError(await ask(server.call, 'POST', path, wanted), 400, 'invalid')
    expect([...details.values()]).toEqual([`The name "${key}" is taken already, it must be unique`])
  })
})

describe('a rule that names what is not there, or means something else', () => {
  it.each([
    [
      'a positive chat id without private: true',
      { to: [{ channel: 'bot', chat: '1001234567890' }] },
      '/to/0/chat',
      '-1001234567890',
    ],
    ['types and actions at once', { actions: { admin: ['camera.available'] } }, '/types', 'types or actions'],
    ['an unknown type', { types: ['camera.unavailabel'] }, '/types/0', 'camera.unavailable'],
    ['an unknown operator', { when: { field: 'subject', op: 'like', value: 'x' } }, '/when/op', 'startsWith'],
    ['a field there is not', { when: { field: 'objekt', op: 'eq', value: 'x' } }, '/when/field', 'data.'],
    ['a bad regular expression', { when: { field: 'subject', op: 'matches', value: '(' } }, '/when/value', ''],
    ['two people in one recipient', { to: [{ user: 'ivan', role: 'admin' }] }, '/to/0', ''],
    ['an unknown person', { to: [{ user: 'nobody' }] }, '/to/0/user', 'nobody'],
    ['a span that is none', { throttle: { per: '10 minutes' } }, '/throttle/per', '10 minutes'],
    ['no recipients', { to: [] }, '/to', ''],
  ])('is refused: %s', async (_name, wrong, at, words) => {
    const bot = { name: 'bot', kind: 'telegram', token: '123456789:AAHtoken' }
    await ask(server.call, 'POST', '/api/v1/channels', bot)
    const rule = { name: 'wrong', types: ['camera.unavailable'], to: [{ role: 'admin' }], ...wrong }
    const details = expectError(await ask(server.call, 'POST', '/api/v1/rules', rule), 400, 'invalid')
    expect([...details.keys()]).toEqual([at])
    expect(details.get(at)).toContain(words)
  })

  it('is saved with private: true, and routes the next event', async () => {
    const rule = {
      name: 'private chat',
      types: ['server.created'],
      to: [{ channel: 'bot', chat: '555', private: true }],
    }
    const event = { type: 'server.created', data: { server: 's' } }
    expect((await server.send(event)).events[0]!.deliveries).toBe(0)
    expect((await ask(server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
    expect((await server.send(event)).events[0]!.deliveries).toBe(1)
  })
})

describe('/api/v1/workspace and /api/v1/catalog', () => {
  it('shows and changes the settings of the workspace; its name stays', async () => {
    const path = '/api/v1/workspace'
    expect((await ask(server.call, 'GET', path)).body).toMatchObject({ name: 'default', language: 'ru' })
    const changed = await ask(server.call, 'PUT', path, { name: 'other', title: 'ООО Пример', timeZone: 'Asia/Omsk' })
    expect(changed.body).toMatchObject({ name: 'default', title: 'ООО Пример', timeZone: 'Asia/Omsk' })
    const details = expectError(
      await ask(server.call, 'PUT', path, { timeZone: 'Omsk', langauge: 'en' }),
      400,
      'invalid',
    )
    expect([...details.keys()]).toContain('/langauge')
    expect((await ask(server.call, 'GET', path)).body).toMatchObject({ title: 'ООО Пример', timeZone: 'Asia/Omsk' })
  })

  it('lists every type with its schema, example and words, own types too', async () => {
    const { body } = await ask(server.call, 'GET', '/api/v1/catalog')
    const types = body['items'] as unknown as { name: string; templates: object; example: { data: object } }[]
    expect(types.length).toBeGreaterThan(100)
    expect(types.map((type) => type.name)).toContain('pump.stopped')
    for (const type of types) {
      expect(Object.keys(type.templates), type.name).toEqual(['ru', 'en'])
      const { status } = await ask(server.call, 'POST', '/api/v1/events', { type: type.name, ...type.example })
      expect({ name: type.name, status }).toEqual({ name: type.name, status: 202 })
    }
  })
})
