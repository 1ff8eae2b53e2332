import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { domainToASCII } from 'node:url'
import { parseArgs } from 'node:util'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { until } from '../until.ts'
import { parseLetter, type ParsedLetter } from './mime.ts'

/*
 * A real SMTP server on the loopback address that keeps every letter and can be told to misbehave. In tests:
 * `startMail()`; by itself, printing each letter as a line of JSON: `node server/test/standins/mail.ts --port 2525`.
 */

/** A letter as it arrived. */
export interface MailLetter extends ParsedLetter {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  /** The login it came in under. */
  readonly user?: string
  readonly encrypted: boolean
}

/** One way to misbehave. The first that fits is used; one with `times` is used up after so many. */
export interface MailFault {
  readonly at: 'connect' | 'login' | 'mail' | 'rcpt' | 'data'
  /** Answers so: `451`, `4.7.1 Greylisted, come again`. After 421 the connection is closed, as RFC 5321 says. */
  readonly code?: number
  readonly says?: string
  /** Cuts the connection instead of answering; at `data` the letter has been taken in and is kept. */
  readonly drop?: boolean
  /** Answers so much later; with nothing else, the answer is the usual one. */
  readonly delayMs?: number
  /** Never answers. */
  readonly hang?: boolean
  readonly times?: number
  /** Only this recipient. */
  readonly only?: string
}

export interface MailOptions {
  readonly port?: number
  readonly tls?: 'none' | 'starttls' | 'tls'
  /** Asks for this login. */
  readonly auth?: { readonly user: string; readonly password: string }
  readonly fail?: readonly MailFault[]
  /** false: does not offer SMTPUTF8. */
  readonly utf8?: boolean
  readonly onLetter?: (letter: MailLetter) => void
}

/** A running mail server. */
export interface MailStandIn extends AsyncDisposable {
  readonly port: number
  readonly letters: MailLetter[]
  /** Connections made so far. */
  readonly connections: () => number
  /** What is wrong with it now; change at will. */
  faults: MailFault[]
  /** Waits until at least so many letters have arrived. */
  waitFor(count: number, timeoutMs?: number): Promise<readonly MailLetter[]>
  close(): Promise<void>
}

/** Certificate of the stand-ins, self-signed for localhost and 127.0.0.1; it may be given to a client as its own CA. */
export const MAIL_CERTIFICATE = readFileSync(new URL('../fixtures/mail-cert.pem', import.meta.url), 'utf8')
/** The key to it: for tests only, everybody has it. */
export const MAIL_KEY = readFileSync(new URL('../fixtures/mail-key.pem', import.meta.url), 'utf8')

type Answer = (error?: Error | null) => void

/** Starts a mail server on 127.0.0.1; port 0 or none takes a free one. */
export async function startMail(options: MailOptions = {}): Promise<MailStandIn> {
  const letters: MailLetter[] = []
  let connections = 0
  const used = new Map<MailFault, number>()

  function faultAt(at: MailFault['at'], recipients: readonly string[]): MailFault | undefined {
    const fault = standIn.faults.find(
      (one) =>
        one.at === at &&
        (one.only === undefined || recipients.includes(one.only)) &&
        (used.get(one) ?? 0) < (one.times ?? Number.POSITIVE_INFINITY),
    )
    if (fault !== undefined) used.set(fault, (used.get(fault) ?? 0) + 1)
    return fault
  }

  const cut = (session: SMTPServerSession): void => {
    for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy()
  }

  function react(fault: MailFault | undefined, session: SMTPServerSession, done: Answer): void {
    if (fault === undefined) return done()
    if (fault.hang) return
    if (fault.drop) return cut(session)
    const reply = (): void => {
      if (fault.code === undefined) return done()
      done(Object.assign(new Error(fault.says ?? 'as the test asks'), { responseCode: fault.code }))
      if (fault.code === 421) setImmediate(() => cut(session))
    }
    setTimeout(reply, fault.delayMs ?? 0)
  }

  const server = new SMTPServer({
    ...security(options),
    onConnect(session, done) {
      connections++
      react(faultAt('connect', []), session, done)
    },
    onAuth(auth, session, done) {
      const right = auth.username === options.auth?.user && auth.password === options.auth?.password
      if (!right) return done(Object.assign(new Error('5.7.8 Bad login or password'), { responseCode: 535 }))
      react(faultAt('login', []), session, (error) => (error ? done(error) : done(null, { user: auth.username })))
    },
    onMailFrom: (_address, session, done) => react(faultAt('mail', []), session, done),
    onRcptTo: ({ address }, session, done) => react(faultAt('rcpt', [asSaid(address)]), session, done),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map((one) => asSaid(one.address))
        const fault = faultAt('data', to)
        if (fault?.code === undefined) {
          const letter = letterOf(Buffer.concat(chunks), session, to)
          letters.push(letter)
          options.onLetter?.(letter)
        }
        react(fault, session, done)
      })
    },
  })
  // Clients that break off are what tests are about; without a listener they would end the process.
  server.on('error', () => {})

  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const connection of server.connections) connection._socket.destroy()
      server.close(resolve)
    })
  const standIn: MailStandIn = {
    port: (server.server.address() as AddressInfo).port,
    letters,
    connections: () => connections,
    faults: [...(options.fail ?? [])],
    async waitFor(count, timeoutMs = 5_000) {
      await until(() => letters.length >= count, timeoutMs, `${count} letters (${letters.length} came)`)
      return letters
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  return standIn
}

function security(options: MailOptions): SMTPServerOptions {
  const tls = options.tls ?? 'none'
  return {
    secure: tls === 'tls',
    key: MAIL_KEY,
    cert: MAIL_CERTIFICATE,
    disabledCommands: [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(options.auth === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    hideSMTPUTF8: options.utf8 === false,
    disableReverseLookup: true,
    closeTimeout: 1_000,
    logger: false,
  }
}

/** The domain as it came over the wire: smtp-server turns it into its own alphabet. */
function asSaid(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 0 || /[^\x20-\x7e]/.test(address.slice(0, at))
    ? address
    : address.slice(0, at + 1) + domainToASCII(address.slice(at + 1))
}

function letterOf(raw: Buffer, session: SMTPServerSession, to: readonly string[]): MailLetter {
  const from = session.envelope.mailFrom === false ? '' : asSaid(session.envelope.mailFrom.address)
  const user = typeof session.user === 'string' ? { user: session.user } : {}
  return { from, to, raw: raw.toString('utf8'), encrypted: session.secure, ...user, ...parseLetter(raw) }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '2525' } } })
  const print = (line: object): void => console.log(JSON.stringify(line))
  const mail = await startMail({
    port: Number(values.port),
    onLetter: ({ from, to, subject, text, headers, raw }) =>
      print({ from, to, subject, text, headers: Object.fromEntries(headers), raw }),
  })
  print({ listening: mail.port })
}
