import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'

let server: TestServer
let telegram: TelegramStandIn
let hook: Receiver
beforeAll(async () => {
  telegram = await startTelegram()
  hook = await startReceiver()
  server = await startTestServer({ env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' } })
})
afterAll(async () => {
  await server.stop()
  await telegram.close()
  await hook.close()
})

const check = (body: object, query = ''): Promise<Answer> =>
  ask(server.call, 'POST', `/api/v1/channels/check${query}`, body)
const bot = (more: object = {}): object => ({
  kind: 'telegram',
  token: '1000:AAHtoken',
  apiRoot: telegram.url,
  ...more,
})
const stages = ({ body }: Answer): string[] =>
  (body['stages'] as unknown as { stage: string; ok: boolean }[]).map(({ stage, ok }) => `${stage} ${ok}`)

describe('POST /api/v1/channels/check', () => {
  it('tells whether a token is good before the channel has a name', async () => {
    const answer = await check(bot())
    expect({ status: answer.status, ok: answer.body['ok'] }).toEqual({ status: 200, ok: true })
    expect(stages(answer)).toEqual(['settings true', 'name true', 'connection true', 'login true'])
    const { body } = await ask(server.call, 'GET', '/api/v1/channels')
    expect(body['items']).toEqual([])
  })

  it('stops at a token that Telegram refuses and says what to do', async () => {
    const takeBack = telegram.fail({ status: 401, says: 'Unauthorized', method: 'getMe' })
    const answer = await check(bot())
    takeBack()
    expect(answer.body['ok']).toBe(false)
    expect(stages(answer).at(-1)).toBe('login false')
    expect(JSON.stringify(answer.body)).toContain('BotFather')
    expect(JSON.stringify(answer.body)).not.toContain('AAHtoken')
  })

  it('sends a test message to the chat it is given', async () => {
    const answer = await check(bot({ to: { chat: '-100777' } }))
    expect(stages(answer).slice(-2)).toEqual(['sender true', 'message true'])
    expect(telegram.messages.map(({ chat }) => chat)).toEqual(['-100777'])
  })

  it('refuses what saving would refuse, by the same paths', async () => {
    expectError(await check({ kind: 'pigeon' }), 400, 'invalid')
    expect([...expectError(await check(bot({ token: 'x' })), 400, 'invalid').keys()]).toEqual(['/token'])
    expect([...expectError(await check(bot({ to: { chat: '1001234567890' } })), 400, 'invalid').keys()]).toEqual([
      '/to/chat',
    ])
    expect([...expectError(await check(bot({ id: '999' })), 400, 'invalid').keys()]).toEqual(['/id'])
  })

  it('keeps the secrets of the saved channel it is a change of, and hands out no other', async () => {
    const kept = await ask(server.call, 'POST', '/api/v1/channels', { ...bot(), name: 'kept' })
    const { id, token } = kept.body as unknown as { id: string; token: string }
    expect(token).toBe('${secret:kept.token}')
    const again = await check(bot({ id, token, name: 'renamed' }))
    expect({ status: again.status, ok: again.body['ok'] }).toEqual({ status: 200, ok: true })
    expect([...expectError(await check(bot({ token })), 400, 'invalid').keys()]).toEqual(['/token'])
    const other = { kind: 'webhook', url: hook.url, headers: { 'x-key': token } }
    expect([...expectError(await check(other, '?post=true'), 400, 'invalid').keys()]).toEqual(['/headers/x-key'])
  })

  it('posts to the one receiver of a webhook only when it is asked to', async () => {
    const given = { kind: 'webhook', url: hook.url }
    expect((await check(given)).body['posted']).toBe(false)
    expect((await check(given, '?post=true')).body['posted']).toBe(true)
    expect(hook.received.length).toBe(1)
  })
})
