import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '@nabat/api/permissions.ts'
import { startPush, type PushService, type Subscription } from '../standins/push.ts'
import { ask } from '../support/answers.ts'
import { startHouse, type House } from '../support/house.ts'
import { person, type SignedIn } from '../support/signed-in.ts'

let push: PushService
let house: House
beforeAll(async () => {
  push = await startPush()
  house = await startHouse('', '', { NABAT_PUSH_HOSTS: push.host, NABAT_PUBLIC_URL: 'https://nabat.example.ru' })
}, 60_000)
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await push.close()
})

/** Somebody who has signed in, and is told of events of a type. */
async function told(login: string, type: string, roles: readonly Role[], card: object = {}): Promise<SignedIn> {
  const one = await person(house.server, login, roles, { card })
  const rule = { name: login, types: [type], to: [{ user: login }] }
  expect((await ask(house.server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
  return one
}
async function browser({ call }: SignedIn): Promise<Subscription> {
  const subscription = push.subscription()
  const { status } = await ask(call, 'POST', '/api/v1/devices', subscription)
  expect(status).toBe(201)
  return subscription
}
const devicesOf = async ({ call }: SignedIn): Promise<number> =>
  ((await ask(call, 'GET', '/api/v1/devices')).body['items'] as unknown as unknown[]).length
/** How somebody is reached: the channel and the fault of each contact. */
async function reach(login: string): Promise<(readonly [string, string | null])[]> {
  const { body } = await ask(house.server.call, 'GET', `/api/v1/reachability?login=${login}`)
  const { items } = body['people'] as unknown as { items: { contacts: { channel: string; reason: string | null }[] }[] }
  return items[0]!.contacts.map(({ channel, reason }) => [channel, reason] as const)
}
const mailbox = (login: string) => ({ channel: 'mail', address: `${login}@example.ru` })
/** The one delivery of an event that has left, and by which way. */
const ways = async (event: string): Promise<unknown[]> =>
  (await house.settled(event)).map(({ channel, state, reason }) => [channel, state, reason])

describe('a message to somebody with two browsers', () => {
  it('comes to the one that still takes it; the other is forgotten', async () => {
    const ivan = await told('ivan', 'camera.unavailable', ['dispatcher'], { contacts: [{ channel: 'push' }] })
    const [phone, laptop] = [await browser(ivan), await browser(ivan)]
    push.answer(laptop.endpoint, 410)
    const event = await house.post('camera.unavailable', { camera: 'cam-7', object: 'Склад' }, { severity: 'critical' })
    const { plaintext, headers } = await push.next(phone.endpoint)
    const [delivery] = await house.settled(event)
    expect(delivery).toMatchObject({ channel: 'push', destination: 'ivan', state: 'sent' })
    const { notification } = JSON.parse(plaintext) as { notification: Record<string, unknown> }
    expect(notification).toMatchObject({
      navigate: 'https://nabat.example.ru/incidents/camera%3Acam-7',
      data: { delivery: delivery!.id, incident: 'camera:cam-7', severity: 'critical' },
    })
    expect(String(notification['title']) + String(notification['body'])).toContain('cam-7')
    expect(headers['urgency']).toBe('high')
    expect(await devicesOf(ivan)).toBe(1)
    // Its lifetime is that of the message.
    expect(Number(headers['ttl'])).toBeGreaterThan(3_500)
    expect((await ivan.call('POST', '/api/v1/push/clicked', { delivery: delivery!.id })).status).toBe(204)
  })
})

describe('somebody whose last browser has withdrawn', () => {
  it('is written to the next way, now and from now on', async () => {
    const contacts = [{ channel: 'push' }, mailbox('olga')]
    const olga = await told('olga', 'ticket.created', ['staff'], { contacts })
    expect(await reach('olga')).toEqual([
      ['push', 'no_device'],
      ['mail', null],
    ])
    const tablet = await browser(olga)
    expect(await reach('olga')).toEqual([
      ['push', null],
      ['mail', null],
    ])
    push.answer(tablet.endpoint, 404)
    expect(await ways(await house.post('ticket.created', { ticket: '1' }))).toEqual([
      ['push', 'failed', 'no_device'],
      ['mail', 'sent', null],
    ])
    expect(await devicesOf(olga)).toBe(0)
    expect(await ways(await house.post('ticket.created', { ticket: '2' }))).toEqual([['mail', 'sent', null]])
    await browser(olga)
    expect(await ways(await house.post('ticket.created', { ticket: '3' }))).toEqual([['push', 'sent', null]])
  })
})

describe('somebody whose card names no push', () => {
  it('is pushed to when nothing else is there, and after all else', async () => {
    const pavel = await told('pavel', 'task.created', ['staff'])
    expect(await ways(await house.post('task.created', { task: '1' }))).toMatchObject([
      [null, 'suppressed', 'unreachable'],
    ])
    const phone = await browser(pavel)
    expect(await reach('pavel')).toEqual([['push', null]])
    expect(await ways(await house.post('task.created', { task: '2' }))).toEqual([['push', 'sent', null]])
    const { plaintext } = await push.next(phone.endpoint)
    expect(JSON.parse(plaintext)).toMatchObject({ notification: { navigate: 'https://nabat.example.ru/inbox' } })
    await ask(house.server.call, 'PUT', '/api/v1/users/pavel', {
      ...{ login: 'pavel', roles: ['staff'], email: 'pavel@example.ru' },
    })
    expect(await reach('pavel')).toEqual([
      ['mail', null],
      ['push', null],
    ])
  })
})
