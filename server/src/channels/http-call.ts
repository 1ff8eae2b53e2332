import { createRequire } from 'node:module'
import { BlockList, isIP } from 'node:net'
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type * as Undici from 'undici'
import type { Dispatcher } from 'undici'
import { deferred, rejected, type Outcome } from '../pipeline/outcome.ts'

const load = createRequire(import.meta.url)

/** What the other side answered; a body longer than `MAX_ANSWER` is cut. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Enough for any provider's error text; what is longer is not read. */
const MAX_ANSWER = 64 * 1024

/** No provider asks for more, and a message does not live longer. */
const LONGEST_WAIT_MS = 24 * 3_600_000

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|UND_ERR_PRX_TLS/

/** A connection that was about to be made to an address it may not have. */
export class PrivateAddressError extends Error {
  readonly code = 'NABAT_PRIVATE_ADDRESS'
}

/**
 * Keep-alive connections to one origin, through a proxy where one is set. Redirects are never followed. `publicOnly`
 * holds for the address the socket connects to: the proxy's, where there is one, because names are resolved there.
 */
export function openPool(
  origin: string,
  options: { connections: number; proxy?: string | undefined; publicOnly?: boolean },
): Dispatcher {
  // Loaded when the first channel is opened: 109 files and 5 MB at rest, which a start need not pay.
  const { buildConnector, Pool, ProxyAgent, Socks5ProxyAgent } = load('undici') as typeof Undici
  // HTTP/1.1 only: with HTTP/2 every request would share one connection, and `connections` would mean nothing.
  const limits = { connections: options.connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, allowH2: false }
  const guard = options.publicOnly === true ? { lookup: publicLookup } : {}
  if (options.proxy !== undefined) {
    const { protocol } = new URL(options.proxy)
    if (protocol.startsWith('socks'))
      return new Socks5ProxyAgent(options.proxy, { ...limits, connect: buildConnector(guard) })
    return new ProxyAgent({ uri: options.proxy, ...limits, proxyTls: guard })
  }
  return new Pool(origin, { ...limits, connect: guard })
}

/** What `call` sends. A string body is UTF-8. */
export interface Request {
  readonly origin: string
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string | Buffer
}

/**
 * Sends and reads the answer; a failure to get one is an outcome already. It settles as soon as the signal aborts, also
 * while the request still waits for a connection, and does not throw.
 */
export function call(pool: Dispatcher, request: Request, signal: AbortSignal): Promise<Answer | Outcome> {
  return new Promise((resolve) => {
    const exchange = new Exchange(resolve, signal)
    if (signal.aborted) return exchange.handleEvent()
    signal.addEventListener('abort', exchange, { once: true })
    pool.dispatch(
      {
        origin: request.origin,
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers: request.headers,
        body: request.body ?? null,
      },
      exchange,
    )
  })
}

/** One request under way. It is its own abort listener: a closure for each would be made 20,000 times in a storm. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: Answer | Outcome) => void
  readonly #signal: AbortSignal
  /** Set when the request is written to a connection; from then on it may have arrived. */
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: Answer['headers'] = {}
  #size = 0
  #chunks: Buffer[] = []

  constructor(resolve: (result: Answer | Outcome) => void, signal: AbortSignal) {
    this.#resolve = resolve
    this.#signal = signal
  }

  handleEvent(): void {
    const { reason } = this.#signal
    this.#end(networkOutcome(reason, this.#signal, this.#controller !== undefined))
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici keeps a request that waited for a connection: the place to take it back is here, before a byte of it left.
    if (this.#signal.aborted) return controller.abort(new Error('aborted'))
    this.#controller = controller
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = MAX_ANSWER - this.#size
    this.#size += chunk.length
    this.#chunks.push(chunk.length <= room ? chunk : chunk.subarray(0, room))
    if (this.#size <= MAX_ANSWER) return
    // An answer without an end would hold the connection until the deadline, and the message would count as not sent.
    this.onResponseEnd()
    controller.abort(new Error('long answer'))
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const bytes = first === undefined || this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    this.#end({ status: this.#status, headers: this.#headers, body: bytes?.toString('utf8') ?? '' })
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#end(networkOutcome(error, this.#signal, this.#controller !== undefined))
  }

  #end(result: Answer | Outcome): void {
    this.#signal.removeEventListener('abort', this)
    this.#resolve(result)
  }
}

/** Whether `call` got an answer. */
export const isAnswer = (result: Answer | Outcome): result is Answer => 'status' in result

/**
 * What a broken connection means; the host is not named here, the log line names the channel. `began`: the request was
 * on its way, so that a repeat may duplicate it.
 */
export function networkOutcome(error: unknown, signal?: AbortSignal, began = true): Outcome {
  const down = { of: 'channel', state: 'down' } as const
  const fine = { of: 'channel', state: 'fine' } as const
  const maybe = began ? { ambiguous: true } : {}
  if (signal?.aborted === true)
    return (signal.reason as Error | undefined)?.name === 'TimeoutError'
      ? deferred('timeout', 'no answer within the deadline', down, maybe)
      : deferred('cancelled', 'the process is stopping', fine, maybe)
  const { code, message } = causeOf(error)
  if (code === 'NABAT_PRIVATE_ADDRESS')
    return rejected('private_address', 'the name leads to a private or loopback address', {
      of: 'channel',
      state: 'invalid',
    })
  // Settings were changed and the channel is opened anew: no news of the other side.
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return deferred('cancelled', 'the channel was closed', fine, maybe)
  if (CERTIFICATE.test(code)) return deferred('tls', code, down)
  if (code === 'UND_ERR_INVALID_ARG') return deferred('misconfigured', message, down)
  if (code === 'UND_ERR_ABORTED' && message.startsWith('Proxy response'))
    return deferred('unreachable_host', message, down)
  if ((error as Error | undefined)?.name === 'HTTPParserError')
    return deferred('provider_error', 'the answer is not HTTP', down, maybe)
  return deferred('unreachable_host', code === '' ? 'connection failed' : code, down, maybe)
}

/** The first error of the chain that has a code: undici and TLS wrap what really happened. */
function causeOf(error: unknown): { code: string; message: string } {
  for (let cause = error as (Error & { code?: unknown }) | undefined; cause; cause = cause.cause as typeof cause)
    if (typeof cause.code === 'string') return { code: cause.code, message: cause.message }
  return { code: '', message: '' }
}

/** Milliseconds of a Retry-After header (seconds or an HTTP date), undefined without one. */
export function retryAfterMs(headers: Answer['headers'], now: number): number | undefined {
  const value = headers['retry-after']
  const text = Array.isArray(value) ? value[0] : value
  if (text === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.min(Math.ceil(Number(text) * 1000), LONGEST_WAIT_MS)
  // Date.parse is generous: it takes "-5" for a year.
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), LONGEST_WAIT_MS)
}

/** Shorter than this nothing is taken for a secret: `no` or `prod` would black out half of every answer. */
const SHORTEST_SECRET = 6
const EXCERPT = 200

/**
 * What the other side said, for people: one line, cut, without our secrets. Some receivers answer with an echo of the
 * request, and PHP writes `/` as `\\/` in it.
 */
export function excerpt(body: string, secrets: readonly string[]): string {
  let text = body
  for (const secret of secrets)
    if (secret.length >= SHORTEST_SECRET)
      for (const spelling of [
        secret,
        secret.replaceAll('/', '\\/'),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
      ])
        text = text.replaceAll(spelling, '[secret]')
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length <= EXCERPT ? line : `${line.slice(0, EXCERPT - 1).toWellFormed()}…`
}

/** The parts of a URL that may be credentials: the path as a whole, long segments of it, the query, the password. */
export function secretsOfUrl(url: URL): string[] {
  const segments = url.pathname.split('/').filter((segment) => segment.length >= 16)
  const path = segments.length > 0 ? [url.pathname, ...segments] : []
  return [url.search.slice(1), ...url.searchParams.values(), ...path, url.password, decoded(url.password)]
}

/** The Authorization header of a URL with a login in it, as `https://login:password@host/`. */
export function basicOf(url: URL): string | undefined {
  if (url.username === '') return undefined
  return `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * What is no public host's. Of IPv6 the whole space outside 2000::/3 is refused (loopback, unique local, link-local,
 * multicast, discard), and within it the IETF's own assignments, Teredo among them. Addresses for documentation are
 * left: nothing of anybody's lives there.
 */
// Two lists, because one list takes an IPv4 address for its mapped form and finds it in ::/3.
const NOT_PUBLIC = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.ipv4.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
] as const)
  NOT_PUBLIC.ipv6.addSubnet(net, bits, 'ipv6')

/** Whether an IP address is private, loopback, link-local, multicast or otherwise not a public host's. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 0) return false
  if (version === 4) return NOT_PUBLIC.ipv4.check(bare, 'ipv4')
  const inner = embeddedV4(wordsOf(bare))
  return inner === undefined ? NOT_PUBLIC.ipv6.check(bare, 'ipv6') : NOT_PUBLIC.ipv4.check(inner, 'ipv4')
}

/** The eight 16-bit words of an IPv6 address in any of its spellings; URL knows them all. */
function wordsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)))
  if (tail === undefined) return words(head)
  const [before, after] = [words(head), words(tail)]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** The IPv4 address that an IPv6 address leads to: mapped, translated (NAT64, SIIT), compatible, 6to4. */
function embeddedV4(words: readonly number[]): string | undefined {
  const prefix = words.slice(0, 6).join()
  const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  if (['0,0,0,0,0,65535', '0,0,0,0,65535,0', '100,65435,0,0,0,0', '0,0,0,0,0,0'].includes(prefix))
    return dotted(words[6], words[7])
  return words[0] === 0x2002 ? dotted(words[1], words[2]) : undefined
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/**
 * A name lookup that refuses private addresses. It is what the socket itself uses, so the address that was checked is
 * the address that is connected to: a name cannot answer one thing to a check and another to the connection.
 */
function publicLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    if (addresses.some(({ address }) => isPrivateAddress(address)))
      return callback(new PrivateAddressError('private address'), [])
    if (options.all === true) return callback(null, addresses)
    const first = addresses[0]
    return first === undefined ? callback(new Error('no address'), []) : callback(null, first.address, first.family)
  })
}
