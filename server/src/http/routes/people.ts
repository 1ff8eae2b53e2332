import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Permission } from '@nabat/api/permissions.ts'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { time } from '../../history/views.ts'
import { isId } from '../../ids.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { authorize, enter } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'

/** API keys, and people's inboxes. */
export function peopleRoutes(app: FastifyInstance, { keys, store, history, clock }: HttpParts): void {
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

  app.get(
    '/api/v1/users/:id/inbox',
    {
      config: LISTED,
      schema: {
        summary: "A person's inbox, the newest first",
        querystring: Type.Object({ read: Type.Optional(Type.Enum(['false'])), ...Cursor }),
      },
    },
    async (request) => {
      const { view, login } = inboxOf(request, 'inboxes.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'id')
      return listAnswer(await history.inbox(view, login, query, page), page)
    },
  )

  for (const [name, read] of [
    ['read', true],
    ['unread', false],
  ] as const)
    app.post(
      `/api/v1/users/:id/inbox/${name}`,
      {
        schema: {
          summary: `Mark entries ${name}; without ids, all of them`,
          body: Type.Optional(Type.Union([Type.Object({ ids: Type.Array(Type.String()) }), Type.Null()])),
        },
      },
      async (request) => {
        const { view, login } = inboxOf(request, 'inboxes.write')
        const ids = (request.body as { ids?: string[] } | null | undefined)?.ids?.filter(isId) ?? 'all'
        return {
          changed: await store.markInbox(view.id, login, ids, read ? clock.now() : null),
        }
      },
    )
}

/** Whose inbox it is. Everybody who has signed in has his own; that of anybody else takes the permission. */
function inboxOf(request: FastifyRequest, permission: Permission): { view: WorkspaceView; login: string } {
  const { view, caller } = enter(request)
  const row = view.row('users', (request.params as { id: string }).id)
  const isOwn = caller.account !== null && row?.key === caller.name
  if (!isOwn) authorize(request, permission)
  if (row === undefined) throw new HttpError('not_found')
  return { view, login: row.key }
}
