import type { Readable } from 'node:stream'
import { createTransport, type SMTPPoolOptions } from 'nodemailer'
import { presetOf } from '@nabat/api/mail-presets.ts'
import { deferred, sent, type Outcome } from '../../pipeline/outcome.ts'
import { classify, type MailError } from './classify.ts'
import type { letter } from './letter.ts'
import { base64, plainLogin, type MailServer } from './server.ts'

/** Together under the deadline, so that a server that stalls is told apart from one that is slow. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 15_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/** Kept connections to one mail server. */
export interface Pool {
  send(options: ReturnType<typeof letter>, signal: AbortSignal): Promise<Outcome>
  close(): void
}

/** Nothing is connected until the first letter. */
export function openPool(server: MailServer, connections: number): Pool {
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
        return classify(error as MailError, { bodyLeft, quotaPauseMs, secrets: server.secrets })
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
function loginOf(auth: NonNullable<MailServer['auth']>): Partial<SMTPPoolOptions> {
  return {
    auth: { user: auth.user, pass: auth.password },
    forceAuth: true,
    customAuth: {
      // What nodemailer falls back to when it knows none of the mechanisms that are offered.
      async PLAIN(server) {
        if (!server.authMethods.includes('PLAIN')) throw new Error('the server offers no login on this connection')
        const { status } = await server.sendCommand(`AUTH PLAIN ${base64(plainLogin(auth))}`)
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
