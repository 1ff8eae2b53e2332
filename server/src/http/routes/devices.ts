import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problem, type Language, type Text } from '@nabat/api/text.ts'
import { Type } from 'typebox'
import type { Message } from '../../channels/channel.ts'
import { pushChannel } from '../../configuration/contacts.ts'
import { unreadiness } from '../../pipeline/hold.ts'
import { isId } from '../../ids.ts'
import { browserTitle } from '../../people/browsers.ts'
import type { Owner } from '../../people/devices.ts'
import { KeyLimits } from '../../people/keys.ts'
import { cardOf } from '../../people/member.ts'
import type { Outcome } from '../../pipeline/outcome.ts'
import { reasonWords } from '../../reasons.ts'
import type { DeviceRow } from '../../store/devices.ts'
import { authorize, authorizePerson, enter } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { LISTED } from './page.ts'

const TITLE_LENGTH = 100
const TESTS_A_MINUTE = 6
/** A push service has so long to take a test. */
const DEADLINE_MS = 15_000

const Title = Type.String({ minLength: 1, maxLength: TITLE_LENGTH, pattern: '\\S', description: 'What it is called' })

const Device = Type.Object({
  id: Type.String(),
  title: Type.String(),
  agent: Type.Union([Type.String(), Type.Null()], { description: 'Its User-Agent' }),
  addedAt: Type.String({ format: 'date-time' }),
  usedAt: Type.String({ format: 'date-time', description: 'When the browser was last here' }),
  endpointHost: Type.String({ description: 'The push service; the whole endpoint is not shown' }),
})

const Subscription = Type.Object(
  {
    endpoint: Type.String({ maxLength: 2048, description: 'As PushSubscription has it' }),
    keys: Type.Object(
      { p256dh: Type.String({ maxLength: 200 }), auth: Type.String({ maxLength: 100 }) },
      { additionalProperties: false },
    ),
    expirationTime: Type.Optional(
      Type.Union([Type.Number(), Type.Null()], { description: 'Not needed; PushSubscription has it' }),
    ),
    title: Type.Optional(Title),
    replaces: Type.Optional(
      Type.String({ maxLength: 2048, description: 'The endpoint this browser had before: it stays the same device' }),
    ),
  },
  { additionalProperties: false },
)

/** The own browsers that take push messages. */
export function deviceRoutes(app: FastifyInstance, parts: HttpParts): void {
  lookingRoutes(app, parts)
  changingRoutes(app, parts)
  testRoute(app, parts)
  clickedRoute(app, parts)
}

/** What there is: the own devices, and what those of others are called. */
function lookingRoutes(app: FastifyInstance, { devices }: HttpParts): void {
  app.get(
    '/api/v1/push',
    {
      config: { documented: { answer: Type.Object({ publicKey: Type.String() }) } },
      schema: { summary: 'What a browser subscribes to push messages with (applicationServerKey)' },
    },
    (request) => {
      authorizePerson(request)
      return { publicKey: devices.publicKey }
    },
  )

  app.get(
    '/api/v1/devices',
    { config: LISTED, schema: { summary: 'Own browsers that take push messages, the one used last first' } },
    async (request) => {
      authorizePerson(request)
      const owner = ownerIn(request)
      const rows = owner === undefined ? [] : await devices.list(owner.view, owner.card)
      return { items: rows.map(shown), next: null }
    },
  )

  app.get(
    '/api/v1/users/:id/devices',
    { config: LISTED, schema: { summary: 'What the browsers of a person are called that take push messages' } },
    async (request) => {
      const { view } = authorize(request, 'people.read')
      const row = view.row('users', (request.params as { id: string }).id)
      if (row === undefined) throw new HttpError('not_found')
      return { items: (await devices.list(view, row.id)).map(({ title }) => ({ title })), next: null }
    },
  )
}

function changingRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { devices } = parts
  app.post(
    '/api/v1/devices',
    {
      config: { documented: { status: 201, answer: Device, errors: [409] } },
      schema: {
        summary: 'This browser takes push messages from now on; one that is known is brought up to date (200)',
        body: Subscription,
      },
    },
    (request, reply) => addDevice(request, reply, parts),
  )

  app.patch(
    '/api/v1/devices/:id',
    {
      config: { documented: { answer: Device } },
      schema: {
        summary: 'Call a device otherwise',
        body: Type.Object({ title: Title }, { additionalProperties: false }),
      },
    },
    async (request) => {
      const { view, card, id } = deviceIn(request)
      const { title } = request.body as { title: string }
      if (!(await devices.rename(view, card, id, title.trim()))) throw new HttpError('not_found')
      const found = (await devices.list(view, card)).find((device) => device.id === id)
      if (found === undefined) throw new HttpError('not_found')
      return shown(found)
    },
  )

  app.delete(
    '/api/v1/devices/:id',
    { config: { documented: { status: 204 } }, schema: { summary: 'A device takes no push messages any more' } },
    async (request, reply) => {
      const { view, card, id } = deviceIn(request)
      if (!(await devices.remove(view, card, id))) throw new HttpError('not_found')
      return reply.status(204).send()
    },
  )
}

function clickedRoute(app: FastifyInstance, { devices }: HttpParts): void {
  app.post(
    '/api/v1/push/clicked',
    {
      config: { documented: { status: 204 } },
      schema: {
        summary: 'A push message was clicked: its delivery has been read',
        body: Type.Object({ delivery: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      authorizePerson(request)
      const owner = ownerIn(request)
      const { delivery } = request.body as { delivery: string }
      // The message of a test is no delivery, and whoever clicks has nothing to be told.
      if (owner !== undefined && isId(delivery)) await devices.clicked(owner.view, owner.login, delivery)
      return reply.status(204).send()
    },
  )
}

async function addDevice(request: FastifyRequest, reply: FastifyReply, { devices }: HttpParts): Promise<FastifyReply> {
  authorizePerson(request)
  const owner = ownerIn(request)
  if (owner === undefined)
    throw new HttpError('conflict', [
      problem(
        '',
        'В этом кабинете у вас нет карточки сотрудника, и уведомления вам не приходят: заведите её в «Людях»',
        'You have no card in this workspace, so nothing is sent to you: make one in People',
      ),
    ])
  const { endpoint, keys, title, replaces } = request.body as {
    endpoint: string
    keys: { p256dh: string; auth: string }
    title?: string
    replaces?: string
  }
  const agent = request.headers['user-agent'] ?? null
  const added = await devices.add(owner, {
    ...{ endpoint, keys, agent, title: title?.trim() ?? null, replaces: replaces ?? null },
    named: browserTitle(agent, languageOf(request)),
  })
  if (!('device' in added)) throw new HttpError('invalid', [...added])
  return reply.status(added.made ? 201 : 200).send(shown(added.device))
}

/** A message to one device, at once. */
function testRoute(app: FastifyInstance, { devices, pipeline, clock }: HttpParts): void {
  const limits = new KeyLimits(clock)
  app.post(
    '/api/v1/devices/:id/test',
    {
      config: {
        documented: {
          answer: Type.Object({
            sent: Type.Boolean(),
            reason: Type.Union([Type.String(), Type.Null()]),
            says: Type.String(),
          }),
          errors: [429],
        },
      },
      schema: { summary: 'Send a test message to a device; says what the push service answered' },
    },
    async (request) => {
      const { view, card, id, login } = deviceIn(request)
      const device = (await devices.list(view, card)).find((each) => each.id === id)
      if (device === undefined) throw new HttpError('not_found')
      const { caller } = enter(request)
      const seconds = limits.take({ ...caller, perMinute: TESTS_A_MINUTE }, 1)
      if (seconds > 0) throw new HttpError('too_many_requests', [], seconds)
      const language = languageOf(request)
      const channel = pushChannel(view)
      const unready = channel === undefined ? 'channel_removed' : unreadiness(channel)
      if (channel === undefined || unready !== undefined)
        return { sent: false, reason: unready, says: reasonWords(unready ?? '')[language] }
      const open = await pipeline.ways.open(channel, view.id)
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const call = { signal, action: 'send', attempt: 1 } as const
      const outcome = await open.attempt(testMessage(device, language, clock.now()), { user: login, device: id }, call)
      return inWords(outcome, language)
    },
  )
}

/** What the test came to, for whoever asked for it. */
function inWords(outcome: Outcome, language: Language): { sent: boolean; reason: string | null; says: string } {
  if (outcome.verdict === 'sent') return { sent: true, reason: null, says: TAKEN[language] }
  const { reason, detail } = outcome
  if (reason === 'no_device') return { sent: false, reason, says: WITHDRAWN[language] }
  return { sent: false, reason, says: `${reasonWords(reason)[language]}: ${detail}` }
}

const TAKEN: Text = {
  ru: 'Служба push приняла сообщение: оно появится через несколько секунд. Не появилось — посмотрите, разрешены ли уведомления браузеру в самой системе',
  en: 'The push service has taken the message: it will be shown within seconds. If it is not, see whether the system lets the browser show notifications',
}
const WITHDRAWN: Text = {
  ru: 'Браузер больше не подписан, устройство убрано: откройте Набат в нём и включите уведомления снова',
  en: 'The browser is not subscribed any more, the device was removed: open Nabat in it and switch notifications on again',
}

function testMessage({ title }: DeviceRow, language: Language, now: number): Message {
  const words = {
    ru: { title: 'Проверка уведомлений', text: `Набат может писать сюда: ${title}` },
    en: { title: 'A test of notifications', text: `Nabat can write here: ${title}` },
  }[language]
  const text = words.text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return {
    ...{ deliveryId: `test-${now}`, language, severity: 'info', title: words.title, text, letter: `<p>${text}</p>` },
    ...{ links: [], attachments: [], silent: false },
    event: {
      ...{ specversion: '1.0', id: `test-${now}`, source: 'nabat', type: 'nabat.check', data: {} },
      time: new Date(now).toISOString(),
    },
  }
}

/** Whose devices a request is about: the own ones. Undefined for an operator who has no card there. */
function ownerIn(request: FastifyRequest): (Owner & { readonly login: string }) | undefined {
  const { account, session, memberships } = authorizePerson(request)
  const { view } = enter(request)
  const member = memberships.find(({ workspace }) => workspace === view.id)
  const card = member === undefined ? undefined : cardOf(view, member.card)
  return card && { view, card: card.row.id, account: account.id, session: session.id, login: card.row.key }
}

/** The own device that the path names; 404 for what cannot be one. */
function deviceIn(request: FastifyRequest): Owner & { readonly login: string; readonly id: string } {
  const owner = ownerIn(request)
  const { id } = request.params as { id: string }
  if (owner === undefined || !isId(id)) throw new HttpError('not_found')
  return { ...owner, id }
}

const shown = ({ id, title, agent, addedAt, usedAt, endpoint }: DeviceRow) => ({
  ...{ id, title, agent },
  addedAt: new Date(addedAt).toISOString(),
  usedAt: new Date(usedAt).toISOString(),
  endpointHost: new URL(endpoint).host,
})
