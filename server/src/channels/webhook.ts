import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { deferred, rejected, sent, type Health, type Outcome } from '../pipeline/outcome.ts'
import { toPlain } from '../render/markup.ts'
import type { Channel, ChannelKind, Message } from './channel.ts'
import {
  basicOf,
  call,
  excerpt,
  isAnswer,
  isPrivateAddress,
  openPool,
  retryAfterMs,
  secretsOfUrl,
  type Answer,
} from './http-call.ts'
import { messageStage, reach } from './reach.ts'

/*
 * An HTTP receiver, called as Standard Webhooks says (https://github.com/standard-webhooks/standard-webhooks): the
 * delivery's id is the idempotency key, the signature covers id, time and body, anything but 2xx is a failure. A redirect
 * is one as well and is not followed: it would carry the signed body to an address nobody checked.
 */

type Settings = ChannelSettings<'webhook'>

const DEFAULT_CONNECTIONS = 50
/** Standard Webhooks advises 15 to 30 s. */
const DEADLINE_MS = 15_000
/** Headers we write ourselves, and those that belong to the connection. */
const RESERVED =
  /^(webhook-.*|content-type|content-length|host|connection|keep-alive|transfer-encoding|upgrade|expect|te|trailer|proxy-.*)$/i

/** A receiver of Standard Webhooks. */
export const webhook: ChannelKind<'webhook'> = {
  kind: 'webhook',
  medium: 'short',
  machine: true,
  problems,
  missing: () => [],
  address(to) {
    for (const field of ['chat', 'address', 'topic'] as const)
      if (to[field] !== undefined)
        return problem(
          `/${field}`,
          `${field}: у канала вида webhook один получатель, его адрес стоит в настройках канала; уберите ${field}`,
          `${field}: a webhook channel has one receiver, its address is in the channel's settings; leave ${field} out`,
        )
    return {}
  },
  show: () => 'webhook',
  limits(settings) {
    const connections = settings.connections ?? DEFAULT_CONNECTIONS
    return { connections, perDestination: connections, deadlineMs: DEADLINE_MS }
  },
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  open: (settings, world) => Promise.resolve(openWebhook(settings, world)),
}

function problems(settings: Settings, world: { allowPrivateAddresses: boolean }): Problem[] {
  const found: Problem[] = []
  for (const field of ['url', 'proxy'] as const) {
    const value = settings[field]
    if (value === undefined) continue
    const url = URL.canParse(value) ? new URL(value) : undefined
    const allowed = field === 'url' ? ['http:', 'https:'] : ['http:', 'https:', 'socks5:']
    if (url === undefined || !allowed.includes(url.protocol))
      found.push(
        problem(
          `/${field}`,
          `${field}: нужен адрес ${allowed.join('//, ')}//`,
          `${field}: give an address with ${allowed.join('//, ')}//`,
        ),
      )
    else if (!world.allowPrivateAddresses && isPrivateHost(url.hostname))
      found.push(
        problem(
          `/${field}`,
          `${field}: частный или локальный адрес; его разрешает настройка NABAT_ALLOW_PRIVATE_ADDRESSES=true`,
          `${field}: a private or loopback address; the setting NABAT_ALLOW_PRIVATE_ADDRESSES=true allows it`,
        ),
      )
  }
  if (settings.secret !== undefined && signingKey(settings.secret) === undefined)
    found.push(
      problem(
        '/secret',
        'secret: нужно whsec_ и от 24 до 64 байт в base64 (короче принимается, длиннее нет)',
        'secret: give whsec_ and 24 to 64 bytes in base64 (shorter is accepted, longer is not)',
      ),
    )
  for (const [name, value] of Object.entries(settings.headers ?? {}))
    if (RESERVED.test(name))
      found.push(
        problem(`/headers/${name}`, `headers: ${name} ставит сам Набат`, `headers: ${name} is set by Nabat itself`),
      )
    else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      found.push(
        problem(
          `/headers/${name}`,
          `headers: в ${name} есть недопустимые знаки`,
          `headers: ${name} has characters no header may have`,
        ),
      )
  return found
}

/** An IP literal, or the name every system gives to itself: neither asks a name server, so neither waits for the socket. */
const isPrivateHost = (hostname: string): boolean =>
  isPrivateAddress(hostname) || /^(.+\.)?localhost\.?$/.test(hostname)

/**
 * The key of a secret, undefined when it is none. Standard Webhooks asks for 24 bytes; its library verifies with fewer
 * and without the prefix, and a receiver that has such a secret already must not be turned away.
 */
export function signingKey(secret: string): KeyObject | undefined {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length > 64 || bytes.toString('base64') !== text) return undefined
  return createSecretKey(bytes)
}

/** The signature of one attempt. `at` is in seconds, as in the webhook-timestamp header. */
export const signature = (key: KeyObject, id: string, at: number, body: Buffer): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64')}`

/** The body of a message. Files are not sent, only named. */
export function bodyOf(message: Message): Buffer {
  const { event, gathered, incident, title, links, attachments } = message
  const data = {
    event,
    ...gathered,
    incident: incident === undefined ? null : { key: incident.key, state: incident.state },
    title,
    text: toPlain(message.text),
    links,
    ...(attachments.length > 0 && {
      attachments: attachments.map(({ name, mediaType, size }) => ({ name, mediaType, size })),
    }),
  }
  return Buffer.from(JSON.stringify({ type: event['type'], timestamp: event['time'], data }))
}

const FINE: Health = { of: 'channel', state: 'fine' }
const THROTTLED: Health = { of: 'channel', state: 'throttled' }
const DOWN: Health = { of: 'channel', state: 'down' }

/**
 * What an answer means. The receiver is somebody's program, so nearly everything may be mended there and is tried again;
 * only 410 says never, and 413 says never with this message. `now` is for a Retry-After that names a date.
 */
export function classify(status: number, headers: Answer['headers'], said: string, now: number): Outcome {
  const detail = said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`
  const wait = retryAfterMs(headers, now)
  const later = wait === undefined ? {} : { retryAfterMs: wait }
  if (status >= 200 && status < 300) return sent()
  if (status >= 300 && status < 400)
    return deferred('misconfigured', `${detail}; redirects are not followed, give the final address`, FINE, later)
  switch (status) {
    case 410:
      return rejected('no_such_destination', detail, { of: 'destination', state: 'invalid' })
    case 413:
      return rejected('refused_content', detail)
    case 429:
      return deferred('throttled', detail, THROTTLED, later)
    case 401:
    case 403:
      return deferred('unauthorized', detail, FINE, later)
    case 502:
    case 504:
      // A gateway gave up waiting; what stands behind it may have taken the message.
      return deferred('provider_error', detail, wait === undefined ? DOWN : THROTTLED, { ...later, ambiguous: true })
    case 503:
      return deferred('provider_error', detail, wait === undefined ? DOWN : THROTTLED, later)
    default:
      return deferred('provider_error', detail, status >= 500 ? DOWN : FINE, later)
  }
}

function openWebhook(settings: Settings, world: Parameters<typeof webhook.open>[1]): Channel {
  const url = new URL(settings.url)
  const { origin } = url
  const path = url.pathname + url.search
  const key = settings.secret === undefined ? undefined : signingKey(settings.secret)
  const publicOnly = !world.allowPrivateAddresses
  const refused = publicOnly && [url.hostname, proxyHost(settings)].some(isPrivateHost)
  const pool = openPool(origin, {
    connections: settings.connections ?? DEFAULT_CONNECTIONS,
    proxy: settings.proxy,
    publicOnly,
  })
  const fixed = fixedHeaders(settings, url)
  const secrets = [...secretsOfUrl(url), ...secretsOfSettings(settings, fixed)]

  const attempt: Channel['attempt'] = async (message, _to, { signal }) => {
    if (refused)
      return rejected('private_address', 'the address is private or loopback', { of: 'channel', state: 'invalid' })
    // Saved settings have passed `problems`; should a secret be no key all the same, nothing goes out unsigned.
    if (key === undefined && settings.secret !== undefined)
      return deferred('misconfigured', 'the secret is no key: whsec_ and base64', DOWN)
    const now = world.clock.now()
    const at = Math.floor(now / 1000)
    const body = bodyOf(message)
    const headers: Record<string, string> = { ...fixed, 'webhook-id': message.deliveryId, 'webhook-timestamp': `${at}` }
    if (key !== undefined) headers['webhook-signature'] = signature(key, message.deliveryId, at, body)
    const answer = await call(pool, { origin, method: 'POST', path, headers, body }, signal)
    if (!isAnswer(answer)) return answer
    if (answer.status >= 200 && answer.status < 300) return sent()
    return classify(answer.status, answer.headers, excerpt(answer.body, secrets), now)
  }

  return {
    attempt,
    async *check(to, message, signal) {
      const reached = yield* reach(settings.url, { proxy: settings.proxy, publicOnly }, signal)
      if (reached && message !== undefined)
        yield messageStage(await attempt(message, to ?? {}, { signal, action: 'send', attempt: 1 }))
    },
    close: () => pool.destroy(),
  }
}

const proxyHost = (settings: Settings): string => (settings.proxy === undefined ? '' : new URL(settings.proxy).hostname)

/** The headers every call has; names in lower case, or one of ours would go out beside the same one in capitals. */
function fixedHeaders(settings: Settings, url: URL): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'Nabat' }
  const basic = basicOf(url)
  if (basic !== undefined) headers['authorization'] = basic
  for (const [name, value] of Object.entries(settings.headers ?? {})) headers[name.toLowerCase()] = value
  return headers
}

/** With the prefixes (`whsec_`, `Bearer`) and without them. */
const secretsOfSettings = (settings: Settings, headers: Record<string, string>): string[] =>
  [
    settings.secret?.replace('whsec_', '') ?? '',
    ...Object.values(settings.headers ?? {}),
    headers['authorization'] ?? '',
  ]
    .flatMap((value) => [value, ...value.split(/[ ,;]+/)])
    .filter((value) => value !== 'Bearer')
