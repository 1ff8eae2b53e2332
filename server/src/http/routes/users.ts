import type { FastifyInstance } from 'fastify'
import { ROLES } from '@nabat/api/configuration.ts'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { cursorOf, peopleFitting, type PeopleQuery } from '../../people/directory.ts'
import type { IsDown } from '../../people/reachability.ts'
import type { EntityRow } from '../../store/store.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { accountStates } from './accounts.ts'
import { entityViews } from './entity-answers.ts'
import { Cursor, LISTED, pageOf } from './page.ts'

/** Accounts are asked for so many at a time. */
const AT_ONCE = 500

interface Query extends PeopleQuery {
  readonly account?: string
  readonly order?: 'name' | 'id'
  readonly limit?: string
  readonly cursor?: string
}

/** The list of people, narrowed and searched, and what an administrator does to somebody's account. */
export function userRoutes(app: FastifyInstance, parts: HttpParts): void {
  listRoute(app, parts)
  app.delete(
    '/api/v1/users/:id/sessions',
    {
      config: { documented: { status: 204, errors: [409] } },
      schema: { summary: "End all of a person's sessions: whoever lost a device signs in anew" },
    },
    async (request, reply) => {
      const { view } = authorize(request, 'people.write')
      const row = view.row('users', (request.params as { id: string }).id)
      if (row === undefined) throw new HttpError('not_found')
      const { store, access, clock } = parts
      const [known] = await store.cardAccess(view.id, [row.id], clock.now())
      if (known === undefined || known.account === null) return reply.status(204).send()
      const account = await store.account(known.account)
      const memberships = await store.memberships(known.account)
      if (account?.operator === true || memberships.length > 1) throw new HttpError('conflict', [OF_SEVERAL])
      await access.sessions.end(known.account, { except: null })
      return reply.status(204).send()
    },
  )
}

const OF_SEVERAL = problem(
  '',
  'Этот человек входит не только в этот кабинет: свои сеансы он завершает сам',
  'This person signs in not to this workspace alone: only they end their sessions',
)

function listRoute(app: FastifyInstance, parts: HttpParts): void {
  const isDown: IsDown = (channel) => parts.pipeline.claim.lanes.isDown(channel)
  app.get(
    '/api/v1/users',
    {
      config: LISTED,
      schema: {
        summary: 'List users',
        querystring: Type.Object(
          {
            q: Type.Optional(
              Type.String({ maxLength: 200, description: 'In the name, login, phone, e-mail, extension, Mattermost' }),
            ),
            role: Type.Optional(Type.Enum([...ROLES])),
            group: Type.Optional(Type.String({ maxLength: 200, description: 'Its members and those of groups below' })),
            state: Type.Optional(Type.Enum(['works', 'left', 'reachable', 'unreachable'])),
            account: Type.Optional(Type.Enum(['none', 'invited', 'active'])),
            who: Type.Optional(
              Type.Enum(['staff', 'clients'], { description: 'clients: those whose only role is client' }),
            ),
            order: Type.Optional(Type.Enum(['name', 'id'], { description: 'By default id' })),
            ...Cursor,
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'people.read')
      const { account, order = 'id', limit, cursor, q, ...narrowed } = request.query as Query
      const page = pageOf(
        { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) },
        order === 'name' ? 'name' : 'number',
      )
      const wanted = q === undefined || q.trim() === '' ? narrowed : { ...narrowed, q: q.trim() }
      const fitting = peopleFitting(view, wanted, order, page.after, isDown)
      const rows: EntityRow[] = []
      for await (const some of account === undefined ? inOnes(fitting) : inAccount(fitting, account)) {
        rows.push(...some)
        if (rows.length > page.limit) break
      }
      const shown = rows.slice(0, page.limit)
      const last = shown.at(-1)
      const next =
        last === undefined || rows.length <= page.limit ? null : order === 'id' ? `${last.id}` : cursorOf(last, view)
      return { items: await entityViews(parts, view, shown, languageOf(request)), next }

      async function* inAccount(of: AsyncIterable<EntityRow>, state: string): AsyncGenerator<readonly EntityRow[]> {
        for await (const some of inParts(of)) {
          const states = await accountStates(parts.store, view.id, some, parts.clock.now())
          yield some.filter(({ id }) => states.get(id) === state)
        }
      }
    },
  )
}

async function* inOnes(of: AsyncIterable<EntityRow>): AsyncGenerator<readonly EntityRow[]> {
  for await (const row of of) yield [row]
}

async function* inParts(of: AsyncIterable<EntityRow>): AsyncGenerator<readonly EntityRow[]> {
  let part: EntityRow[] = []
  for await (const row of of) {
    part.push(row)
    if (part.length < AT_ONCE) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}
