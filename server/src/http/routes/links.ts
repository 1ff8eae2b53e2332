import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { LinkAnswer, NotUsed } from '../../people/links.ts'
import { triesOf } from '../../people/slow-down.ts'
import { authorize } from '../auth.ts'
import { HttpError } from '../errors.ts'
import { baseOf, provenBase, refuseForeign, seatOf } from '../seat.ts'
import type { HttpParts } from '../server.ts'
import { refusal, sendSession } from './session.ts'

const text = (maxLength: number) => Type.String({ maxLength })

/** What is answered when a link was not used. */
function notUsed(why: NotUsed): HttpError {
  if (why === 'gone') return new HttpError('not_found')
  if ('refused' in why) return refusal(why)
  return 'taken' in why ? new HttpError('conflict', [why.taken]) : new HttpError('invalid', why.problems)
}

/** One-time links: opening them, and having them sent. */
export function linkRoutes(app: FastifyInstance, parts: HttpParts): void {
  openRoutes(app, parts)
  resetRoute(app, parts)
  givenRoutes(app, parts)
}

function openRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { access, publicUrl } = parts
  app.get(
    '/api/v1/links/:token',
    { config: { open: true }, schema: { summary: 'What a one-time link is for; 404 when it is used or expired' } },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const link = await access.links.look((request.params as { token: string }).token)
      if (link === undefined) throw new HttpError('not_found')
      return link
    },
  )

  app.post(
    '/api/v1/links/:token',
    {
      config: { open: true, documented: { status: 201, errors: [409, 429] } },
      schema: {
        summary: 'Use a one-time link, and sign in',
        body: Type.Object(
          {
            password: Type.String({
              maxLength: 400,
              description: 'The new one; that of the account where there is one',
            }),
            login: Type.Optional(text(200)),
            name: Type.Optional(text(200)),
            email: Type.Optional(text(320)),
            code: Type.Optional(
              Type.String({ maxLength: 40, description: 'Of the second factor of the account, or a recovery code' }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      refuseForeign(request, publicUrl, false)
      const { token } = request.params as { token: string }
      const result = await access.links.use(token, request.body as LinkAnswer, seatOf(request))
      if (typeof result !== 'object' || !('known' in result)) throw notUsed(result)
      return sendSession(request, reply, result, parts)
    },
  )
}

function resetRoute(app: FastifyInstance, { access, publicUrl, log }: HttpParts): void {
  app.post(
    '/api/v1/password-reset',
    {
      config: { open: true, documented: { status: 202, errors: [429] } },
      schema: {
        summary: 'Have a link to set a password anew mailed to its owner; the answer is the same when there is none',
        body: Type.Object({ login: Type.String({ minLength: 1, maxLength: 320 }) }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      refuseForeign(request, publicUrl, false)
      const { login } = request.body as { login: string }
      const { address } = seatOf(request)
      // Counted by themselves: whoever has lost his password may still try some.
      const seconds = access.slowDown.begin(triesOf(`reset ${login}`, address && `reset ${address}`))
      if (seconds > 0) throw refusal({ refused: 'slow', seconds })
      const base = provenBase(request, publicUrl)
      if (base === null)
        log.warn({}, 'a link to set a password anew was asked for; none is mailed while NABAT_PUBLIC_URL is not set')
      // Not waited for: how long it takes would tell whether there is such an account.
      else
        access.invitations.mailReset(login, base).catch((error: unknown) => {
          log.error({ error: (error as Error).message }, 'a link to set a password anew could not be mailed')
        })
      return reply.status(202).send({})
    },
  )
}

function givenRoutes(app: FastifyInstance, { access, publicUrl, listensOn }: HttpParts): void {
  app.post(
    '/api/v1/users/:id/invite',
    {
      config: { documented: { errors: [409] } },
      schema: {
        summary: 'Invite a person to sign in: a link by mail, or in the answer when it could not be mailed',
        description: 'Somebody who has an account gets a link to set a password anew.',
      },
    },
    async (request, reply) => {
      const { view } = authorize(request, 'people.write')
      const row = view.row('users', (request.params as { id: string }).id)
      if (row === undefined) throw new HttpError('not_found')
      const invited = await access.invitations.invite(view, row, baseOf(request, publicUrl))
      if ('path' in invited) throw new HttpError('conflict', [invited])
      void reply.header('cache-control', 'no-store')
      return { ...invited, expiresAt: new Date(invited.expiresAt).toISOString() }
    },
  )

  app.post(
    '/api/v1/admin-link',
    {
      config: { documented: { status: 201 } },
      schema: { summary: 'A link to make an administrator, for when nobody can sign in; keys of the server only' },
    },
    async (request, reply) => {
      const caller = request.identity?.caller
      if (caller?.operator !== true || caller.account !== null) throw new HttpError('forbidden')
      const { link, expiresAt } = await access.invitations.adminLink(publicUrl ?? listensOn())
      void reply.header('cache-control', 'no-store')
      return reply.status(201).send({ link, expiresAt: new Date(expiresAt).toISOString() })
    },
  )
}
