import type { ChannelSettings } from '@nabat/api/channel.ts'
import type { Address, Outcome } from '../pipeline/outcome.ts'
import type { Channel, CheckStage, Message } from './channel.ts'
import { messageStage, reach, stage } from './reach.ts'
import { DEFAULT_API_ROOT, type BotApi } from './telegram-api.ts'

/** The staged check of a bot: the way to the server, the token, the chat, a message. Stops at the first that fails. */
export async function* checkTelegram(
  bot: { settings: ChannelSettings<'telegram'>; api: BotApi; attempt: Channel['attempt'] },
  to: Address | undefined,
  message: Message | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckStage> {
  const { apiRoot = DEFAULT_API_ROOT, proxy } = bot.settings
  for await (const one of reach(apiRoot, { proxy }, signal)) {
    yield one.ok ? one : withAdvice(one, proxy !== undefined)
    if (!one.ok) return
  }
  const me = await bot.api.request('getMe', {}, signal)
  yield loginStage(me.outcome, me.result, proxy !== undefined)
  if (me.outcome.verdict !== 'sent' || to === undefined) return
  const chat = await bot.api.request('getChat', { chat_id: String(to['chat']) }, signal)
  yield senderStage(chat.outcome, chat.result, String(to['chat']))
  if (chat.outcome.verdict !== 'sent' || message === undefined) return
  yield messageStage(await bot.attempt(message, to, { signal, action: 'send', attempt: 1 }))
}

/** What to do about a server that cannot be reached. */
function withAdvice(failed: CheckStage, throughProxy: boolean): CheckStage {
  const [ru, en] =
    failed.stage === 'tls'
      ? [
          'соединение кто-то расшифровывает по дороге, или у адреса Bot API (apiRoot) нет настоящего сертификата',
          'somebody on the way decrypts the connection, or apiRoot has no real certificate',
        ]
      : throughProxy
        ? [
            'проверьте адрес, порт, логин и пароль прокси (proxy) в настройках канала',
            "check address, port, login and password of proxy in the channel's settings",
          ]
        : [
            'проверьте адрес Bot API (apiRoot) и выход в интернет; если прямого выхода нет, укажите прокси (proxy) в настройках канала',
            "check apiRoot and the way to the internet; where there is none, set proxy in the channel's settings",
          ]
  return stage(failed.stage, false, `${failed.says.ru}; ${ru}`, `${failed.says.en}; ${en}`)
}

function loginStage(outcome: Outcome, result: unknown, throughProxy: boolean): CheckStage {
  if (outcome.verdict === 'sent') {
    const name = (result as { username?: string } | undefined)?.username ?? '?'
    return stage('login', true, `токен принят, это бот @${name}`, `the token is good, the bot is @${name}`)
  }
  const { reason, detail } = outcome
  if (reason === 'unauthorized')
    return stage(
      'login',
      false,
      `Токен не принят: ${detail}. Скопируйте его у @BotFather целиком; после перевыпуска прежний не действует`,
      `The token was refused: ${detail}. Copy it from @BotFather as a whole; after a reissue the former one is void`,
    )
  if (reason === 'tls') return withAdvice(stage('tls', false, detail, detail), throughProxy)
  if (reason === 'unreachable_host' || reason === 'timeout' || (reason === 'misconfigured' && throughProxy))
    return withAdvice(stage('connection', false, `нет ответа: ${detail}`, `no answer: ${detail}`), throughProxy)
  return stage(
    'login',
    false,
    `сервер отвечает не как Bot API (${detail}): проверьте адрес Bot API (apiRoot) и прокси (proxy)`,
    `the server does not answer as the Bot API does (${detail}): check apiRoot and proxy`,
  )
}

function senderStage(outcome: Outcome, result: unknown, chat: string): CheckStage {
  if (outcome.verdict === 'sent') {
    const { title, first_name: firstName } = (result ?? {}) as { title?: string; first_name?: string }
    const name = title ?? firstName ?? chat
    return stage('sender', true, `чат «${name}» доступен боту`, `the bot can see the chat "${name}"`)
  }
  const { detail } = outcome
  return stage(
    'sender',
    false,
    `чат ${chat} боту не виден: ${detail}. Добавьте бота в группу, сделайте его администратором канала, а в личном чате нажмите «Старт»; номера групп и каналов начинаются с «-»`,
    `the bot cannot see the chat ${chat}: ${detail}. Add the bot to the group, make it an administrator of the channel, or press Start in a private chat; ids of groups and channels begin with "-"`,
  )
}
