import type { ChannelSettings } from '@nabat/api/channel.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { Address } from '../pipeline/outcome.ts'
import type { Budget, Channel, ChannelKind } from './channel.ts'
import { botOf, CONNECTIONS, openBotApi, type BotApi } from './telegram-api.ts'
import { checkTelegram } from './telegram-check.ts'
import { shownText, TelegramSender } from './telegram-send.ts'

type Settings = ChannelSettings<'telegram'>

/** Telegram's own limit is 50 s for a long poll; a send that takes half a minute will not end well. */
const DEADLINE_MS = 30_000

/** A Telegram bot: chats, groups, their topics, channels. Limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
export const telegram: ChannelKind<'telegram'> = {
  kind: 'telegram',
  medium: 'short',
  problems,
  missing: () => [],
  address: (to, _settings, person) => addressOf(to, person !== undefined),
  show: ({ chat, topic }) => (topic === undefined ? String(chat) : `${String(chat)} topic ${String(topic)}`),
  shows: (message) => Promise.resolve({ html: shownText(message) }),
  limits: () => ({ connections: CONNECTIONS, perDestination: 1, deadlineMs: DEADLINE_MS }),
  budgets(settings, { chat }): Budget[] {
    const bot = botOf(settings.token)
    const own = [
      { key: `bot:${bot}`, limit: 30, perMs: 1000 },
      { key: `chat:${bot}:${String(chat)}`, limit: 1, perMs: 1000 },
    ]
    const many = /^[-@]/.test(String(chat))
    return many ? [...own, { key: `group:${bot}:${String(chat)}`, limit: 20, perMs: 60_000 }] : own
  },
  owner: (settings) => `bot:${botOf(settings.token)}`,
  open(settings, world): Promise<Channel> {
    const api = openBotApi(settings, world)
    const sender = new TelegramSender(api)
    const attempt: Channel['attempt'] = (message, to, call) => sender.attempt(message, to, call)
    return Promise.resolve({
      attempt,
      check: (to, message, signal) => checkTelegram({ settings, api, attempt }, to, message, signal),
      lookup: (to, signal) => lookUp(api, to, signal),
      close: () => api.close(),
    })
  },
}

/** The id of a public channel, which stays when its @name changes. */
async function lookUp(api: BotApi, to: Address, signal: AbortSignal): Promise<Address | Problem | null> {
  const name = String(to['chat'])
  const { outcome, result } = await api.request('getChat', { chat_id: name }, signal)
  const id = (result as { id?: unknown } | undefined)?.id
  if (typeof id === 'number') return { ...to, chat: String(id) }
  if (outcome.verdict !== 'rejected') return null
  return problem(
    '/chat',
    `chat: Telegram не знает «${name}» или бота там нет: добавьте бота в канал администратором`,
    `chat: Telegram does not know "${name}", or the bot is not there: add the bot to the channel as an administrator`,
  )
}

function problems(settings: Settings): Problem[] {
  const found: Problem[] = []
  if (!/^\d+:[A-Za-z0-9_-]+$/.test(settings.token))
    found.push(
      problem(
        '/token',
        'token: токен от @BotFather выглядит как 123456789:AAH…; проверьте, что он скопирован целиком',
        'token: a token from @BotFather looks like 123456789:AAH…; check that it was copied as a whole',
      ),
    )
  const { apiRoot, proxy } = settings
  if (apiRoot !== undefined && !isApiRoot(apiRoot))
    found.push(
      problem(
        '/apiRoot',
        'apiRoot: нужен адрес вида https://api.telegram.org, без имени, пароля и знака «?»',
        'apiRoot: give an address such as https://api.telegram.org, without login, password and "?"',
      ),
    )
  if (proxy !== undefined && !(URL.canParse(proxy) && /^(?:https?|socks5):$/.test(new URL(proxy).protocol)))
    found.push(
      problem(
        '/proxy',
        'proxy: нужен адрес с http://, https:// или socks5://',
        'proxy: give an address with http://, https:// or socks5://',
      ),
    )
  return found
}

function isApiRoot(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, search, hash } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && search === '' && hash === ''
}

type To = Parameters<ChannelKind<'telegram'>['address']>[0]

/** The chat is a string always, so that the number and the text of one id are one destination. */
function addressOf(to: To, ofPerson: boolean): Address | Problem {
  const chat = to.chat === undefined ? '' : String(to.chat).trim()
  if (chat === '')
    return problem(
      '/chat',
      'chat: укажите чат Telegram: номер (у групп и каналов он начинается с «-») или @имя открытого канала',
      'chat: name the Telegram chat: its id (of groups and channels it begins with "-") or the @name of a public channel',
    )
  const isName = /^@[A-Za-z][A-Za-z0-9_]{3,31}$/.test(chat)
  if (!isName && !/^-?[1-9]\d{0,15}$/.test(chat))
    return problem(
      '/chat',
      `chat: «${chat}» не номер чата и не @имя открытого канала`,
      `chat: "${chat}" is neither the id of a chat nor the @name of a public channel`,
    )
  const meansPrivate = ofPerson || ('private' in to && to.private)
  if (!isName && !chat.startsWith('-') && !meansPrivate) {
    const meant = /^100\d{10}$/.test(chat) ? `-${chat}` : `-100${chat}`
    return problem(
      '/chat',
      `chat: идентификаторы каналов и групп начинаются с «-»: возможно, вы имели в виду ${meant}? Если это личный чат, добавьте private: true`,
      `chat: ids of channels and groups begin with "-": did you mean ${meant}? If it is a private chat, add private: true`,
    )
  }
  // Topic 1 is "General" in every forum, and the server refuses its number: it is the chat itself.
  return to.topic === undefined || to.topic === 1 ? { chat } : { chat, topic: to.topic }
}
