import { deferred, rejected, type Health, type Outcome } from '../../pipeline/outcome.ts'
import { excerpt } from '../http-call.ts'

/*
 * What a failed conversation with a mail server means. Three things decide, the surest first: the enhanced status
 * (RFC 3463, `5.1.1`), the words (providers put quotas and blocks under codes that say something else), and the code
 * with the command it answered (RFC 5321). The command matters: 550 to RCPT is about one mailbox, 550 to MAIL about us.
 *
 * A refusal that would meet every message alike (password, sender, our address on a blocklist, a used-up quota) is
 * deferred and laid on the channel, so that the messages wait until somebody mends it.
 */

/** The parts of nodemailer's errors that count. */
export interface MailError {
  /** ESOCKET, ECONNECTION, ETIMEDOUT, EDNS, ETLS, EAUTH, EENVELOPE, EMESSAGE, EPROTOCOL … */
  readonly code?: string | undefined
  /** Of the system or of TLS, where nodemailer put its own over it: ECONNREFUSED, DEPTH_ZERO_SELF_SIGNED_CERT. */
  readonly originalCode?: unknown
  /** What was being said: CONN, EHLO, STARTTLS, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, DATA. */
  readonly command?: string | undefined
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly timeoutType?: unknown
  readonly message?: string
}

type Stage = 'CONN' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA'

/** An answer of the server, taken apart. */
interface Reply {
  readonly code: number
  /** `5.1.1`, or empty. */
  readonly status: string
  readonly text: string
  readonly stage: Stage
}

/** A mail quota is counted by the day; asking again each hour finds the end of it soon enough. */
export const QUOTA_PAUSE_MS = 3_600_000

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|^ERR_TLS|^ERR_SSL|^EPROTO$/

// The words of Gmail, Exchange, Yandex, Mail.ru, Postfix and Exim.
const MAILBOX_FULL = /over ?quota|(mail)?box (is )?full|full mailbox|mailbox.{0,40}quota|insufficient (disk|mailbox) /i
const QUOTA =
  /daily|per day|24 ?h|quota|(sending|message|mail|rate)s? limit|limit (is |was |has been )?(exceeded|reached)|exceeded.{0,40}limit|too (many|much) (messages|letters|mails?)/i
const SENDING = /daily|per day|24 ?h|sending/i
const GREYLIST = /gr[ae]y-?list/i
const RELAY = /relay(ing)? (access )?(denied|not permitted|not allowed)|(unable|not permitted|refus\w+) to relay/i
const OUR_SENDER = /sender (address )?(rejected|verify|denied|unknown|not)|not owned by|send as|envelope sender/i
const BLOCKLISTED = /blocked using|blocklist|blacklist|client host|your (ip|host)|spamhaus|dnsbl/i
const LOGIN_FIRST = /authenticat(e|ion) (is )?(required|first)|must (be )?authenticat|login required/i

const CHANNEL = {
  fine: { of: 'channel', state: 'fine' },
  throttled: { of: 'channel', state: 'throttled' },
  down: { of: 'channel', state: 'down' },
} as const satisfies Record<string, Health>
const DESTINATION = {
  fine: { of: 'destination', state: 'fine' },
  throttled: { of: 'destination', state: 'throttled' },
  invalid: { of: 'destination', state: 'invalid' },
} as const satisfies Record<string, Health>

/** What the error itself does not say. */
export interface Circumstances {
  /** Bytes of the letter had left when the connection broke. */
  readonly bodyLeft?: boolean
  /** How long this provider wants to be left alone once its quota is used up. */
  readonly quotaPauseMs?: number | undefined
  /** What must not be repeated, should the server echo it. */
  readonly secrets?: readonly string[]
}

/** The outcome of an attempt that ended in an error. */
export function classify(error: MailError, more: Circumstances = {}): Outcome {
  const reply = replyOf(error)
  if (reply === undefined) return withoutReply(error, more)
  const detail = detailOf(error, more)
  const { code } = reply
  if (mailboxFull(reply)) return deferred('mailbox_full', detail, DESTINATION.throttled)
  if (code === 421) return deferred('throttled', detail, CHANNEL.throttled)
  if (quotaUsedUp(reply))
    return deferred('quota', detail, CHANNEL.throttled, { retryAfterMs: more.quotaPauseMs ?? QUOTA_PAUSE_MS })
  if (code === 530 && /starttls|tls|encrypt/i.test(reply.text)) return deferred('tls', detail, CHANNEL.down)
  if (code === 538 || reply.stage === 'STARTTLS') return deferred('tls', detail, CHANNEL.down)
  if (code === 530 || code === 534 || code === 535) return deferred('unauthorized', detail, CHANNEL.down)
  if (code >= 400 && code < 500) return fourHundreds(reply, detail)
  if (code >= 500 && code < 600) return fiveHundreds(reply, detail)
  return deferred('provider_error', detail, CHANNEL.throttled)
}

/** Whether a TLS or system error code speaks of the certificate or the handshake. */
export const isTlsError = (error: MailError): boolean =>
  error.code === 'ETLS' || error.code === 'EREQUIRETLS' || CERTIFICATE.test(systemCode(error))

const systemCode = (error: MailError): string =>
  typeof error.originalCode === 'string' ? error.originalCode : (error.code ?? '')

function withoutReply(error: MailError, more: Circumstances): Outcome {
  const detail = detailOf(error, more)
  const ambiguous = more.bodyLeft ? { ambiguous: true } : {}
  if (isTlsError(error)) return deferred('tls', `certificate or TLS problem: ${detail}`, CHANNEL.down)
  switch (error.code) {
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return deferred('unauthorized', detail, CHANNEL.down)
    case 'ECONFIG':
    case 'EPROXY':
      return deferred('misconfigured', detail, CHANNEL.down)
    case 'EENVELOPE':
      return rejected('no_such_destination', detail, DESTINATION.invalid)
    case 'EMESSAGE':
      return rejected('refused_content', detail, DESTINATION.fine)
    case 'EPROTOCOL':
      return deferred('provider_error', detail, CHANNEL.throttled, ambiguous)
    case 'ETIMEDOUT':
      // Connected, and then silence: alive, but of no use. A connection that never came is an unreachable host.
      return deferred(
        error.timeoutType === 'SOCKET_TIMEOUT' ? 'timeout' : 'unreachable_host',
        detail,
        CHANNEL.down,
        ambiguous,
      )
    case 'ESOCKET':
    case 'ECONNECTION':
    case 'EDNS':
      return deferred('unreachable_host', detail, CHANNEL.down, ambiguous)
    default:
      return deferred('internal', detail, CHANNEL.fine, ambiguous)
  }
}

function mailboxFull({ code, status, text, stage }: Reply): boolean {
  if (stage !== 'RCPT' && stage !== 'DATA') return false
  if (status.endsWith('.2.2')) return true
  // 452 and 552 with a bare "quota" are about storage; about sending, providers say how often or how many.
  const storage = (code === 452 || code === 552) && /quota/i.test(text) && !SENDING.test(text)
  return storage || (!status.startsWith('5.4') && MAILBOX_FULL.test(text))
}

function quotaUsedUp({ code, status, text, stage }: Reply): boolean {
  if (stage !== 'MAIL' && stage !== 'RCPT' && stage !== 'DATA') return false
  if (status === '5.4.5') return true
  // A 4yz that speaks of limits is mostly about this minute ("too many messages, slow down"); a day says so.
  return code >= 500 ? !status.startsWith('5.3') && QUOTA.test(text) : SENDING.test(text)
}

function fourHundreds({ code, status, text, stage }: Reply, detail: string): Outcome {
  if (stage === 'AUTH' || stage === 'CONN' || stage === 'EHLO') return deferred('throttled', detail, CHANNEL.throttled)
  if (stage === 'MAIL') return deferred('provider_error', detail, CHANNEL.throttled)
  if (GREYLIST.test(text)) return deferred('throttled', detail, DESTINATION.throttled)
  if (status.startsWith('4.3') || QUOTA.test(text)) return deferred('throttled', detail, CHANNEL.throttled)
  if (stage === 'RCPT') {
    if (code === 452) return deferred('provider_error', detail, CHANNEL.throttled)
    return code === 450 || code === 451
      ? deferred('throttled', detail, DESTINATION.throttled)
      : deferred('provider_error', detail, DESTINATION.throttled)
  }
  return deferred('provider_error', detail, status.startsWith('4.2') ? DESTINATION.throttled : CHANNEL.throttled)
}

function fiveHundreds(reply: Reply, detail: string): Outcome {
  const { code, status, text, stage } = reply
  if (stage === 'AUTH') return deferred('unauthorized', detail, CHANNEL.down)
  if (stage === 'CONN' || stage === 'EHLO') return deferred('provider_error', detail, CHANNEL.down)
  if (status === '5.3.4' || code === 523) return rejected('refused_content', detail, DESTINATION.fine)
  // At DATA the list speaks of a link in the letter.
  if (stage !== 'DATA' && BLOCKLISTED.test(text)) return deferred('provider_error', detail, CHANNEL.down)
  if (LOGIN_FIRST.test(text)) return deferred('unauthorized', detail, CHANNEL.down)
  // Postfix answers about the sender at RCPT (smtpd_delay_reject).
  if (stage === 'MAIL' || ((status === '5.1.7' || status === '5.1.8' || OUR_SENDER.test(text)) && stage === 'RCPT'))
    return code === 552
      ? rejected('refused_content', detail, DESTINATION.fine)
      : deferred(code <= 504 ? 'provider_error' : 'misconfigured', detail, CHANNEL.down)
  if (RELAY.test(text)) return rejected('forbidden', detail, DESTINATION.fine)
  if (status.startsWith('5.1')) return rejected('no_such_destination', detail, DESTINATION.invalid)
  return stage === 'RCPT' ? refusedRecipient(reply, detail) : refusedLetter(reply, detail)
}

function refusedRecipient({ code, status }: Reply, detail: string): Outcome {
  if (status.startsWith('5.7') || status.startsWith('5.6') || code === 554)
    return rejected('refused_content', detail, DESTINATION.fine)
  if (code === 552) return deferred('mailbox_full', detail, DESTINATION.throttled)
  if (code <= 504 && code !== 501) return deferred('provider_error', detail, CHANNEL.throttled)
  if (status.startsWith('5.3')) return deferred('provider_error', detail, CHANNEL.throttled)
  return rejected('no_such_destination', detail, DESTINATION.invalid)
}

function refusedLetter({ code, status }: Reply, detail: string): Outcome {
  const said = status.startsWith('5.6') || status.startsWith('5.7')
  if (!said && (code <= 504 || status.startsWith('5.3'))) return deferred('provider_error', detail, CHANNEL.throttled)
  return rejected('refused_content', detail, DESTINATION.fine)
}

function replyOf(error: MailError): Reply | undefined {
  if (error.responseCode === undefined || error.responseCode === 0) return undefined
  const text = error.response ?? error.message ?? ''
  const status = /^\d{3}[ -](?:#)?([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? ''
  return { code: error.responseCode, status, text, stage: stageOf(error) }
}

function stageOf({ command = 'CONN', code }: MailError): Stage {
  if (code === 'EAUTH') return 'AUTH'
  const word = command.split(' ')[0] ?? ''
  if (word === 'HELO' || word === 'LHLO') return 'EHLO'
  return (['EHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA'] as const).find((stage) => stage === word) ?? 'CONN'
}

/** What the server said, or the name of the error; one line for people and the log. */
function detailOf(error: MailError, { secrets = [] }: Circumstances): string {
  const system = systemCode(error)
  return excerpt(error.response ?? (error.message === undefined ? system : `${error.message} (${system})`), secrets)
}
