import type { SendMailOptions } from 'nodemailer'
import type { Language } from '@nabat/api/text.ts'
import type { Severity } from '@nabat/api/severity.ts'
import { escapeHtml, letterToPlain } from '../../render/markup.ts'
import { frameLetter } from '../../render/mjml/frame.ts'
import { LOGO_ADDRESS, type Earlier, type Message, type Shown } from '../channel.ts'
import { domainOf, printable } from './address.ts'

/** Whose letters these are; addresses in the form `mailAddress` gives. */
export interface Sender {
  readonly address: string
  readonly name: string
  readonly replyTo: string
}

/** An attachment, read. */
export interface LetterFile {
  readonly name: string
  readonly mediaType: string
  readonly content: Buffer
}

/** Outlook cuts longer subjects at 255; the whole title stands in the letter. */
const MAX_SUBJECT = 250

const COLOURS: Readonly<Record<Severity, string>> = { info: '#2f6fb5', warning: '#b7791f', critical: '#c53030' }

const SEVERITY: Readonly<Record<Language, Readonly<Record<Severity, string>>>> = {
  ru: { info: 'Сообщение', warning: 'Предупреждение', critical: 'Критично' },
  en: { info: 'Notice', warning: 'Warning', critical: 'Critical' },
}

/** The Message-ID of a delivery: the same at every attempt, so that a repeat can be recognised. */
export const messageIdOf = (deliveryId: string, from: string): string =>
  `<${deliveryId.replace(/[^A-Za-z0-9._-]/g, '-')}@${domainOf(from)}>`

/**
 * The letter of a message for one address, ready for nodemailer; everything in it is decided here, no time and no
 * chance. Later letters of an incident answer its first one, so that mail programs show them as one conversation.
 */
export function letter(
  message: Message,
  to: string,
  sender: Sender,
  more: {
    readonly now: number
    readonly files?: readonly LetterFile[]
    /** The picture of the company, where it goes with the letter. */
    readonly logo?: LetterFile | undefined
    readonly lost?: readonly string[]
    readonly earlier?: Earlier | undefined
  },
): SendMailOptions {
  const messageId = messageIdOf(message.deliveryId, sender.address)
  const lost = lostText(message.language, more.lost ?? [])
  const root = rootOf(more.earlier, messageId)
  const html = pageOf(message, lost, more.logo !== undefined)
  const logo = more.logo !== undefined && html.includes(LOGO_ADDRESS) ? [inline(more.logo)] : []
  return {
    from: { name: printable(sender.name), address: sender.address },
    replyTo: { name: '', address: sender.replyTo },
    to: { name: '', address: to },
    envelope: { from: sender.address, to: [to] },
    subject: subjectOf(message),
    messageId,
    ...(root === undefined ? {} : { inReplyTo: root, references: [root] }),
    date: new Date(more.now),
    // Neither may be answered by a machine: RFC 3834 for the world, the other one for Exchange, which does not know it.
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(message.severity === 'critical' ? { Importance: 'high', 'X-Priority': '1' } : {}),
    },
    text: plainOf(message, lost),
    html,
    attachments: [
      ...logo,
      ...(more.files ?? []).map((file) => ({
        filename: printable(file.name).replaceAll(/[/\\]/g, '_'),
        contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.mediaType) ? file.mediaType : 'application/octet-stream',
        content: file.content,
      })),
    ],
  }
}

/** A picture that the page shows, and mail programs do not list. */
const inline = ({ name, mediaType, content }: LetterFile) => ({
  filename: printable(name).replaceAll(/[/\\]/g, '_'),
  contentType: mediaType,
  contentDisposition: 'inline' as const,
  cid: LOGO_ADDRESS.slice('cid:'.length),
  content,
})

/** A letter as its reader sees it, for previews. */
export async function shownLetter(message: Message): Promise<Shown> {
  const { logo } = message.look ?? {}
  const bytes = typeof logo === 'object' ? await logo.read().catch(() => undefined) : undefined
  const page = pageOf(message, '', bytes !== undefined)
  const html =
    typeof logo === 'object' && bytes !== undefined
      ? page.replaceAll(LOGO_ADDRESS, `data:${logo.mediaType};base64,${bytes.toString('base64')}`)
      : page
  return { subject: subjectOf(message), html, plain: plainOf(message, '') }
}

/** The first letter of the incident, unless it is this very one (an attempt that may have arrived and is repeated). */
function rootOf(earlier: Earlier | undefined, messageId: string): string | undefined {
  const root = earlier?.messageIds[0]
  return root !== undefined && root !== messageId && /^<[^<>\s]+>$/.test(root) ? root : undefined
}

/** The title as the subject: never empty, and not cut inside a letter of two halves. */
function subjectOf(message: Message): string {
  const title = titleOf(message)
  return title.length <= MAX_SUBJECT ? title : `${title.slice(0, MAX_SUBJECT - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

const titleOf = (message: Message): string => printable(message.title) || SEVERITY[message.language][message.severity]

/** Names the files that could not be read any more; empty when none is lost. */
function lostText(language: Language, names: readonly string[]): string {
  if (names.length === 0) return ''
  const words = { ru: 'Не приложены, файлов больше нет', en: 'Not attached, the files are gone' }[language]
  return `${words}: ${names.map(printable).join(', ')}`
}

const safeLinks = (message: Message): Message['links'] =>
  message.links.filter((link) => /^(https?|mailto|tel):/i.test(link.url))

function plainOf(message: Message, lost: string): string {
  const letter = letterToPlain(message.letter).trim()
  const links = safeLinks(message).map((link) => `${printable(link.title)}: ${printable(link.url)}`)
  // A whole document says everything itself.
  const parts =
    message.isWhole === true ? [letter || titleOf(message), lost] : [titleOf(message), letter, links.join('\n'), lost]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** The page. `hasLogo`: the picture goes with the letter; without it there is none to be shown. */
function pageOf(message: Message, lost: string, hasLogo: boolean): string {
  const { language, severity, look } = message
  if (message.isWhole === true) return withLost(message.letter, lost)
  const logo = typeof look?.logo === 'object' ? (hasLogo ? LOGO_ADDRESS : undefined) : look?.logo
  return frameLetter({
    ...{ language, lost, logo, title: titleOf(message), severity: SEVERITY[language][severity] },
    ...{ severityColour: COLOURS[severity], colour: look?.colour ?? COLOURS[severity] },
    ...{ company: look?.company ?? '', footer: look?.footer, content: message.letter },
    links: safeLinks(message).map(({ title, url }) => ({ title: printable(title), url: url.trim() })),
  })
}

/** A document with what it cannot know: the files that are gone. */
function withLost(page: string, lost: string): string {
  if (lost === '') return page
  const line = `<p style="font-family:Arial,sans-serif;font-size:13px">${escapeHtml(lost)}</p>`
  const end = page.lastIndexOf('</body>')
  return end < 0 ? page + line : page.slice(0, end) + line + page.slice(end)
}
