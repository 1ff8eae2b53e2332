import type { Text } from '@nabat/api/text.ts'
import type { LetterStyle, Message } from '../channels/channel.ts'
import { isProblem } from '../channels/channel.ts'
import type { Clock, Random } from '../clock.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Log } from '../log.ts'
import type { Ways } from '../pipeline/attempt.ts'
import { escapeHtml } from '../render/markup.ts'

/** All attempts to send one letter end by then. */
const DEADLINE_MS = 30_000

/** A letter about signing in: it goes at once and to one person, past the pipeline and the master switch for mail. */
export interface Letter {
  readonly to: string
  readonly language: keyof Text
  readonly title: string
  readonly lines: readonly string[]
  readonly link: { readonly title: string; readonly url: string }
}

interface Parts {
  readonly ways: Ways
  /** How letters of a company look. */
  readonly letterStyle: (view: WorkspaceView) => Promise<LetterStyle>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** The channels of a workspace that can send letters now. */
export const mailChannels = (view: WorkspaceView): ChannelView[] =>
  [...view.channels.values()].filter(
    ({ kind, enabled, problems, missing }) =>
      kind.medium === 'letter' && enabled && problems.length === 0 && missing.length === 0,
  )

/** Sends a letter through the first mail channel that takes it; false when none did. Never rejects. */
export async function sendLetter(letter: Letter, view: WorkspaceView, parts: Parts): Promise<boolean> {
  const { ways, letterStyle, clock, log } = parts
  const controller = new AbortController()
  const endDeadline = clock.after(DEADLINE_MS, () => controller.abort(new DOMException('deadline', 'TimeoutError')))
  try {
    const message = messageOf(letter, await letterStyle(view), parts)
    for (const channel of mailChannels(view)) {
      const address = channel.kind.address({ channel: channel.name, address: letter.to }, channel.settings)
      if (isProblem(address)) return false
      const open = await ways.open(channel, view.id)
      const call = { signal: controller.signal, action: 'send', attempt: 1 } as const
      const outcome = await open.attempt(message, address, call)
      if (outcome.verdict === 'sent') return true
      log.warn({ channel: channel.name, reason: outcome.reason }, 'a letter about signing in was not taken')
    }
  } catch (error) {
    log.error({ error: (error as Error).message }, 'a letter about signing in could not be sent')
  } finally {
    endDeadline()
  }
  return false
}

function messageOf({ language, title, lines, link }: Letter, look: LetterStyle, { clock, random }: Parts): Message {
  const id = `access-${random.bytes(12).toString('hex')}`
  const escaped = lines.map(escapeHtml)
  return {
    deliveryId: id,
    language,
    severity: 'info',
    title,
    text: escaped.join('\n'),
    letter: escaped.map((line) => `<p>${line}</p>`).join(''),
    look,
    links: [link],
    attachments: [],
    silent: false,
    event: {
      specversion: '1.0',
      id,
      source: 'nabat',
      type: 'nabat.access',
      time: new Date(clock.now()).toISOString(),
      data: {},
    },
  }
}

/** The letter with an invitation. */
export function invitationLetter(
  to: string,
  language: keyof Text,
  { company, login, url, days }: { company: string; login: string; url: string; days: number },
): Letter {
  return {
    to,
    language,
    ...{
      ru: {
        title: `Приглашение в Набат: ${company}`,
        lines: [
          `Вас приглашают в Набат, систему уведомлений (${company}). Ваш логин — ${login}.`,
          `Чтобы войти, откройте ссылку и задайте пароль. Она действует ${days} дней и срабатывает один раз.`,
          'Если вы не ждали этого письма, просто удалите его.',
        ],
        link: { title: 'Принять приглашение', url },
      },
      en: {
        title: `Invitation to Nabat: ${company}`,
        lines: [
          `You are invited to Nabat, the notification system of ${company}. Your login is ${login}.`,
          `To sign in, open the link and set a password. It is good for ${days} days, and once.`,
          'If you did not expect this letter, just delete it.',
        ],
        link: { title: 'Accept the invitation', url },
      },
    }[language],
  }
}

/** The letter with a link to set a password anew. */
export function resetLetter(
  to: string,
  language: keyof Text,
  { login, url, minutes }: { login: string; url: string; minutes: number },
): Letter {
  return {
    to,
    language,
    ...{
      ru: {
        title: 'Новый пароль в Набате',
        lines: [
          `Кто-то, надеемся, вы, попросил новый пароль для логина ${login}.`,
          `Откройте ссылку и задайте пароль. Она действует ${minutes} минут и срабатывает один раз.`,
          'Если это были не вы, ничего делать не нужно: прежний пароль остаётся.',
        ],
        link: { title: 'Задать новый пароль', url },
      },
      en: {
        title: 'A new password in Nabat',
        lines: [
          `Somebody, you we hope, has asked for a new password for the login ${login}.`,
          `Open the link and set the password. It is good for ${minutes} minutes, and once.`,
          'If it was not you, there is nothing to do: your password stays as it is.',
        ],
        link: { title: 'Set a new password', url },
      },
    }[language],
  }
}
