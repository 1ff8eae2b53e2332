import type { Dispatcher } from 'undici'
import type { Clock } from '../../clock.ts'
import { deferred, rejected, sent, type Health, type Outcome } from '../../pipeline/outcome.ts'
import type { Message } from '../channel.ts'
import { call, excerpt, isAnswer, openPool, retryAfterMs, secretsOfUrl, type Answer } from '../http-call.ts'
import { endpointProblem, isNamed } from './endpoint.ts'
import { payloadOf, SMALL, topicOf, type PushedTo } from './payload.ts'
import { Signatures, webPush } from './vapid.ts'
import type { PushDevice, PushWorld } from './world.ts'

/** What became of a message at one device; `gone`: the browser has withdrawn, it comes back no more. */
export type Pushed = Outcome | 'gone'

/** Connections to one push service. */
const CONNECTIONS = 20
/** Push services talked to at once; beyond it the one that has been left alone longest is hung up on. */
const MOST_SERVICES = 32

const DESTINATION: Health = { of: 'destination', state: 'fine' }

/** Seconds a push service keeps a message for a browser that is away, when it is not known how long it lives. */
const TTL = { critical: 3_600, warning: 6 * 3_600, info: 24 * 3_600 } as const
/** A minute: what has nearly outlived its use is worth that much. */
const LEAST_TTL = 60
const MOST_TTL = 28 * 86_400

/** How long a push service keeps the message, seconds. `expiresAt`: when it ends to be of use, if that is known. */
function ttlOf({ severity }: Message, expiresAt: number | undefined, now: number): number {
  if (expiresAt === undefined) return TTL[severity]
  return Math.min(Math.max(Math.floor((expiresAt - now) / 1000), LEAST_TTL), MOST_TTL)
}

/** How soon a phone that saves its battery is woken (RFC 8030). */
const urgencyOf = ({ severity, silent }: Message): string =>
  severity === 'critical' ? 'high' : silent ? 'low' : 'normal'

/** Pushes messages to devices: encrypted for each (RFC 8291), signed by this installation (RFC 8292). */
export class Pusher {
  readonly #world: PushWorld
  readonly #clock: Clock
  readonly #proxy: string | undefined
  readonly #signatures: Signatures
  readonly #pools = new Map<string, Dispatcher>()
  /** Push services that have taken a message of ours: a refusal there is about one device. */
  readonly #trusting = new Set<string>()

  constructor(world: PushWorld, clock: Clock, proxy: string | undefined) {
    this.#world = world
    this.#clock = clock
    this.#proxy = proxy
    this.#signatures = new Signatures(world.keys, world.subject)
  }

  /** One message to one device. Never rejects. */
  async push(
    device: PushDevice,
    message: Message,
    to: PushedTo,
    expiresAt: number | undefined,
    signal: AbortSignal,
  ): Promise<Pushed> {
    const refused = endpointProblem(device.endpoint, this.#world.hosts)
    if (refused !== undefined) return rejected('misconfigured', `${device.title}: ${refused.message.en}`, DESTINATION)
    const first = await this.#post(device, message, to, payloadOf(message, to), expiresAt, signal)
    if (first !== 'too large') return first
    const second = await this.#post(device, message, to, payloadOf(message, to, SMALL), expiresAt, signal)
    return second === 'too large'
      ? rejected('refused_content', `${named(device)}: the push service takes no message so long`, DESTINATION)
      : second
  }

  async #post(
    device: PushDevice,
    message: Message,
    to: PushedTo,
    payload: string,
    expiresAt: number | undefined,
    signal: AbortSignal,
  ): Promise<Pushed | 'too large'> {
    const url = new URL(device.endpoint)
    const { origin } = url
    const now = this.#clock.now()
    const { cipherText } = webPush().encrypt(device.p256dh, device.auth, payload, 'aes128gcm')
    const headers = {
      authorization: this.#signatures.header(origin, now),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(ttlOf(message, expiresAt, now)),
      urgency: urgencyOf(message),
      topic: topicOf(message, to),
    }
    const request = { origin, method: 'POST', path: url.pathname + url.search, headers, body: cipherText }
    const answer = await call(this.#pool(url), request, signal)
    if (!isAnswer(answer))
      return { ...answer, ...('detail' in answer && { detail: `${named(device)}: ${answer.detail}` }) }
    if (answer.status === 413) return 'too large'
    const said = excerpt(answer.body, [...secretsOfUrl(url), device.endpoint, device.auth, headers.authorization])
    const pushed = classify(answer, `${named(device)}: HTTP ${answer.status}${said === '' ? '' : `: ${said}`}`, now)
    if (pushed === 'refused') return this.#refused(origin, `${named(device)}: HTTP ${answer.status}: ${said}`)
    if (pushed !== 'gone' && pushed.verdict === 'sent') this.#trusting.add(origin)
    return pushed
  }

  /**
   * The push service does not know us by this signature. Where it has taken messages before, the device has subscribed
   * with a key that is no more; otherwise it is our key, or our clock, and nobody is reached through it.
   */
  #refused(origin: string, detail: string): Outcome {
    this.#signatures.forget(origin)
    return this.#trusting.has(origin)
      ? rejected('misconfigured', detail, DESTINATION)
      : deferred('misconfigured', detail, { of: 'channel', state: 'down' })
  }

  #pool(url: URL): Dispatcher {
    const { origin } = url
    const known = this.#pools.get(origin)
    this.#pools.delete(origin)
    const isPublic = this.#proxy === undefined && !isNamed(url, this.#world.hosts)
    const pool = known ?? openPool(origin, { connections: CONNECTIONS, proxy: this.#proxy, publicOnly: isPublic })
    this.#pools.set(origin, pool)
    const [oldest] = this.#pools
    if (this.#pools.size > MOST_SERVICES && oldest !== undefined) {
      this.#pools.delete(oldest[0])
      void oldest[1].close().catch(() => {})
    }
    return pool
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
}

/** A device in logs and traces: whose endpoint it is would let others push. */
const named = ({ title, endpoint }: PushDevice): string => `${title} (${new URL(endpoint).host})`

/** What an answer of a push service means for one device. */
function classify({ status, headers }: Answer, detail: string, now: number): Pushed | 'refused' {
  if (status >= 200 && status < 300) return sent()
  if (status === 404 || status === 410) return 'gone'
  if (status === 401 || status === 403) return 'refused'
  const wait = retryAfterMs(headers, now)
  const later = wait === undefined ? {} : { retryAfterMs: wait }
  if (status === 429) return deferred('throttled', detail, { of: 'destination', state: 'throttled' }, later)
  if (status >= 500) return deferred('provider_error', detail, { of: 'destination', state: 'fine' }, later)
  if (status >= 300 && status < 400) return deferred('misconfigured', detail, DESTINATION, later)
  return status >= 400 && status < 500
    ? rejected('refused_content', detail, DESTINATION)
    : deferred('provider_error', detail, DESTINATION, later)
}
