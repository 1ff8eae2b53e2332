import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SessionInfo } from '@nabat/api/session.ts'
import { problem } from '@nabat/api/text.ts'
import { Type } from 'typebox'
import type { Access } from '../../people/access.ts'
import { sessionView, workspacesOf } from '../../people/member.ts'
import type { Refused, SignedIn } from '../../people/sign-in.ts'
import type { KnownSession, SessionRow } from '../../store/access.ts'
import { authorizePerson } from '../auth.ts'
import { HttpError } from '../errors.ts'
import { refuseForeign, seatOf } from '../seat.ts'
import type { HttpParts } from '../server.ts'
import { sessionToken, setSessionCookie } from '../session-cookie.ts'
import { LISTED } from './page.ts'

/** Longer than any password that is taken; what is longer is not worth hashing. */
const SECRET_LENGTH = 400

/** Nobody has told which of the two was wrong, nor may the answer. */
const WRONG = problem('', 'Логин или пароль неверны', 'The login or the password is wrong')
const CODE_WANTED = problem(
  '/code',
  'Введите код из приложения или код восстановления',
  'Enter the code of the application, or a recovery code',
)
/** The same for a code that was used before. */
export const WRONG_CODE = problem(
  '/code',
  'Код не подошёл: дождитесь следующего или проверьте часы телефона',
  'The code is wrong: wait for the next one, or look at the clock of the phone',
)
const NOWHERE = problem(
  '',
  'Вы больше не состоите ни в одном кабинете: обратитесь к администратору',
  'You belong to no workspace any more: ask an administrator',
)

/** What is answered to somebody who was not let in. */
export function refusal(refused: Refused): HttpError {
  if (refused.refused === 'unknown') return new HttpError('unauthorized', [WRONG])
  if (refused.refused === 'nowhere') return new HttpError('forbidden', [NOWHERE])
  if (refused.refused === 'code') return new HttpError('unauthorized', [refused.given ? WRONG_CODE : CODE_WANTED])
  const { seconds } = refused
  return new HttpError(
    'too_many_requests',
    [
      problem(
        '',
        `Слишком много неудачных попыток: повторите через ${seconds} с`,
        `Too many tries have failed: try again in ${seconds} s`,
      ),
    ],
    seconds,
  )
}

/** Answers with the session that has begun, and gives the browser its cookie. */
export async function sendSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, known }: SignedIn,
  { access, workspaces, publicUrl, demo }: Pick<HttpParts, 'access' | 'workspaces' | 'publicUrl' | 'demo'>,
): Promise<FastifyReply> {
  const [view] = workspacesOf(known, workspaces.all()).filter(({ id }) => id === known.session.workspace)
  if (view === undefined) throw new HttpError('forbidden', [NOWHERE])
  await endOther(request, known, access)
  setSessionCookie(request, reply, token, publicUrl)
  return reply.status(201).send(sessionView(known, view, workspaces.all(), demo !== undefined))
}

/** Somebody else who had signed in in this browser is not any more: what is pushed to him would be shown to this one. */
async function endOther(request: FastifyRequest, { account }: KnownSession, { sessions }: Access): Promise<void> {
  const token = sessionToken(request)
  const before = token === undefined ? undefined : await sessions.find(token, seatOf(request))
  if (before !== undefined && before.account.id !== account.id)
    await sessions.end(before.account.id, { only: before.session.id })
}

/** Signing in and out, and the sessions of whoever has signed in. */
export function sessionRoutes(app: FastifyInstance, parts: HttpParts): void {
  signingRoutes(app, parts)
  ownRoutes(app, parts)
}

function signingRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { access, workspaces, publicUrl, demo } = parts
  app.get(
    '/api/v1/session',
    { schema: { summary: 'Who has signed in, and what he may do' } },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const known = authorizePerson(request)
      const open = workspacesOf(known, workspaces.all())
      const view = open.find(({ id }) => id === known.session.workspace) ?? open[0]
      if (view === undefined) throw new HttpError('forbidden', [NOWHERE])
      // The one he looked at is closed to him by now: the page begins anew in another.
      if (view.id !== known.session.workspace) await access.sessions.switchTo(known.session, view.id)
      return sessionView(known, view, workspaces.all(), demo !== undefined)
    },
  )

  app.post(
    '/api/v1/session',
    {
      config: { open: true, documented: { status: 201, errors: [429] } },
      schema: {
        summary: 'Sign in with a login or e-mail address and a password',
        body: Type.Object(
          {
            login: Type.String({ minLength: 1, maxLength: 320 }),
            password: Type.String({ minLength: 1, maxLength: SECRET_LENGTH }),
            code: Type.Optional(
              Type.String({ maxLength: 40, description: 'Of the second factor, or a recovery code' }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      refuseForeign(request, publicUrl, false)
      const { login, password, code } = request.body as { login: string; password: string; code?: string }
      const result = await access.signIn.with(login, password, seatOf(request), code)
      if ('refused' in result) throw refusal(result)
      return sendSession(request, reply, result, parts)
    },
  )

  app.put(
    '/api/v1/session',
    {
      schema: {
        summary: 'Look at another workspace',
        body: Type.Object(
          { workspace: Type.String({ description: 'Its short name' }) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const known = authorizePerson(request)
      const { workspace } = request.body as { workspace: string }
      const view = workspacesOf(known, workspaces.all()).find(({ name }) => name === workspace)
      if (view === undefined)
        throw new HttpError('forbidden', [
          problem(
            '/workspace',
            `В кабинет «${workspace}» вам нельзя, или его нет`,
            `You may not enter the workspace "${workspace}", or there is none`,
          ),
        ])
      await access.sessions.switchTo(known.session, view.id)
      return sessionView(known, view, workspaces.all(), demo !== undefined)
    },
  )

  app.delete(
    '/api/v1/session',
    { config: { documented: { status: 204 } }, schema: { summary: 'Sign out' } },
    async (request, reply) => {
      const { account, session } = authorizePerson(request)
      await access.sessions.end(account.id, { only: session.id })
      setSessionCookie(request, reply, null, publicUrl)
      return reply.status(204).send()
    },
  )
}

function ownRoutes(app: FastifyInstance, { access, publicUrl }: HttpParts): void {
  app.get(
    '/api/v1/sessions',
    { config: LISTED, schema: { summary: 'Own sessions, the one seen last first' } },
    async (request) => {
      const known = authorizePerson(request)
      const rows = await access.sessions.list(known.account.id)
      return { items: rows.map((row) => info(row, known)), next: null }
    },
  )

  app.delete(
    '/api/v1/sessions',
    { config: { documented: { status: 204 } }, schema: { summary: 'End all own sessions but this one' } },
    async (request, reply) => {
      const { account, session } = authorizePerson(request)
      await access.sessions.end(account.id, { except: session.id })
      return reply.status(204).send()
    },
  )

  app.delete(
    '/api/v1/sessions/:id',
    { config: { documented: { status: 204 } }, schema: { summary: 'End one of the own sessions' } },
    async (request, reply) => {
      const { account, session } = authorizePerson(request)
      const { id } = request.params as { id: string }
      if ((await access.sessions.end(account.id, { only: id })) === 0) throw new HttpError('not_found')
      if (id === session.id) setSessionCookie(request, reply, null, publicUrl)
      return reply.status(204).send()
    },
  )

  app.put(
    '/api/v1/session/password',
    {
      config: { documented: { status: 204, errors: [429] } },
      schema: {
        summary: 'Change the own password; all other sessions end',
        body: Type.Object(
          {
            current: Type.String({ maxLength: SECRET_LENGTH }),
            password: Type.String({ maxLength: SECRET_LENGTH }),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const known = authorizePerson(request)
      const { current, password } = request.body as { current: string; password: string }
      const wrong = await access.signIn.changePassword(known, current, password, seatOf(request))
      if (wrong === undefined) return reply.status(204).send()
      if (!('refused' in wrong)) throw new HttpError('invalid', [wrong])
      if (wrong.refused !== 'unknown') throw refusal(wrong)
      throw new HttpError('invalid', [problem('/current', 'Это не ваш пароль', 'This is not your password')])
    },
  )
}

const info = (row: SessionRow, { session, account }: KnownSession): SessionInfo => ({
  id: row.id,
  current: row.id === session.id && row.account === account.id,
  signedInAt: new Date(row.signedInAt).toISOString(),
  seenAt: new Date(row.seenAt).toISOString(),
  address: row.address,
  agent: row.agent,
})
