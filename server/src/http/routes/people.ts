import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { time } from '../../history/views.ts'
import { authorize } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { LISTED } from './page.ts'

/** API keys. */
export function peopleRoutes(app: FastifyInstance, { keys }: HttpParts): void {
  app.get(
    '/api/v1/keys',
    { config: LISTED, schema: { summary: 'API keys, without the keys themselves' } },
    async (request) => {
      const { view } = authorize(request, 'keys.write')
      return {
        items: keys.list(view.id).map(({ createdAt, lastUsedAt, ...key }) => ({
          ...key,
          createdAt: time(createdAt),
          lastUsedAt: time(lastUsedAt),
        })),
        next: null,
      }
    },
  )

  app.post(
    '/api/v1/keys',
    {
      config: { documented: { status: 201, errors: [409] } },
      schema: {
        summary: 'Make an API key; it is shown only in this answer',
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 100, description: 'Also the default source of its events' }),
            rights: Type.Enum(['send', 'read', 'all']),
            perMinute: Type.Optional(
              Type.Integer({ minimum: 1, description: 'Events a minute; without it, no limit' }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const { view, caller } = authorize(request, 'keys.write')
      const { name, rights, perMinute } = request.body as {
        name: string
        rights: 'send' | 'read' | 'all'
        perMinute?: number
      }
      const made = await keys.make(view.id, name, rights, perMinute ?? null, caller.name)
      if (made === 'taken')
        throw new HttpError('conflict', [
          problem(
            '/name',
            `Ключ «${name}» уже есть: назовите иначе или сначала отзовите тот`,
            `There is a key "${name}" already: take another name, or remove that one first`,
          ),
        ])
      return reply.status(201).send({ name, rights, ...made })
    },
  )

  app.delete(
    '/api/v1/keys/:id',
    { config: { documented: { status: 204 } }, schema: { summary: 'Remove an API key' } },
    async (request, reply) => {
      const { view } = authorize(request, 'keys.write')
      if (!(await keys.remove(view.id, (request.params as { id: string }).id))) throw new HttpError('not_found')
      return reply.status(204).send()
    },
  )
}
