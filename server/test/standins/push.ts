import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify, type ECDH } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../until.ts'
import { read, reply, type Reply } from './receiver.ts'

/*
 * A push service as browsers' vendors run them (RFC 8030), with the browsers behind it: it checks who pushes (RFC 8292)
 * and decrypts with the browser's own key what was meant for it (RFC 8291, 8188). http on 127.0.0.1: a server under test
 * needs `NABAT_PUSH_HOSTS` set to `host`.
 */

/** What a browser hands to the server: PushSubscription.toJSON(). */
export interface Subscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** One message as it came in. */
export interface PushedMessage {
  readonly endpoint: string
  readonly headers: IncomingHttpHeaders
  /** What the browser would read. */
  readonly plaintext: string
  /** Bytes on the wire. */
  readonly size: number
  /** What was answered. */
  readonly status: Reply
}

/** A running push service. */
export interface PushService {
  readonly origin: string
  /** For NABAT_PUSH_HOSTS: 127.0.0.1:port. */
  readonly host: string
  /** All that came and was well-formed, whatever was answered. */
  readonly received: readonly PushedMessage[]
  /** A new browser. */
  subscription(): Subscription
  /** The next message that was taken for a browser (for this one, when an endpoint is given); fails after five seconds. */
  next(endpoint?: string): Promise<PushedMessage>
  /** What is answered from now on, at one endpoint or everywhere (null); 201 until told otherwise. */
  answer(endpoint: string | null, status: Reply): void
  close(): Promise<void>
}

interface Browser {
  readonly ecdh: ECDH
  readonly auth: Buffer
}

/** The largest body push services take. */
const LARGEST = 4096

/** Starts a push service on a free port of 127.0.0.1. */
export async function startPush(): Promise<PushService> {
  const browsers = new Map<string, Browser>()
  const answers = new Map<string | null, Reply>()
  const received: PushedMessage[] = []
  const taken = new Set<PushedMessage>()
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { url = '', headers, method } = request
      const endpoint = `${origin}${url}`
      const browser = browsers.get(endpoint)
      if (browser === undefined) return reply(response, 404)
      const wrong = method === 'POST' ? mistakeOf(headers, body, origin) : 405
      if (wrong !== undefined) return reply(response, { status: wrong, body: `refused by the stand-in: ${wrong}` })
      const status = answers.get(endpoint) ?? answers.get(null) ?? 201
      const plaintext = decrypt(body, browser)
      received.push({ endpoint, headers, plaintext, size: body.length, status })
      return reply(response, status)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = `http://${host}`
  return {
    origin,
    host,
    received,
    subscription() {
      const ecdh = createECDH('prime256v1')
      const auth = randomBytes(16)
      const endpoint = `${origin}/push/${randomBytes(24).toString('base64url')}`
      const p256dh = ecdh.generateKeys().toString('base64url')
      browsers.set(endpoint, { ecdh, auth })
      return { endpoint, keys: { p256dh, auth: auth.toString('base64url') } }
    },
    async next(endpoint) {
      const waits = (): PushedMessage | undefined =>
        received.find((one) => !taken.has(one) && isTaken(one.status) && (endpoint ?? one.endpoint) === one.endpoint)
      await until(() => waits() !== undefined, 5_000, 'a message to be pushed')
      const message = waits()!
      taken.add(message)
      return message
    },
    answer: (endpoint, status) => void answers.set(endpoint, status),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Whether the browser gets it: also when the connection breaks before the answer. */
const isTaken = (status: Reply): boolean => status === 'drop' || (typeof status === 'number' && status < 300)

/** The status a push service refuses such a request with, undefined when nothing is wrong. */
function mistakeOf(headers: IncomingHttpHeaders, body: Buffer, origin: string): number | undefined {
  const { ttl, topic, urgency = 'normal', 'content-encoding': encoding } = headers
  if (!isSigned(headers.authorization, origin)) return 403
  if (body.length > LARGEST) return 413
  if (typeof ttl !== 'string' || !/^\d{1,7}$/.test(ttl)) return 400
  if (topic !== undefined && !/^[\w-]{1,32}$/.test(String(topic))) return 400
  if (!['very-low', 'low', 'normal', 'high'].includes(String(urgency))) return 400
  return encoding === 'aes128gcm' ? undefined : 415
}

/** Whether it is signed for us by the key it names, for a day at most, with somebody to write to. */
function isSigned(authorization: string | undefined, origin: string): boolean {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization ?? '') ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const raw = Buffer.from(key, 'base64url')
  if (raw.length !== 65) return false
  const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((part) => part.toString('base64url'))
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' })
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!signed) return false
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  const left = Number(exp) - Math.floor(Date.now() / 1000)
  return aud === origin && left > 0 && left <= 86_400 && /^(mailto:.+@.+|https:\/\/.+)$/.test(String(sub))
}

/** RFC 8188: salt (16), record size (4), length of the key id, the sender's public key; then one record. */
function decrypt(body: Buffer, { ecdh, auth }: Browser): string {
  const salt = body.subarray(0, 16)
  const keyEnd = 21 + body.readUInt8(20)
  const sender = body.subarray(21, keyEnd)
  const derive = (secret: Uint8Array, salted: Uint8Array, info: Uint8Array, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salted, info, length))
  // RFC 8291: both public keys are in the secret, so that it holds for this browser and this message.
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const secret = derive(ecdh.computeSecret(sender), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const record = body.subarray(keyEnd)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  // The last record ends with 2, and zeros.
  return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8')
}
