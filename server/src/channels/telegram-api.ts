import type { ChannelSettings } from '@nabat/api/channel.ts'
import { deferred, rejected, sent, type Health, type Outcome } from '../pipeline/outcome.ts'
import { call, excerpt, isAnswer, openPool, retryAfterMs, type Answer } from './http-call.ts'

/*
 * Calls of Telegram's Bot API, and what its answers mean. The texts are literal in the server's source
 * (github.com/tdlib/telegram-bot-api, Client.cpp) and in the wild; code and `parameters` are looked at first, texts second,
 * and a text nobody has seen yet falls into the mildest class of its code.
 */

export const DEFAULT_API_ROOT = 'https://api.telegram.org'
export const CONNECTIONS = 30

/** The number before the colon; budgets, breaker and connections belong to it. */
export const botOf = (token: string): string => token.slice(0, Math.max(0, token.indexOf(':')))

const DOWN: Health = { of: 'channel', state: 'down' }
const GONE: Health = { of: 'destination', state: 'invalid' }
const FINE: Health = { of: 'destination', state: 'fine' }

/** A refusal as Telegram words it; anything else comes from a proxy or from another server. */
interface Refusal {
  readonly description: string
  readonly retryAfter?: number
  readonly migrateTo?: string
}

function read(body: string): { ok: boolean; result: unknown; refusal: Refusal } | undefined {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return undefined
  }
  const answer = (json ?? {}) as { ok?: unknown; result?: unknown; description?: unknown; parameters?: unknown }
  if (typeof answer.ok !== 'boolean') return undefined
  const { retry_after: retryAfter, migrate_to_chat_id: migrateTo } = (answer.parameters ?? {}) as Record<
    string,
    unknown
  >
  return {
    ok: answer.ok,
    result: answer.result,
    refusal: {
      description: typeof answer.description === 'string' ? answer.description : '',
      ...(typeof retryAfter === 'number' && { retryAfter }),
      ...((typeof migrateTo === 'number' || typeof migrateTo === 'string') && { migrateTo: String(migrateTo) }),
    },
  }
}

const messageIdOf = (result: unknown): string[] => {
  const id = (result as { message_id?: unknown } | null | undefined)?.message_id
  return typeof id === 'number' ? [String(id)] : []
}

/** What an answer means for the message, and for the chat or the bot. `now` is for a Retry-After that names a date. */
export function classify(status: number, body: string, headers: Answer['headers'] = {}, now = 0): Outcome {
  const answer = read(body)
  if (answer === undefined) return foreign(status, headers, now)
  if (answer.ok && status >= 200 && status < 300) return sent(messageIdOf(answer.result))
  const { refusal } = answer
  const detail = refusal.description === '' ? `HTTP ${status}` : refusal.description
  const waitMs = refusal.retryAfter === undefined ? retryAfterMs(headers, now) : refusal.retryAfter * 1000
  const later = waitMs === undefined ? {} : { retryAfterMs: waitMs }
  switch (status) {
    case 400:
      return badRequest(refusal, detail)
    case 401:
    case 404:
      // Deferred, so that what is waiting leaves as soon as the token is mended.
      return deferred('unauthorized', detail, DOWN, later)
    case 403:
      return /blocked by the user|user is deactivated/i.test(detail)
        ? rejected('blocked', detail, GONE)
        : rejected('forbidden', detail, GONE)
    case 409:
      return deferred('misconfigured', detail, DOWN, later)
    case 413:
      return rejected('refused_content', detail, FINE)
    case 420:
    case 429:
      // Telegram does not say whether the chat or the whole bot is meant. Nearly always it is the chat, and the other
      // chats of the bot must not stand still for it.
      return deferred('throttled', detail, { of: 'destination', state: 'throttled' }, later)
    default:
      return deferred('provider_error', detail, DOWN, { ...later, ...(status >= 500 && { ambiguous: true }) })
  }
}

/** Not Telegram's words: a proxy's, a gateway's, or those of a server that is no Bot API. Never the fault of a chat. */
function foreign(status: number, headers: Answer['headers'], now: number): Outcome {
  const waitMs = retryAfterMs(headers, now)
  const later = waitMs === undefined ? {} : { retryAfterMs: waitMs }
  const detail = `HTTP ${status}, not an answer of the Bot API`
  if (status === 413) return rejected('refused_content', detail, FINE)
  if (status === 429) return deferred('throttled', detail, { of: 'channel', state: 'throttled' }, later)
  if (status >= 200 && status < 300) return deferred('provider_error', detail, DOWN, { ambiguous: true })
  if (status >= 500) return deferred('provider_error', detail, DOWN, { ...later, ambiguous: true })
  return deferred('misconfigured', detail, DOWN, later)
}

function badRequest(refusal: Refusal, detail: string): Outcome {
  if (refusal.migrateTo !== undefined || /upgraded to a supergroup/i.test(detail))
    return rejected('moved', detail, GONE)
  if (/message is not modified/i.test(detail)) return sent()
  if (
    /message to edit not found|message can't be edited|MESSAGE_ID_INVALID|there is no (?:text|caption) in/i.test(detail)
  )
    return rejected('edit_gone', detail, FINE)
  if (/chat not found|chat_id is empty|user not found|PEER_ID_INVALID|thread not found|TOPIC_DELETED/i.test(detail))
    return rejected('no_such_destination', detail, GONE)
  if (
    /enough rights|administrator rights|have no rights|TOPIC_CLOSED|_FORBIDDEN|_RESTRICTED|_ADMIN_REQUIRED/i.test(
      detail,
    )
  )
    return rejected('forbidden', detail, GONE)
  return rejected('refused_content', detail, FINE)
}

/** A file of a request; the field is called as the kind. */
export interface Upload {
  readonly field: 'photo' | 'document'
  readonly name: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** What a call came to: the outcome, and what only some callers ask for. */
export interface Reply {
  readonly outcome: Outcome
  /** Undefined unless the call succeeded. */
  readonly result?: unknown
  /** The new id of a group that became a supergroup. */
  readonly migrateTo?: string
}

/** The Bot API of one token. */
export interface BotApi {
  request(method: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal, file?: Upload): Promise<Reply>
  close(): Promise<void>
}

/** Opens connections to the Bot API. The token stands in every path, so nothing the other side says leaves unchecked. */
export function openBotApi(
  settings: ChannelSettings<'telegram'>,
  world: { clock: { now(): number }; random: { bytes(length: number): Buffer } },
): BotApi {
  const { token } = settings
  const root = new URL(settings.apiRoot ?? DEFAULT_API_ROOT)
  const prefix = `${root.pathname.replace(/\/+$/, '')}/bot${token}`
  const pool = openPool(root.origin, { connections: CONNECTIONS, proxy: settings.proxy })
  const secrets = [token, token.slice(token.indexOf(':') + 1)]
  return {
    async request(method, params, signal, file) {
      const boundary = file === undefined ? '' : `nabat-${world.random.bytes(16).toString('hex')}`
      const answer = await call(
        pool,
        {
          origin: root.origin,
          method: 'POST',
          path: `${prefix}/${method}`,
          headers: {
            'content-type': file === undefined ? 'application/json' : `multipart/form-data; boundary=${boundary}`,
          },
          body: file === undefined ? JSON.stringify(params) : multipart(params, file, boundary),
        },
        signal,
      )
      if (!isAnswer(answer)) return { outcome: hush(answer, secrets) }
      const said = read(answer.body)
      const outcome = hush(classify(answer.status, answer.body, answer.headers, world.clock.now()), secrets)
      if (outcome.verdict === 'sent') return { outcome, result: said?.result }
      const migrateTo = said?.refusal.migrateTo
      return migrateTo === undefined ? { outcome } : { outcome, migrateTo }
    },
    close: () => pool.destroy(),
  }
}

const hush = (outcome: Outcome, secrets: readonly string[]): Outcome =>
  outcome.verdict === 'sent' ? outcome : { ...outcome, detail: excerpt(outcome.detail, secrets) }

/** A form with one file (RFC 7578). The name is escaped as browsers do. */
function multipart(params: Readonly<Record<string, unknown>>, file: Upload, boundary: string): Buffer {
  const lines: string[] = []
  for (const [name, value] of Object.entries(params)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    lines.push(`--${boundary}`, `Content-Disposition: form-data; name="${name}"`, '', text)
  }
  const name = file.name.replace(/["\r\n]/g, (sign) => encodeURIComponent(sign)).toWellFormed()
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.mediaType) ? file.mediaType : 'application/octet-stream'
  lines.push(
    `--${boundary}`,
    `Content-Disposition: form-data; name="${file.field}"; filename="${name}"`,
    `Content-Type: ${type}`,
    '',
    '',
  )
  return Buffer.concat([Buffer.from(lines.join('\r\n')), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
}
