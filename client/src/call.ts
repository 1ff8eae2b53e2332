import type { ErrorCode } from '@nabat/api/errors.ts'
import { NabatError, type ErrorDetail } from './error.ts'

export interface ClientOptions {
  /** Address of the server, such as `http://localhost:8080`; a path before /api is kept. */
  readonly url: string
  readonly key: string
  /** Language of messages and reasons; by default Russian. */
  readonly language?: 'ru' | 'en'
  /** Milliseconds for one call, the answer's body included; by default 30 seconds. */
  readonly timeoutMs?: number
  /** How many more times `events.send` tries when the server is busy, away or restarting; by default not at all. */
  readonly retries?: number
  /** Ends every call of this client. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof globalThis.fetch
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** What goes along with a request: `body` as JSON, `yaml` as text, `form` as multipart. */
export interface Parts {
  readonly query?: Query | undefined
  readonly body?: unknown
  readonly yaml?: string
  readonly form?: FormData
}

const TIMEOUT_MS = 30_000

/** One request and its answer: the parsed JSON, the text of anything else, undefined without a body. */
export async function call(options: ClientOptions, method: string, path: string, parts: Parts = {}): Promise<unknown> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal])
  const url = `${options.url.replace(/\/+$/, '')}/api/v1${path}${queryText(parts.query)}`
  const fetch = options.fetch ?? globalThis.fetch
  let response: Response
  let text: string
  try {
    // A redirect would turn a POST into a GET, or carry the key to another server.
    response = await fetch(url, {
      method,
      headers: headersOf(options, parts),
      signal,
      redirect: 'error',
      ...bodyOf(parts),
    })
    text = await response.text()
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    if (deadline.aborted) throw new NabatError('timeout', `${method} ${url}: no answer in time`, { cause: error })
    throw new NabatError('network', `${method} ${url}: ${networkWords(error)}`, { cause: error })
  }
  if (!response.ok) throw errorOf(response, text)
  if (text === '') return undefined
  return isJson(response) ? (JSON.parse(text) as unknown) : text
}

const isJson = (response: Response): boolean => response.headers.get('content-type')?.includes('json') === true

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

function headersOf({ key, language = 'ru' }: ClientOptions, { body, yaml }: Parts): Record<string, string> {
  const type = body !== undefined ? 'application/json' : yaml !== undefined ? 'application/yaml' : undefined
  return {
    authorization: `Bearer ${key}`,
    'accept-language': language,
    ...(type === undefined ? {} : { 'content-type': type }),
  }
}

function bodyOf({ body, yaml, form }: Parts): { body?: string | FormData } {
  if (body !== undefined) return { body: JSON.stringify(body) }
  const other = yaml ?? form
  return other === undefined ? {} : { body: other }
}

/** What stands behind the "fetch failed" of Node; browsers say no more than their own message. */
function networkWords(error: unknown): string {
  const cause = (error as { cause?: { message?: string; code?: string } }).cause
  return cause?.message || cause?.code || (error as Error).message
}

function errorOf(response: Response, text: string): NabatError {
  const { status } = response
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined
  const parsed = isJson(response) ? parsedError(text) : undefined
  if (parsed === undefined)
    return new NabatError('unexpected', `${status} ${response.statusText}`.trim(), { status, retryAfterSeconds })
  return new NabatError(parsed.code, parsed.message, { status, details: parsed.details ?? [], retryAfterSeconds })
}

function parsedError(text: string): { code: ErrorCode; message: string; details?: ErrorDetail[] } | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } }
    return typeof error?.code === 'string' && typeof error.message === 'string'
      ? (error as { code: ErrorCode; message: string })
      : undefined
  } catch {
    return undefined
  }
}

/** Seconds before the first repeat when the server names none; doubled with each. */
const FIRST_SECONDS = 1
const MOST_SECONDS = 60

/**
 * Repeats what may succeed later: the server refused for now, or no answer came. Only for what may arrive twice without
 * harm.
 */
export async function withRetries<T>(options: ClientOptions, act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act()
    } catch (error) {
      if (tries >= (options.retries ?? 0) || !(error instanceof NabatError) || !isPassing(error)) throw error
      const seconds = error.retryAfterSeconds ?? Math.min(MOST_SECONDS, FIRST_SECONDS * 2 ** tries)
      await pause(seconds * 1000, options.signal)
    }
  }
}

const isPassing = ({ code, status }: NabatError): boolean =>
  code === 'network' || code === 'timeout' || [429, 502, 503, 504].includes(status)

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
