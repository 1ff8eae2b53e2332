import { afterEach, describe, expect, it } from 'vitest'
import { startCompany, type Company, type Delivered } from '../../test/support/company.ts'
import { deferred, rejected, sent, type Outcome } from './outcome.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

let company: Company
afterEach(() => company.stop())

const MAIL = 'host: mx, from: { address: n@x.ru, name: N }, replyTo: h@x.ru'
const DOWN = deferred('unreachable_host', 'connection refused', { of: 'channel', state: 'down' })
const REFUSED = rejected('no_such_destination', 'no such user')

/** Every way of these channels is broken, the others are well. */
const broken =
  (...channels: string[]) =>
  (channel: string): Outcome =>
    channels.includes(channel) ? DOWN : sent(['m'])

const EVENT = { type: 'camera.unavailable', severity: 'warning', subject: 'cam-1', data: { camera: 'cam-1' } }
const BACK = { ...EVENT, type: 'camera.available', severity: 'info' }

const ways = (deliveries: readonly Delivered[]): string[] =>
  deliveries.map(({ channel, destination, state, reason }) =>
    [channel, destination, state, reason].filter((each) => each !== null).join(' '),
  )
const arrived = (since = 0): string[] => company.arrivals.slice(since).map(({ channel, to }) => `${channel} ${to}`)

describe('two mail channels in order', () => {
  const file = `
channels:
  - { name: first, kind: smtp, ${MAIL}, backup: second }
  - { name: second, kind: smtp, ${MAIL} }
rules: [ { name: r, types: [camera.*], to: [ { channel: first, address: duty@x.ru } ] } ]`

  it('the second takes over while the first is down, and the first has its turn again when it is back', async () => {
    company = await startCompany(file)
    company.answers(broken('first'))
    const [id] = await company.post(EVENT)
    await company.pass(5 * MINUTE)
    expect(arrived()).toEqual(['second duty@x.ru'])
    expect(ways(await company.deliveries(id!))).toEqual([
      'first duty@x.ru suppressed told_otherwise',
      'second duty@x.ru sent',
    ])
    // Nobody waits for the first any more: what comes now goes round at once.
    await company.post({ ...EVENT, subject: 'cam-2', data: { camera: 'cam-2' } })
    await company.pass(2 * SECOND)
    expect(arrived()).toHaveLength(2)
    company.answers(broken())
    await company.pass(2 * MINUTE)
    await company.post({ ...EVENT, subject: 'cam-3', data: { camera: 'cam-3' } })
    await company.pass(2 * MINUTE)
    await company.post({ ...EVENT, subject: 'cam-4', data: { camera: 'cam-4' } })
    await company.pass(SECOND)
    expect(arrived(company.arrivals.length - 1)).toEqual(['first duty@x.ru'])
  })

  it('when both are down the message waits, with its reason, and goes as soon as one is back', async () => {
    company = await startCompany(file)
    company.answers(broken('first', 'second'))
    const [id] = await company.post(EVENT)
    await company.pass(20 * MINUTE)
    expect(arrived()).toEqual([])
    expect(ways(await company.deliveries(id!))).toEqual([
      'first duty@x.ru waiting unreachable_host',
      'second duty@x.ru waiting unreachable_host',
    ])
    company.answers(broken('first'))
    await company.pass(3 * MINUTE)
    expect(arrived()).toEqual(['second duty@x.ru'])
  })

  it('the first that is back takes what waits for both, and nobody is told twice', async () => {
    company = await startCompany(file.replace('name: second, kind: smtp,', 'name: second, kind: smtp, backup: first,'))
    company.answers(broken('first', 'second'))
    const [id] = await company.post(EVENT)
    await company.pass(10 * MINUTE)
    company.answers(broken('second'))
    await company.pass(15 * MINUTE)
    expect(arrived()).toEqual(['first duty@x.ru'])
    company.answers(broken())
    await company.pass(HOUR)
    expect(arrived()).toEqual(['first duty@x.ru'])
    expect(ways(await company.deliveries(id!))).toEqual([
      'first duty@x.ru sent',
      'second duty@x.ru suppressed told_otherwise',
    ])
  })
})

describe('a channel that is down', () => {
  it('is said to be: by the inbox of the administrators and by the address of the system', async () => {
    company = await startCompany(`
workspace: { name: default, systemContact: admin@x.ru }
users: [ { login: boss, roles: [admin] } ]
channels: [ { name: bot, kind: telegram, token: "1:a" }, { name: mail, kind: smtp, ${MAIL} } ]
rules: [ { name: r, types: [camera.*], to: [ { channel: bot, chat: "-100" } ] } ]`)
    company.answers(broken('bot'))
    await company.post(EVENT)
    await company.pass(10 * MINUTE)
    expect(arrived()).toEqual(['mail admin@x.ru'])
    const inbox = await company.store.read({ sql: 'select login, title from inbox', parameters: [] })
    expect(inbox).toHaveLength(1)
    expect(inbox[0]).toMatchObject({ login: 'boss', title: expect.stringContaining('bot') as string })
  })

  it('lets a message wait out its life when there is no other way, and that is how it ends', async () => {
    company = await startCompany(`
channels: [ { name: bot, kind: telegram, token: "1:a" } ]
rules: [ { name: r, types: [camera.*], lifetime: 30m, to: [ { channel: bot, chat: "-100" } ] } ]`)
    company.answers(broken('bot'))
    const [id] = await company.post(EVENT)
    await company.pass(10 * MINUTE)
    const [later] = await company.post({ ...EVENT, subject: 'cam-2', data: { camera: 'cam-2' } })
    await company.pass(2 * MINUTE)
    expect(ways(await company.deliveries(later!))).toEqual(['bot -100 waiting channel_down'])
    await company.pass(40 * MINUTE)
    expect(ways(await company.deliveries(id!))).toEqual(['bot -100 failed expired'])
    expect(ways(await company.deliveries(later!))).toEqual(['bot -100 failed expired'])
  })

  it('sends everything that waited as soon as it is back, whatever their due times', async () => {
    company = await startCompany(`
channels: [ { name: hook, kind: webhook, url: "http://h.example" } ]
rules: [ { name: r, types: [camera.*], to: [ { channel: hook } ] } ]`)
    company.answers(broken('hook'))
    for (let n = 0; n < 50; n += 1) {
      await company.post({ ...EVENT, subject: `cam-${n}`, data: { camera: `cam-${n}` } })
      await company.pass(30 * SECOND)
    }
    expect(arrived()).toEqual([])
    company.answers(broken())
    await company.pass(MINUTE + 5 * SECOND)
    expect(company.arrivals).toHaveLength(50)
  })

  it('is tried again soon for what has no other way, although what was there to try it with has gone round', async () => {
    company = await startCompany(`
channels: [ { name: bot, kind: telegram, token: "1:a" }, { name: mail, kind: smtp, ${MAIL} } ]
rules:
  - { name: r, types: [camera.*], to: [ { channel: bot, chat: "-100" } ],
      fallback: [ { channel: mail, address: boss@x.ru } ] }
  - { name: s, types: [ticket.created], to: [ { channel: bot, chat: "-200" } ] }`)
    company.answers(broken('bot'))
    for (let n = 0; n < 8; n += 1) {
      await company.post({ ...EVENT, subject: `cam-${n}`, data: { camera: `cam-${n}` } })
      await company.pass(3 * SECOND)
    }
    await company.post({ type: 'ticket.created', subject: '1', data: { number: 1, title: 'Нет изображения' } })
    await company.pass(SECOND)
    expect(new Set(arrived())).toEqual(new Set(['mail boss@x.ru']))
    const told = company.arrivals.length
    company.answers(broken())
    await company.pass(MINUTE + 5 * SECOND)
    expect(arrived(told)).toEqual(['bot -200'])
  })

  it('passes a digest on whole', async () => {
    company = await startCompany(`
channels: [ { name: bot, kind: telegram, token: "1:a" }, { name: mail, kind: smtp, ${MAIL} } ]
rules:
  - { name: r, types: [camera.*], digest: { every: 15m }, to: [ { channel: bot, chat: "-100" } ],
      fallback: [ { channel: mail, address: boss@x.ru } ] }`)
    company.answers((channel) => (channel === 'bot' ? REFUSED : sent(['m'])))
    const ids = await company.post(
      ...[1, 2, 3].map((n) => ({ ...EVENT, subject: `cam-${n}`, data: { camera: `cam-${n}` } })),
    )
    await company.pass(20 * MINUTE)
    expect(company.arrivals).toMatchObject([
      { channel: 'mail', to: 'boss@x.ru', title: expect.stringMatching(/^3 события/) as string },
    ])
    for (const id of ids) expect((await company.deliveries(id)).at(-1)?.state).toBe('sent')
  })
})

describe('what was not read', () => {
  const file = (more = '') => `
users: [ { login: ivan, contacts: [ { channel: inbox }, { channel: mail, address: ivan@x.ru } ] } ]
channels: [ { name: mail, kind: smtp, ${MAIL} } ]
rules: [ { name: r, types: [camera.*, ticket.created], unreadAfter: 10m, to: [ { user: ivan } ]${more} } ]`

  it('goes by the next way when its time is up', async () => {
    company = await startCompany(file())
    const [id] = await company.post(EVENT)
    await company.pass(10 * MINUTE - SECOND)
    expect(arrived()).toEqual([])
    expect(ways(await company.deliveries(id!))).toEqual(['inbox ivan sent', 'mail ivan@x.ru waiting unread'])
    await company.pass(2 * SECOND)
    expect(arrived()).toEqual(['mail ivan@x.ru'])
  })

  it('goes no further once it is read', async () => {
    company = await startCompany(file())
    const [id] = await company.post(EVENT)
    await company.pass(9 * MINUTE)
    await company.store.markInbox(company.view.id, 'ivan', 'all', company.clock.now())
    await company.pass(HOUR)
    expect(ways(await company.deliveries(id!))).toEqual(['inbox ivan sent', 'mail ivan@x.ru suppressed read'])
    expect(arrived()).toEqual([])
  })

  it('counts as read although something newer came into the same entry meanwhile', async () => {
    company = await startCompany(file(', messages: living'))
    const [id] = await company.post({ ...EVENT, incident: 'x' })
    await company.pass(5 * MINUTE)
    await company.store.markInbox(company.view.id, 'ivan', 'all', company.clock.now())
    await company.post({ ...EVENT, incident: 'x' })
    await company.pass(6 * MINUTE)
    expect(ways(await company.deliveries(id!))).toEqual(['inbox ivan sent', 'mail ivan@x.ru suppressed read'])
  })

  it('goes no further once somebody takes it on, or it is over', async () => {
    for (const [end, reason] of [
      [() => company.store.acknowledge(company.view.id, 'camera:cam-1', 'olga', company.clock.now()), 'acknowledged'],
      [() => company.post(BACK), 'incident_ended'],
    ] as const) {
      company = await startCompany(file())
      const [id] = await company.post(EVENT)
      await company.pass(MINUTE)
      await end()
      await company.pass(HOUR)
      expect(ways(await company.deliveries(id!))).toEqual(['inbox ivan sent', `mail ivan@x.ru suppressed ${reason}`])
      await company.stop()
    }
    company = await startCompany(file())
  })

  it('goes on along the whole chain, each way given its time', async () => {
    company = await startCompany(file(', fallback: [ { channel: mail, address: boss@x.ru } ]'))
    await company.post(EVENT)
    await company.pass(11 * MINUTE)
    expect(arrived()).toEqual(['mail boss@x.ru'])
    await company.pass(10 * MINUTE)
    expect(arrived()).toEqual(['mail boss@x.ru', 'mail ivan@x.ru'])
    await company.pass(HOUR)
    expect(arrived()).toHaveLength(2)
  })

  it('is not guessed where it cannot be known: a letter about something nobody can take on', async () => {
    company = await startCompany(`
users: [ { login: ivan, contacts: [ { channel: mail, address: ivan@x.ru }, { channel: inbox } ] } ]
channels: [ { name: mail, kind: smtp, ${MAIL} } ]
rules: [ { name: r, types: [camera.settings.changed], unreadAfter: 10m, to: [ { user: ivan } ] } ]`)
    const [id] = await company.post({ type: 'camera.settings.changed', data: { camera: 'c' } })
    await company.pass(HOUR)
    expect(ways(await company.deliveries(id!))).toEqual(['mail ivan@x.ru sent'])
  })

  it('and was told another way hears of the end that way too', async () => {
    company = await startCompany(file())
    await company.post(EVENT)
    await company.pass(11 * MINUTE)
    const [closing] = await company.post(BACK)
    await company.pass(MINUTE)
    expect(ways(await company.deliveries(closing!))).toEqual(['inbox ivan sent', 'mail ivan@x.ru sent'])
  })
})

describe('the end of what was told another way', () => {
  it('is told there, and not where the beginning never arrived', async () => {
    company = await startCompany(`
channels: [ { name: bot, kind: telegram, token: "1:a" }, { name: mail, kind: smtp, ${MAIL} } ]
rules:
  - { name: r, types: [camera.*], to: [ { channel: bot, chat: "-100" } ], fallback: [ { channel: mail, address: boss@x.ru } ] }`)
    company.answers(broken('bot'))
    await company.post(EVENT)
    await company.pass(10 * MINUTE)
    expect(arrived()).toEqual(['mail boss@x.ru'])
    company.answers(broken())
    await company.pass(5 * MINUTE)
    const [closing] = await company.post(BACK)
    await company.pass(MINUTE)
    expect(ways(await company.deliveries(closing!))).toEqual(['bot -100 suppressed never_told', 'mail boss@x.ru sent'])
  })
})

describe('a delivery that breaks off after it was sent', () => {
  it('is sent again, and says that it may be a repeat', async () => {
    company = await startCompany(`
users: [ { login: ivan, contacts: [ { channel: mail, address: ivan@x.ru }, { channel: inbox } ] } ]
channels: [ { name: mail, kind: smtp, ${MAIL} } ]
rules: [ { name: r, types: [camera.*], unreadAfter: 10m, to: [ { user: ivan } ] } ]`)
    // What follows is looked up once the letter has left; that once the store gives no answer.
    const { read } = company.store
    let asked = 0
    company.store.read = (query) =>
      query.sql.includes('t.address from deliveries') && (asked += 1) === 1
        ? Promise.reject(new Error('no answer'))
        : read(query)
    const [id] = await company.post(EVENT)
    await company.pass(MINUTE)
    expect(arrived()).toEqual(['mail ivan@x.ru', 'mail ivan@x.ru'])
    const [row] = await company.store.read({
      sql: 'select note from deliveries where event is not null order by id',
      parameters: [],
    })
    expect(row).toEqual({ note: 'repeat' })
    expect((await company.deliveries(id!))[0]?.state).toBe('sent')
  })
})

describe('what waits for the morning', () => {
  it('about an incident that nothing has opened is told: it has not ended', async () => {
    company = await startCompany(
      `
channels: [ { name: mail, kind: smtp, ${MAIL} } ]
users: [ { login: ivan, quietHours: { from: "22:00", to: "08:00" }, contacts: [ { channel: mail, address: ivan@x.ru } ] } ]
rules: [ { name: r, types: [workorder.commented], to: [ { user: ivan } ] } ]`,
      '2026-03-18T20:00:00Z',
    )
    const [id] = await company.post({ type: 'workorder.commented', data: { workorder: 7 }, incident: 'x' })
    await company.pass(12 * HOUR)
    expect(ways(await company.deliveries(id!))).toEqual(['mail ivan@x.ru sent'])
  })
})

describe('a rule that goes round', () => {
  it('is stopped with its reason, and people are told once', async () => {
    company = await startCompany(`
users: [ { login: boss, roles: [admin] } ]
channels: [ { name: bot, kind: telegram, token: "1:a" } ]
rules: [ { name: r, types: [camera.settings.changed], to: [ { channel: bot, chat: "-100" } ] } ]`)
    const ids: string[] = []
    for (let n = 0; n < 100; n += 1)
      ids.push(...(await company.post({ type: 'camera.settings.changed', subject: 'c', data: { camera: 'c' } })))
    await company.pass(5 * MINUTE)
    expect(ways(await company.deliveries(ids[0]!))[0]).toMatch(/^bot -100 sent/)
    expect(ways(await company.deliveries(ids[99]!))).toEqual(['bot -100 suppressed loop'])
    const told = await company.store.read({ sql: `select title from inbox where login = 'boss'`, parameters: [] })
    expect(told.map(({ title }) => title)).toEqual([expect.stringContaining('«r»')])
  })
})
