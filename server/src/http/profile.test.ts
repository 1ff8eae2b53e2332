import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GivenLink, Profile } from '@nabat/api/profile.ts'
import { ask, expectError, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { administrator, person, useLink, type SignedIn } from '../../test/support/signed-in.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'
import { until } from '../../test/until.ts'

let server: TestServer
let telegram: TelegramStandIn
beforeAll(async () => {
  telegram = await startTelegram()
  server = await startTestServer({
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
    config: `
workspace: { name: default, title: ООО Пример }
channels:
  - { name: Бот, kind: telegram, token: "1000:AAHtoken", apiRoot: "${telegram.url}" }
  - { name: off, kind: telegram, token: "8000:AAHtoken", apiRoot: "${telegram.url}", enabled: false }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: 9, encryption: none, from: { address: n@example.ru, name: Набат }, replyTo: h@example.ru }
users: [{ login: filed, name: Из Файла, roles: [staff] }, { login: chief, name: Анна Белова, roles: [admin] }]
`,
  })
})
afterAll(async () => {
  await server.stop()
  await telegram.close()
})

const profile = async ({ call }: Pick<SignedIn, 'call'>): Promise<Profile> => {
  const { status, body } = await ask(call, 'GET', '/api/v1/profile')
  expect(status).toBe(200)
  return body as unknown as Profile
}
const put = (who: SignedIn, body: object, version?: number): Promise<Answer> =>
  ask(who.call, 'PUT', '/api/v1/profile', body, version === undefined ? {} : { 'if-match': String(version) })
const code = async (who: SignedIn, channel = 'Бот'): Promise<GivenLink> => {
  const answer = await ask(who.call, 'POST', '/api/v1/profile/telegram', { channel })
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 })
  return answer.body as unknown as GivenLink
}

interface Writes {
  readonly chat?: number
  readonly type?: 'private' | 'group'
  readonly language?: string
}
let writes = 0
/** Somebody writes to the bot; what it answers. */
async function write(text: string, { chat = 555, type = 'private', language = 'ru' }: Writes = {}): Promise<string> {
  const before = telegram.messages.length
  say(text, { chat, type, language })
  await telegram.waitFor((messages) => messages.length > before)
  return telegram.messages.at(-1)!.text
}
function say(text: string, { chat = 555, type = 'private', language = 'ru' }: Writes = {}): void {
  const from = {
    id: Math.abs(chat),
    is_bot: false,
    first_name: 'Иван',
    username: `user${Math.abs(chat)}`,
    language_code: language,
  }
  const described =
    type === 'private'
      ? { id: chat, type, first_name: 'Иван', username: from.username }
      : { id: chat, type, title: 'Смена' }
  telegram.updates.push('1000', { message: { message_id: (writes += 1), date: 1, chat: described, from, text } })
}
const telegramOf = async (who: SignedIn) => (await profile(who)).telegram.find(({ channel }) => channel === 'Бот')!

describe('GET /api/v1/profile', () => {
  it('tells everybody who has signed in of himself: card, language and zone that hold, ways, what he may prefer', async () => {
    const ivan = await person(server, 'ivan', ['installer'], {
      card: { name: 'Иван Петров', email: 'ivan@example.ru', timeZone: 'Asia/Yekaterinburg' },
    })
    const own = await profile(ivan)
    expect(own).toMatchObject({
      user: {
        login: 'ivan',
        name: 'Иван Петров',
        roles: ['installer'],
        language: null,
        timeZone: 'Asia/Yekaterinburg',
      },
      ...{ locked: null, language: 'ru', timeZone: 'Asia/Yekaterinburg', reachable: true },
      workspace: { language: 'ru', timeZone: 'Europe/Moscow' },
      telegram: [{ channel: 'Бот', username: null, linked: false, code: null }],
    })
    expect(own.ways.filter(({ kind }) => kind === 'smtp')).toMatchObject([
      { channel: 'mail', destination: 'ivan@example.ru', implied: true, removable: false, works: true },
    ])
    expect(own.channels.map(({ name }) => name)).toContain('mail')
    expect(own.channels.map(({ name }) => name)).not.toContain('off')
    expect(own.categories.map(({ name }) => name)).not.toContain('system')
  })

  it('is for people: a key has no profile, and an operator without a card is told so', async () => {
    expectError(await ask(server.call, 'GET', '/api/v1/profile'), 403, 'forbidden')
    const boss = await administrator(server, 'boss')
    await ask(server.call, 'DELETE', '/api/v1/users/boss')
    const own = await profile(boss)
    expect(own).toMatchObject({ user: null, ways: [], telegram: [], version: 0 })
    expect(own.locked).toContain('People')
    expectError(await put(boss, { language: 'en' }), 409, 'conflict')
  })
})

describe('PUT /api/v1/profile', () => {
  it('changes what is one’s own, as the person himself, and nothing else of the card', async () => {
    const olga = await person(server, 'olga', ['staff'], { card: { name: 'Ольга', phone: '+79161234567' } })
    const hours = { quietHours: { from: '22:00', to: '08:00' } }
    const { version } = await profile(olga)
    const saved = await put(olga, { language: 'en', ...hours, preferences: { cameras: { inbox: false } } }, version)
    expect(saved.body).toMatchObject({ user: { language: 'en', ...hours, roles: ['staff'], phone: '+79161234567' } })
    const { body } = await ask(server.call, 'GET', '/api/v1/changes?section=users&limit=1')
    expect(body['items']).toMatchObject([{ by: 'olga', key: 'olga' }])
    expect((await put(olga, { language: null })).body).toMatchObject({ user: { language: null, ...hours } })
    const wrong = await put(olga, { roles: ['admin'], name: 'Царь' })
    expectError(wrong, 400, 'invalid')
    expect(JSON.stringify(wrong.body)).toContain('/roles')
    const { body: mistake } = await put(olga, { timeZone: 'Europe/Nowhere' })
    expect(mistake).toMatchObject({ error: { details: [{ path: '/timeZone' }] } })
    expectError(await put(olga, { language: 'ru' }, version), 409, 'conflict')
  })

  it('loses nothing of what is saved of the card at the same moment', async () => {
    const both = await person(server, 'both', ['installer'])
    const wanted = { language: 'en', timeZone: 'Asia/Tokyo', quietHours: { from: '22:00', to: '07:00' } }
    const saved = await Promise.all(Object.entries(wanted).map(([field, value]) => put(both, { [field]: value })))
    expect(saved.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await profile(both)).user).toMatchObject(wanted)
  })

  it('is taken back by whoever made the change, without bringing back what an administrator took', async () => {
    const pavel = await person(server, 'pavel', ['support'])
    const saved = await put(pavel, { language: 'en' })
    const change = saved.headers.get('nabat-change')
    const card = await ask(server.call, 'GET', '/api/v1/users/pavel')
    await ask(server.call, 'PUT', '/api/v1/users/pavel', { ...card.body, roles: ['staff'] })
    const undone = await ask(pavel.call, 'POST', `/api/v1/changes/${change}/undo`)
    expect(undone.body).toMatchObject({ login: 'pavel', roles: ['staff'] })
    expect(undone.body['language']).toBeUndefined()
    const other = await person(server, 'other', ['staff'])
    for (const by of [other, pavel]) {
      const foreign = (await ask(server.call, 'GET', '/api/v1/changes?section=users&limit=1')).body[
        'items'
      ] as unknown as { id: string }[]
      expectError(await ask(by.call, 'POST', `/api/v1/changes/${foreign[0]!.id}/undo`), 403, 'forbidden')
    }
  })

  it('sets the order of the ways, adds none, and takes out none that an administrator added', async () => {
    const nina = await person(server, 'nina', ['staff'], {
      card: { email: 'nina@example.ru', contacts: [{ channel: 'inbox' }, { channel: 'Бот', chat: 777 }] },
    })
    const shown = async () => (await profile(nina)).ways.flatMap(({ channel }) => channel ?? [])
    expect(await shown()).toEqual(['inbox', 'Бот', 'mail'])
    const { ways } = await profile(nina)
    const contacts = ['mail', 'Бот', 'inbox'].map((name) => ways.find(({ channel }) => channel === name)!.contact)
    expect((await put(nina, { contacts })).status).toBe(200)
    expect(await shown()).toEqual(['mail', 'Бот', 'inbox'])
    // Back at the end, what follows from the card is not written on it any more.
    await put(nina, { contacts: [contacts[1], contacts[2], contacts[0]] })
    const card = await ask(server.call, 'GET', '/api/v1/users/nina')
    expect(card.body['contacts']).toEqual([
      { channel: 'Бот', chat: 777 },
      { channel: 'inbox' },
      { channel: 'mail', address: 'nina@example.ru' },
    ])
    for (const wrong of [[...contacts, { channel: 'mail', address: 'other@example.ru' }], [contacts[1]], 'inbox'])
      expectError(await put(nina, { contacts: wrong }), 400, 'invalid')
    const before = telegram.messages.length
    expect((await put(nina, { contacts: [contacts[2], contacts[0]] })).status).toBe(200)
    const [said] = (await telegram.waitFor(before + 1)).slice(before)
    expect(said).toMatchObject({ chat: '777' })
    expect(said!.text).toContain('отвязан')
  })

  it('of a card from the file says whom to ask and what to add', async () => {
    const { body } = await ask(server.call, 'POST', '/api/v1/users/filed/invite')
    const filed = await useLink(server, String(body['link']))
    expect((await profile(filed)).locked).toContain('Анна Белова')
    const refused = await put(filed, { language: 'en' })
    expectError(refused, 409, 'conflict')
    expect(JSON.stringify(refused.body)).toContain('login: filed, language: \\"en\\"')
    expectError(await ask(filed.call, 'POST', '/api/v1/profile/telegram', { channel: 'Бот' }), 409, 'conflict')
  })
})

describe('a chat is linked', () => {
  it('by a code: once, at the end of the contacts, by the person himself, and the page is told', async () => {
    const vera = await person(server, 'vera', ['staff'], { card: { name: 'Вера', contacts: [{ channel: 'inbox' }] } })
    const given = await code(vera)
    expect(given).toMatchObject({ channel: 'Бот', username: expect.any(String), problem: null })
    expect(given.code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/)
    expect(given.link).toBe(`https://t.me/${given.username}?start=${given.code}`)
    expect((await telegramOf(vera)).code).toMatchObject({ state: 'waiting', expiresAt: given.expiresAt })
    expect(await write('/start QQQQQQQQ', { chat: 1001 })).toContain('Такого кода нет')
    expect(await write(`/start ${given.code}`, { chat: 1001 })).toContain('Готово')
    const own = await profile(vera)
    expect(own.ways.slice(0, 2)).toMatchObject([
      { channel: 'inbox' },
      { channel: 'Бот', destination: '1001', title: 'Иван', username: 'user1001', removable: true, works: true },
    ])
    expect(own.telegram[0]).toMatchObject({ linked: true, code: { state: 'linked' }, username: given.username })
    const { body } = await ask(server.call, 'GET', '/api/v1/changes?section=users&limit=1')
    expect(body['items']).toMatchObject([{ by: 'vera', key: 'vera' }])
    expect(await write(given.code, { chat: 1001 })).toContain('уже привязан')
    expect(await write(given.code, { chat: 1002 })).toContain('уже не действует')
    const again = await code(vera)
    expect(await write(again.code.toLowerCase(), { chat: 1001 })).toContain('уже привязан')
    expect((await profile(vera)).ways.filter(({ channel }) => channel === 'Бот')).toHaveLength(1)
  })

  it('to one person of a workspace, who is told in his language', async () => {
    const [first, second] = [
      await person(server, 'first', ['staff'], { card: { contacts: [{ channel: 'Бот', chat: '2001' }] } }),
      await person(server, 'second', ['staff'], { card: { language: 'en' } }),
    ]
    const { code: sent } = await code(second)
    expect(await write(sent, { chat: 2001 })).toContain('linked to another person')
    expect((await profile(first)).ways).toMatchObject([{ destination: '2001' }])
    expect(await write(sent, { chat: 2002 })).toContain('Done')
  })

  it('never when it is a group: the code is good for nothing from then on', async () => {
    const gleb = await person(server, 'gleb', ['staff'])
    const { code: sent } = await code(gleb)
    expect(await write(`/start@nabat_bot ${sent}`, { chat: -300, type: 'group' })).toContain('личный чат')
    expect((await telegramOf(gleb)).code?.state).toBe('ended')
    expect(await write(sent, { chat: 3001 })).toContain('уже не действует')
    expect((await profile(gleb)).ways).toEqual([])
  })

  it('not by guessing: after five wrong codes nobody is listened to for ten minutes', async () => {
    const lev = await person(server, 'lev', ['staff'])
    const { code: sent } = await code(lev)
    for (let tries = 1; tries < 5; tries += 1) expect(await write('WRNGWRNG', { chat: 4001 })).not.toContain('слишком')
    expect(await write('WRNGWRNG', { chat: 4001, language: 'en' })).toContain('too many')
    say(sent, { chat: 4001 })
    expect(await write(sent, { chat: 4002 })).toContain('Готово')
    expect((await profile(lev)).ways).toMatchObject([{ destination: '4002' }])
  })

  it('again by whoever had blocked the bot: the way is in use again', async () => {
    const zoya = await person(server, 'zoya', ['staff'], { card: { contacts: [{ channel: 'Бот', chat: '5001' }] } })
    await ask(server.call, 'POST', '/api/v1/rules', {
      name: 'to zoya',
      types: ['camera.unavailable'],
      to: [{ user: 'zoya' }],
    })
    const unblock = telegram.fail({
      status: 403,
      says: 'Forbidden: bot was blocked by the user',
      chat: '5001',
      method: 'sendMessage',
    })
    await ask(server.call, 'POST', '/api/v1/events', { type: 'camera.unavailable', data: { camera: 'a' } })
    await until(
      async () => (await profile(zoya)).ways[0]!.reason === 'destination_disabled',
      5_000,
      'the way to be out of use',
    )
    const [way] = (await profile(zoya)).ways
    expect(way!.since).not.toBeNull()
    unblock()
    const { code: sent } = await code(zoya)
    expect(await write(sent, { chat: 5001 })).toContain('уже привязан')
    expect((await profile(zoya)).ways).toMatchObject([{ works: true, since: null }])
  })

  it('and unlinked by the person, and back: the bot says so both times', async () => {
    const yana = await person(server, 'yana', ['staff'], { card: { contacts: [{ channel: 'Бот', chat: '6001' }] } })
    const before = telegram.messages.length
    const saved = await put(yana, { contacts: [] })
    expect((await telegram.waitFor(before + 1)).at(-1)!.text).toContain('отвязан')
    await ask(yana.call, 'POST', `/api/v1/changes/${saved.headers.get('nabat-change')}/undo`)
    expect((await telegram.waitFor(before + 2)).at(-1)!.text).toContain('снова привязан')
    expect((await profile(yana)).ways).toMatchObject([{ destination: '6001' }])
  })

  it('with bots that are there and on alone', async () => {
    const igor = await person(server, 'igor', ['staff'])
    const asked = (channel: string) => ask(igor.call, 'POST', '/api/v1/profile/telegram', { channel })
    expectError(await asked('nothing'), 400, 'invalid')
    expectError(await asked('mail'), 400, 'invalid')
    expectError(await asked('off'), 409, 'conflict')
  })
})
