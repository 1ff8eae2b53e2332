import type { Readable } from 'node:stream'
import { createTransport, type SMTPPoolOptions } from 'nodemailer'
import { presetOf } from '@nabat/api/mail-presets.ts'
import { deferred, rejected, sent, type Address, type Outcome } from '../pipeline/outcome.ts'
import type { Call, Channel, ChannelKind, CheckStage, Message, World } from './channel.ts'
import { mailAddress, needsUtf8, notAnAddress, showMailAddress } from './mail/address.ts'
import { checkServer, takesUtf8 } from './mail/check.ts'
import { classify, type MailError } from './mail/classify.ts'
import { letter, type LetterFile, type Sender } from './mail/letter.ts'
import { missingFields, serverOf, serverProblems, type MailServer, type SmtpSettings } from './mail/server.ts'

/** Together under the deadline, so that a server that stalls is told apart from one that is slow. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 15_000, greetingTimeout: 10_000, socketTimeout: 30_000 }
const DEADLINE_MS = 60_000
const DEFAULT_CONNECTIONS = 5
/** More at once to one mailbox makes servers suspicious, and gains nothing. */
const PER_DESTINATION = 2

/** E-mail through the company's own mail server: one recipient a letter, connections kept open. */
export const smtp: ChannelKind<'smtp'> = {
  kind: 'smtp',
  medium: 'letter',
  problems: (settings) => serverProblems(settings),
  missing: missingFields,
  address(to) {
    const address = to.address === undefined ? undefined : mailAddress(to.address)
    return address === undefined ? notAnAddress('/address', to.address) : { address }
  },
  show: (address) => showMailAddress(String(address['address'])),
  limits: (settings) => ({
    connections: settings.connections ?? DEFAULT_CONNECTIONS,
    perDestination: PER_DESTINATION,
    deadlineMs: DEADLINE_MS,
  }),
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  open: (settings, world) => Promise.resolve(openSmtp(settings, world)),
}

function openSmtp(settings: SmtpSettings, world: World): Channel {
  const server = serverOf(settings)
  const pool = openPool(server, settings.connections ?? DEFAULT_CONNECTIONS)
  let utf8 = false

  /** Undefined when the server takes such addresses, or could not be asked: then the attempt itself will tell. */
  async function refusedUtf8(addresses: string[], signal: AbortSignal): Promise<Outcome | undefined> {
    if (utf8 || !addresses.some(needsUtf8)) return undefined
    const takes = await takesUtf8(server, signal)
    utf8 = takes === true
    if (takes !== false) return undefined
    const detail = `the mail server takes no addresses outside ASCII (no SMTPUTF8): ${addresses.find(needsUtf8)}`
    return rejected('misconfigured', detail, { of: 'destination', state: 'fine' })
  }

  async function attempt(message: Message, to: Address, call: Call): Promise<Outcome> {
    const from = senderOf(settings)
    if (from === undefined)
      return deferred('misconfigured', 'from or replyTo is missing', { of: 'channel', state: 'down' })
    const address = String(to['address'])
    const refusal = await refusedUtf8([address, from.address], call.signal)
    if (refusal !== undefined) return refusal
    const files: LetterFile[] = await Promise.all(
      message.attachments.map(async (file) => ({ ...file, content: await file.read() })),
    )
    const options = letter(message, address, from, { now: world.clock.now(), files, earlier: call.earlier })
    return pool.send(options, call.signal)
  }

  return {
    attempt,
    async *check(to, message, signal) {
      const from = senderOf(settings)
      let passed = from !== undefined
      if (from === undefined) yield unset(missingFields(settings))
      else
        for await (const stage of checkServer(server, from.address, signal)) {
          passed = stage.ok
          yield stage
        }
      if (passed && to !== undefined && message !== undefined)
        yield letterStage(await attempt(message, to, { signal, action: 'send', attempt: 1 }), smtp.show(to))
    },
    close() {
      pool.close()
      return Promise.resolve()
    },
  }
}

interface Pool {
  send(options: ReturnType<typeof letter>, signal: AbortSignal): Promise<Outcome>
  close(): void
}

function openPool(server: MailServer, connections: number): Pool {
  const transport = createTransport({
    pool: true,
    host: server.host,
    port: server.port,
    secure: server.encryption === 'tls',
    requireTLS: server.encryption === 'starttls',
    ignoreTLS: server.encryption === 'none',
    ...(server.auth === undefined ? {} : loginOf(server.auth)),
    tls: server.tls,
    maxConnections: connections,
    // Only for a kept connection that the server had dropped before a byte of the letter left; retrying is not its job.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...TIMEOUTS,
  })
  const quotaPauseMs = presetOf(server.host)?.quotaPauseMs
  // nodemailer does not tell how far a letter came; whether its stream was read does.
  const bodies = new Map<string | undefined, Readable>()
  transport.use('stream', ({ message, data }, done) => {
    if (message) {
      const create = message.createReadStream.bind(message)
      message.createReadStream = (options) => {
        const body = create(options)
        bodies.set(data.messageId, body)
        return body
      }
    }
    done()
  })

  return {
    async send(options, signal) {
      try {
        const { messageId } = await transport.sendMail({ ...options, signal })
        return sent([messageId])
      } catch (error) {
        const bodyLeft = bodies.get(options.messageId)?.readableDidRead ?? false
        if (signal.aborted) return aborted(signal, bodyLeft)
        return classify(error as MailError, { bodyLeft, ...(quotaPauseMs === undefined ? {} : { quotaPauseMs }) })
      } finally {
        bodies.delete(options.messageId)
      }
    },
    close: () => transport.close(),
  }
}

/**
 * A login that is set is used: nodemailer by itself sends without one when the server does not offer AUTH (before
 * encryption, mostly), and the letters are refused one by one. Nor does the password go to a server that did not ask.
 */
function loginOf({ user, password }: NonNullable<MailServer['auth']>): Partial<SMTPPoolOptions> {
  return {
    auth: { user, pass: password },
    forceAuth: true,
    customAuth: {
      // What nodemailer falls back to when it knows none of the mechanisms that are offered.
      async PLAIN(server) {
        if (!server.authMethods.includes('PLAIN')) throw new Error('the server offers no login on this connection')
        const secret = Buffer.from(`\0${user}\0${password}`).toString('base64')
        const { status } = await server.sendCommand(`AUTH PLAIN ${secret}`)
        if (status !== 235) throw new Error('login refused')
      },
    },
  }
}

function aborted(signal: AbortSignal, bodyLeft: boolean): Outcome {
  const ambiguous = bodyLeft ? { ambiguous: true } : {}
  return (signal.reason as Error | undefined)?.name === 'TimeoutError'
    ? deferred('timeout', 'no answer within the deadline', { of: 'channel', state: 'down' }, ambiguous)
    : deferred('cancelled', 'the process is stopping', { of: 'channel', state: 'fine' }, ambiguous)
}

function senderOf(settings: SmtpSettings): Sender | undefined {
  const address = mailAddress(settings.from?.address ?? '')
  const replyTo = mailAddress(settings.replyTo ?? '')
  const name = settings.from?.name?.trim() ?? ''
  return address === undefined || replyTo === undefined || name === '' ? undefined : { address, name, replyTo }
}

function unset(missing: string[]): CheckStage {
  const names = missing.join(', ')
  return {
    stage: 'settings',
    ok: false,
    says: {
      ru: names === '' ? 'Адрес отправителя или для ответов написан неверно' : `Не заполнено: ${names}`,
      en: names === '' ? 'The address of the sender or for answers is not one' : `Not filled in: ${names}`,
    },
  }
}

function letterStage(outcome: Outcome, to: string): CheckStage {
  if (outcome.verdict === 'sent')
    return {
      stage: 'message',
      ok: true,
      says: {
        ru: `Сервер принял пробное письмо для ${to}; если его нет во входящих, посмотрите в спаме`,
        en: `The server took the test letter for ${to}; if it is not in the inbox, look into spam`,
      },
    }
  return {
    stage: 'message',
    ok: false,
    says: {
      ru: `Сервер не принял пробное письмо для ${to}: ${outcome.detail}`,
      en: `The server refused the test letter for ${to}: ${outcome.detail}`,
    },
  }
}
