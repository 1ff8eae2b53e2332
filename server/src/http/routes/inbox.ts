import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Permission } from '@nabat/api/permissions.ts'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { problem } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { inboxCounts, inboxCursor, inboxOf } from '../../history/inbox.ts'
import { isId } from '../../ids.ts'
import { cardOf } from '../../people/member.ts'
import { INBOX_LIMIT, type InboxPart } from '../../store/store.ts'
import { authorize, authorizePerson, enter } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, pageOf } from './page.ts'

/** Whose inbox a request is about. */
interface Owner {
  readonly view: WorkspaceView
  readonly login: string
}
type OwnerOf = (request: FastifyRequest, permission: Permission) => Owner

const Filters = Type.Object({
  unread: Type.Optional(Type.Enum(['true', 'false'], { description: 'true: only what has not been read' })),
  read: Type.Optional(Type.Enum(['false'], { description: 'The same as unread=true' })),
  severity: Type.Optional(Type.Enum([...SEVERITIES])),
  category: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'What the title holds, in any capitals' })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Changed since' })),
  to: Type.Optional(Type.String({ format: 'date-time' })),
  ...Cursor,
})

const Marked = Type.Optional(
  Type.Union([
    Type.Object(
      { ids: Type.Array(Type.String({ maxLength: 36 }), { maxItems: INBOX_LIMIT.most }) },
      { additionalProperties: false },
    ),
    Type.Object(
      { before: Type.String({ format: 'date-time', description: 'What has not changed since then' }) },
      { additionalProperties: false },
    ),
    Type.Object({}, { additionalProperties: false }),
    Type.Null(),
  ]),
)

/** The inbox of whoever has signed in, and those of others. */
export function inboxRoutes(app: FastifyInstance, parts: HttpParts): void {
  places(app, parts, '/api/v1/inbox', 'own inbox', ownInbox)
  places(app, parts, '/api/v1/users/:id/inbox', "a person's inbox", inboxOfPerson)

  app.delete(
    '/api/v1/users/:id/inbox',
    { schema: { summary: 'Delete everything in an inbox, as when a person asks to be forgotten' } },
    async (request) => {
      const { view, login } = inboxOfPerson(request, 'inboxes.write')
      return { deleted: await parts.store.clearInbox(view.id, login) }
    },
  )
}

function places(app: FastifyInstance, parts: HttpParts, path: string, what: string, ownerOf: OwnerOf): void {
  const { store, clock } = parts
  app.get(
    path,
    { config: LISTED, schema: { summary: `Entries of ${what}, the newest change first`, querystring: Filters } },
    async (request) => {
      const { view, login } = ownerOf(request, 'inboxes.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'inbox')
      const rows = await inboxOf(store, view, login, query, page, languageOf(request))
      const items = rows.slice(0, page.limit)
      return { items, next: rows.length > page.limit ? inboxCursor(items.at(-1)!) : null }
    },
  )

  app.get(`${path}/counts`, { schema: { summary: `How much of ${what} is unread, and critical` } }, async (request) => {
    const { view, login } = ownerOf(request, 'inboxes.read')
    return inboxCounts(store, view, login)
  })

  for (const mark of ['read', 'unread'] as const)
    app.post(
      `${path}/${mark}`,
      { schema: { summary: `Mark entries of ${what} ${mark}; without a body, all of them`, body: Marked } },
      async (request) => {
        const { view, login } = ownerOf(request, 'inboxes.write')
        const readAt = mark === 'read' ? clock.now() : null
        const ids = await store.markInbox(view.id, login, partOf(request.body), readAt)
        return { changed: ids.length, ids }
      },
    )
}

function partOf(body: unknown): InboxPart {
  const { ids, before } = (body ?? {}) as { ids?: string[]; before?: string }
  if (ids !== undefined) return { ids: ids.filter(isId) }
  return before === undefined ? 'all' : { until: Date.parse(before) }
}

/** The inbox of whoever has signed in; no permission is asked for. */
function ownInbox(request: FastifyRequest): Owner {
  const { memberships } = authorizePerson(request)
  const { view } = enter(request)
  const membership = memberships.find(({ workspace }) => workspace === view.id)
  const card = membership === undefined ? undefined : cardOf(view, membership.card)
  if (card !== undefined) return { view, login: card.row.key }
  throw new HttpError('not_found', [
    problem(
      '',
      'У вас нет карточки сотрудника в этом кабинете, а значит, и ящика',
      'You have no employee card in this workspace, and so no inbox',
    ),
  ])
}

/** Anybody's inbox. Everybody who has signed in has his own; that of anybody else takes the permission. */
function inboxOfPerson(request: FastifyRequest, permission: Permission): Owner {
  const { view, caller } = enter(request)
  const row = view.row('users', (request.params as { id: string }).id)
  const isOwn = caller.account !== null && row?.key === caller.name
  if (!isOwn) authorize(request, permission)
  if (row === undefined) throw new HttpError('not_found')
  return { view, login: row.key }
}
