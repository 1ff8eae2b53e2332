import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { startHouse, type House } from '../support/house.ts'

/** HH:MM in Moscow, so many minutes from now. */
const inMoscow = (minutes: number): string =>
  new Intl.DateTimeFormat('ru', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Moscow' }).format(
    Date.now() + minutes * 60_000,
  )

let house: House
beforeAll(async () => {
  const quiet = `{ from: "${inMoscow(-60)}", to: "${inMoscow(120)}" }`
  house = await startHouse(`
workspace: { name: default, timeZone: Europe/Moscow }
users:
  - { login: sleeper, quietHours: ${quiet}, contacts: [{ channel: inbox }] }
  - { login: elsewhere, timeZone: Asia/Kamchatka, quietHours: ${quiet}, contacts: [{ channel: inbox }] }
  - { login: gone, enabled: false, contacts: [{ channel: inbox }] }
  - { login: nowhere }
groups: [{ name: night, users: [sleeper, elsewhere] }]
silences:
  - { name: works, comment: Плановые работы, until: "2999-01-01T00:00:00Z", when: { field: data.object, op: eq, value: silent } }
  - { name: over, comment: Прошли, until: "2020-01-01T00:00:00Z", when: { field: data.object, op: eq, value: loud } }
rules:
  - { name: night shift, types: [ticket.created], to: [{ group: night }] }
  - { name: hooked, types: [camera.*], to: [{ channel: hook }], throttle: { key: data.object, per: 1h } }
  - { name: hooked too, types: [camera.unavailable], to: [{ channel: hook }] }
  - { name: lost, types: [task.created], to: [{ user: gone }, { user: nowhere }, { relation: assignee }] }
`)
})
afterAll(() => house[Symbol.asyncDispose]())

describe('quiet hours that cover now', () => {
  it('keep a message until they end, in the zone of the person; others are told at once', async () => {
    const event = await house.post('ticket.created', { ticket: '1' })
    const all = await house.deliveriesWhen(event, (each) => each.some(({ state }) => state === 'sent'))
    expect(all.find(({ recipient }) => recipient === 'elsewhere')).toMatchObject({ state: 'sent' })
    const held = all.find(({ recipient }) => recipient === 'sleeper')!
    expect(held).toMatchObject({ state: 'waiting', reason: 'quiet_hours', attempts: [] })
    const waits = Date.parse(held.dueAt!) - Date.now()
    expect(waits).toBeGreaterThan(118 * 60_000)
    expect(waits).toBeLessThanOrEqual(121 * 60_000)
  })

  it('do not keep what is critical', async () => {
    const event = await house.post('ticket.created', { ticket: '2' }, { severity: 'critical' })
    expect((await house.settled(event)).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })
})

describe('a silence', () => {
  it('that is in force keeps events back and is named; one that is over keeps nothing', async () => {
    const silent = await house.post('camera.unavailable', { camera: 'c', object: 'silent' }, { severity: 'critical' })
    const [kept] = await house.settled(silent)
    expect(kept).toMatchObject({ state: 'suppressed', reason: 'silence' })
    expect(JSON.stringify(await house.deliveries(silent))).toContain('works')
    const loud = await house.post('camera.unavailable', { camera: 'd', object: 'loud' })
    expect(await house.settled(loud)).toMatchObject([{ state: 'sent' }])
  })

  it('begins with the next event once it is made, and ends once it is removed', async () => {
    const silence = {
      ...{ name: 'new', comment: 'x', until: '2999-01-01T00:00:00Z' },
      when: { field: 'subject', op: 'eq', value: 'hush' },
    }
    let count = 0
    const post = async () =>
      house.settled(
        await house.post(
          'camera.unavailable',
          { camera: `hush ${(count += 1)}`, object: `hush ${count}` },
          { subject: 'hush' },
        ),
      )
    expect((await post())[0]!.state).toBe('sent')
    await ask(house.server.call, 'POST', '/api/v1/silences', silence)
    expect((await post())[0]).toMatchObject({ state: 'suppressed', reason: 'silence' })
    await ask(house.server.call, 'DELETE', '/api/v1/silences/new')
    expect((await post())[0]!.state).toBe('sent')
  })
})

describe('a rule with a throttle', () => {
  it('tells once per key, and the same destination once for two rules, with the reason', async () => {
    const rule = {
      name: 'slow',
      types: ['server.unavailable'],
      to: [{ channel: 'hook' }],
      throttle: { key: 'data.segment', per: '1h' },
    }
    expect((await ask(house.server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
    const post = async (server: string, segment: string) =>
      (await house.settled(await house.post('server.unavailable', { server, segment })))[0]
    expect(await post('s1', 'a')).toMatchObject({ state: 'sent' })
    expect(await post('s2', 'a')).toMatchObject({ state: 'suppressed', reason: 'throttled' })
    expect(await post('s3', 'b')).toMatchObject({ state: 'sent' })
  })

  it('and a rival for the same destination: one message, through the one without a throttle, and the trace names both', async () => {
    const event = await house.post('camera.unavailable', { camera: 'twice', object: 'twice' })
    expect(await house.settled(event)).toMatchObject([{ rule: 'hooked too', state: 'sent' }])
    const { body } = await ask(house.server.call, 'GET', `/api/v1/events/${event}`)
    expect(body['trace']).toMatchObject({ alreadyTold: [{ rule: 'hooked', by: 'hooked too' }] })
  })
})

describe('people who cannot be told', () => {
  it('each with the reason: who left, who has no way, who is unknown', async () => {
    const event = await house.post('task.created', { task: '1', assignees: ['ghost', 'sleeper'] })
    const { body } = await ask(house.server.call, 'GET', `/api/v1/events/${event}`)
    const reasons = (await house.deliveries(event)).map(({ recipient, state, reason }) => [recipient, state, reason])
    expect(reasons).toEqual(
      expect.arrayContaining([
        ['gone', 'suppressed', 'person_left'],
        ['sleeper', 'waiting', 'quiet_hours'],
      ]),
    )
    // Everybody has an inbox: that is the last way to a person without contacts.
    expect(reasons.find(([recipient]) => recipient === 'nowhere')).toBeDefined()
    expect(body['trace']).toMatchObject({ missing: [{ name: 'ghost', reason: 'unknown_person' }] })
  })
})
