import { isIP } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'
import { problem, type Problem } from '@nabat/api/text.ts'

/*
 * Addresses of e-mail, as RFC 5321 and 6531 have them, less what nobody has: quoted local parts, comments, addresses of
 * the form user@[10.0.0.1].
 */

/** Words of a local part: ASCII `atext`, and letters of any alphabet (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/
/** RFC 5321 4.5.3.1, in octets. */
const MAX_LOCAL = 64
const MAX_DOMAIN = 253

/**
 * The one way an address is written: trimmed, the domain in small letters and as DNS has it (`пример.рф` →
 * `xn--e1afmkfd.xn--p1ai`), the local part as it was given. Undefined when it is no address.
 */
export function mailAddress(text: string): string | undefined {
  const [local, domain, ...more] = text.trim().normalize('NFC').split('@')
  if (local === undefined || domain === undefined || more.length > 0) return undefined
  if (!LOCAL.test(local) || Buffer.byteLength(local) > MAX_LOCAL) return undefined
  const ascii = asciiHost(domain)
  return ascii === undefined || isIP(ascii) !== 0 ? undefined : `${local}@${ascii}`
}

/** A host name as DNS has it, undefined when it is none. Addresses of the IP protocol stay as they are. */
export function asciiHost(host: string): string | undefined {
  const bare = host.trim().replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) !== 0) return bare
  // domainToASCII takes what stands in a URL: it would read %41 as a letter and drop a tab.
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(bare)) return undefined
  const ascii = domainToASCII(bare)
  if (ascii.length > MAX_DOMAIN) return undefined
  return ascii.split('.').every((label) => LABEL.test(label)) ? ascii : undefined
}

/** The part after the @. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** Whether only a server with SMTPUTF8 takes the address: its local part has letters outside ASCII. */
export const needsUtf8 = (address: string): boolean => /[^\x20-\x7e]/.test(address)

/** The address for people: the domain in its own alphabet. */
export function showMailAddress(address: string): string {
  const domain = domainToUnicode(domainOf(address))
  return domain === '' ? address : `${address.slice(0, address.lastIndexOf('@'))}@${domain}`
}

/** What is wrong with a text that should be an address. */
export const notAnAddress = (path: string, text: string | undefined): Problem =>
  text === undefined || text.trim() === ''
    ? problem(path, 'Не указан адрес электронной почты', 'The e-mail address is missing')
    : problem(
        path,
        `«${printable(text)}» — не адрес электронной почты; нужен адрес вида duty@example.ru`,
        `"${printable(text)}" is not an e-mail address; one such as duty@example.ru is needed`,
      )

/** Without control characters and line ends, white space drawn together; what stands in a header or a log. */
export const printable = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
