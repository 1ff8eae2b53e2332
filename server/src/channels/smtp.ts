import { deferred, rejected, type Address, type Outcome } from '../pipeline/outcome.ts'
import type { Call, Channel, ChannelKind, CheckStage, Message, World } from './channel.ts'
import { mailAddress, needsUtf8, notAnAddress, showMailAddress } from './mail/address.ts'
import { checkServer, takesUtf8 } from './mail/check.ts'
import { letter, shownLetter, type LetterFile, type Sender } from './mail/letter.ts'
import type { Pool } from './mail/pool.ts'
import { missingFields, serverOf, serverProblems, type MailServer, type SmtpSettings } from './mail/server.ts'

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
  shows: shownLetter,
  limits: (settings) => ({
    connections: settings.connections ?? DEFAULT_CONNECTIONS,
    perDestination: PER_DESTINATION,
    deadlineMs: DEADLINE_MS,
  }),
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  async open(settings, world) {
    // nodemailer is loaded by those who have a mail server.
    const { openPool } = await import('./mail/pool.ts')
    const server = serverOf(settings)
    return channelOver(openPool(server, settings.connections ?? DEFAULT_CONNECTIONS), server, settings, world)
  },
}

function channelOver(pool: Pool, server: MailServer, settings: SmtpSettings, world: World): Channel {
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
    const { files, lost } = await filesOf(message)
    const logo = await logoOf(message)
    const options = letter(message, address, from, { now: world.clock.now(), files, logo, lost, earlier: call.earlier })
    const outcome = await pool.send(options, call.signal)
    return outcome.verdict === 'sent' && lost.length > 0 ? { ...outcome, note: 'file_lost' } : outcome
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

/** The picture of the company; a letter goes without one that is gone. */
async function logoOf({ look }: Message): Promise<LetterFile | undefined> {
  const logo = look?.logo
  if (typeof logo !== 'object') return undefined
  const content = await logo.read().catch(() => undefined)
  return content === undefined ? undefined : { name: logo.name, mediaType: logo.mediaType, content }
}

/** What can be read of the attachments: a file that is gone (retention, a lost disk) does not keep its letter back. */
async function filesOf(message: Message): Promise<{ files: LetterFile[]; lost: string[] }> {
  const files: LetterFile[] = []
  const lost: string[] = []
  for (const file of message.attachments)
    try {
      files.push({ name: file.name, mediaType: file.mediaType, content: await file.read() })
    } catch {
      lost.push(file.name)
    }
  return { files, lost }
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
