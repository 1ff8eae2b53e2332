import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_SECONDS } from '../people/sessions.ts'
import { isSecure } from './seat.ts'

/** Of the token of a session. */
export const SESSION_COOKIE = 'nabat_session'

/** The token of a session in a request's cookies, undefined without one. */
export function sessionToken({ headers: { cookie }, server }: FastifyRequest): string | undefined {
  if (cookie === undefined || !cookie.includes(SESSION_COOKIE)) return undefined
  const token = server.parseCookie(cookie)[SESSION_COOKIE]
  return token === undefined || token === '' ? undefined : token
}

/** Gives the browser the token of a session, out of reach of scripts; null takes it away. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string | null,
  publicUrl: string | null,
): void {
  void reply.setCookie(SESSION_COOKIE, token ?? '', {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure(request, publicUrl),
    maxAge: token === null ? 0 : SESSION_SECONDS,
  })
  // What is answered to somebody who signs in is nobody else's.
  void reply.header('cache-control', 'no-store')
}
