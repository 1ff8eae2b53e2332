import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { presetOf } from '@nabat/api/mail-presets.ts'
import type { CheckStage } from '../channel.ts'
import { excerpt } from '../http-call.ts'
import { needsUtf8 } from './address.ts'
import { Dialogue, type Reply } from './dialogue.ts'
import { base64, plainLogin, type MailServer } from './server.ts'
import { certificateStage, encryptionBroke } from './certificate.ts'

type Stage = CheckStage['stage']

/** A stage that failed, thrown to the one place that yields it. */
class Failed extends Error {
  readonly stage: CheckStage
  constructor(stage: CheckStage) {
    super(stage.says.en)
    this.stage = stage
  }
}

const good = (stage: Stage, ru: string, en: string): CheckStage => ({ stage, ok: true, says: { ru, en } })
const bad = (stage: Stage, ru: string, en: string): CheckStage => ({ stage, ok: false, says: { ru, en } })

/**
 * Goes through name, connection, tls, login and sender of a mail server as a letter would, and stops at the first that
 * fails. No letter is sent.
 */
export async function* checkServer(server: MailServer, from: string, signal: AbortSignal): AsyncGenerator<CheckStage> {
  try {
    if (isIP(server.host) === 0) yield await name(server)
    using dialogue = await connect(server, signal)
    const { host, port } = server
    if (server.encryption !== 'tls') await greeting(dialogue, server, 'connection')
    yield good('connection', `Сервер ${host} отвечает на порту ${port}`, `The server ${host} answers at port ${port}`)
    if (server.encryption === 'starttls') await startTls(dialogue, server)
    if (server.encryption !== 'none') yield await encrypt(dialogue, server)
    const offers = await hello(dialogue, server)
    yield await login(dialogue, server, offers)
    yield await sender(dialogue, server, from, offers)
    await dialogue.say('QUIT')
  } catch (error) {
    if (error instanceof Failed) yield error.stage
    else throw error
  }
}

/** Whether the server takes addresses outside ASCII; undefined when it could not be asked. */
export async function takesUtf8(server: MailServer, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    using dialogue = await connect(server, signal)
    if (server.encryption !== 'tls') await greeting(dialogue, server, 'connection')
    if (server.encryption === 'starttls') await startTls(dialogue, server)
    if (server.encryption !== 'none') await encrypt(dialogue, server)
    return has(await hello(dialogue, server), 'SMTPUTF8')
  } catch {
    return undefined
  }
}

async function name({ host }: MailServer): Promise<CheckStage> {
  try {
    const found = (await lookup(host, { all: true })).map(({ address }) => address).join(', ')
    return good('name', `Имя ${host} найдено: ${found}`, `The name ${host} was found: ${found}`)
  } catch (error) {
    throw new Failed(
      bad(
        'name',
        `Имя ${host} не найдено (${codeOf(error)}): проверьте, как оно написано, и работает ли DNS`,
        `The name ${host} was not found (${codeOf(error)}): check how it is written, and whether DNS works`,
      ),
    )
  }
}

async function connect({ host, port }: MailServer, signal: AbortSignal): Promise<Dialogue> {
  try {
    return await Dialogue.connect(host, port, signal)
  } catch (error) {
    const code = codeOf(error)
    throw new Failed(
      code === 'ECONNREFUSED'
        ? bad(
            'connection',
            `На порту ${port} сервера ${host} никто не отвечает: проверьте порт и запущен ли почтовый сервер`,
            `Nobody answers at port ${port} of ${host}: check the port, and whether the mail server runs`,
          )
        : bad(
            'connection',
            `Не удалось соединиться с ${host}, порт ${port} (${code}): проверьте адрес, порт и межсетевой экран`,
            `No connection to ${host}, port ${port} (${code}): check the address, the port and the firewall`,
          ),
    )
  }
}

async function greeting(dialogue: Dialogue, server: MailServer, stage: Stage): Promise<void> {
  const { port } = server
  const reply = await dialogue.hear().catch(unanswered)
  if (reply.code === 220) return
  throw new Failed(
    reply.code === 0
      ? bad(
          stage,
          `Порт ${port} открыт, но сервер не поздоровался (${reply.text}): если он ждёт шифрования с первого байта, выберите encryption: tls`,
          `Port ${port} is open, but no greeting came (${reply.text}): if the server expects encryption from the first byte, choose encryption: tls`,
        )
      : bad(
          stage,
          `Сервер не хочет говорить с нами: ${answer(reply, server)}`,
          `The server does not want to talk to us: ${answer(reply, server)}`,
        ),
  )
}

async function startTls(dialogue: Dialogue, server: MailServer): Promise<void> {
  const offers = await dialogue.say(`EHLO ${ownName()}`).catch(unanswered)
  const reply = has(offers, 'STARTTLS') ? await dialogue.say('STARTTLS').catch(unanswered) : undefined
  if (reply?.code === 220) return
  throw new Failed(
    bad(
      'tls',
      `Сервер не предлагает STARTTLS${reply === undefined ? '' : ` (${answer(reply, server)})`}: выберите encryption: tls с портом 465, или none, если сеть своя`,
      `The server does not offer STARTTLS${reply === undefined ? '' : ` (${answer(reply, server)})`}: choose encryption: tls with port 465, or none if the network is your own`,
    ),
  )
}

async function encrypt(dialogue: Dialogue, server: MailServer): Promise<CheckStage> {
  const secure = await dialogue.encrypt({ ...server.tls, host: server.host }).catch((error: unknown) => {
    throw new Failed(encryptionBroke(server, codeOf(error)))
  })
  const stage = certificateStage(server, secure.getPeerX509Certificate(), secureError(secure), secure.getProtocol())
  if (!stage.ok) throw new Failed(stage)
  if (server.encryption === 'tls') await greeting(dialogue, server, 'tls')
  return stage
}

/** Node's types say Error, but it is the code of one. */
function secureError(socket: { authorizationError: unknown }): string {
  const error = socket.authorizationError
  return typeof error === 'string' ? error : error instanceof Error ? codeOf(error) : ''
}

async function hello(dialogue: Dialogue, server: MailServer): Promise<Reply> {
  const reply = await dialogue.say(`EHLO ${ownName()}`).catch(unanswered)
  if (reply.code === 250) return reply
  throw new Failed(
    bad(
      'connection',
      `Сервер не принял наше имя (EHLO ${ownName()}): ${answer(reply, server)}`,
      `The server refused our name (EHLO ${ownName()}): ${answer(reply, server)}`,
    ),
  )
}

async function login(dialogue: Dialogue, server: MailServer, offers: Reply): Promise<CheckStage> {
  const { auth } = server
  if (auth === undefined) return good('login', 'Вход не настроен и не нужен', 'No login is set, none is needed')
  const methods = /^AUTH[ =](.*)$/im.exec(offers.text)?.[1]?.toUpperCase().split(/[ =]+/) ?? []
  const method = (['PLAIN', 'LOGIN', 'CRAM-MD5'] as const).find((one) => methods.includes(one))
  if (method === undefined)
    throw new Failed(
      bad(
        'login',
        'Сервер не предлагает вход по паролю на этом соединении: включите шифрование или уберите логин',
        'The server offers no login with a password on this connection: switch encryption on, or remove the login',
      ),
    )
  const reply = await LOGIN[method](dialogue, auth).catch(unanswered)
  if (reply.code === 235)
    return server.encryption === 'none'
      ? good('login', `Вход выполнен (${method}); пароль шёл без шифрования`, `Logged in (${method}), unencrypted`)
      : good('login', `Вход выполнен (${method})`, `Logged in (${method})`)
  if (reply.code < 500)
    throw new Failed(
      bad(
        'login',
        `Сервер сейчас не может проверить пароль: ${answer(reply, server)}. Повторите позже`,
        `The server cannot check the password now: ${answer(reply, server)}. Try again later`,
      ),
    )
  const instructions = presetOf(server.host)?.instructions ?? { ru: '', en: '' }
  throw new Failed(
    bad(
      'login',
      `Сервер не принял логин или пароль: ${answer(reply, server)}. Проверьте их; многие службы принимают только пароль приложения. ${instructions.ru}`.trim(),
      `The server refused the login or the password: ${answer(reply, server)}. Check them; many services take only an app password. ${instructions.en}`.trim(),
    ),
  )
}

type Login = NonNullable<MailServer['auth']>

/** The mechanisms nodemailer would use, in its order. */
const LOGIN: Readonly<Record<'PLAIN' | 'LOGIN' | 'CRAM-MD5', (to: Dialogue, auth: Login) => Promise<Reply>>> = {
  PLAIN: (to, auth) => to.say(`AUTH PLAIN ${base64(plainLogin(auth))}`),
  async LOGIN(to, auth) {
    const asked = await to.say('AUTH LOGIN')
    if (asked.code !== 334) return asked
    const again = await to.say(base64(auth.user))
    return again.code === 334 ? to.say(base64(auth.password)) : again
  },
  async 'CRAM-MD5'(to, auth) {
    const asked = await to.say('AUTH CRAM-MD5')
    if (asked.code !== 334) return asked
    const digest = createHmac('md5', auth.password).update(Buffer.from(asked.text, 'base64')).digest('hex')
    return to.say(base64(`${auth.user} ${digest}`))
  },
}

async function sender(dialogue: Dialogue, server: MailServer, from: string, offers: Reply): Promise<CheckStage> {
  const utf8 = needsUtf8(from) && has(offers, 'SMTPUTF8') ? ' SMTPUTF8' : ''
  const reply = await dialogue.say(`MAIL FROM:<${from}>${utf8}`).catch(unanswered)
  if (reply.code === 250)
    return good('sender', `Сервер принимает письма от ${from}`, `The server takes letters from ${from}`)
  throw new Failed(
    bad(
      'sender',
      `Сервер не принимает письма от ${from}: ${answer(reply, server)}. Адрес отправителя обычно должен быть ящиком, под которым выполнен вход`,
      `The server takes no letters from ${from}: ${answer(reply, server)}. The sender usually must be the mailbox that is logged in`,
    ),
  )
}

const has = (offers: Reply, extension: string): boolean =>
  offers.code === 250 && new RegExp(`^${extension}\\b`, 'im').test(offers.text)

const answer = (reply: Reply, { secrets }: MailServer): string =>
  excerpt(`${reply.code === 0 ? '' : reply.code} ${reply.text}`, secrets)

/** A broken connection as an answer, so that each stage tells it in its own words. */
const unanswered = (error: unknown): Reply => ({ code: 0, text: codeOf(error) })

const codeOf = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return typeof code === 'string' ? code : String(message)
}

/** A full name of ours, or what RFC 5321 has for machines without one; the same as nodemailer says. */
const ownName = (): string => (hostname().includes('.') ? hostname() : '[127.0.0.1]')
