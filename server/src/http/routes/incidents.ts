import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'

/** Incidents and their acknowledgement. */
export function incidentRoutes(app: FastifyInstance, { store, history, clock }: HttpParts): void {
  app.get(
    '/api/v1/incidents',
    {
      config: LISTED,
      schema: {
        summary: 'Incidents, the newest first',
        querystring: Type.Object({
          state: Type.Optional(Type.Enum(['open', 'unacknowledged', 'acknowledged', 'ended'])),
          key: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'How the key begins' })),
          from: Type.Optional(Type.String({ format: 'date-time', description: 'Opened since' })),
          to: Type.Optional(Type.String({ format: 'date-time' })),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'id')
      return listAnswer(await history.incidents(view, query, page, languageOf(request)), page)
    },
  )

  app.get(
    '/api/v1/incidents/:key',
    { schema: { summary: 'An incident by its key, with its events and what was told of them' } },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const incident = await history.incident(view, (request.params as { key: string }).key, languageOf(request))
      if (incident === undefined) throw new HttpError('not_found')
      return incident
    },
  )

  app.post(
    '/api/v1/incidents/:key/acknowledge',
    {
      config: { documented: { errors: [409] } },
      schema: {
        summary: 'Acknowledge an incident',
        body: Type.Optional(
          Type.Union([Type.Object({ by: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }), Type.Null()]),
        ),
      },
    },
    async (request) => {
      const { view, caller } = authorize(request, 'incidents.write')
      const { key } = request.params as { key: string }
      const by = (request.body as { by?: string } | null | undefined)?.by ?? caller.name
      const result = await store.acknowledge(view.id, key, by, clock.now())
      if (result === 'unknown') throw new HttpError('not_found')
      if (result === 'ended')
        throw new HttpError('conflict', [problem('', 'Инцидент уже закончился', 'The incident has ended already')])
      return (await history.incident(view, key, languageOf(request)))!
    },
  )
}
