import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { startHouse, type House } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await startHouse(`
users:
  - { login: ivan, contacts: [{ channel: mail, address: ivan@example.ru }, { channel: bot, chat: "911" }] }
rules:
  - { name: duty, types: [camera.*], to: [{ channel: mail, address: duty@example.ru }] }
  - { name: person, types: [ticket.created], to: [{ user: ivan }] }
  - { name: bare, types: [task.created], to: [{ channel: mail, address: boss@example.ru }] }
`)
})
afterAll(() => house[Symbol.asyncDispose]())

const lettersOf = (subject: string) => house.mail.letters.filter((letter) => letter.subject.includes(subject))

describe('letters of one incident', () => {
  it('are one thread: the later answers the first', async () => {
    for (const type of ['camera.unavailable', 'camera.available'])
      await house.settled(await house.post(type, { camera: 'Вход 3' }))
    await house.settled(await house.post('camera.unavailable', { camera: 'Вход 4' }))
    const [first, second] = lettersOf('Вход 3')
    const id = first!.headers.get('message-id')
    expect(id).toMatch(/^<[0-9a-f-]{36}@example\.ru>$/)
    expect(first!.headers.get('references')).toBeUndefined()
    expect(second!.headers.get('references')).toBe(id)
    expect(second!.headers.get('in-reply-to')).toBe(id)
    const [other] = lettersOf('Вход 4')
    expect(other!.headers.get('references')).toBeUndefined()
  })

  it('begin another thread when the incident opens anew', async () => {
    await house.settled(await house.post('camera.unavailable', { camera: 'Вход 3', reason: 'снова' }))
    const letters = lettersOf('Вход 3')
    expect(letters).toHaveLength(3)
    expect(letters[2]!.headers.get('references')).toBeUndefined()
  })
})

describe('the master switch', () => {
  it('stops every letter with mail_off, people hear otherwise, and what follows the switch leaves again', async () => {
    const before = house.mail.letters.length
    const settings = await ask(house.server.call, 'GET', '/api/v1/workspace')
    const put = (mailOff: boolean) => ask(house.server.call, 'PUT', '/api/v1/workspace', { ...settings.body, mailOff })
    expect((await put(true)).status).toBe(200)
    expect(await house.settled(await house.post('task.created', { task: '1' }))).toMatchObject([
      { state: 'suppressed', reason: 'mail_off', channel: 'mail' },
    ])
    expect(await house.settled(await house.post('ticket.created', { ticket: '1' }))).toMatchObject([
      { state: 'sent', channel: 'bot' },
    ])
    expect(house.mail.letters.length).toBe(before)
    expect((await put(false)).status).toBe(200)
    expect(await house.settled(await house.post('task.created', { task: '2' }))).toMatchObject([{ state: 'sent' }])
  })
})

describe('a mail server that refuses', () => {
  it('an unknown mailbox for good: the person is told by the next contact', async () => {
    house.mail.faults = [{ at: 'rcpt', code: 550, says: '5.1.1 No such user', only: 'ivan@example.ru' }]
    const event = await house.post('ticket.created', { ticket: '2' })
    const [refused, instead] = await house.deliveriesWhen(event, (all) => all.length === 2 && all[1]!.state === 'sent')
    house.mail.faults = []
    expect(refused).toMatchObject({ state: 'failed', reason: 'no_such_destination' })
    expect(instead).toMatchObject({ channel: 'bot', insteadOf: refused!.id })
  })

  it('for now (greylisting): it is tried again and arrives once', { timeout: 20_000 }, async () => {
    house.mail.faults = [{ at: 'rcpt', code: 451, says: '4.7.1 Greylisted', times: 1, only: 'boss@example.ru' }]
    const event = await house.post('task.created', { task: 'grey' }, { severity: 'critical' })
    const [delivery] = await house.settled(event)
    expect(delivery!.attempts.map(({ verdict }) => verdict)).toEqual(['deferred', 'sent'])
    expect(delivery!.note).toBeNull()
    expect(lettersOf('grey')).toHaveLength(1)
  })
})
