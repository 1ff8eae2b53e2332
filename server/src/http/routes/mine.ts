import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { ExplainedTrace } from '../../history/explain.ts'
import { concerns, mine, type MineOf } from '../../history/mine.ts'
import { why, type DeliveryThen } from '../../history/why.ts'
import { isId } from '../../ids.ts'
import { fieldsOf } from '../../pipeline/deliver.ts'
import { authorizePerson, enter } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, pageOf } from './page.ts'

const when = Type.Optional(Type.String({ format: 'date-time' }))

const MyEvents = Type.Object({
  items: Type.Array(Type.Object({})),
  next: Type.Union([Type.String(), Type.Null()], {
    description: '`cursor` of the next page; a page may be short, or empty',
  }),
  lookedTo: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'How far back events have been looked at',
  }),
})
const Why = Type.Object({
  told: Type.Boolean({ description: 'Something was sent' }),
  says: Type.Array(Type.String(), { description: 'Sentences' }),
})

/** What concerned whoever has signed in, and why it did or did not come. */
export function mineRoutes(app: FastifyInstance, { history, store }: HttpParts): void {
  app.get(
    '/api/v1/mine/events',
    {
      config: { documented: { answer: MyEvents } },
      schema: {
        summary: 'Events that concerned whoever has signed in, the newest first',
        description:
          'Those of which something was, or was to be, sent; those that name him; and for who may see all events those that a rule naming him refused.',
        querystring: Type.Object({
          q: Type.Optional(
            Type.String({ maxLength: 200, description: 'A part of the title, the type or the subject' }),
          ),
          told: Type.Optional(Type.Enum(['true', 'false'])),
          ...{ from: when, to: when },
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view, who } = whoAsks(request)
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'id')
      if (who === undefined) return { items: [], next: null, lookedTo: null }
      return mine(store, view, who, query, page, languageOf(request))
    },
  )

  app.get(
    '/api/v1/mine/events/:id',
    {
      config: { documented: { answer: Why } },
      schema: { summary: 'Why an event did, or did not, come to whoever has signed in' },
    },
    async (request) => {
      const { view, who } = whoAsks(request)
      const id = (request.params as { id: string }).id.toLowerCase()
      // Of what did not concern him nobody is told even that it happened.
      if (who === undefined || !isId(id) || !(await concerns(store, view, who, id))) throw new HttpError('not_found')
      const language = languageOf(request)
      const event = await history.event(view, id, language)
      const stored = await history.stored(view, id)
      if (event === undefined || stored === undefined) throw new HttpError('not_found')
      const trace = event['trace'] as ExplainedTrace
      const deliveries = event['deliveries'] as DeliveryThen[]
      const about = { fields: fieldsOf({ event: stored }), type: view.type(stored.type), trace, deliveries, view }
      return why({ who: who.person.login, ...about }, language)
    },
  )
}

/** Whoever has signed in, as the workspace knows him; undefined: an operator without a card there. */
function whoAsks(request: FastifyRequest): { view: WorkspaceView; who: MineOf | undefined } {
  authorizePerson(request)
  const { view, caller } = enter(request)
  const person = view.people.get(caller.name)
  return { view, who: person && { person, seesEvents: caller.permissions.has('events.read') } }
}
