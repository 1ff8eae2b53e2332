import { createRequire } from 'node:module'
import type * as Grammy from 'grammy'
import type { ChatFullInfo, ChatMember, Update } from 'grammy/types'
import type { Dispatcher } from 'undici'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { excerpt, networkOutcome, openPool } from '../../channels/http-call.ts'
import { botOf, DEFAULT_API_ROOT } from '../../channels/telegram-api.ts'

const load = createRequire(import.meta.url)

/** A hundred long messages fit; an answer without an end does not. Bytes. */
const LONGEST_ANSWER = 16 * 1024 * 1024
/** Beyond the time a long poll may take, seconds. */
const MARGIN_S = 10
/** Everything but a long poll, seconds. */
const CALL_S = 10

/** Why a bot could not be asked. */
export interface BotProblem {
  /** `webhook` and `another_poller`: somebody else takes the updates; the rest are reasons of outcomes. */
  readonly reason: string
  /** What the other side said; never the token. */
  readonly detail: string
  /** It asked to be left alone for so long. */
  readonly retryAfterMs?: number
}

/** What is asked of a bot besides sending what the pipeline has. Everything rejects with `BotFailure`. */
export interface BotClient {
  /** Waits until there are updates, at most so many seconds. */
  updates(
    query: { offset: number; timeoutS: number; kinds: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly Update[]>
  chat(chat: string, signal: AbortSignal): Promise<ChatFullInfo>
  /** How the bot itself stands in a chat. */
  membership(chat: string, signal: AbortSignal): Promise<ChatMember>
  /** The bot's own @name, without the @. */
  username(signal: AbortSignal): Promise<string>
  /** Answers somebody who wrote to it: plain text. */
  say(chat: string, text: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** A bot that could not be asked. */
export class BotFailure extends Error {
  readonly problem: BotProblem

  constructor(problem: BotProblem) {
    super(`${problem.reason}: ${problem.detail}`)
    this.problem = problem
  }
}

/** Opens the Bot API of one token for what comes in: grammY over our own connections, because of the proxy and limits. */
export function openBotClient(settings: ChannelSettings<'telegram'>): BotClient {
  // Loaded when the first bot is listened to: most installations begin without.
  const { Api, GrammyError, HttpError } = load('grammy') as typeof Grammy
  const { token, proxy } = settings
  const root = new URL(settings.apiRoot ?? DEFAULT_API_ROOT)
  const pool = openPool(root.origin, { connections: 4, proxy })
  const open = (timeoutSeconds: number): Grammy.Api =>
    new Api(token, {
      apiRoot: `${root.origin}${root.pathname.replace(/\/+$/, '')}`,
      timeoutSeconds,
      fetch: fetchOver(pool) as unknown as NonNullable<Grammy.ApiClientOptions['fetch']>,
    })
  const api = open(CALL_S)
  const secrets = [token, token.slice(token.indexOf(':') + 1)]
  const asked = async <T>(call: (signal: never) => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      // grammY's type is that of a shim; the signal of Node has all it uses.
      return await call(signal as never)
    } catch (error) {
      if (error instanceof GrammyError) throw new BotFailure(hushed(refusal(error), secrets))
      const cause = error instanceof HttpError ? error.error : error
      const outcome = networkOutcome(cause, signal, false)
      const problem =
        cause instanceof SyntaxError
          ? { reason: 'misconfigured', detail: 'not an answer of the Bot API' }
          : outcome.verdict === 'sent'
            ? { reason: 'provider_error', detail: '' }
            : { reason: outcome.reason, detail: outcome.detail }
      throw new BotFailure(hushed(problem, secrets))
    }
  }
  return {
    updates: ({ offset, timeoutS, kinds }, signal) =>
      asked(
        (ends) =>
          open(timeoutS + MARGIN_S).getUpdates(
            {
              ...(offset > 0 && { offset }),
              timeout: timeoutS,
              limit: 100,
              allowed_updates: kinds as NonNullable<Parameters<Grammy.Api['getUpdates']>[0]>['allowed_updates'] & {},
            },
            ends,
          ),
        signal,
      ),
    chat: (chat, signal) => asked((ends) => api.getChat(chat, ends), signal),
    membership: (chat, signal) => asked((ends) => api.getChatMember(chat, Number(botOf(token)), ends), signal),
    username: async (signal) => (await asked((ends) => api.getMe(ends), signal)).username,
    say: async (chat, text, signal) => void (await asked((ends) => api.sendMessage(chat, text, {}, ends), signal)),
    close: () => pool.destroy(),
  }
}

const hushed = (problem: BotProblem, secrets: readonly string[]): BotProblem => ({
  ...problem,
  detail: excerpt(problem.detail, secrets),
})

/** What a refusal of the Bot API means. */
function refusal({ error_code: code, description, parameters }: Grammy.GrammyError): BotProblem {
  const detail = description ?? ''
  if (code === 401 || code === 404) return { reason: 'unauthorized', detail }
  if (code === 409) return { reason: /webhook/i.test(detail) ? 'webhook' : 'another_poller', detail }
  const wait = parameters?.retry_after
  if (code === 429) return { reason: 'throttled', detail, ...(wait !== undefined && { retryAfterMs: wait * 1000 }) }
  return { reason: code === 400 || code === 403 ? 'forbidden' : 'provider_error', detail }
}

interface Asked {
  readonly body: string
  readonly signal: AbortSignal
}

/** What grammY needs of `fetch`: a POST of JSON, answered by JSON. */
const fetchOver =
  (pool: Dispatcher) =>
  async (address: string, { body, signal }: Asked): Promise<{ json(): Promise<unknown> }> => {
    const { origin, pathname } = new URL(address)
    const answer = await pool.request({
      ...{ origin, path: pathname, method: 'POST', headers: { 'content-type': 'application/json' }, body, signal },
    })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > LONGEST_ANSWER) throw new Error('the answer is too long')
      chunks.push(chunk)
    }
    const said = JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
    return { json: () => Promise.resolve(said) }
  }
