import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'
import {
  basicOf,
  call,
  excerpt,
  isAnswer,
  isPrivateAddress,
  networkOutcome,
  openPool,
  PrivateAddressError,
  retryAfterMs,
  secretsOfUrl,
} from './http-call.ts'

const never = new AbortController().signal
const open: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** One POST over a pool of its own. */
function post(origin: string, signal: AbortSignal = never, options: Partial<Parameters<typeof openPool>[1]> = {}) {
  const pool = openPool(origin, { connections: 1, ...options })
  open.push(() => pool.destroy())
  return call(pool, { origin, method: 'POST', path: '/hook', headers: { 'x-one': '1' }, body: 'тело' }, signal)
}

/** A server that does with the socket whatever it is told. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    open.push(() => void socket.destroy())
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answerOnce = (answer: string) => (socket: Socket) => void socket.once('data', () => socket.write(answer))

describe('call', () => {
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
    open.push(() => receiver.close())
  })

  it('gives status, headers and body, and sends the body as UTF-8', async () => {
    receiver.answer({ status: 418, headers: { 'x-two': '2' }, body: 'чайник' })
    const answer = await post(receiver.origin)
    expect(answer).toMatchObject({ status: 418, headers: { 'x-two': '2' }, body: 'чайник' })
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hook', body: 'тело' })
  })

  it('keeps the connection for the next call', async () => {
    let sockets = 0
    const origin = await rawServer((socket) => {
      sockets++
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
    })
    const pool = openPool(origin, { connections: 1 })
    open.push(() => pool.destroy())
    for (let i = 0; i < 3; i++) await call(pool, { origin, method: 'GET', path: '/', headers: {} }, never)
    expect(sockets).toBe(1)
  })

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    const other = await startReceiver()
    open.push(() => other.close())
    receiver.answer({ status, headers: { location: other.url } })
    expect(await post(receiver.origin)).toMatchObject({ status })
    expect(other.received).toEqual([])
  })

  it('cuts a large answer', async () => {
    receiver.answer({ status: 500, body: 'ы'.repeat(200_000) })
    const answer = await post(receiver.origin)
    expect(isAnswer(answer) && answer.status).toBe(500)
    expect(isAnswer(answer) && Buffer.byteLength(answer.body)).toBeLessThanOrEqual(64 * 1024 + 2)
  })

  it('does not wait for the end of an endless answer', async () => {
    const origin = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        const more = setInterval(() => socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`), 1)
        socket.once('close', () => clearInterval(more))
      })
    })
    expect(await post(origin)).toMatchObject({ status: 200 })
  })

  it('takes an interim answer for what it is', async () => {
    const origin = await rawServer(
      answerOnce('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n'),
    )
    expect(await post(origin)).toMatchObject({ status: 201 })
  })

  it('calls a refused connection unreachable, and not ambiguous', async () => {
    await receiver.close()
    open.pop()
    const outcome = await post(receiver.origin)
    expect(outcome).toEqual({
      verdict: 'deferred',
      reason: 'unreachable_host',
      detail: 'ECONNREFUSED',
      health: { of: 'channel', state: 'down' },
    })
  })

  it('calls a name that does not exist unreachable', async () => {
    expect(await post('http://nobody.invalid')).toMatchObject({ verdict: 'deferred', reason: 'unreachable_host' })
  })

  it('calls a connection dropped after the request ambiguous', async () => {
    receiver.answer('drop')
    expect(await post(receiver.origin)).toMatchObject({ reason: 'unreachable_host', ambiguous: true })
  })

  it('calls TLS against a server without it a TLS failure, not ambiguous', async () => {
    const outcome = await post(receiver.origin.replace('http:', 'https:'))
    expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'tls' })
    expect(outcome).not.toHaveProperty('ambiguous')
  })

  it('says so when the answer is not HTTP', async () => {
    const origin = await rawServer(answerOnce('220 mail.example.ru ESMTP\r\n'))
    expect(await post(origin)).toMatchObject({ reason: 'provider_error', ambiguous: true })
  })

  it('calls a header that cannot be sent misconfigured', async () => {
    const pool = openPool(receiver.origin, { connections: 1 })
    open.push(() => pool.destroy())
    const request = { origin: receiver.origin, method: 'POST', path: '/', headers: { 'x-bad': 'a\nb' } }
    expect(await call(pool, request, never)).toMatchObject({ verdict: 'deferred', reason: 'misconfigured' })
  })

  it('does not throw on a closed pool', async () => {
    const pool = openPool(receiver.origin, { connections: 1 })
    await pool.destroy()
    const request = { origin: receiver.origin, method: 'POST', path: '/', headers: {} }
    expect(await call(pool, request, never)).toMatchObject({ verdict: 'deferred', reason: 'cancelled' })
  })

  it('calls what a closed pool breaks off cancelled', async () => {
    receiver.answer('never')
    const pool = openPool(receiver.origin, { connections: 1 })
    const request = { origin: receiver.origin, method: 'POST', path: '/', headers: {} }
    const outcome = call(pool, request, never)
    await receiver.waitFor(1)
    await pool.destroy()
    expect(await outcome).toMatchObject({ reason: 'cancelled', ambiguous: true, health: { state: 'fine' } })
  })
})

describe('call, aborted', () => {
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
    open.push(() => receiver.close())
    receiver.answer('never')
  })

  it('settles within the deadline, ambiguous', async () => {
    const began = performance.now()
    expect(await post(receiver.origin, AbortSignal.timeout(50))).toMatchObject({
      verdict: 'deferred',
      reason: 'timeout',
      ambiguous: true,
      health: { of: 'channel', state: 'down' },
    })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('tells a stop of the process from a deadline', async () => {
    const stop = new AbortController()
    const outcome = post(receiver.origin, stop.signal)
    await receiver.waitFor(1)
    stop.abort()
    expect(await outcome).toMatchObject({ reason: 'cancelled', ambiguous: true, health: { state: 'fine' } })
  })

  it('sends nothing when it is aborted before it begins', async () => {
    const outcome = await post(receiver.origin, AbortSignal.abort())
    expect(outcome).toMatchObject({ reason: 'cancelled' })
    expect(outcome).not.toHaveProperty('ambiguous')
    expect(receiver.received).toEqual([])
  })

  it('settles while it waits for a connection, and never leaves afterwards', async () => {
    const { origin } = receiver
    const pool = openPool(origin, { connections: 1 })
    open.push(() => pool.destroy())
    let free = (): void => {}
    receiver.answer(() => new Promise((resolve) => (free = () => resolve(204))))
    const request = (path: string) => ({ origin, method: 'POST', path, headers: {}, body: 'x' })
    const first = call(pool, request('/first'), never)
    await receiver.waitFor(1)
    const outcome = await call(pool, request('/second'), AbortSignal.timeout(20))
    expect(outcome).toMatchObject({ reason: 'timeout' })
    expect(outcome).not.toHaveProperty('ambiguous')
    const third = call(pool, request('/third'), never)
    free()
    await first
    await receiver.waitFor(2)
    free()
    await third
    expect(receiver.received.map(({ path }) => path)).toEqual(['/first', '/third'])
  })

  it('leaves no listener on the signal', async () => {
    receiver.answer(204)
    const controller = new AbortController()
    let listeners = 0
    const { signal } = controller
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
    await post(receiver.origin, signal)
    expect(listeners).toBe(0)
  })
})

describe('openPool with publicOnly', () => {
  it('refuses a name that resolves to a private address, before anything connects', async () => {
    let connections = 0
    const origin = await rawServer(() => connections++)
    const outcome = await post(origin.replace('127.0.0.1', 'localhost'), never, { publicOnly: true })
    expect(outcome).toEqual({
      verdict: 'rejected',
      reason: 'private_address',
      detail: 'the name leads to a private or loopback address',
      health: { of: 'channel', state: 'invalid' },
    })
    expect(connections).toBe(0)
  })

  it.each(['http', 'socks5'])('refuses a private %s proxy as well', async (scheme) => {
    let connections = 0
    const origin = await rawServer(() => connections++)
    const proxy = origin.replace('http://127.0.0.1', `${scheme}://localhost`)
    for (const target of ['http://example.com', 'https://example.com'])
      expect(await post(target, never, { publicOnly: true, proxy })).toMatchObject({ reason: 'private_address' })
    expect(connections).toBe(0)
  })

  it('connects to such a name when it may', async () => {
    const receiver = await startReceiver()
    open.push(() => receiver.close())
    expect(await post(receiver.origin.replace('127.0.0.1', 'localhost'))).toMatchObject({ status: 204 })
  })
})

describe('openPool with a proxy', () => {
  it('says what the proxy answered', async () => {
    const proxy = await rawServer(answerOnce('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'))
    const outcome = await post('https://example.com', never, { proxy })
    expect(outcome).toMatchObject({ verdict: 'deferred', reason: 'unreachable_host' })
    expect((outcome as { detail: string }).detail).toContain('403')
    expect(outcome).not.toHaveProperty('ambiguous')
  })

  it('sends plain HTTP through it', async () => {
    const proxy = await startReceiver()
    open.push(() => proxy.close())
    expect(await post('http://example.com', never, { proxy: proxy.origin })).toMatchObject({ status: 204 })
    expect(proxy.received[0]).toMatchObject({ path: 'http://example.com/hook', body: 'тело' })
  })
})

describe('isPrivateAddress', () => {
  it.each([
    // IPv4
    '0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255',
    '192.0.0.8 192.168.1.1 198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255',
    // IPv6: loopback, compatible, unique local, link-local, site-local, multicast, discard, Teredo
    ':: ::1 0:0:0:0:0:0:0:1 [::1] ::127.0.0.1 ::7f00:1 fc00::1 fd12:3456:789a::1 FD00::1 fe80::1 fe80::1%eth0 febf::1',
    'fec0::1 ff02::1 ff05::1:3 100::1 2001::1 fc00::8.8.8.8',
    // mapped, translated, NAT64, 6to4
    '::ffff:10.0.0.1 ::ffff:a00:1 ::FFFF:0A00:0001 0:0:0:0:0:ffff:10.0.0.1 [::ffff:127.0.0.1] ::ffff:0:127.0.0.1',
    '0000:0000:0000:0000:0000:ffff:c0a8:0101 64:ff9b::10.0.0.1 64:ff9b::a00:1 64:ff9b::7f00:1 64:ff9b:1::1',
    '2002:7f00:1:: 2002:c0a8:101::1',
  ])('of %s every one is private', (addresses) => {
    for (const address of addresses.split(' ')) expect(isPrivateAddress(address), address).toBe(true)
  })

  it.each([
    '1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255',
    '172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255',
    '2606:4700:4700::1111 2a00:1450:4010:c0b::65 [2a02:6b8::2:242] ::ffff:8.8.8.8 ::ffff:808:808',
    '64:ff9b::8.8.8.8 64:ff9b::808:808 2002:808:808::1 example.com localhost',
  ])('of %s none is', (addresses) => {
    for (const address of addresses.split(' ')) expect(isPrivateAddress(address), address).toBe(false)
  })

  const octet = fc.integer({ min: 0, max: 255 })
  const privateV4 = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
  )
  const hex = ([a, b, c, d]: readonly number[]): string =>
    `${((a! << 8) | b!).toString(16)}:${((c! << 8) | d!).toString(16)}`

  it('holds for every spelling of a private IPv4 address', () => {
    fc.assert(
      fc.property(privateV4, (parts) => {
        const dotted = parts.join('.')
        const spellings = [dotted, `::ffff:${dotted}`, `::FFFF:${hex(parts)}`, `0:0:0:0:0:ffff:${hex(parts)}`]
        for (const spelling of [...spellings, `64:ff9b::${dotted}`, `64:ff9b::${hex(parts)}`, `2002:${hex(parts)}::1`])
          expect(isPrivateAddress(spelling), spelling).toBe(true)
      }),
    )
  })

  it('says the same of an IPv4 address and of its mapped form', () => {
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (parts) => {
        const dotted = parts.join('.')
        for (const spelling of [`::ffff:${dotted}`, `::ffff:${hex(parts)}`, `64:ff9b::${hex(parts)}`])
          expect(isPrivateAddress(spelling), spelling).toBe(isPrivateAddress(dotted))
      }),
    )
  })

  it('holds for all of IPv6 outside 2000::/3, in any spelling', () => {
    const word = fc.integer({ min: 0, max: 0xffff })
    const outside = fc.array(word, { minLength: 8, maxLength: 8 }).filter(([first]) => (first! & 0xe000) !== 0x2000)
    fc.assert(
      fc.property(outside, (words) => {
        const address = words.map((w) => w.toString(16)).join(':')
        if (address.startsWith('64:ff9b:0:0:0:0:')) return
        expect(isPrivateAddress(address.toUpperCase())).toBe(true)
      }),
    )
  })

  it('takes a URL that hides the address in another notation for what it is', () => {
    for (const url of [
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://[::ffff:7f00:1]/',
    ])
      expect(isPrivateAddress(new URL(url).hostname), url).toBe(true)
  })
})

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 10, 22, 12)
  it.each([
    ['5', 5_000],
    ['0', 0],
    ['1.5', 1_500],
    [' 7 ', 7_000],
    ['99999999999999999999', 86_400_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('reads %j', (value, expected) => expect(retryAfterMs({ 'retry-after': value }, now)).toBe(expected))

  it('takes the first of several, and undefined without one', () => {
    expect(retryAfterMs({ 'retry-after': ['3', '9'] }, now)).toBe(3_000)
    expect(retryAfterMs({}, now)).toBeUndefined()
  })
})

describe('networkOutcome', () => {
  const wrapped = (code: string) => new Error('outer', { cause: Object.assign(new Error('inner'), { code }) })
  it.each([
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['EPROTO', 'tls'],
    ['ECONNRESET', 'unreachable_host'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unreachable_host'],
    ['EAI_AGAIN', 'unreachable_host'],
  ])('%s is %s', (code, reason) =>
    expect(networkOutcome(wrapped(code), undefined, false)).toEqual({
      verdict: 'deferred',
      reason,
      detail: code,
      health: { of: 'channel', state: 'down' },
    }),
  )

  it('is never at a loss', () => {
    for (const error of [new Error('x'), 'text', undefined, null, {}])
      expect(networkOutcome(error)).toMatchObject({ verdict: 'deferred', reason: 'unreachable_host' })
    expect(networkOutcome(new PrivateAddressError('x'))).toMatchObject({ verdict: 'rejected' })
  })
})

describe('excerpt', () => {
  it('is one line of at most 200 characters without control characters', () => {
    expect(excerpt(' a\r\n\tb\u0000c ', [])).toBe('a b c')
    expect(excerpt('й'.repeat(500), [])).toHaveLength(200)
  })

  it('blacks out secrets in the spellings an echo gives them', () => {
    const secret = 'ab/cd"ef'
    for (const echo of [secret, 'ab\\/cd"ef', 'ab%2Fcd%22ef', 'ab/cd\\"ef'])
      expect(excerpt(`{"x": ${echo}}`, [secret])).toBe('{"x": [secret]}')
  })

  it('blacks out a secret that stands where the text is cut', () => {
    const secret = 'topsecrettoken'
    expect(excerpt('x'.repeat(195) + secret, [secret])).not.toContain('tops')
  })

  it('knows the credentials of a URL', () => {
    const url = new URL('https://u:p%40ssword@x.ru/hooks/abcdefghijklmnopqrst?token=q1w2e3r4')
    const secrets = secretsOfUrl(url)
    expect(secrets).toEqual(expect.arrayContaining(['p@ssword', 'abcdefghijklmnopqrst', 'q1w2e3r4']))
    expect(basicOf(url)).toBe(`Basic ${Buffer.from('u:p@ssword').toString('base64')}`)
    expect(basicOf(new URL('https://u:%zz@x.ru/'))).toBe(`Basic ${Buffer.from('u:%zz').toString('base64')}`)
  })
})

it('until is used by the stand-in: waiting in vain says for what', async () => {
  await expect(until(() => false, 20, 'rain')).rejects.toThrow('rain')
})
