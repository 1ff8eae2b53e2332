import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../../../test/support/answers.ts'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { startTestServer } from '../../../test/support/server.ts'
import { person } from '../../../test/support/signed-in.ts'
import { startTelegram } from '../../../test/standins/telegram.ts'
import { until } from '../../../test/until.ts'

/** One that sends and listens, one that answers requests, and the bot of both. */
async function twoNodes() {
  const url = await takeDatabase()
  onTestFinished(() => giveBack(url))
  const telegram = await startTelegram()
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const env = { NABAT_DATABASE_URL: url, NABAT_SECRET_KEY: 'a secret key of thirty-two signs.' }
  const config = `channels: [{ name: bot, kind: telegram, token: "1000:AAHtoken", apiRoot: "${telegram.url}" }]`
  const sends = await startTestServer({ env, config, roles: ['deliver', 'bots'] })
  onTestFinished(() => sends[Symbol.asyncDispose]())
  const answers = await startTestServer({ env, roles: ['http'] })
  onTestFinished(() => answers[Symbol.asyncDispose]())
  expect(sends.url).not.toBe(answers.url)
  return { telegram, answers }
}

describe('a bot, with several nodes', () => {
  it('is listened to by the node that sends for it, whichever is asked', async () => {
    const { telegram, answers } = await twoNodes()
    const chats = () => ask(answers.call, 'GET', '/api/v1/channels/bot/chats')
    expect((await chats()).body).toMatchObject({ items: [], listening: true })
    await until(() => telegram.updates.isPolled('1000'), 10_000, 'a poll')
    telegram.updates.member(
      '1000',
      { id: -1001, type: 'channel', title: 'Смена' },
      { status: 'administrator', can_post_messages: true },
    )
    await until(async () => (await chats()).body['items']![0]?.['title'] === ('Смена' as never), 10_000, 'the chat')
    const polls = telegram.calls.filter(({ method }) => method === 'getUpdates')
    expect(polls.every(({ status }) => status === 200 || status === 0)).toBe(true)
  })

  it('hears a code that was given by another node', async () => {
    const { telegram, answers } = await twoNodes()
    const olga = await person(answers, 'olga', ['staff'])
    const { body } = await ask(olga.call, 'POST', '/api/v1/profile/telegram', { channel: 'bot' })
    await until(() => telegram.updates.isPolled('1000'), 10_000, 'a poll')
    const chat = { id: 555, type: 'private', first_name: 'Ольга' }
    telegram.updates.push('1000', { message: { message_id: 1, date: 1, chat, from: chat, text: body['code'] } })
    expect((await telegram.waitFor(1, 10_000))[0]!.text).toContain('Готово')
    const isLinked = async (): Promise<boolean> =>
      JSON.stringify((await ask(olga.call, 'GET', '/api/v1/profile')).body['ways']).includes('"555"')
    await until(isLinked, 10_000, 'the chat on the card')
  })
})
