import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem, type Language, type Text } from '@nabat/api/text.ts'
import { reasonWords } from '../../reasons.ts'
import type { ChatRow } from '../../store/bots.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

const Chats = Type.Object({
  items: Type.Array(
    Type.Object({
      chat: Type.String({ description: 'Its id' }),
      title: Type.String(),
      kind: Type.Enum(['private', 'group', 'supergroup', 'channel']),
      username: Type.Union([Type.String(), Type.Null()]),
      member: Type.Boolean({ description: 'The bot is in it' }),
      canPost: Type.Boolean({ description: 'The bot may write there' }),
      seenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'When the bot heard of it last; null: only rules or people name it',
      }),
    }),
  ),
  next: Type.Null(),
  listening: Type.Boolean({ description: 'A chat the bot is added to now appears here' }),
  problem: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the bot cannot be listened to, and the way out',
  }),
})

/** What only listening knows; the rest are reasons of messages. */
const PROBLEMS: Readonly<Record<string, Text>> = {
  unauthorized: {
    ru: 'Telegram не принимает токен: скопируйте его у @BotFather целиком',
    en: 'Telegram refuses the token: copy it from @BotFather as a whole',
  },
  webhook: {
    ru: 'Обновления этого бота забирает вебхук другой программы: отключите его (deleteWebhook) или возьмите другого бота',
    en: 'A webhook of another program takes the updates of this bot: remove it (deleteWebhook), or take another bot',
  },
  another_poller: {
    ru: 'Этого бота слушает другая программа: остановите её или возьмите другого бота',
    en: 'Another program listens to this bot: stop it, or take another bot',
  },
  off: { ru: 'Канал выключен: включите его', en: 'The channel is switched off: switch it on' },
}

/** The chats of a bot, to choose from. */
export function chatRoutes(app: FastifyInstance, { picker }: HttpParts): void {
  app.get(
    '/api/v1/channels/:id/chats',
    {
      config: { documented: { answer: Chats, errors: [409] } },
      schema: {
        summary: 'The chats a bot has been seen in',
        description:
          'Asking makes the bot listen for the next minute: ask again while somebody is choosing, and chats it is added to appear.',
      },
    },
    async (request) => {
      const { view } = authorize(request, 'bots.write', 'rules.write')
      const row = view.row('channels', (request.params as { id: string }).id)
      const channel = row === undefined ? undefined : view.channels.get(row.id)
      if (channel === undefined) throw new HttpError('not_found')
      if (channel.settings.kind !== 'telegram')
        throw new HttpError('conflict', [
          problem('', 'Чаты есть только у ботов Telegram', 'Only Telegram bots have chats'),
        ])
      const language = languageOf(request)
      if (channel.problems.length > 0) throw new HttpError('conflict', channel.problems)
      const choice = await picker.choose(channel, view)
      const problemText = channel.enabled ? inWords(choice?.problem ?? null, language) : PROBLEMS['off']![language]
      const items = (choice?.chats ?? []).map(shown)
      return { items, next: null, listening: problemText === null, problem: problemText }
    },
  )
}

const shown = ({ seenAt, ...chat }: ChatRow): object => ({
  ...chat,
  seenAt: seenAt === 0 ? null : new Date(seenAt).toISOString(),
})

/** Why a bot cannot be listened to, and the way out; null: it can. */
export function inWords(found: { reason: string; detail: string } | null, language: Language): string | null {
  if (found === null) return null
  const known = PROBLEMS[found.reason]
  if (known !== undefined) return known[language]
  const words = reasonWords(found.reason)[language]
  return found.detail === '' ? words : `${words}: ${found.detail}`
}
