import { language } from '../i18n.ts'
import { noteStored } from './offline.ts'

/** One mistake in what was sent; `path` is a JSON pointer into it. */
export interface Detail {
  readonly path: string
  readonly message: string
  readonly line?: number
}

/** An answer that is not a success, in the language of the console. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0: the server was not reached. */
  readonly status: number
  readonly code: string
  readonly details: readonly Detail[]
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: string, message: string, details: readonly Detail[], retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** What to show where there is no form: the message and what is wrong in particular. */
  get says(): string {
    return this.details.length === 0 ? this.message : this.details.map(({ message }) => message).join('\n')
  }
}

export interface CallOptions {
  readonly body?: unknown
  /** Sent as it is, with this type, in place of `body`. */
  readonly raw?: { readonly type?: string; readonly content: BodyInit }
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** How long it may take, a minute when left out; null for an answer that comes in parts for as long as it takes. */
  readonly deadlineMs?: number | null
}

const DEADLINE_MS = 60_000
const UNREACHED = {
  ru: 'Сервер не отвечает. Проверьте связь и повторите.',
  en: 'The server does not answer. Check the connection and try again.',
}

const UNSENT = {
  ru: 'Нет сети: ничего не изменено. Повторите, когда она появится.',
  en: 'There is no network: nothing was changed. Try again when it is back.',
}

/** The workspace this page shows, once it is known. */
let workspace: string | undefined

/** From now on calls say that they are meant for this workspace: one chosen in another tab refuses them with a 409. */
export function callFor(name: string | undefined): void {
  workspace = name
}

/** Path of a call with its query; undefined and empty values are left out. */
export function pathOf(path: string, query: CallOptions['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`
}

/** The server was not reached, or broke off. */
export const unreached = (): ApiError => new ApiError(0, 'unreached', UNREACHED[language()], [])

/** A change was not sent: what is shown without a network can only be looked at. */
const unsent = (): ApiError => new ApiError(0, 'unreached', UNSENT[language()], [])

/** Calls the server and returns its whole answer; throws an ApiError for everything but a success. */
export async function request(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  const { body, raw, query, headers, signal, deadlineMs = DEADLINE_MS } = options
  const ends = [signal, deadlineMs === null ? undefined : AbortSignal.timeout(deadlineMs)]
  const type = raw === undefined ? (body === undefined ? undefined : 'application/json') : raw.type
  let answer: Response
  try {
    answer = await fetch(pathOf(path, query), {
      method,
      headers: {
        'accept-language': language(),
        ...(workspace === undefined ? {} : { 'nabat-workspace': workspace }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(raw === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: raw.content }),
      signal: AbortSignal.any(ends.filter((each) => each !== undefined)),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw method === 'GET' || navigator.onLine ? unreached() : unsent()
  }
  noteStored(answer)
  if (answer.ok) return answer
  throw await errorOf(answer)
}

/** Calls the server and returns what it answers; undefined for an answer without a body. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const answer = await request(method, path, options)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

async function errorOf(answer: Response): Promise<ApiError> {
  const wait = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isNaN(wait) ? undefined : wait
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string; details?: Detail[] } }
    return new ApiError(answer.status, error.code, error.message, error.details ?? [], retryAfter)
  } catch {
    // A proxy in between speaks for itself.
    return new ApiError(answer.status, 'unreached', UNREACHED[language()], [], retryAfter)
  }
}

/** The message of whatever was thrown. */
export const saysOf = (error: unknown): string =>
  error instanceof ApiError ? error.says : error instanceof Error ? error.message : String(error)
