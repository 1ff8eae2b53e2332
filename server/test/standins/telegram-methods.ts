import { parseHtml } from './telegram-html.ts'
import { UpdateQueue } from './telegram-updates.ts'

/*
 * The methods of the stand-in for the Bot API: what they take, what they keep, and what they refuse in Telegram's words.
 */

export type Params = Readonly<Record<string, unknown>>

/** A message as a reader sees it now. */
export interface TelegramMessage {
  readonly messageId: number
  /** The number before the colon of the token. */
  readonly bot: string
  readonly chat: string
  readonly topic?: number
  readonly kind: 'text' | 'photo' | 'document'
  /** As it was sent, and as it is read. */
  html: string
  text: string
  readonly parseMode?: string
  readonly silent: boolean
  readonly replyTo?: number
  buttons: { text: string; url: string }[]
  readonly file?: { name: string; mediaType: string; bytes: Buffer }
  /** Texts it had before. */
  readonly edits: string[]
  /** When it came, in milliseconds. */
  readonly at: number
}

/** One way to misbehave. The first that fits is used; one with `times` is used up after so many. */
export interface TelegramFault {
  readonly chat?: string
  readonly method?: string
  readonly times?: number
  /** Answers so instead of doing what was asked. */
  readonly status?: number
  readonly says?: string
  readonly parameters?: { retry_after?: number; migrate_to_chat_id?: number }
  /** Answers so much later; with nothing else, the answer is the usual one. */
  readonly delayMs?: number
  /** Breaks the connection: `after` the message was taken, or before. */
  readonly drop?: 'before' | 'after'
  readonly hang?: boolean
}

/** Refusals by name, in Telegram's words. */
export const refusals = {
  throttled: (seconds: number) =>
    ({ status: 429, says: `Too Many Requests: retry after ${seconds}`, parameters: { retry_after: seconds } }) as const,
  blocked: { status: 403, says: 'Forbidden: bot was blocked by the user' },
  deactivated: { status: 403, says: 'Forbidden: user is deactivated' },
  kicked: { status: 403, says: 'Forbidden: bot was kicked from the supergroup chat' },
  notFound: { status: 400, says: 'Bad Request: chat not found' },
  noTopic: { status: 400, says: 'Bad Request: message thread not found' },
  noRights: { status: 400, says: 'Bad Request: not enough rights to send text messages to the chat' },
  notParsed: { status: 400, says: "Bad Request: can't parse entities: Unsupported start tag" },
  broken: { status: 502, says: 'Bad Gateway' },
  migrated: (to: string) =>
    ({
      status: 400,
      says: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: Number(to) },
    }) as const,
} satisfies Record<string, TelegramFault | ((argument: never) => TelegramFault)>

/** A refusal on its way to the caller. */
export class Refusal extends Error {
  readonly fault: TelegramFault
  constructor(fault: TelegramFault) {
    super(fault.says ?? '')
    this.fault = fault
  }
}
const refuse = (description: string): never => {
  throw new Refusal({ status: 400, says: `Bad Request: ${description}` })
}

/** Requests jitter on their way; a pace that is right at the sender must not be refused here. */
const SLACK_MS = 50

/** Sliding windows of the real server's kind: at most `limit` in any `perMs`. */
class Windows {
  #times = new Map<string, number[]>()

  /** Takes a place in each window; answers how many seconds to wait when one is full, and takes none. */
  take(windows: readonly (readonly [key: string, limit: number, perMs: number])[], now: number): number {
    let waitMs = 0
    for (const [key, limit, perMs] of windows) {
      const times = (this.#times.get(key) ?? []).filter((time) => time > now - perMs + SLACK_MS)
      this.#times.set(key, times)
      if (times.length >= limit) waitMs = Math.max(waitMs, (times[times.length - limit] ?? now) + perMs - now)
    }
    if (waitMs === 0) for (const [key] of windows) this.#times.get(key)?.push(now)
    return waitMs === 0 ? 0 : Math.max(1, Math.ceil(waitMs / 1000))
  }
}

/** What the stand-in is strict about. */
export interface BotRules {
  /** Only these tokens are good; without it every one is. */
  readonly tokens?: readonly string[]
  /** 30 a second for a bot, 1 a second for a chat, 20 a minute for a group, else 429. */
  readonly enforceLimits?: boolean
  /** The number of the first message, 1 by default; for one that goes on where another has stopped. */
  readonly firstMessage?: number
  /** Told of every message, and again when it was edited. */
  readonly onMessage?: (message: TelegramMessage) => void
}

/** The methods of every bot, and the messages they sent. */
export class BotMethods {
  readonly messages: TelegramMessage[] = []
  readonly #options: BotRules
  readonly #windows = new Windows()
  readonly updates = new UpdateQueue()

  constructor(options: BotRules) {
    this.#options = options
  }

  /** Does what was asked, or throws a refusal. */
  run({ token, method, params, at }: { token: string; method: string; params: Params; at: number }): unknown {
    const { tokens } = this.#options
    if (!/^\d+:[\w-]+$/.test(token)) throw new Refusal({ status: 404, says: 'Not Found' })
    if (tokens !== undefined && !tokens.includes(token)) throw new Refusal({ status: 401, says: 'Unauthorized' })
    const bot = token.split(':')[0] ?? ''
    if (method === 'getMe') return { id: Number(bot), is_bot: true, first_name: 'Набат', username: `nabat_${bot}_bot` }
    // Handed out by whoever holds them (telegram.ts).
    if (method === 'getUpdates') return []
    if (method === 'setWebhook' || method === 'deleteWebhook') {
      this.updates.setWebhook(bot, method === 'setWebhook' ? field(params, 'url') : '')
      return true
    }
    if (method === 'getWebhookInfo') return { url: this.updates.webhook(bot), pending_update_count: 0 }
    if (
      !/^(?:getChat|getChatMember|sendMessage|sendPhoto|sendDocument|editMessageText|editMessageCaption)$/.test(method)
    )
      throw new Refusal({ status: 404, says: 'Not Found: method not found' })
    const chat = field(params, 'chat_id')
    if (chat === '') refuse('chat_id is empty')
    if (!/^-?[1-9]\d{0,15}$|^@\w{4,32}$/.test(chat)) refuse('chat not found')
    if (method === 'getChat') return this.updates.chats.get(`${bot} ${chat}`) ?? chatOf(chat)
    if (method === 'getChatMember')
      return (
        this.updates.members.get(`${bot} ${chat}`) ?? {
          ...{ status: 'administrator', can_post_messages: true, user: { id: Number(bot), is_bot: true } },
        }
      )
    this.#pace(bot, chat, at)
    return method.startsWith('edit') ? this.#edit(bot, chat, method, params) : this.#send(bot, chat, method, params, at)
  }

  #pace(bot: string, chat: string, now: number): void {
    if (this.#options.enforceLimits !== true) return
    const group = /^[-@]/.test(chat) ? ([[`group:${bot}:${chat}`, 20, 60_000]] as const) : []
    const wait = this.#windows.take([[`bot:${bot}`, 30, 1000], [`chat:${bot}:${chat}`, 1, 1000], ...group], now)
    if (wait > 0) throw new Refusal(refusals.throttled(wait))
  }

  #send(bot: string, chat: string, method: string, params: Params, at: number): unknown {
    const kind = method === 'sendPhoto' ? 'photo' : method === 'sendDocument' ? 'document' : 'text'
    const html = field(params, kind === 'text' ? 'text' : 'caption')
    const topic = Number(field(params, 'message_thread_id') || 0)
    const mode = field(params, 'parse_mode')
    if (topic === 1) refuse('message thread not found')
    const file = kind === 'text' ? undefined : fileOf(params[kind], kind)
    const reply = json(params['reply_parameters']) as { message_id: number; allow_sending_without_reply?: boolean }
    const known = this.messages.some((one) => one.chat === chat && one.messageId === reply?.message_id)
    if (reply !== undefined && !known && reply.allow_sending_without_reply !== true)
      refuse('message to be replied not found')
    const message: TelegramMessage = {
      messageId: this.messages.length + (this.#options.firstMessage ?? 1),
      bot,
      chat,
      ...(topic > 0 && { topic }),
      kind,
      html,
      text: visible(html, mode, kind === 'text' ? 4096 : 1024),
      ...(mode !== '' && { parseMode: mode }),
      silent: field(params, 'disable_notification') === 'true',
      ...(known && { replyTo: reply.message_id }),
      buttons: buttonsOf(params),
      ...(file !== undefined && { file }),
      edits: [],
      at,
    }
    if (kind === 'text' && message.text === '') refuse('message text is empty')
    this.messages.push(message)
    this.#options.onMessage?.(message)
    return { message_id: message.messageId, date: Math.floor(at / 1000), chat: chatOf(chat), text: message.text }
  }

  #edit(bot: string, chat: string, method: string, params: Params): unknown {
    const id = Number(params['message_id'])
    const message = this.messages.find((one) => one.bot === bot && one.chat === chat && one.messageId === id)
    if (message === undefined) return refuse('message to edit not found')
    const ofText = method === 'editMessageText'
    if (ofText !== (message.kind === 'text'))
      refuse(`there is no ${ofText ? 'text' : 'caption'} in the message to edit`)
    const html = field(params, ofText ? 'text' : 'caption')
    const text = visible(html, field(params, 'parse_mode'), ofText ? 4096 : 1024)
    const buttons = buttonsOf(params)
    if (html === message.html && JSON.stringify(buttons) === JSON.stringify(message.buttons))
      refuse(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      )
    message.edits.push(message.text)
    Object.assign(message, { html, text, buttons })
    this.#options.onMessage?.(message)
    return { message_id: id, chat: chatOf(chat), text }
  }
}

/** A parameter as text, whether it came in a form or in JSON; empty when it did not come. */
export function field(params: Params, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : ''
}

/** In a form objects travel as JSON text. */
const json = (value: unknown): unknown => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value)

function visible(html: string, mode: string, limit: number): string {
  const parsed = mode === 'HTML' ? parseHtml(html) : { text: html }
  if ('error' in parsed) return refuse(`can't parse entities: ${parsed.error}`)
  if (parsed.text.length > limit) return refuse(limit === 4096 ? 'message is too long' : 'message caption is too long')
  return parsed.text.trim()
}

function fileOf(value: unknown, kind: 'photo' | 'document'): TelegramMessage['file'] & object {
  const file = value as (TelegramMessage['file'] & object) | undefined
  if (file?.bytes === undefined) return refuse(`there is no ${kind} in the request`)
  if (file.bytes.length > (kind === 'photo' ? 10 : 50) * 1024 * 1024)
    throw new Refusal({ status: 413, says: 'Request Entity Too Large' })
  if (file.bytes.length === 0) return refuse('file must be non-empty')
  return file
}

function buttonsOf(params: Params): { text: string; url: string }[] {
  const markup = json(params['reply_markup']) as { inline_keyboard?: { text: string; url: string }[][] } | undefined
  const buttons = (markup?.inline_keyboard ?? []).flat()
  for (const { url } of buttons) {
    const host = URL.canParse(url) ? new URL(url).hostname : ''
    if (!/^(?:https?|tg):/.test(url) || !host.includes('.') || host.startsWith('127.'))
      refuse(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
  }
  return buttons
}

function chatOf(chat: string): object {
  if (chat.startsWith('@')) return { id: -1001000000001, type: 'channel', title: chat, username: chat.slice(1) }
  const id = Number(chat)
  if (id > 0) return { id, type: 'private', first_name: 'Иван', username: 'ivan' }
  return { id, type: chat.startsWith('-100') ? 'supergroup' : 'group', title: `Чат ${chat}` }
}
