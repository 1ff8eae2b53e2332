import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusals } from '../standins/telegram-methods.ts'
import { ask } from '../support/answers.ts'
import { startHouse, type House } from '../support/house.ts'
import { until } from '../until.ts'

/*
 * What happens between Nabat and Telegram. Each test has chats of its own: a chat takes one message a second.
 */

/** A rule for each chat, told apart by the object of the event. */
const chats = (names: readonly string[], more = ''): string =>
  names
    .map(
      (chat) => `
  - { name: "chat ${chat}", types: [camera.*], when: { field: data.object, op: eq, value: "${chat}" },
      to: [{ channel: bot, chat: "${chat}" }]${more} }`,
    )
    .join('')

let house: House
beforeAll(async () => {
  house = await startHouse(
    `
users:
  - { login: ivan, contacts: [{ channel: bot, chat: "901" }, { channel: mail, address: ivan@example.ru }] }
  - { login: petr, contacts: [{ channel: bot, chat: "-811" }] }
rules:
  - { name: to ivan, types: [ticket.created], to: [{ user: ivan }] }
  - { name: watch, types: [system.destination.disabled], to: [{ channel: hook }] }
  - { name: moving, types: [server.unavailable, server.available], to: [{ channel: bot, chat: "-811", topic: 3 }, { user: petr }],
      fallback: [{ channel: bot, chat: "-811" }] }
  - { name: with fallback, types: [task.created], to: [{ channel: bot, chat: "-821" }], fallback: [{ channel: mail, address: boss@example.ru }] }
${chats(['-601'], ', messages: living')}${chats(['-611'], ', messages: each')}${chats(['-631'])}
`,
  )
})
afterAll(() => house[Symbol.asyncDispose]())

const camera = (type: 'unavailable' | 'available', object: string, name = object, more: object = {}) =>
  house.post(`camera.${type}`, { camera: name, object }, more)
const texts = (chat: string): string[] =>
  house.telegram.messages.filter((one) => one.chat === chat).map((one) => one.text)

describe('messages of one incident', () => {
  it('are one living message that is edited where the rule says so', async () => {
    const first = await camera('unavailable', '-601')
    await house.settled(first)
    const second = await camera('available', '-601')
    expect(await house.settled(second)).toMatchObject([{ state: 'sent' }])
    const [message, ...others] = house.telegram.messages.filter((one) => one.chat === '-601')
    expect(others).toEqual([])
    expect(message!.edits).toHaveLength(1)
    expect(message!.text).not.toBe(message!.edits[0])
  })

  it('answer the first where each is a message of its own', async () => {
    await house.settled(await camera('unavailable', '-611'))
    await house.settled(await camera('available', '-611'))
    const [first, second] = house.telegram.messages.filter((one) => one.chat === '-611')
    expect(second).toMatchObject({ replyTo: first!.messageId, edits: [] })
  })

  it('are told of the end only if they were told of the beginning', async () => {
    expect(await house.settled(await camera('available', '-631', 'never opened'))).toMatchObject([{ state: 'sent' }])
    const other = await house.post('camera.unavailable', { camera: 'moved', object: 'elsewhere' })
    expect(await house.deliveries(other)).toEqual([])
    expect(await house.settled(await camera('available', '-631', 'moved'))).toMatchObject([
      { state: 'suppressed', reason: 'never_told' },
    ])
  })
})

describe('a text Telegram cannot parse', () => {
  it('goes once as plain text, and the trace says so', async () => {
    const end = house.telegram.fail({ ...refusals.notParsed, chat: '-631', times: 1 })
    const [delivery] = await house.settled(await camera('unavailable', '-631', 'plain <b>'))
    end()
    expect(delivery).toMatchObject({ state: 'sent', note: 'plain_text' })
    expect(texts('-631').filter((text) => text.includes('plain <b>'))).toHaveLength(1)
    expect(house.telegram.messages.at(-1)!.parseMode).toBeUndefined()
  })
})

describe('a person who blocked the bot', () => {
  it('is told by the next contact; the destination is disabled once, and later events go round it at once', async () => {
    house.telegram.fail({ ...refusals.blocked, chat: '901' })
    const first = await house.post('ticket.created', { ticket: '1' })
    const [refused, instead] = await house.deliveriesWhen(first, (all) => all.length === 2 && all[1]!.state === 'sent')
    expect(refused).toMatchObject({ state: 'failed', reason: 'blocked', channel: 'bot' })
    expect(instead).toMatchObject({ channel: 'mail', destination: 'ivan@example.ru', insteadOf: refused!.id })
    expect(house.mail.letters.map((letter) => letter.to)).toEqual([['ivan@example.ru']])

    const calls = house.telegram.calls.length
    const second = await house.post('ticket.created', { ticket: '2' })
    expect(await house.settled(second)).toMatchObject([{ channel: 'mail', state: 'sent', insteadOf: null }])
    expect(house.telegram.calls.length).toBe(calls)

    const raised = await house.events('system.destination.disabled')
    expect(raised).toMatchObject([
      { data: { channel: 'bot', destination: '901', reason: 'получатель заблокировал бота', user: 'ivan' } },
    ])
    expect(await house.settled(raised[0]!.id)).toMatchObject([{ channel: 'hook', state: 'sent' }])
  })
})

describe('a chat the bot was thrown out of', () => {
  it("goes to the rule's fallback", async () => {
    house.telegram.fail({ ...refusals.kicked, chat: '-821' })
    const event = await house.post('task.created', { task: '1' })
    const [refused, instead] = await house.deliveriesWhen(event, (all) => all.length === 2 && all[1]!.state === 'sent')
    expect(refused).toMatchObject({ state: 'failed', channel: 'bot', rule: 'with fallback' })
    expect(instead).toMatchObject({ destination: 'boss@example.ru', recipient: null, insteadOf: refused!.id })
  })
})

describe('a group that became a supergroup', () => {
  it('is written anew in rules, contacts and waiting messages, with a change row', { timeout: 20_000 }, async () => {
    house.telegram.fail({ ...refusals.migrated('-1000000000811'), chat: '-811' })
    const events = await Promise.all(
      [1, 2].map((n) => house.post('server.unavailable', { server: `video-${n}` }, { severity: 'critical' })),
    )
    for (const event of events) await house.settled(event)
    const all = (await Promise.all(events.map((event) => house.deliveries(event)))).flat()
    expect(all.map(({ state }) => state)).toEqual(all.map(() => 'sent'))
    const arrived = house.telegram.messages.filter((one) => one.chat === '-1000000000811')
    expect(arrived).toHaveLength(all.length)

    const rule = await until(async () => {
      const { body } = await ask(house.server.call, 'GET', '/api/v1/rules/moving')
      return JSON.stringify(body['to']).includes('-1000000000811') && body
    })
    expect(rule).toMatchObject({
      to: [{ channel: 'bot', chat: '-1000000000811', topic: 3 }, { user: 'petr' }],
      fallback: [{ channel: 'bot', chat: '-1000000000811' }],
    })
    const person = await ask(house.server.call, 'GET', '/api/v1/users/petr')
    expect(person.body).toMatchObject({ contacts: [{ channel: 'bot', chat: '-1000000000811' }] })
    const { body } = await ask(house.server.call, 'GET', '/api/v1/changes?limit=2')
    const changes = body['items'] as unknown as { key: string; by: string; comment: string }[]
    expect(changes.map(({ key }) => key).sort()).toEqual(['moving', 'petr'])
    for (const change of changes)
      expect(change).toMatchObject({ by: 'nabat', comment: expect.stringContaining('-811 → -1000000000811') as string })

    const calls = house.telegram.calls.length
    const next = await house.post('server.unavailable', { server: 'video-3' })
    await house.settled(next)
    expect(house.telegram.calls.slice(calls).map(({ params }) => params['chat_id'])).not.toContain('-811')
  })
})
