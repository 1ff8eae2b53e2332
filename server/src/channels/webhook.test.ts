import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { message, sending, world } from '../../test/channel-conformance.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import type { Channel, Message } from './channel.ts'
import { bodyOf, classify, signingKey, webhook } from './webhook.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
type Settings = ChannelSettings<'webhook'>
const settingsOf = (more: Partial<Settings> = {}): Settings => ({
  name: 'hook',
  kind: 'webhook',
  url: 'https://hooks.example.ru/nabat',
  ...more,
})

describe('a webhook', () => {
  let receiver: Receiver
  const channels: Channel[] = []
  beforeEach(async () => (receiver = await startReceiver()))
  afterEach(async () => {
    for (const channel of channels.splice(0)) await channel.close()
    await receiver.close()
  })
  const post = async (more: Partial<Settings> = {}, what: Partial<Message> = {}, where = world()) => {
    const channel = await webhook.open(settingsOf({ url: receiver.url, ...more }), where)
    channels.push(channel)
    return channel.attempt(message(what), {}, sending())
  }

  it('is verified by the library of Standard Webhooks', async () => {
    expect(await post({ secret: SECRET })).toEqual({ verdict: 'sent', messageIds: [] })
    const [request] = receiver.received
    const body = new Webhook(SECRET).verify(request!.body, request!.headers as Record<string, string>)
    expect(body).toEqual({
      type: 'camera.unavailable',
      timestamp: '2026-11-22T12:00:00Z',
      data: {
        event: message().event,
        incident: { key: 'camera:camera-3', state: 'open' },
        title: 'Камера недоступна: Склад, 3-я камера',
        text: 'Склад & двор\nКамера 3 недоступна',
        links: [{ title: 'Открыть', url: 'https://nabat.example.ru/events/1' }],
      },
    })
    expect(request).toMatchObject({ method: 'POST', path: '/hook' })
    expect(request!.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': message().deliveryId,
      'content-length': String(Buffer.byteLength(request!.body)),
    })
  })

  it('signs every attempt with the time of its own', async () => {
    let now = 1_800_000_000_999
    const where = world({ clock: { now: () => now, after: () => () => {} } })
    await post({ secret: SECRET }, {}, where)
    now += 60_000
    await post({ secret: SECRET }, {}, where)
    const [first, second] = receiver.received
    expect(first!.headers['webhook-timestamp']).toBe('1800000000')
    expect(second!.headers['webhook-timestamp']).toBe('1800000060')
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
    expect(second!.headers['webhook-signature']).not.toBe(first!.headers['webhook-signature'])
  })

  it('has no signature without a secret', async () => {
    await post()
    expect(receiver.received[0]!.headers).not.toHaveProperty('webhook-signature')
  })

  it('sends nothing unsigned when its secret is no key', async () => {
    expect(await post({ secret: 'no key!' })).toMatchObject({ verdict: 'deferred', reason: 'misconfigured' })
    expect(receiver.received).toEqual([])
  })

  it('says null when there is no incident, and names the files it does not send', async () => {
    const { incident: _, ...rest } = message()
    const file = { name: 'кадр.jpg', mediaType: 'image/jpeg', size: 9, read: () => Promise.reject(new Error('unread')) }
    const body = JSON.parse(bodyOf({ ...rest, attachments: [file] }).toString())
    expect(body.data.incident).toBeNull()
    expect(body.data.attachments).toEqual([{ name: 'кадр.jpg', mediaType: 'image/jpeg', size: 9 }])
  })

  it('sends the headers of the settings once each, and the login of the URL', async () => {
    const url = receiver.url.replace('http://', 'http://ann:p%40ss@')
    await post({ url, headers: { 'User-Agent': 'Ours/1', 'X-Key': 'k' } })
    const { headers } = receiver.received[0]!
    expect(headers).toMatchObject({ 'user-agent': 'Ours/1', 'x-key': 'k' })
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
  })

  it('edits by sending: a receiver is told of every event', async () => {
    const channel = await webhook.open(settingsOf({ url: receiver.url }), world())
    channels.push(channel)
    const call = sending({ action: 'edit', earlier: { messageIds: ['1'] } })
    expect(await channel.attempt(message(), {}, call)).toMatchObject({ verdict: 'sent' })
    expect(receiver.received).toHaveLength(1)
  })

  it('never calls a private address, by number or by name, unless it may', async () => {
    const where = world({ allowPrivateAddresses: false })
    for (const host of ['127.0.0.1', 'localhost', '127.1', '[::ffff:127.0.0.1]', '2130706433'])
      expect(await post({ url: receiver.url.replace('127.0.0.1', host) }, {}, where), host).toMatchObject({
        verdict: 'rejected',
        reason: 'private_address',
      })
    expect(await post({ url: 'http://example.com/', proxy: receiver.origin }, {}, where)).toMatchObject({
      reason: 'private_address',
    })
    expect(receiver.received).toEqual([])
    expect(await post()).toMatchObject({ verdict: 'sent' })
  })

  it('does not follow a redirect, and waits for a mend', async () => {
    receiver.answer({ status: 307, headers: { location: '/elsewhere' } })
    expect(await post()).toMatchObject({ verdict: 'deferred', reason: 'misconfigured' })
    expect(receiver.received).toHaveLength(1)
  })

  it('says at which stage its check fails', async () => {
    const channel = await webhook.open(
      settingsOf({ url: 'http://localhost:1/' }),
      world({ allowPrivateAddresses: false }),
    )
    channels.push(channel)
    const stages = []
    for await (const stage of channel.check({}, message(), AbortSignal.timeout(2_000))) stages.push(stage)
    expect(stages).toMatchObject([{ stage: 'name', ok: false }])
    expect(stages[0]!.says.en).toContain('NABAT_ALLOW_PRIVATE_ADDRESSES')
  })
})

describe('classify', () => {
  const of = (status: number, headers = {}) => {
    const outcome = classify(status, headers, 'why', 0)
    return outcome.verdict === 'sent' ? 'sent' : `${outcome.verdict} ${outcome.reason} ${outcome.health.state}`
  }
  const special: Record<number, string> = {
    401: 'deferred unauthorized fine',
    403: 'deferred unauthorized fine',
    410: 'rejected no_such_destination invalid',
    413: 'rejected refused_content fine',
    429: 'deferred throttled throttled',
  }
  const usual = ['deferred provider_error fine', 'sent', 'deferred misconfigured fine', 'deferred provider_error fine']

  it.each(Array.from({ length: 500 }, (_, index) => 100 + index))('status %i', (status) => {
    const expected = special[status] ?? usual[Math.floor(status / 100) - 1] ?? 'deferred provider_error down'
    expect(of(status)).toBe(expected)
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('honours Retry-After of %i', (status) => {
    expect(classify(status, { 'retry-after': '30' }, '', 0)).toMatchObject({ retryAfterMs: 30_000 })
    expect(classify(status, {}, '', 0)).not.toHaveProperty('retryAfterMs')
  })

  it('takes a 503 with Retry-After for a pause, not for a breakdown', () => {
    expect(of(503, { 'retry-after': '5' })).toBe('deferred provider_error throttled')
    expect(of(503)).toBe('deferred provider_error down')
  })

  it('says that a gateway may have passed the message on', () => {
    expect(classify(504, {}, '', 0)).toMatchObject({ ambiguous: true })
    expect(classify(500, {}, '', 0)).not.toHaveProperty('ambiguous')
  })

  it('tells what the receiver said', () => {
    expect(classify(400, {}, 'no such field', 0)).toMatchObject({ detail: 'HTTP 400: no such field' })
    expect(classify(400, {}, '', 0)).toMatchObject({ detail: 'HTTP 400' })
  })
})

describe('settings of a webhook', () => {
  const paths = (more: Partial<Settings>, allowPrivateAddresses = false) =>
    webhook.problems(settingsOf(more), { allowPrivateAddresses }).map(({ path }) => path)

  it.each([
    [{}, []],
    [{ secret: SECRET }, []],
    [{ secret: SECRET.slice('whsec_'.length) }, []],
    [{ secret: 'whsec_c2hvcnQ=' }, []],
    [{ secret: `whsec_${Buffer.alloc(64, 1).toString('base64')}` }, []],
    [{ secret: `whsec_${Buffer.alloc(65, 1).toString('base64')}` }, ['/secret']],
    [{ secret: 'whsec_' }, ['/secret']],
    [{ secret: 'whsec_not base64!' }, ['/secret']],
    [{ secret: 'whsec_c2hvcnQ' }, ['/secret']],
    [{ url: 'ftp://example.ru/x' }, ['/url']],
    [{ url: 'http://10.1.2.3/x' }, ['/url']],
    [{ url: 'http://[::1]:8080/x' }, ['/url']],
    [{ url: 'http://[::ffff:a00:1]/x' }, ['/url']],
    [{ url: 'http://localhost/x' }, ['/url']],
    [{ url: 'http://a.localhost./x' }, ['/url']],
    [{ url: 'http://8.8.8.8/x' }, []],
    [{ proxy: 'http://192.168.0.1:3128' }, ['/proxy']],
    [{ proxy: 'ftp://example.ru' }, ['/proxy']],
    [{ proxy: 'socks5://proxy.example.ru' }, []],
    [{ headers: { Authorization: 'Bearer x', 'X-Y': 'z' } }, []],
    [
      { headers: { 'Webhook-Id': '1', Host: 'x', 'Content-Type': 'y' } },
      ['/headers/Webhook-Id', '/headers/Host', '/headers/Content-Type'],
    ],
    [{ headers: { 'X-Y': 'a\r\nb' } }, ['/headers/X-Y']],
    [{ headers: { 'X-Y': 'ключ' } }, ['/headers/X-Y']],
  ] satisfies [Partial<Settings>, string[]][])('%j: problems at %j', (more, expected) => {
    expect(paths(more)).toEqual(expected)
  })

  it('may name private addresses when the installation allows it', () => {
    expect(paths({ url: 'http://10.1.2.3/x', proxy: 'http://127.0.0.1:3128' }, true)).toEqual([])
  })

  it('takes every secret the library takes, up to 64 bytes', () => {
    for (let length = 1; length <= 64; length++) {
      const secret = `whsec_${Buffer.alloc(length, length).toString('base64')}`
      expect(() => new Webhook(secret)).not.toThrow()
      expect(signingKey(secret), secret).toBeDefined()
    }
  })

  it('has one destination', () => {
    const settings = settingsOf()
    expect(webhook.address({ channel: 'hook' }, settings)).toEqual({})
    expect(webhook.address({ channel: 'hook' }, settings, 'ann')).toEqual({})
    for (const more of [{ chat: 'x' }, { address: 'a@b.ru' }, { topic: 1 }])
      expect(webhook.address({ channel: 'hook', ...more }, settings)).toMatchObject({
        path: `/${Object.keys(more)[0]}`,
      })
  })

  it('has as many calls at once as the settings say', () => {
    expect(webhook.limits(settingsOf())).toEqual({ connections: 50, perDestination: 50, deadlineMs: 15_000 })
    expect(webhook.limits(settingsOf({ connections: 3 }))).toMatchObject({ connections: 3, perDestination: 3 })
    expect(webhook.owner(settingsOf(), 'c1')).toBe('channel:c1')
  })
})
