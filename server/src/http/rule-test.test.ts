import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Answer } from '../../test/support/answers.ts'
import { startHouse, type House } from '../../test/support/house.ts'

let house: House
beforeAll(async () => {
  house = await startHouse(`
workspace: { name: default, language: ru }
users:
  - { login: ivan, name: Иван, roles: [installer], contacts: [{ channel: mail, address: ivan@example.ru }],
      quietHours: { from: "00:00", to: "23:59" } }
  - { login: anna, name: Анна, language: en, contacts: [{ channel: inbox }] }
  - { login: petr, roles: [installer], enabled: false, contacts: [{ channel: inbox }] }
  - { login: olga, roles: [warehouse] }
silences:
  - { name: all, comment: all, until: "2999-01-01T00:00:00Z", when: { field: type, op: exists, value: true } }
`)
})
afterAll(() => house[Symbol.asyncDispose]())

const RULE = { name: 'tried', types: ['camera.unavailable'] }
const test = (rule: object, more: object = {}): Promise<Answer> =>
  ask(house.server.call, 'POST', '/api/v1/rules/test', { rule: { ...RULE, ...rule }, ...more })
interface Said {
  destination: string | null
  channel: string | null
  recipient: string | null
  ok: boolean
  says: string
}
const messages = ({ status, body }: Answer): Said[] => {
  expect({ status, body }).toMatchObject({ status: 200 })
  return body['messages'] as unknown as Said[]
}

describe('POST /api/v1/rules/test', () => {
  it('sends everybody the rule would tell a message marked as a test, at once, and stores nothing', async () => {
    const to = [{ channel: 'bot', chat: '-1001' }, { user: 'ivan' }, { user: 'anna' }, { channel: 'hook' }]
    const when = { field: 'data.object', op: 'eq', value: 'no such object' }
    const said = messages(await test({ to, when }))
    expect(said.map(({ channel, destination, recipient, ok }) => [channel, destination, recipient, ok])).toEqual([
      ['bot', '-1001', null, true],
      ['mail', 'ivan@example.ru', 'ivan', true],
      ['inbox', 'anna', 'anna', true],
      ['hook', 'webhook', null, true],
    ])
    expect(house.telegram.messages.at(-1)!.text).toMatch(/^Проверка: /)
    expect((await house.mail.waitFor(1))[0]!.subject).toMatch(/^Проверка: /)
    const { body: inbox } = await ask(house.server.call, 'GET', '/api/v1/users/anna/inbox')
    expect(String(inbox['items']![0]!['title'])).toMatch(/^Test: /)
    expect(JSON.parse(house.hook.received.at(-1)!.body)).toMatchObject({ data: { event: { test: true } } })
    for (const list of ['events', 'deliveries', 'incidents']) {
      const { body } = await ask(house.server.call, 'GET', `/api/v1/${list}`)
      expect(body['items']).toEqual([])
    }
  })

  it('says of each who gets nothing why', async () => {
    const said = messages(
      await test({
        to: [
          { user: 'olga' },
          { user: 'petr' },
          { relation: 'assignee' },
          { role: 'client' },
          { channel: 'bot', chat: '-1002' },
        ],
      }),
    )
    expect(said.map(({ recipient, ok, says }) => [recipient, ok, says])).toEqual([
      ['olga', false, 'there is no way to reach the recipient'],
      ['petr', false, 'the person has left'],
      [null, true, 'sent'],
      ['assignee', false, 'the type has no such relation'],
      ['client', false, 'nobody has this role or is in this group'],
    ])
  })

  it('tells what a way out answered', async () => {
    const takeBack = house.telegram.fail({
      status: 403,
      says: 'Forbidden: bot was kicked from the channel chat',
      chat: '-1003',
    })
    const [said] = messages(await test({ to: [{ channel: 'bot', chat: '-1003' }] }))
    takeBack()
    expect(said).toMatchObject({ ok: false, destination: '-1003' })
    expect(said!.says).toContain('bot was kicked')
  })

  it('keeps to the budgets of the bot', async () => {
    const to = [{ channel: 'bot', chat: '-1004' }]
    const before = house.telegram.messages.length
    await Promise.all([test({ to }), test({ to })])
    const [first, second] = house.telegram.messages.slice(before)
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(1000)
  })

  it('tells of a stored event, or of the example of the type that is asked for', async () => {
    const event = await house.post('ticket.created', { ticket: '88', title: 'Нет света' })
    await test({ to: [{ channel: 'bot', chat: '-1005' }] }, { event })
    expect(house.telegram.messages.at(-1)!.text).toContain('88')
    await test({ types: ['camera.*', 'ticket.*'], to: [{ channel: 'bot', chat: '-1006' }] }, { type: 'ticket.created' })
    expect(house.telegram.messages.at(-1)!.text).toContain('7301')
    const to = [{ channel: 'bot', chat: '-1007' }]
    expect([...expectError(await test({ to }, { event: 'x' }), 400, 'invalid').keys()]).toEqual(['/event'])
    const typo = expectError(await test({ to }, { type: 'ticket.creatd' }), 400, 'invalid')
    expect(typo.get('/type')).toContain('ticket.created')
  })

  it('sends nothing of a rule that could not be saved', async () => {
    const before = house.telegram.messages.length
    const refused = await test({
      to: [
        { channel: 'bot', chat: '1001234567890' },
        { channel: 'bot', chat: '-1008' },
      ],
    })
    expect([...expectError(refused, 400, 'invalid').keys()]).toEqual(['/rule/to/0/chat'])
    expect(house.telegram.messages.length).toBe(before)
  })

  it('takes the right to write rules', async () => {
    const key = await makeKey(house.server, 'read')
    const answer = await ask(withKey(house.server, key), 'POST', '/api/v1/rules/test', {
      rule: { ...RULE, to: [{ channel: 'hook' }] },
    })
    expectError(answer, 403, 'forbidden')
  })
})
