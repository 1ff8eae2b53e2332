import { rejected, sent, type Address, type Outcome } from '../pipeline/outcome.ts'
import { escapeHtml, sanitizeInline, toPlain } from '../render/markup.ts'
import { splitInline, visibleText } from '../render/split.ts'
import type { AttachedFile, Call, Message } from './channel.ts'
import type { BotApi, Reply, Upload } from './telegram-api.ts'

/*
 * One message may be several calls: parts of a long text, photos, files. They leave in order. When one fails, what has
 * arrived is remembered by delivery in this process, and the next attempt goes on from there; after a restart, or on
 * another node, the parts that had arrived are sent again, for Telegram has no key by which it could know them. What
 * counts is the text: once all of it has arrived a refused file does not make the message a failure, it becomes a note.
 *
 * Some refusals name their own cure, and the same call is made again with it, once for each: a group that moved to a new
 * id, a text Telegram cannot parse (sent as plain text), a photo it does not take as such (sent as a file), a button whose
 * address it does not like (the links become lines).
 */

const TEXT_LIMIT = 4096
const CAPTION_LIMIT = 1024
const PHOTO_BYTES = 10 * 1024 * 1024
const FILE_BYTES = 50 * 1024 * 1024
const PHOTO_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp'])
/** Deliveries under way of which a part has arrived; the oldest is forgotten, it would only repeat that part. */
const REMEMBERED = 1000

interface Step {
  /** HTML, empty for a file without a caption. */
  readonly html: string
  readonly buttons: Message['links']
  readonly file?: AttachedFile
}

/** How far a delivery has come. */
interface Progress {
  /** false after a file with the text under it was refused: text first then. */
  captions: boolean
  done: number
  readonly ids: string[]
}

/** Sends and edits messages through one bot. */
export class TelegramSender {
  readonly #api: BotApi
  readonly #progress = new Map<string, Progress>()

  constructor(api: BotApi) {
    this.#api = api
  }

  async attempt(message: Message, to: Address, call: Call): Promise<Outcome> {
    const run = new Run(this.#api, message, to, call)
    const { deliveryId } = message
    const progress = this.#progress.get(deliveryId) ?? { captions: true, done: 0, ids: [] }
    this.#progress.delete(deliveryId)
    if (call.action === 'edit' && progress.done === 0) {
      const edited = await run.edit()
      if (edited !== undefined) return edited
    }
    const outcome = await run.send(progress)
    if (outcome.verdict === 'deferred' && progress.done > 0) this.#remember(deliveryId, progress)
    return outcome
  }

  #remember(deliveryId: string, progress: Progress): void {
    this.#progress.set(deliveryId, progress)
    const [oldest] = this.#progress.keys()
    if (this.#progress.size > REMEMBERED && oldest !== undefined) this.#progress.delete(oldest)
  }
}

/** One attempt. */
class Run {
  readonly #api: BotApi
  readonly #message: Message
  readonly #to: Address
  readonly #call: Call
  readonly #notes = new Set<string>()
  #chat: string

  constructor(api: BotApi, message: Message, to: Address, call: Call) {
    this.#api = api
    this.#message = message
    this.#to = to
    this.#call = call
    this.#chat = String(to['chat'])
  }

  /** Changes the earlier message; undefined when there is none to change, and another must be sent. Files stay away. */
  async edit(): Promise<Outcome | undefined> {
    const id = this.#call.earlier?.messageIds[0]
    if (id === undefined) return undefined
    const { html, buttons } = textOf(this.#message, [])
    for (const [method, limit] of [
      ['editMessageText', TEXT_LIMIT],
      ['editMessageCaption', CAPTION_LIMIT],
    ] as const) {
      const text = visibleText(html).length <= limit ? html : `${splitInline(html, limit - 1)[0] ?? ''}…`
      const reply = await this.#request(method, { message_id: Number(id) }, { html: text, buttons })
      const { outcome } = reply
      if (outcome.verdict === 'sent') return this.#sent(this.#call.earlier?.messageIds ?? [id])
      if (outcome.verdict !== 'rejected' || outcome.reason !== 'edit_gone') return outcome
      // A photo or file carries its text as a caption, and only another method changes that.
      if (!/there is no text in/i.test(outcome.detail)) return undefined
    }
    return undefined
  }

  async send(progress: Progress): Promise<Outcome> {
    const steps = stepsOf(this.#message, progress.captions)
    let refused = rejected('refused_content', 'the message is empty', { of: 'destination', state: 'fine' })
    for (const [index, step] of steps.entries()) {
      if (index < progress.done) continue
      const outcome = await this.#step(step, index === 0)
      if (outcome.verdict === 'sent') progress.ids.push(...(outcome.messageIds ?? []))
      else if (outcome.verdict === 'deferred' || step.file === undefined) return outcome
      else if (step.html !== '') {
        if (outcome.reason !== 'refused_content' && outcome.reason !== 'forbidden') return outcome
        progress.captions = false
        return this.send(progress)
      } else {
        refused = outcome
        this.#notes.add('file_refused')
      }
      progress.done = index + 1
    }
    return progress.ids.length === 0 ? refused : this.#sent(progress.ids)
  }

  #sent(messageIds: readonly string[]): Outcome {
    const moved = this.#chat !== String(this.#to['chat'])
    return {
      verdict: 'sent',
      messageIds,
      ...(this.#notes.size > 0 && { note: [...this.#notes].join(',') }),
      ...(moved && { movedTo: { ...this.#to, chat: this.#chat } }),
    }
  }

  async #step(step: Step, first: boolean): Promise<Outcome> {
    const { topic } = this.#to
    const earlier = first ? this.#call.earlier?.messageIds[0] : undefined
    const params = {
      ...(topic !== undefined && topic !== 1 && { message_thread_id: topic }),
      ...(this.#message.silent && { disable_notification: true }),
      ...(earlier !== undefined && {
        reply_parameters: { message_id: Number(earlier), allow_sending_without_reply: true },
      }),
    }
    if (step.file === undefined) return (await this.#request('sendMessage', params, step)).outcome
    const { name, mediaType, size } = step.file
    let bytes: Buffer
    try {
      bytes = await step.file.read()
    } catch {
      // The file is gone (retention, a lost disk); its message is not.
      this.#notes.add('file_lost')
      return step.html === '' ? sent() : (await this.#request('sendMessage', params, step)).outcome
    }
    const photo = PHOTO_TYPES.has(mediaType) && size <= PHOTO_BYTES
    if (photo) {
      const { outcome } = await this.#request('sendPhoto', params, step, { field: 'photo', name, mediaType, bytes })
      if (outcome.verdict !== 'rejected' || outcome.reason !== 'refused_content') return outcome
    }
    return (await this.#request('sendDocument', params, step, { field: 'document', name, mediaType, bytes })).outcome
  }

  /** One call, made again with the cure its refusal names. */
  async #request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    content: Pick<Step, 'html' | 'buttons'>,
    file?: Upload,
  ): Promise<Reply> {
    const limit = method === 'sendMessage' || method === 'editMessageText' ? TEXT_LIMIT : CAPTION_LIMIT
    let { html, buttons } = content
    let plain = false
    let moved = false
    for (;;) {
      const reply = await this.#api.request(
        method,
        { chat_id: this.#chat, ...params, ...bodyOf(limit, html, plain), ...keyboardOf(buttons) },
        this.#call.signal,
        file,
      )
      const { outcome, migrateTo } = reply
      if (outcome.verdict !== 'rejected') return reply
      if (migrateTo !== undefined && !moved) {
        moved = true
        this.#chat = migrateTo
      } else if (!plain && /can't parse entities/i.test(outcome.detail)) {
        plain = true
        this.#notes.add('plain_text')
      } else if (buttons.length > 0 && /button|reply.?markup/i.test(outcome.detail)) {
        const lines = linesOf(buttons)
        buttons = []
        if (visibleText(html).length + visibleText(lines).length <= limit) html += lines
        else this.#notes.add('links_dropped')
      } else return reply
    }
  }
}

function bodyOf(limit: number, html: string, plain: boolean): object {
  if (html === '') return {}
  const field = limit === TEXT_LIMIT ? 'text' : 'caption'
  const preview = limit === TEXT_LIMIT ? { link_preview_options: { is_disabled: true } } : {}
  if (!plain) return { [field]: html, parse_mode: 'HTML', ...preview }
  const withAddresses = toPlain(html)
  return { [field]: withAddresses.length <= limit ? withAddresses : visibleText(html), ...preview }
}

const keyboardOf = (buttons: Message['links']): object =>
  buttons.length === 0
    ? {}
    : { reply_markup: { inline_keyboard: buttons.map(({ title, url }) => [{ text: title, url }]) } }

/** The calls a message takes, in order. */
function stepsOf(message: Message, captions: boolean): Step[] {
  const files = message.attachments.filter(({ size }) => size <= FILE_BYTES)
  const { html, buttons } = textOf(
    message,
    message.attachments.filter(({ size }) => size > FILE_BYTES),
  )
  const [first, ...others] = files
  if (captions && first !== undefined && visibleText(html).length <= CAPTION_LIMIT)
    return [{ html, buttons, file: first }, ...others.map((file) => ({ html: '', buttons: [], file }))]
  const parts = splitInline(html, TEXT_LIMIT)
  const last = parts.length - 1
  return [
    ...parts.map((part, index) => ({ html: part, buttons: index === last ? buttons : [] })),
    ...files.map((file) => ({ html: '', buttons: [], file })),
  ]
}

/** The words of a message as they are sent. */
export const shownText = (message: Message): string => textOf(message, []).html

function textOf(message: Message, tooLarge: readonly AttachedFile[]): Pick<Step, 'html' | 'buttons'> {
  const buttons = message.links.filter(({ title, url }) => title.trim() !== '' && isButtonUrl(url))
  const lines = linesOf(message.links.filter((link) => !buttons.includes(link)))
  const says = message.language === 'ru' ? 'больше 50 МБ, Telegram не примет' : 'over 50 MB, too large for Telegram'
  const left = tooLarge.map(({ name }) => `\n${escapeHtml(name)}: ${says}`).join('')
  const title = message.title.trim() === '' ? '' : `<b>${escapeHtml(message.title)}</b>\n`
  return { html: sanitizeInline(`${title}${message.text}${lines}${left}`.trim()), buttons }
}

const linesOf = (links: Message['links']): string =>
  links.map(({ title, url }) => `\n${escapeHtml(title.trim() === '' ? url : `${title}: ${url}`)}`).join('')

/** Telegram takes buttons to http addresses with a full host name only; it refuses the whole message for another. */
function isButtonUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  const full = hostname.includes('.') && !/^(?:127\..*|0\.0\.0\.0|.*\.localhost)$/.test(hostname)
  return (protocol === 'https:' || protocol === 'http:') && full
}
