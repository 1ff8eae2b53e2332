import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'
import { until } from '../../test/until.ts'

let server: TestServer
let telegram: TelegramStandIn
beforeAll(async () => {
  telegram = await startTelegram()
  const bot = (n: number): string =>
    `  - { name: bot${n}, kind: telegram, token: "${n}000:AAHtoken", apiRoot: "${telegram.url}" }`
  server = await startTestServer({
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
    config: `
channels:
${[1, 2, 3, 4, 5, 6].map(bot).join('\n')}
  - { name: off, kind: telegram, token: "8000:AAHtoken", apiRoot: "${telegram.url}", enabled: false }
  - { name: hook, kind: webhook, url: "http://127.0.0.1:9/hook" }
users: [{ login: ivan, contacts: [{ channel: bot5, chat: "555" }] }]
rules: [{ name: all, types: ["camera.*"], to: [{ channel: bot5, chat: "-100555" }, { channel: bot1, chat: "-100111" }] }]
`,
  })
})
afterAll(async () => {
  await server.stop()
  await telegram.close()
})

const chats = (channel: string): Promise<Answer> => ask(server.call, 'GET', `/api/v1/channels/${channel}/chats`)
interface Item {
  chat: string
  title: string
  kind: string
  username: string | null
  member: boolean
  canPost: boolean
  seenAt: string | null
}
const items = ({ status, body }: Answer): Item[] => {
  expect({ status, body }).toMatchObject({ status: 200, body: { next: null } })
  return body['items'] as unknown as Item[]
}
/** Asks until the chats are as wanted. */
async function chatsWhen(channel: string, wanted: (items: Item[]) => boolean): Promise<Item[]> {
  let last: Item[] = []
  await until(async () => wanted((last = items(await chats(channel)))), 5_000, `chats: ${JSON.stringify(last)}`)
  return last
}
const channelOf = (id: number, title: string, more: object = {}) => ({ id, type: 'channel' as const, title, ...more })
const administrator = (canPost: boolean) => ({ status: 'administrator', can_post_messages: canPost })

describe('GET /api/v1/channels/{id}/chats', () => {
  it('shows a channel the bot is added to while somebody is choosing', async () => {
    const first = await chats('bot2')
    expect(first.body).toMatchObject({ items: [], listening: true, problem: null })
    await until(() => telegram.updates.isPolled('2000'), 5_000, 'a poll')
    telegram.updates.member('2000', channelOf(-1002001, 'Объекты: север', { username: 'north' }), administrator(true))
    const [seen] = await chatsWhen('bot2', (all) => all.length === 1)
    expect(seen).toMatchObject({
      ...{ chat: '-1002001', title: 'Объекты: север', kind: 'channel', username: 'north', member: true, canPost: true },
    })
    expect(seen!.seenAt).not.toBeNull()
  })

  it('shows where the bot may not write, and where it was thrown out', async () => {
    telegram.updates.member('2000', channelOf(-1002002, 'Только чтение'), administrator(false))
    telegram.updates.member('2000', { id: -2003, type: 'group', title: 'Смена' }, { status: 'kicked', until_date: 0 })
    const seen = await chatsWhen('bot2', (all) => all.length === 3)
    const standing = Object.fromEntries(seen.map(({ chat, member, canPost }) => [chat, [member, canPost]]))
    expect(standing).toMatchObject({ '-1002002': [true, false], '-2003': [false, false] })
  })

  it('learns of a chat from what is written there, and follows a group that becomes a supergroup', async () => {
    const chat = { id: -2004, type: 'group', title: 'Старая' }
    const message = { message_id: 1, date: 1, chat, from: { id: 5, is_bot: false, first_name: 'Иван' } }
    telegram.updates.push('2000', { message: { ...message, text: 'привет' } })
    await chatsWhen('bot2', (all) => all.some((one) => one.chat === '-2004'))
    const supergroup = { id: -1002004, type: 'supergroup', title: 'Старая' }
    telegram.updates.push('2000', { message: { ...message, migrate_to_chat_id: -1002004 } })
    telegram.updates.push('2000', { message: { ...message, chat: supergroup, migrate_from_chat_id: -2004 } })
    const seen = await chatsWhen('bot2', (all) => all.some((one) => one.chat === '-1002004'))
    expect(seen.filter(({ title }) => title === 'Старая').map(({ chat }) => chat)).toEqual(['-1002004'])
  })

  it('shows what happened while nobody listened', async () => {
    telegram.updates.member('3000', channelOf(-1003001, 'Вчера'), administrator(true))
    expect(items(await chats('bot3')).map(({ title }) => title)).toEqual(['Вчера'])
  })

  it('names the chats of rules and people by their titles', async () => {
    const seen = items(await chats('bot5'))
    expect(seen.map(({ chat, title, kind, seenAt }) => [chat, title, kind, seenAt]).sort()).toEqual([
      ['-100555', 'Чат -100555', 'supergroup', null],
      ['555', 'Иван', 'private', null],
    ])
    const asked = telegram.calls.filter(({ method }) => method === 'getChat').length
    await chats('bot5')
    expect(telegram.calls.filter(({ method }) => method === 'getChat').length).toBe(asked)
  })

  it('takes each update once: what was taken is not asked for again', async () => {
    await until(() => telegram.updates.isPolled('2000'), 5_000, 'a poll')
    const offsets = telegram.calls
      .filter(({ token, method }) => token.startsWith('2000') && method === 'getUpdates')
      .map(({ params }) => Number(params['offset'] ?? 0))
    expect(offsets.at(-1)).toBe(1006)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  })

  it('says that a webhook of somebody else takes the updates, and does not ask again in a hurry', async () => {
    telegram.updates.setWebhook('4000', 'https://other.example.ru/hook')
    const { body } = await chats('bot4')
    expect(body).toMatchObject({ items: [], listening: false })
    expect(String(body['problem'])).toContain('deleteWebhook')
    await chats('bot4')
    await chats('bot4')
    const polls = telegram.calls.filter(({ token, method }) => token.startsWith('4000') && method === 'getUpdates')
    expect(polls.length).toBe(1)
  })

  it('says that the token is refused, and stops', async () => {
    const takeBack = telegram.fail({ status: 401, says: 'Unauthorized', method: 'getUpdates' })
    const { body } = await chats('bot6')
    takeBack()
    expect(body).toMatchObject({ listening: false })
    expect(String(body['problem'])).toContain('BotFather')
    expect(JSON.stringify(body)).not.toContain('AAHtoken')
    await chats('bot6')
    const polls = telegram.calls.filter(({ token, method }) => token.startsWith('6000') && method === 'getUpdates')
    expect(polls.length).toBe(1)
  })

  it('listens to no channel that is switched off, and has no chats of what is no bot', async () => {
    expect((await chats('off')).body).toMatchObject({ items: [], listening: false })
    expect(telegram.calls.some(({ token }) => token.startsWith('8000'))).toBe(false)
    expectError(await chats('hook'), 409, 'conflict')
    expectError(await chats('nothing'), 404, 'not_found')
  })

  it('takes the right to set up bots or rules', async () => {
    const key = await makeKey(server, 'read')
    expectError(await ask(withKey(server, key), 'GET', '/api/v1/channels/bot1/chats'), 403, 'forbidden')
  })
})

describe('a server that stops', () => {
  it('ends a long poll at once', async () => {
    await using other = await startTestServer({
      config: `channels: [{ name: bot, kind: telegram, token: "9000:AAHtoken", apiRoot: "${telegram.url}" }]`,
    })
    await ask(other.call, 'GET', '/api/v1/channels/bot/chats')
    await until(() => telegram.updates.isPolled('9000'), 5_000, 'a poll')
    const before = Date.now()
    await other.stop()
    expect(Date.now() - before).toBeLessThan(5_000)
    await until(() => !telegram.updates.isPolled('9000'), 2_000, 'the poll to end')
  })
})
