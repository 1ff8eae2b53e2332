import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, getCACertificates, type ConnectionOptions } from 'node:tls'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { asciiHost, mailAddress, needsUtf8, notAnAddress } from './address.ts'

export type SmtpSettings = ChannelSettings<'smtp'>

/** A mail server as the settings mean it. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** none: never encrypted, even if the server offers it. starttls: must succeed. tls: from the first byte. */
  readonly encryption: 'none' | 'starttls' | 'tls'
  readonly auth?: { readonly user: string; readonly password: string }
  /** Whether a certificate that does not hold ends the conversation. */
  readonly checkCertificate: boolean
  readonly tls: ConnectionOptions
  /** What no outcome may repeat when the server echoes it: the password, as it is and as it is said. */
  readonly secrets: readonly string[]
}

const DEFAULT_PORTS = { none: 25, starttls: 587, tls: 465 } as const

/** `ssl://host`, as MikoPBX writes implicit TLS. */
const SSL = /^ssl:\/\//i

const bareHost = (settings: SmtpSettings): string => settings.host.trim().replace(SSL, '').replace(/\/$/, '')

/**
 * The server behind the settings. `ssl://host` is implicit TLS whatever `encryption` says. When encryption is not given,
 * the port tells: 465 is tls, 587 is starttls, any other (and none) is none at port 25.
 */
export function serverOf(settings: SmtpSettings): MailServer {
  const host = asciiHost(bareHost(settings)) ?? bareHost(settings)
  const encryption = encryptionOf(settings)
  const checkCertificate = settings.checkCertificate ?? true
  return {
    host,
    port: settings.port ?? DEFAULT_PORTS[encryption],
    encryption,
    ...(settings.auth === undefined ? {} : { auth: settings.auth }),
    checkCertificate,
    tls: {
      rejectUnauthorized: checkCertificate,
      // An IP address is not allowed as a server name; then the certificate must hold the address itself.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Built once for all connections: reading 150 certificates takes 10 ms.
      ...(settings.ca === undefined
        ? {}
        : { secureContext: createSecureContext({ ca: [...getCACertificates('default'), settings.ca] }) }),
    },
    secrets: secretsOf(settings),
  }
}

function secretsOf({ auth }: SmtpSettings): string[] {
  if (auth === undefined) return []
  return [auth.password, base64(auth.password), base64(plainLogin(auth))]
}

/** A login as AUTH PLAIN has it, before base64. */
export const plainLogin = (auth: { user: string; password: string }): string => `\0${auth.user}\0${auth.password}`

/** Text as the AUTH commands carry it. */
export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

function encryptionOf(settings: SmtpSettings): MailServer['encryption'] {
  if (SSL.test(settings.host.trim())) return 'tls'
  if (settings.encryption !== undefined) return settings.encryption
  return settings.port === 465 ? 'tls' : settings.port === 587 ? 'starttls' : 'none'
}

/** What the schema cannot say of the settings of a mail server. */
export function serverProblems(settings: SmtpSettings): Problem[] {
  const problems: Problem[] = []
  if (asciiHost(bareHost(settings)) === undefined)
    problems.push(
      problem(
        '/host',
        'Нужно имя или адрес сервера, например mail.example.ru; порт указывают отдельно, в port',
        'A name or address of the server is needed, such as mail.example.ru; the port goes into port',
      ),
    )
  problems.push(...addressProblems('/from/address', settings.from?.address))
  problems.push(...addressProblems('/replyTo', settings.replyTo))
  // Only addresses of the envelope switch SMTPUTF8 on; this one would stand in a header that may not hold it.
  if (needsUtf8(mailAddress(settings.replyTo ?? '') ?? ''))
    problems.push(
      problem(
        '/replyTo',
        'Адрес для ответов до знака @ должен быть латиницей: иначе его не поймут почтовые программы',
        'The address for answers must be in Latin letters before the @: else mail programs do not understand it',
      ),
    )
  const certificates = settings.ca === undefined ? undefined : certificateProblem(settings.ca)
  return certificates === undefined ? problems : [...problems, certificates]
}

/** An empty address is a missing field, not a wrong one. */
function addressProblems(path: string, text = ''): Problem[] {
  return text.trim() === '' || mailAddress(text) !== undefined ? [] : [notAnAddress(path, text)]
}

function certificateProblem(pem: string): Problem | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  try {
    if (blocks.map((block) => new X509Certificate(block)).length > 0) return undefined
  } catch {
    // Said below: what OpenSSL has to say of a damaged certificate helps nobody.
  }
  return problem(
    '/ca',
    'Нужны сертификаты в формате PEM: блоки «-----BEGIN CERTIFICATE-----» … «-----END CERTIFICATE-----»',
    'Certificates in PEM are needed: blocks of "-----BEGIN CERTIFICATE-----" … "-----END CERTIFICATE-----"',
  )
}

/** What must be filled in before anything may be sent; names of fields. */
export function missingFields(settings: SmtpSettings): string[] {
  const fields = {
    'from.address': settings.from?.address,
    'from.name': settings.from?.name,
    replyTo: settings.replyTo,
  }
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined || value.trim() === '' ? [name] : []))
}
