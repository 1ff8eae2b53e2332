import type { Dispatcher } from 'undici'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import type { Contact } from '@nabat/api/configuration.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { Address, Outcome } from '../pipeline/outcome.ts'
import type { Channel, ChannelKind, CheckStage, Message, World } from './channel.ts'
import { call, excerpt, isAnswer, openPool } from './http-call.ts'
import { openBot } from './mattermost/bot.ts'
import { classify, refusalOf } from './mattermost/classify.ts'
import { postsOf } from './mattermost/text.ts'
import { messageStage, reach, stage } from './reach.ts'

/*
 * Two ways into Mattermost. An incoming webhook (`url`) posts as the person who made it and tells no post id, so nothing
 * can be edited or answered. A bot account (`server`, `token`) writes personal messages of its own, edits, and sends
 * files. https://developers.mattermost.com/integrate/webhooks/incoming/ and /integrate/reference/bot-accounts/
 */

type Settings = ChannelSettings<'mattermost'>

/** A server that limits its rate allows 10 requests a second, and a message of a bot takes one to three. */
const CONNECTIONS = 10
const PER_DESTINATION = 2
const DEADLINE_MS = 15_000

/** Mattermost, through a hook or a bot account. */
export const mattermost: ChannelKind<'mattermost'> = {
  kind: 'mattermost',
  medium: 'short',
  problems,
  missing: () => [],
  address,
  show: ({ chat, address }) => String(chat ?? address ?? 'mattermost'),
  shows: (message) => Promise.resolve({ markdown: postsOf(message).join('\n\n') }),
  limits: () => ({ connections: CONNECTIONS, perDestination: PER_DESTINATION, deadlineMs: DEADLINE_MS }),
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  open: (settings, world) => {
    const { url, server, token } = settings
    return Promise.resolve(
      url === undefined
        ? openBot({ ...settings, server: server ?? '', token: token ?? '' }, world)
        : openHook(url, settings, world),
    )
  },
}

function problems(settings: Settings): Problem[] {
  const { url, server, token } = settings
  const found: Problem[] = []
  for (const field of ['url', 'server', 'proxy'] as const) {
    const value = settings[field]
    const schemes = field === 'proxy' ? /^(https?|socks5):$/ : /^https?:$/
    if (value !== undefined && !(URL.canParse(value) && schemes.test(new URL(value).protocol)))
      found.push(
        problem(
          `/${field}`,
          `${field}: нужен адрес с http:// или https://`,
          `${field}: give an address with http:// or https://`,
        ),
      )
  }
  if (url !== undefined && (server !== undefined || token !== undefined))
    found.push(
      problem(
        '/url',
        'url: задайте либо url вебхука, либо server и token бота, не всё сразу',
        'url: give either the url of a webhook, or server and token of a bot, not both',
      ),
    )
  else if (url === undefined && server === undefined && token === undefined)
    found.push(
      problem(
        '/url',
        'url: задайте url входящего вебхука или server и token бота',
        'url: give the url of an incoming webhook, or server and token of a bot',
      ),
    )
  else if (url === undefined && server === undefined)
    found.push(problem('/server', 'server: нужен адрес сервера', 'server: give the address of the server'))
  else if (url === undefined && token === undefined)
    found.push(problem('/token', 'token: нужен токен бота', 'token: give the token of the bot account'))
  return found
}

/** Names are in lower case in Mattermost; `#` before one is what people write, not a part of it. */
const NAME = String.raw`[a-z0-9][a-z0-9._-]*`
const CHAT = new RegExp(String.raw`^(@${NAME}|${NAME}|${NAME}/${NAME})$`)

function address(to: Recipient | Contact, settings: Settings, person?: string): Address | Problem {
  const isBot = settings.url === undefined
  if (to.topic !== undefined)
    return problem('/topic', 'topic: в Mattermost тем нет, уберите', 'topic: Mattermost has no topics, leave it out')
  if (to.address !== undefined) {
    if (isBot && to.chat === undefined && to.address.includes('@')) return { address: to.address.toLowerCase() }
    return problem(
      '/address',
      'address: по почте находит людей только бот (server и token), и без chat; для вебхука укажите chat: "@имя"',
      'address: only a bot (server and token) finds people by mail, and without chat; for a webhook give chat: "@name"',
    )
  }
  if (to.chat === undefined && person !== undefined)
    return problem(
      '/chat',
      'chat: укажите имя человека в Mattermost: "@имя"',
      'chat: give the name in Mattermost: "@name"',
    )
  const given = to.chat ?? settings.channel
  if (given === undefined)
    return isBot
      ? problem('/chat', 'chat: укажите "@имя" или "команда/канал"', 'chat: give "@name" or "team/channel"')
      : {}
  const chat = String(given).toLowerCase().replace(/^[#~]/, '')
  if (!CHAT.test(chat))
    return problem(
      '/chat',
      `chat: ${given} не имя: нужно "@имя", имя канала (не заголовок) или, для бота, "команда/канал"`,
      `chat: ${given} is no name: give "@name", the name of a channel (not its title) or, for a bot, "team/channel"`,
    )
  if (!isBot && chat.includes('/'))
    return problem(
      '/chat',
      'chat: вебхук живёт в одной команде, укажите имя канала без неё',
      'chat: a webhook lives in one team, give the name of the channel without it',
    )
  return { chat }
}

/**
 * What can be asked without posting: whether a Mattermost answers there and is well. A hook tells nothing of itself: not
 * even whether there is one.
 */
async function asked(hook: URL, pool: Dispatcher, signal: AbortSignal): Promise<CheckStage> {
  const path = `${hook.pathname.replace(/\/hooks\/.*$/, '')}/api/v4/system/ping`
  const answer = await call(pool, { origin: hook.origin, method: 'GET', path, headers: {} }, signal)
  const [ru, en] = !isAnswer(answer)
    ? ['сервер не отвечает на запросы', 'the server does not answer requests']
    : answer.status >= 500
      ? [`сервер отвечает ошибкой ${answer.status}`, `the server answers with an error, ${answer.status}`]
      : answer.status === 200 && /"status"\s*:\s*"OK"/.test(answer.body)
        ? ['Mattermost отвечает', 'Mattermost answers']
        : ['на Mattermost не похоже, проверьте url', 'this does not look like Mattermost, check url']
  return stage(
    'login',
    isAnswer(answer) && answer.status < 500,
    `${ru}; сам вебхук нельзя проверить, ничего не отправив`,
    `${en}; the webhook itself cannot be checked without posting`,
  )
}

function openHook(hook: string, settings: Settings, world: World): Channel {
  const url = new URL(hook)
  const { origin } = url
  const path = url.pathname + url.search
  // Who knows the address of a hook may post: all of it is a credential.
  const secrets = [hook, path, url.pathname, ...url.pathname.split('/'), url.search.slice(1)]
  const pool = openPool(origin, { connections: CONNECTIONS, proxy: settings.proxy })
  const headers = { 'content-type': 'application/json' }

  const attempt = async (message: Message, to: Address, signal: AbortSignal): Promise<Outcome> => {
    const fileNames = message.attachments.map(({ name }) => name)
    let outcome: Outcome = { verdict: 'sent' }
    for (const [index, text] of postsOf(message, fileNames).entries()) {
      const body = JSON.stringify({ text, ...(to['chat'] !== undefined && { channel: to['chat'] }) })
      const answer = await call(pool, { origin, method: 'POST', path, headers, body }, signal)
      if (isAnswer(answer)) {
        const refusal = refusalOf(answer.body)
        const said = excerpt(refusal.message === '' ? answer.body : refusal.message, secrets)
        outcome = classify(answer.status, answer.headers, refusal, 'hook', said, world.clock.now())
      } else outcome = answer
      // The beginning stands in the channel already: a retry repeats it.
      if (outcome.verdict === 'deferred' && index > 0) return { ...outcome, ambiguous: true }
      if (outcome.verdict !== 'sent') return outcome
    }
    return outcome
  }

  return {
    attempt: (message, to, { signal }) => attempt(message, to, signal),
    async *check(to, message, signal) {
      if (!(yield* reach(hook, { proxy: settings.proxy }, signal))) return
      if (message !== undefined) yield messageStage(await attempt(message, to ?? {}, signal))
      else yield await asked(url, pool, signal)
    },
    close: () => pool.destroy(),
  }
}
