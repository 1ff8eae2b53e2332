import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SecondFactor } from '@nabat/api/session.ts'
import { problem } from '@nabat/api/text.ts'
import { Type } from 'typebox'
import type { AccountRow } from '../../store/access.ts'
import { authorize, authorizePerson } from '../auth.ts'
import { HttpError } from '../errors.ts'
import { seatOf } from '../seat.ts'
import type { HttpParts } from '../server.ts'
import { refusal, WRONG_CODE } from './session.ts'

const PATH = '/api/v1/session/second-factor'
const RECOVERY = Type.Object({ recoveryCodes: Type.Array(Type.String()) })
const STATE = Type.Object({
  since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null: it is not asked for' }),
  recoveryLeft: Type.Integer({ description: 'Recovery codes that have not been used' }),
})
const WithCode = Type.Object(
  { code: Type.String({ maxLength: 40, description: 'Of the application, or a recovery code' }) },
  { additionalProperties: false },
)

const ALREADY_ON = problem(
  '',
  'Второй фактор уже включён: чтобы привязать другой телефон, сначала выключите его',
  'The second factor is on already: to use another phone, switch it off first',
)
const NOT_YOURS_TO_RESET = problem(
  '',
  'Эта учётная запись работает и в других кабинетах: сбросить второй фактор может только администратор установки',
  'This account works in other workspaces too: only the operator of the installation can reset its second factor',
)

/** The second factor of whoever has signed in, and resetting that of somebody whose phone is gone. */
export function secondFactorRoutes(app: FastifyInstance, parts: HttpParts): void {
  beginning(app, parts)
  using(app, parts)
  resetting(app, parts)
}

function beginning(app: FastifyInstance, { access }: HttpParts): void {
  const { secondFactors, signIn } = access
  app.get(
    PATH,
    { config: { documented: { answer: STATE } }, schema: { summary: 'How the own second factor stands' } },
    async (request): Promise<SecondFactor> => {
      const { since, recoveryLeft } = await secondFactors.state(authorizePerson(request).account.id)
      return { since: since === null ? null : new Date(since).toISOString(), recoveryLeft }
    },
  )

  app.post(
    PATH,
    {
      config: {
        documented: {
          status: 201,
          errors: [409, 429],
          answer: Type.Object({
            secret: Type.String({ description: 'To be typed into the application' }),
            uri: Type.String({ description: 'otpauth://…, to be shown as a QR code' }),
          }),
        },
      },
      schema: {
        summary: 'Begin with a second factor; a code confirms it',
        body: Type.Object(
          { password: Type.String({ maxLength: 400, description: 'Of the own account' }) },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const { account } = authorizePerson(request)
      const { password } = request.body as { password: string }
      const refused = await signIn.confirm(account, password, seatOf(request))
      if (refused?.refused === 'unknown')
        throw new HttpError('invalid', [problem('/password', 'Это не ваш пароль', 'This is not your password')])
      if (refused !== undefined) throw refusal(refused)
      const begun = await secondFactors.begin(account, 'Nabat')
      if (begun === 'on') throw new HttpError('conflict', [ALREADY_ON])
      void reply.header('cache-control', 'no-store')
      return reply.status(201).send(begun)
    },
  )

  app.put(
    PATH,
    {
      config: { documented: { answer: RECOVERY } },
      schema: { summary: 'Confirm it by a code; answers the recovery codes, once', body: WithCode },
    },
    async (request, reply) => {
      const { account } = authorizePerson(request)
      const codes = await secondFactors.confirm(account.id, codeOf(request))
      if (codes === 'wrong') throw new HttpError('invalid', [WRONG_CODE])
      void reply.header('cache-control', 'no-store')
      return { recoveryCodes: codes }
    },
  )
}

function using(app: FastifyInstance, { access }: HttpParts): void {
  const { secondFactors, signIn } = access
  /** A wrong code is a mistake of the request here: whoever sends it has signed in. */
  const insist = async (account: AccountRow, request: FastifyRequest): Promise<void> => {
    const refused = await signIn.second(account, codeOf(request), seatOf(request))
    if (refused?.refused === 'code') throw new HttpError('invalid', [WRONG_CODE])
    if (refused !== undefined) throw refusal(refused)
  }

  app.post(
    `${PATH}/recovery`,
    {
      config: { documented: { errors: [429], answer: RECOVERY } },
      schema: { summary: 'New recovery codes; those before are good for nothing', body: WithCode },
    },
    async (request, reply) => {
      const { account } = authorizePerson(request)
      await insist(account, request)
      void reply.header('cache-control', 'no-store')
      return { recoveryCodes: await secondFactors.renewRecovery(account.id) }
    },
  )

  app.post(
    `${PATH}/off`,
    {
      config: { documented: { status: 204, errors: [429] } },
      schema: { summary: 'Switch the own second factor off', body: WithCode },
    },
    async (request, reply) => {
      const { account } = authorizePerson(request)
      await insist(account, request)
      await secondFactors.remove(account.id)
      return reply.status(204).send()
    },
  )
}

function resetting(app: FastifyInstance, { access, store, clock, log }: HttpParts): void {
  app.delete(
    '/api/v1/users/:id/second-factor',
    {
      config: { documented: { status: 204, errors: [409] } },
      schema: { summary: 'Reset the second factor of somebody whose phone and recovery codes are gone' },
    },
    async (request, reply) => {
      const { view, caller } = authorize(request, 'people.write')
      const row = view.row('users', (request.params as { id: string }).id)
      const [card] = row === undefined ? [] : await store.cardAccess(view.id, [row.id], clock.now())
      const account = card?.account == null ? undefined : await store.account(card.account)
      if (row === undefined || account === undefined) throw new HttpError('not_found')
      const elsewhere = (await store.memberships(account.id)).some(({ workspace }) => workspace !== view.id)
      if (!caller.operator && (elsewhere || account.operator)) throw new HttpError('conflict', [NOT_YOURS_TO_RESET])
      if (!(await access.secondFactors.remove(account.id))) throw new HttpError('not_found')
      log.warn({ workspace: view.name, by: caller.name, user: row.key }, 'the second factor of a person was reset')
      return reply.status(204).send()
    },
  )
}

const codeOf = (request: FastifyRequest): string => (request.body as { code: string }).code
