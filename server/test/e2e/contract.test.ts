import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { startMail, type MailStandIn } from '../standins/mail.ts'
import { startTelegram, type TelegramStandIn } from '../standins/telegram.ts'
import { ask } from '../support/answers.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { until } from '../until.ts'

/*
 * The configuration of the contract against stand-ins for Telegram and a mail server. Left out of it is only what would
 * make the test depend on the hour: digest, schedule, and quiet hours.
 */

let telegram: TelegramStandIn
let mail: MailStandIn
let server: TestServer

interface Rule {
  readonly to: readonly object[]
}
function config(): string {
  const file = parse(readFileSync(new URL('../fixtures/contract.yaml', import.meta.url), 'utf8')) as {
    users: object[]
    channels: { name: string }[]
    rules: Rule[]
  }
  const {
    digest: _digest,
    schedule: _schedule,
    ...cameras
  } = file.rules[0] as Rule & { digest: unknown; schedule: unknown }
  const { quietHours: _quiet, ...ivan } = file.users[0] as { quietHours: unknown }
  const channels = file.channels
    .filter(({ name }) => name === 'duty-bot' || name === 'mail')
    .map((channel) =>
      channel.name === 'mail' ? { ...channel, port: mail.port } : { ...channel, apiRoot: telegram.url },
    )
  const to = cameras.to.filter((each) => (each as { channel?: string }).channel !== 'hook')
  return stringify({ ...file, users: [ivan], channels, rules: [{ ...cameras, to }, file.rules[1]] })
}

beforeAll(async () => {
  telegram = await startTelegram()
  mail = await startMail({ auth: { user: 'nabat', password: 'secret' } })
  const env = { BOT_TOKEN: '123456789:AAHtoken', MAIL_PASSWORD: 'secret' }
  server = await startTestServer({ config: config(), env })
})
afterAll(async () => {
  await server.stop()
  await telegram.close()
  await mail.close()
})

const EVENT = {
  id: 'evt-1',
  source: 'video',
  type: 'camera.unavailable',
  subject: 'Вход 3',
  data: { camera: 'Вход 3', object: 'obj-1', reason: 'нет питания' },
}

describe("the contract's configuration", () => {
  it('delivers the event as a text to the topic, as a letter, and to the person by his first contact', async () => {
    const { events } = await server.send(EVENT)
    expect(events).toMatchObject([{ eventId: 'evt-1', source: 'video', status: 'accepted', deliveries: 3 }])
    await telegram.waitFor(2)
    const [letter] = await mail.waitFor(1)
    const topic = telegram.messages.find((message) => message.chat === '-1001234567890')!
    expect(topic).toMatchObject({ bot: '123456789', topic: 7, kind: 'text', silent: false })
    expect(topic.text).toContain('Вход 3')
    expect(topic.text).toContain('нет питания')
    expect(telegram.messages.find((message) => message.chat === '555')?.text).toContain('Вход 3')
    expect(letter).toMatchObject({ from: 'nabat@example.ru', to: ['duty@example.ru'], user: 'nabat' })
    expect(letter!.subject).toContain('Вход 3')
    expect(letter!.text).toContain('нет питания')
    expect(letter!.headers.get('reply-to')).toContain('help@example.ru')
    expect(letter!.headers.get('auto-submitted')).toBe('auto-generated')
  })

  it('says duplicate to the same event and sends nothing', async () => {
    const calls = telegram.calls.length
    expect((await server.send(EVENT)).events[0]).toMatchObject({ status: 'duplicate', deliveries: 3 })
    // Another event passes the same way behind it: had the duplicate been sent, it would have come before.
    const other = { ...EVENT, id: 'evt-2', subject: 'Вход 4', data: { ...EVENT.data, camera: 'Вход 4' } }
    await server.send(other)
    await telegram.waitFor((messages) => messages.filter(({ text }) => text.includes('Вход 4')).length === 2)
    await mail.waitFor(2)
    expect(telegram.calls.length - calls).toBe(2)
    expect(mail.letters.map((letter) => letter.subject).filter((subject) => subject.includes('Вход 3'))).toHaveLength(1)
  })

  it('throttles by subject: another fault of the same subject within ten minutes is not told', async () => {
    const again = { ...EVENT, id: 'evt-3', data: { ...EVENT.data, camera: 'Вход 3, вторая' } }
    const { events } = await server.send(again)
    expect(events[0]).toMatchObject({ status: 'accepted', deliveries: 0 })
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${events[0]!.id}`)
    expect(body['deliveries']).toMatchObject([1, 2, 3].map(() => ({ state: 'suppressed', reason: 'throttled' })))
  })

  it('tells in the trace why an event that no rule wants reached nobody', async () => {
    const { events } = await server.send({ ...EVENT, id: 'evt-4', data: { camera: 'Вход 9', object: 'obj-9' } })
    expect(events[0]!.deliveries).toBe(0)
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${events[0]!.id}`)
    const trace = JSON.stringify(body['trace'])
    expect(trace).toContain('cameras to the duty chat')
    expect(trace).toMatch(/data\.object/)
    expect(trace).toContain('obj-9')
    expect(trace).toContain('orders of MOW_15_S_1')
  })

  it('sends an order of the installer to his chat, by the role of the one who acted', async () => {
    const order = {
      type: 'workorder.status.changed',
      data: { workorder: '118', assignees: ['MOW_15_S_1'], status: 'В работе' },
    }
    const post = async (role: string): Promise<number> =>
      (await server.send({ ...order, actor: { user: 'x', role } })).events[0]!.deliveries
    expect([await post('admin'), await post('warehouse'), await post('support')]).toEqual([1, 0, 1])
    await until(
      () => telegram.messages.filter(({ chat }) => chat === '-1001112223334').length === 2,
      10_000,
      'two orders',
    )
    expect(telegram.calls.every((call) => call.status === 200)).toBe(true)
  })
})
