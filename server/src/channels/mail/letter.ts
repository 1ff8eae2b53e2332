import type { SendMailOptions } from 'nodemailer'
import type { Language } from '@nabat/api/text.ts'
import type { Severity } from '@nabat/api/severity.ts'
import { escapeHtml, letterToPlain } from '../../render/markup.ts'
import type { Earlier, Message, Shown } from '../channel.ts'
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
    readonly lost?: readonly string[]
    readonly earlier?: Earlier | undefined
  },
): SendMailOptions {
  const messageId = messageIdOf(message.deliveryId, sender.address)
  const lost = lostText(message.language, more.lost ?? [])
  const root = rootOf(more.earlier, messageId)
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
    html: pageOf(message, lost),
    attachments: (more.files ?? []).map((file) => ({
      filename: printable(file.name).replaceAll(/[/\\]/g, '_'),
      contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.mediaType) ? file.mediaType : 'application/octet-stream',
      content: file.content,
    })),
  }
}

/** A letter as its reader sees it, for previews. */
export function shownLetter(message: Message): Promise<Shown> {
  return Promise.resolve({ subject: subjectOf(message), html: pageOf(message, ''), plain: plainOf(message, '') })
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
  const links = safeLinks(message).map((link) => `${printable(link.title)}: ${printable(link.url)}`)
  return [titleOf(message), letterToPlain(message.letter).trim(), links.join('\n'), lost]
    .filter((part) => part !== '')
    .join('\n\n')
}

/*
 * Tables and styles in the tags: that is what Outlook and the mail programs of phones have in common. Only the colours
 * of the dark mode need a style sheet; programs that drop it show the light page. Nothing is loaded from outside.
 */
function pageOf(message: Message, lost: string): string {
  const title = escapeHtml(titleOf(message))
  const colour = COLOURS[message.severity]
  const font = "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
  return `<!doctype html>
<html lang="${message.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>
:root { color-scheme: light dark }
@media (prefers-color-scheme: dark) {
.page { background: #15181c !important }
.card { background: #20252b !important; color: #e6e8ea !important }
.card h1 { color: #f5f6f7 !important }
.card a { color: #8ab8ee !important }
.card a.button { color: #ffffff !important }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f1f3f5">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f3f5">
<tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;color:#24292f;border-top:4px solid ${colour};${font};font-size:16px;line-height:1.5">
<tr><td align="left" style="padding:20px;overflow-wrap:anywhere">
<p style="margin:0 0 4px;color:${colour};font-size:13px;font-weight:bold">${SEVERITY[message.language][message.severity]}</p>
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3;color:#111418">${title}</h1>
<div>${message.letter}</div>
${safeLinks(message)
  .map((link) => button(link, colour))
  .join('\n')}
${lost === '' ? '' : `<p style="margin:16px 0 0;font-size:13px">${escapeHtml(lost)}</p>`}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

const button = ({ title, url }: Message['links'][number], colour: string): string =>
  `<p style="margin:16px 0 0"><a class="button" href="${escapeHtml(url.trim())}" style="display:inline-block;padding:10px 18px;background:${colour};color:#ffffff;text-decoration:none;border-radius:4px">${escapeHtml(printable(title))}</a></p>`
