import { createECDH } from 'node:crypto'
import { problem, type Problem } from '@nabat/api/text.ts'

/*
 * Where messages may be pushed to. An endpoint comes from a browser, that is from outside: we post to push services that
 * are known, and to nothing else.
 */

/** The push services of the browsers there are. */
const SERVICES: readonly RegExp[] = [
  /^fcm\.googleapis\.com$/,
  /^([a-z0-9-]+\.)*push\.services\.mozilla\.com$/,
  /^([a-z0-9-]+\.)+push\.apple\.com$/,
  /^([a-z0-9-]+\.)+notify\.windows\.com$/,
]
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a push service was named in NABAT_PUSH_HOSTS (`host` or `host:port`); such a one may be in a private network. */
export const isNamed = ({ host, hostname, port }: URL, hosts: readonly string[]): boolean =>
  hosts.includes(host) || (port === '' && hosts.includes(hostname))

/** What is wrong with an endpoint, undefined when messages may be pushed to it. `hosts`: NABAT_PUSH_HOSTS. */
export function endpointProblem(endpoint: string, hosts: readonly string[]): Problem | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return problem(
      '/endpoint',
      'endpoint: нужен адрес, который браузер получил от своей службы push',
      'endpoint: give the address the browser has from its push service',
    )
  const named = isNamed(url, hosts)
  if (url.protocol === 'http:' && !(named && LOOPBACK.has(url.hostname)))
    return problem('/endpoint', 'endpoint: нужен адрес с https://', 'endpoint: it must begin with https://')
  if (named || (url.port === '' && SERVICES.some((service) => service.test(url.hostname)))) return undefined
  return problem(
    '/endpoint',
    `endpoint: служба push ${url.host} не из известных (Google, Mozilla, Apple, Microsoft); её разрешает настройка NABAT_PUSH_HOSTS`,
    `endpoint: the push service ${url.host} is none of those known (Google, Mozilla, Apple, Microsoft); the setting NABAT_PUSH_HOSTS allows it`,
  )
}

/** What is wrong with the keys of a browser, base64url. */
export function keysProblem({ p256dh, auth }: { readonly p256dh: string; readonly auth: string }): Problem | undefined {
  if (Buffer.from(auth, 'base64url').length !== 16)
    return problem('/keys/auth', 'auth: нужны 16 байт в base64url', 'auth: give 16 bytes in base64url')
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  try {
    const key = Buffer.from(p256dh, 'base64url')
    if (key.length !== 65) throw new Error('length')
    ecdh.computeSecret(key)
    return undefined
  } catch {
    return problem(
      '/keys/p256dh',
      'p256dh: это не ключ браузера (точка P-256 в base64url)',
      "p256dh: this is no browser's key (a point of P-256 in base64url)",
    )
  }
}
