import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'

const MANY = Array.from({ length: 1_100 }, (_, index) => `user-${String(index).padStart(4, '0')}`)

let receiver: Receiver
let server: TestServer
beforeAll(async () => {
  receiver = await startReceiver()
  server = await startTestServer({
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
    config: `
channels: [{ name: hook, kind: webhook, url: "${receiver.url}" }]
users:
  - { login: anna, name: Анна, contacts: [{ channel: hook }] }
  - { login: ivan, contacts: [{ channel: inbox }] }
${MANY.map((login, index) => `  - { login: ${login}${index % 100 === 7 ? '' : ', contacts: [{ channel: inbox }]'} }`).join('\n')}
rules:
  - { name: hooked, types: [server.unavailable], to: [{ user: anna }] }
  - { name: nobody, types: [server.unavailable], to: [{ role: dispatcher }] }
`,
  })
})
afterAll(async () => {
  await server.stop()
  await receiver.close()
})

const reach = async (query = '', headers: Record<string, string> = { 'accept-language': 'ru' }): Promise<Body> => {
  const { status, body } = await ask(server.call, 'GET', `/api/v1/reachability${query}`, undefined, headers)
  expect(status).toBe(200)
  return body
}
const itemsOf = (body: Body): { login: string }[] => body['people']!['items'] as unknown as { login: string }[]

/** Every page one after the other. */
async function pages(query: string): Promise<string[][]> {
  const all: string[][] = []
  let cursor = ''
  do {
    const body = await reach(`?${query}${cursor}`)
    all.push(itemsOf(body).map(({ login }) => login))
    const next = body['people']!['next'] as unknown as string | null
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
  } while (cursor !== '')
  return all
}

describe('GET /api/v1/reachability', () => {
  it('tells each person with contacts, and the rules that tell nobody, in the language asked for', async () => {
    const body = await reach('?limit=2')
    expect(body['people']).toEqual({
      items: [
        {
          login: 'anna',
          name: 'Анна',
          reachable: true,
          reason: null,
          says: null,
          contacts: [
            {
              channel: 'hook',
              destination: 'webhook',
              works: true,
              reason: null,
              says: null,
              since: null,
              disabledId: null,
            },
          ],
        },
        expect.objectContaining({ login: 'ivan', name: null, reachable: true }),
      ],
      next: 'ivan',
    })
    expect(body['rules']).toEqual([
      {
        id: expect.any(String),
        name: 'nobody',
        reason: 'empty_role',
        says: 'роль dispatcher: ни у кого нет этой роли',
      },
    ])
    const english = await reach('?limit=1', { 'accept-language': 'en' })
    expect(english['rules']![0]!['says']).toBe('role dispatcher: nobody has this role')
  })

  it('says since when a destination is disabled, and forgets it when it is enabled again', async () => {
    await server.send({ type: 'server.unavailable', data: { server: 'S1' } })
    await until(async () => (receiver.received.length > 0 ? true : undefined))
    const { body } = await ask(server.call, 'GET', '/api/v1/destinations')
    const id = String(body['items']![0]!['id'])
    const disabled = await ask(server.call, 'POST', `/api/v1/destinations/${id}/disable`)
    const [anna] = itemsOf(await reach('?limit=1'))
    expect(anna).toMatchObject({
      reachable: false,
      reason: 'unreachable',
      contacts: [
        {
          works: false,
          reason: 'destination_disabled',
          says: 'адрес отключён: отключено вручную',
          since: disabled.body['disabledAt'],
          disabledId: id,
        },
      ],
    })
    expect(Date.parse(String(disabled.body['disabledAt']))).toBeGreaterThan(0)
    expect(await reach('?limit=1')).toMatchObject({
      rules: [{ name: 'hooked', reason: 'destination_disabled' }, { name: 'nobody' }],
    })
    await ask(server.call, 'POST', `/api/v1/destinations/${id}/enable`)
    expect(itemsOf(await reach('?limit=1'))).toMatchObject([
      { reachable: true, contacts: [{ works: true, since: null }] },
    ])
  })

  it('says since when a channel does not answer, and that it does when it is back; a rule is not lost by that', async () => {
    receiver.answer(500)
    for (const server_ of ['1', '2', '3', '4', '5', '6'])
      await server.send({ type: 'server.unavailable', data: { server: server_ } })
    const { contacts } = await until(async () => {
      const [anna] = itemsOf(await reach('?limit=1')) as unknown as { reachable: boolean; contacts: object[] }[]
      return anna!.reachable ? undefined : anna
    })
    expect(contacts).toMatchObject([{ works: false, reason: 'channel_down', says: 'канал не отвечает' }])
    const since = await until(async () => {
      const [anna] = itemsOf(await reach('?limit=1')) as unknown as { contacts: { since: string | null }[] }[]
      return anna!.contacts[0]!.since
    })
    expect(Date.now() - Date.parse(since)).toBeLessThan(60_000)
    expect(await reach('?limit=1')).toMatchObject({ rules: [{ name: 'nobody' }] })
    expect(itemsOf(await reach('?limit=1&unreachable=true'))).toMatchObject([{ login: 'anna' }])
    receiver.answer(204)
    await until(
      async () => (itemsOf(await reach('?limit=1')) as unknown as { reachable: boolean }[])[0]!.reachable,
      20_000,
    )
    expect(itemsOf(await reach('?limit=1'))).toMatchObject([{ contacts: [{ works: true, reason: null, since: null }] }])
  })

  it('counts who can be told something, and finds people by name, by reason and by login', async () => {
    const body = await reach('?faulty=true&limit=3')
    expect(body['summary']).toEqual({ people: 1_102, unreachable: 11, partly: 0 })
    expect(itemsOf(body).map(({ login }) => login)).toEqual(['user-0007', 'user-0107', 'user-0207'])
    const found = async (query: string) => itemsOf(await reach(query)).map(({ login }) => login)
    expect(await found('?reason=no_contacts&q=user-03')).toEqual(['user-0307'])
    expect(await found('?reason=channel_off')).toEqual([])
    expect(await found('?q=АННА')).toEqual(['anna'])
    expect(await found('?login=ivan')).toEqual(['ivan'])
  })

  it('pages through more than a thousand people by login, each once', async () => {
    const all = await pages('limit=100')
    expect(all.map((page) => page.length)).toEqual([...Array.from({ length: 11 }, () => 100), 2])
    expect(all.flat()).toEqual(['anna', 'ivan', ...MANY])
    // A page that ends with the last person is the last.
    expect((await reach(`?limit=100&cursor=${MANY[999]}`))['people']!['next']).toBe(null)
  })

  it('pages through those alone who cannot be reached', async () => {
    const nobody = MANY.filter((_, index) => index % 100 === 7)
    expect(await pages('unreachable=true&limit=4')).toEqual([nobody.slice(0, 4), nobody.slice(4, 8), nobody.slice(8)])
  })

  it('is for keys that may read, and refuses what it does not know', async () => {
    const path = '/api/v1/reachability'
    expect((await ask(withKey(server, await makeKey(server, 'read')), 'GET', path)).status).toBe(200)
    expectError(await ask(withKey(server, await makeKey(server, 'send')), 'GET', path), 403, 'forbidden')
    expectError(await ask(withKey(server, ''), 'GET', path), 401, 'unauthorized')
    expectError(await ask(server.call, 'GET', `${path}?unreachable=yes`), 400, 'invalid')
    expectError(await ask(server.call, 'GET', `${path}?limit=0`), 400, 'invalid')
  })
})
