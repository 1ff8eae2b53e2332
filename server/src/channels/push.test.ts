import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { addressOf, message, sending, world } from '../../test/channel-conformance.ts'
import { startPush, type PushService, type Subscription } from '../../test/standins/push.ts'
import { deviceOf, pushWorld, type TestPushWorld } from '../../test/support/push-world.ts'
import type { Channel, Message } from './channel.ts'
import { push } from './push.ts'

const settings = { name: 'push', kind: 'push' } as const
const to = { user: 'ann' }
const NOW = Date.now()

let service: PushService
beforeAll(async () => {
  service = await startPush()
})
afterAll(() => service.close())

let phone: Subscription
let laptop: Subscription
let given: TestPushWorld
let channel: Channel
let lines: string[]
beforeEach(async () => {
  ;[phone, laptop] = [service.subscription(), service.subscription()]
  given = pushWorld(service, [deviceOf(phone, 'phone', 'Safari на iPhone'), deviceOf(laptop, 'laptop')])
  const surroundings = world({ push: given })
  lines = surroundings.lines
  channel = await push.open(settings, surroundings)
  return () => channel.close()
})

/** What the browser shows. */
async function shown(at: Subscription) {
  const { plaintext, headers, size } = await service.next(at.endpoint)
  const payload = JSON.parse(plaintext) as {
    web_push: number
    notification: Record<string, unknown>
    app_badge: number
  }
  return { ...payload, headers, size, bytes: Buffer.byteLength(plaintext) }
}
const send = (more: Partial<Message> = {}, call: Parameters<typeof sending>[0] = {}, address: object = to) =>
  channel.attempt(message(more), address as typeof to, sending(call))

it('tells every device of the person, encrypted for each', async () => {
  expect(await send({ links: [], storedAs: 'e-1' })).toMatchObject({ verdict: 'sent' })
  const first = await shown(phone)
  const tag = first.headers['topic']
  expect(first).toMatchObject({
    web_push: 8030,
    app_badge: 3,
    notification: {
      title: 'Камера недоступна: Склад, 3-я камера',
      body: 'Склад & двор\nКамера 3 недоступна',
      navigate: '/incidents/camera%3Acamera-3',
      ...{ tag, lang: 'ru', silent: false, requireInteraction: true },
      timestamp: Date.parse('2026-11-22T12:00:00Z'),
      data: { delivery: message().deliveryId, incident: 'camera:camera-3', severity: 'critical' },
    },
  })
  expect((await shown(laptop)).notification).toEqual(first.notification)
  expect(first.headers).toMatchObject({ ttl: '3600', urgency: 'high', 'content-encoding': 'aes128gcm' })
  expect(tag).toMatch(/^[\w-]{32}$/)
})

it('says how soon and for how long it is of use', async () => {
  given.devices.splice(1)
  const of = async (more: Partial<Message>, expiresAt?: number) => {
    await send(more, expiresAt === undefined ? {} : { expiresAt })
    const { ttl, urgency } = (await shown(phone)).headers
    return { ttl: Number(ttl), urgency }
  }
  expect(await of({ severity: 'warning' })).toEqual({ ttl: 6 * 3_600, urgency: 'normal' })
  expect(await of({ severity: 'info', silent: true })).toEqual({ ttl: 24 * 3_600, urgency: 'low' })
  const { ttl } = await of({}, NOW + 600_000)
  expect(ttl).toBeGreaterThan(500)
  expect(ttl).toBeLessThanOrEqual(600)
  expect((await of({}, NOW - 5_000)).ttl).toBe(60)
})

it('lets a newer message of an incident, and a repeat, take the place of the one before', async () => {
  given.devices.splice(1)
  const tagOf = async (more: Partial<Message>, call: Parameters<typeof sending>[0] = {}): Promise<unknown> => {
    await send(more, call)
    return (await shown(phone)).headers['topic']
  }
  const first = await tagOf({})
  const ended = { incident: { key: 'camera:camera-3', state: 'ended' }, deliveryId: 'd-2' } as const
  expect(await tagOf(ended, { action: 'edit', earlier: { messageIds: [String(first)] } })).toBe(first)
  expect(await tagOf({ incident: { key: 'camera:camera-4', state: 'open' } })).not.toBe(first)
  const { incident: _, ...loose } = message()
  const alone = async (deliveryId: string): Promise<unknown> => {
    await channel.attempt({ ...loose, deliveryId }, to, sending())
    return (await shown(phone)).headers['topic']
  }
  const third = await alone('d-3')
  expect(await alone('d-3')).toBe(third)
  expect(await alone('d-4')).not.toBe(third)
})

it('leads to the page the person may see', async () => {
  const link = 'https://desk.example.ru/42'
  const pageFor = async (reach: Parameters<typeof pushWorld>[2], more: Partial<Message>): Promise<unknown> => {
    const one = service.subscription()
    const own = await push.open(settings, world({ push: pushWorld(service, [deviceOf(one)], reach) }))
    await own.attempt(message(more), to, sending())
    await own.close()
    return (await shown(one)).notification['navigate']
  }
  expect(await pageFor({}, { links: [{ title: 'Открыть', url: link }] })).toBe(link)
  expect(await pageFor({ seesEvents: false }, { links: [] })).toBe('/inbox')
  const publicUrl = 'https://nabat.example.ru'
  expect(await pageFor({ publicUrl, seesEvents: false }, { links: [] })).toBe(`${publicUrl}/inbox`)
  expect(await pageFor({ publicUrl }, { links: [] })).toBe(`${publicUrl}/incidents/camera%3Acamera-3`)
  const far = { links: [{ title: 'x', url: `https://example.ru/${'x'.repeat(2_000)}` }] }
  expect(await pageFor({ publicUrl }, far)).toBe(`${publicUrl}/incidents/camera%3Acamera-3`)
  const long = { links: [], storedAs: 'e-1', incident: { key: 'ключ'.repeat(100), state: 'open' } } as const
  expect(await pageFor({}, long)).toBe('/events/e-1')
})

it('is sent when one device took it; the one that has withdrawn leaves at once', async () => {
  service.answer(phone.endpoint, 410)
  expect(await send()).toMatchObject({ verdict: 'sent' })
  expect(given.left).toEqual(['phone'])
})

it('ends without a device when all have withdrawn, or there is none', async () => {
  service.answer(phone.endpoint, 404)
  service.answer(laptop.endpoint, 410)
  const wanted = { verdict: 'rejected', reason: 'no_device', health: { of: 'destination' } }
  expect(await send()).toMatchObject(wanted)
  expect(given.left).toEqual(['phone', 'laptop'])
  given.devices.length = 0
  expect(await send()).toMatchObject(wanted)
})

it('waits as long as the push service asks that asks for less', async () => {
  service.answer(phone.endpoint, { status: 429, headers: { 'retry-after': '70' } })
  service.answer(laptop.endpoint, { status: 503, headers: { 'retry-after': '30' } })
  expect(await send()).toMatchObject({ verdict: 'deferred', reason: 'provider_error', retryAfterMs: 30_000 })
})

it('comes shorter once where it was too long, and is refused after that', async () => {
  given.devices.splice(1)
  service.answer(phone.endpoint, 413)
  const came = service.received.length
  expect(await send({ text: 'долго '.repeat(500) })).toMatchObject({ verdict: 'rejected', reason: 'refused_content' })
  const [long, short, ...more] = service.received.slice(came).map(({ plaintext }) => Buffer.byteLength(plaintext))
  expect(long).toBeGreaterThan(2_300)
  expect(long).toBeLessThanOrEqual(2_500)
  expect(short).toBeLessThanOrEqual(1_200)
  expect(more).toEqual([])
})

it('is cut between what people see as characters', async () => {
  given.devices.splice(1)
  const family = '👨‍👩‍👧‍👦'
  await send({ title: family.repeat(200), text: family.repeat(500) })
  const { notification, bytes } = await shown(phone)
  expect(bytes).toBeLessThanOrEqual(2_500)
  for (const part of [notification['title'], notification['body']] as string[])
    expect(part.replaceAll(family, '')).toBe('…')
})

it('counts a refusal of the signature as the channel’s fault, until the service has taken something', async () => {
  given.devices.splice(1)
  service.answer(phone.endpoint, 403)
  expect(await send()).toMatchObject({
    ...{ verdict: 'deferred', reason: 'misconfigured', health: { of: 'channel', state: 'down' } },
  })
  service.answer(phone.endpoint, 201)
  expect(await send()).toMatchObject({ verdict: 'sent' })
  service.answer(phone.endpoint, 401)
  expect(await send()).toMatchObject({ verdict: 'rejected', reason: 'misconfigured', health: { of: 'destination' } })
})

it('signs once for many messages', async () => {
  given.devices.splice(1)
  await send()
  await send()
  const [first, second] = [await service.next(phone.endpoint), await service.next(phone.endpoint)]
  expect(first.headers.authorization).toBe(second.headers.authorization)
})

it('posts to no service that is not known, whatever the store holds', async () => {
  given.devices.splice(0, 2, { ...deviceOf(phone), endpoint: 'http://127.0.0.1:9/metadata' })
  expect(await send()).toMatchObject({ verdict: 'rejected', reason: 'misconfigured' })
})

it('names a device by its title, never by its endpoint', async () => {
  given.devices.splice(1)
  const path = new URL(phone.endpoint).pathname
  service.answer(phone.endpoint, { status: 500, body: `no such subscription ${path} ${phone.keys.auth}` })
  const outcome = await send()
  const said = JSON.stringify([outcome, lines])
  expect(said).toContain(`Safari на iPhone (${service.host}): HTTP 500`)
  for (const secret of [path, path.split('/').at(-1)!, phone.keys.auth]) expect(said).not.toContain(secret)
})

it('goes to the one device that a test names', async () => {
  await send({}, {}, { user: 'ann', device: 'laptop' })
  expect(await shown(laptop)).toBeDefined()
  expect(service.received.some(({ endpoint }) => endpoint === phone.endpoint)).toBe(false)
})

it.each([
  [{ user: 'ann' }, undefined, { user: 'ann' }],
  [{ channel: 'push' }, 'ann', { user: 'ann' }],
  [{ channel: 'push' }, undefined, '/user'],
  [{ channel: 'push', chat: '1' }, 'ann', '/chat'],
])('%j for %s is %j', (recipient, person, expected) => {
  const address = push.address(recipient, settings, person)
  expect('message' in address ? address.path : address).toEqual(expected)
  if (!('message' in address)) expect(addressOf(push, recipient, settings, person)).toEqual(expected)
})

it('refuses a proxy that is no address', () => {
  expect(push.problems({ ...settings, proxy: 'ftp://proxy' }, { allowPrivateAddresses: true })).toMatchObject([
    { path: '/proxy' },
  ])
})
