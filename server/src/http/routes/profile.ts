import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { User } from '@nabat/api/configuration.ts'
import { OWN_FIELDS, type GivenLink } from '@nabat/api/profile.ts'
import { problem } from '@nabat/api/text.ts'
import { unlinkedWords } from '../../bots/telegram/linking-words.ts'
import { ChangedMeanwhile } from '../../configuration/configuration.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { cardIn, type Card } from '../../people/member.ts'
import { chatsBetween, lockedBecause, ownEdit } from '../../people/profile.ts'
import { authorizePerson, enter } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { inWords } from './chats.ts'
import { expected, meanwhile, withoutAdded } from './configuration.ts'
import { changed, naming } from './entity-answers.ts'
import { canBeLinked, isBot, profileOf, type Own } from './profile-answer.ts'

/** Looks at what is stored: that a destination is out of use is known there first. */
async function ownOf(request: FastifyRequest, { workspaces }: HttpParts): Promise<Own> {
  const known = authorizePerson(request)
  const { view, caller } = enter(request)
  await workspaces.refresh(view.id)
  return { view, name: caller.name, card: cardIn(known, view) ?? null }
}

/** The card of whoever calls; 409 in words where it is not for him to change. `wanted`: what he would like there. */
function changeable(own: Own, wanted: object): Card {
  const { card, view } = own
  const locked = lockedBecause(card && { origin: card.row.origin, login: card.person.login }, view, wanted)
  if (card === null || locked !== null) throw new HttpError('conflict', locked === null ? [] : [locked])
  return card
}

const Body = Type.Partial(
  Type.Object(
    Object.fromEntries(OWN_FIELDS.map((field) => [field, Type.Union([User.properties[field], Type.Null()])])),
  ),
)

/** Everybody's own card: what he sees of himself, and changes without asking anybody. */
export function profileRoutes(app: FastifyInstance, parts: HttpParts): void {
  app.get('/api/v1/profile', { schema: { summary: 'Own card, ways and preferences' } }, async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    return profileOf(parts, await ownOf(request, parts), languageOf(request))
  })

  app.put(
    '/api/v1/profile',
    {
      config: { documented: { errors: [409] } },
      schema: {
        summary: 'Change what is one’s own of the card',
        description:
          'What is not named stays as it is; null takes it out. `contacts` sets the order of the ways there are.',
        body: Body,
      },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      // Before what is wrong with the body, which is nobody else's to hear.
      authorizePerson(request)
      await changeOwn(request, reply, parts)
      return profileOf(parts, await ownOf(request, parts), languageOf(request))
    },
  )

  telegramRoute(app, parts)
}

/** An administrator saves the card at the same moment: that does not happen so often in a row. */
const MOST_TRIES = 5

/** Saves what somebody wants of his own card, on top of whatever else is saved of it at the same moment. */
async function changeOwn(request: FastifyRequest, reply: FastifyReply, parts: HttpParts): Promise<void> {
  const wanted = withoutAdded(request.body)
  const { ifVersion } = expected(request)
  for (let tries = 1; ; tries += 1) {
    const own = await ownOf(request, parts)
    const { row, person } = changeable(own, wanted)
    const edit = ownEdit(wanted, person, own.view)
    if ('problems' in edit) throw new HttpError('invalid', edit.problems)
    try {
      // The whole card is written: of any other version than the one it was made from, it would undo what was saved since.
      const save = { section: 'users', id: row.id, entity: { ...edit.entity }, path: '', origin: 'api' } as const
      const edits = [{ ...save, ifVersion: ifVersion ?? row.version }]
      naming(reply, changed(await parts.configuration.save(own.view, edits, own.name)))
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error
      if (ifVersion === undefined && tries < MOST_TRIES) continue
      throw await meanwhile(parts.history, own.view, error)
    }
    tellChats(parts, own.view, person, edit.entity)
    return
  }
}

function telegramRoute(app: FastifyInstance, parts: HttpParts): void {
  app.post(
    '/api/v1/profile/telegram',
    {
      config: { documented: { status: 201, errors: [409] } },
      schema: {
        summary: 'A code that links a private chat with a bot',
        description: 'Good for 15 minutes, once; sent to the bot as `/start CODE` or by itself.',
        body: Type.Object({ channel: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false }),
      },
    },
    async (request, reply): Promise<GivenLink> => {
      const own = await ownOf(request, parts)
      const { channel: name } = request.body as { channel: string }
      const card = changeable(own, { contacts: [{ channel: name, chat: '…' }] })
      const channel = own.view.channelByName(name)
      if (channel === undefined || !isBot(channel))
        throw new HttpError('invalid', [
          problem('/channel', `Нет бота Telegram «${name}»`, `There is no Telegram bot "${name}"`),
        ])
      if (!canBeLinked(channel))
        throw new HttpError('conflict', [
          problem(
            '/channel',
            `Бот «${name}» выключен или не настроен: обратитесь к администратору`,
            `The bot "${name}" is switched off or not set up: ask an administrator`,
          ),
        ])
      const {
        code,
        expiresAt,
        username,
        problem: trouble,
      } = await parts.linking.give(own.view.id, card.row.id, channel)
      void reply.status(201).header('cache-control', 'no-store')
      return {
        channel: name,
        code,
        expiresAt: new Date(expiresAt).toISOString(),
        username,
        link: username === null ? null : `https://t.me/${username}?start=${code}`,
        problem: inWords(trouble, languageOf(request)),
      }
    },
  )
}

/** Says in chats that were taken out of a card, or came back, what has become of them. */
export function tellChats(
  { linking }: Pick<HttpParts, 'linking'>,
  view: WorkspaceView,
  before: Card['person'],
  after: Card['person'],
): void {
  const about = { name: after.name ?? after.login, workspace: view.settings.title ?? view.name }
  const language = after.language ?? view.language
  const say = (isBack: boolean, from: Card['person'], to: Card['person']): void => {
    for (const { channel, chat } of chatsBetween(from, to, view)) {
      const found = view.channelByName(channel)
      if (found !== undefined && isBot(found) && canBeLinked(found))
        void linking.say(found.settings, String(chat), unlinkedWords(about, isBack)[language])
    }
  }
  say(false, before, after)
  say(true, after, before)
}
