import { isIP } from 'node:net'
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { Pool, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici'
import { deferred, rejected, type Outcome } from '../pipeline/outcome.ts'

/** What the other side answered; a body longer than `MAX_ANSWER` is cut. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Enough for any provider's error text; what is longer is not read. */
const MAX_ANSWER = 64 * 1024

/** Failures before a byte of the request left: a repeat cannot duplicate anything. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
])

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/

/** A connection that was about to be made to an address it may not have. */
export class PrivateAddressError extends Error {
  readonly code = 'NABAT_PRIVATE_ADDRESS'
}

/** Keep-alive connections to one origin, through a proxy where one is set. Redirects are never followed. */
export function openPool(
  origin: string,
  options: { connections: number; proxy?: string | undefined; publicOnly?: boolean },
): Dispatcher {
  const limits = { connections: options.connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }
  if (options.proxy !== undefined) {
    const scheme = new URL(options.proxy).protocol
    if (scheme.startsWith('socks5')) return new Socks5ProxyAgent(options.proxy, limits)
    return new ProxyAgent({ uri: options.proxy, ...limits })
  }
  return new Pool(origin, options.publicOnly ? { ...limits, connect: { lookup: publicLookup } } : limits)
}

/** Posts and reads the answer; a failure to get one is an outcome already. */
export function call(
  pool: Dispatcher,
  request: { origin: string; method: string; path: string; headers: Record<string, string>; body?: string | Buffer },
  signal: AbortSignal,
): Promise<Answer | Outcome> {
  return new Promise((resolve) => {
    let status = 0
    let headers: Answer['headers'] = {}
    let size = 0
    const chunks: Buffer[] = []
    let stop = (): void => {}
    const end = (result: Answer | Outcome): void => {
      signal.removeEventListener('abort', stop)
      resolve(result)
    }
    pool.dispatch(
      { ...request, method: request.method as Dispatcher.HttpMethod, body: request.body ?? null },
      {
        onRequestStart(controller) {
          stop = () => controller.abort(signal.reason as Error)
          if (signal.aborted) stop()
          else signal.addEventListener('abort', stop, { once: true })
        },
        onResponseStart(_controller, code, answerHeaders) {
          status = code
          headers = answerHeaders
        },
        onResponseData(_controller, chunk) {
          size += chunk.length
          if (size <= MAX_ANSWER) chunks.push(chunk)
        },
        onResponseEnd() {
          end({ status, headers, body: Buffer.concat(chunks).toString('utf8') })
        },
        onResponseError(_controller, error) {
          end(networkOutcome(error, signal))
        },
      },
    )
  })
}

/** Whether `call` got an answer. */
export const isAnswer = (result: Answer | Outcome): result is Answer => 'status' in result

/** What a broken connection means; the host is not named here, the log line names the channel. */
export function networkOutcome(error: unknown, signal?: AbortSignal): Outcome {
  const channelDown = { of: 'channel', state: 'down' } as const
  const code = errorCode(error)
  if (code === 'NABAT_PRIVATE_ADDRESS')
    return rejected('private_address', 'the name leads to a private or loopback address', {
      of: 'channel',
      state: 'invalid',
    })
  if (signal?.aborted === true) {
    const stopped = (signal.reason as Error | undefined)?.name !== 'TimeoutError'
    return stopped
      ? deferred('cancelled', 'the process is stopping', { of: 'channel', state: 'fine' }, { ambiguous: true })
      : deferred('timeout', 'no answer within the deadline', channelDown, { ambiguous: true })
  }
  if (CERTIFICATE.test(code)) return deferred('tls', code, channelDown)
  if (BEFORE_SENDING.has(code)) return deferred('unreachable_host', code, channelDown)
  return deferred('unreachable_host', code === '' ? 'connection failed' : code, channelDown, { ambiguous: true })
}

function errorCode(error: unknown): string {
  for (let cause = error as { code?: unknown; cause?: unknown } | undefined; cause; cause = cause.cause as typeof cause)
    if (typeof cause.code === 'string') return cause.code
  return ''
}

/** Milliseconds of a Retry-After header (seconds or an HTTP date), undefined without one. */
export function retryAfterMs(headers: Answer['headers'], now: number): number | undefined {
  const value = headers['retry-after']
  const text = Array.isArray(value) ? value[0] : value
  if (text === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.ceil(Number(text) * 1000)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const v4 = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

/** Whether an IP address is private, loopback, link-local, multicast or otherwise not a public host's. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(bare) === 4) {
    const value = v4(bare)
    return PRIVATE_V4.some(
      ([net, bits]) => Math.floor(value / 2 ** (32 - bits)) === Math.floor(v4(net) / 2 ** (32 - bits)),
    )
  }
  if (isIP(bare) !== 6) return false
  const mapped = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare)
  if (mapped?.[1] !== undefined) return isPrivateAddress(mapped[1])
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  const hexMapped = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (hexMapped?.[1] !== undefined && hexMapped[2] !== undefined) {
    const value = parseInt(hexMapped[1], 16) * 65536 + parseInt(hexMapped[2], 16)
    return isPrivateAddress([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.'))
  }
  return (
    canonical === '::' ||
    canonical === '::1' ||
    /^(f[cd]|fe[89ab]|ff)/.test(canonical) ||
    canonical.startsWith('64:ff9b:')
  )
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
