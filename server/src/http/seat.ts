/*
 * Where a request comes from. In front of Nabat there is usually a proxy that ends TLS: what it says of its client is
 * believed when it sits on this machine or in a private network, as nobody on the Internet does.
 */
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { problem } from '@nabat/api/text.ts'
import type { Seat } from '../people/sessions.ts'
import { HttpError } from './errors.ts'

const PRIVATE = new BlockList()
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6')

const bareAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')

const isPrivate = (address: string): boolean =>
  isIP(address) !== 0 && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.at(-1) : value
}

/** What the proxy in front says in a header, its last word; undefined without a proxy that is believed. */
const forwarded = (request: FastifyRequest, name: string): string | undefined =>
  isPrivate(bareAddress(request.socket.remoteAddress)) ? header(request, name)?.split(',').at(-1)?.trim() : undefined

/** Who sits at the other end. */
export function seatOf(request: FastifyRequest): Seat {
  const told = bareAddress(forwarded(request, 'x-forwarded-for'))
  const address = isIP(told) === 0 ? bareAddress(request.socket.remoteAddress) : told
  return { address: address === '' ? null : address, agent: header(request, 'user-agent') ?? null }
}

/** Whether the person sees the console over https. */
export const isSecure = (request: FastifyRequest, publicUrl: string | null): boolean =>
  publicUrl?.startsWith('https:') === true || forwarded(request, 'x-forwarded-proto') === 'https'

/** Where links lead that are made for whoever may ask for them: without a public address, where the request came to. */
export const baseOf = (request: FastifyRequest, publicUrl: string | null): string =>
  publicUrl ?? `${isSecure(request, null) ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`

/**
 * As `baseOf`, for links that anybody can have mailed: the name in a request is the word of whoever wrote it, and a letter
 * must not lead to his server. Without a public address it has to be this machine; null otherwise.
 */
export function provenBase(request: FastifyRequest, publicUrl: string | null): string | null {
  if (publicUrl !== null) return publicUrl
  const base = baseOf(request, null)
  if (!URL.canParse(base)) return null
  const host = new URL(base).hostname.replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || host === bareAddress(request.socket.localAddress) ? base : null
}

/** Whether the page that sent a request is the console's own; undefined when no page says so. */
function isOwnPage(request: FastifyRequest, publicUrl: string | null): boolean | undefined {
  const site = header(request, 'sec-fetch-site')
  if (site === 'same-origin') return true
  const { origin } = request.headers
  if (origin === undefined) return site === undefined ? undefined : false
  if (!URL.canParse(origin)) return false
  if (publicUrl !== null && new URL(publicUrl).origin === new URL(origin).origin) return true
  return new URL(origin).host === request.headers.host
}

/**
 * Refuses what another site's page sends in somebody's name (CSRF). `withCookie`: a browser adds the cookie by itself, so
 * the page has to be shown to be ours; otherwise it is enough that it is not shown to be another's.
 */
export function refuseForeign(request: FastifyRequest, publicUrl: string | null, withCookie: boolean): void {
  const own = isOwnPage(request, publicUrl)
  if (own === true || (own === undefined && !withCookie)) return
  throw new HttpError('forbidden', [
    problem(
      '',
      'Запрос пришёл не со страницы Набата. Если это она, адрес в браузере должен совпадать с NABAT_PUBLIC_URL',
      'The request does not come from a page of Nabat. If it does, the address in the browser has to be that of NABAT_PUBLIC_URL',
    ),
  ])
}
