import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import type { ExplainedTrace } from '../../history/explain.ts'
import { why, type DeliveryThen } from '../../history/why.ts'
import { deliveryWords } from '../../history/words.ts'
import { isId } from '../../ids.ts'
import { fieldsOf } from '../../pipeline/deliver.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

const Why = Type.Object({
  told: Type.Boolean({ description: 'Something was sent to them' }),
  says: Type.Array(Type.String(), { description: 'Sentences' }),
})
const Words = Type.Object({
  title: Type.String(),
  text: Type.String({ description: 'Plain text' }),
  language: Type.Enum(['ru', 'en']),
})

/** What happened, told to people: why an event did or did not come to somebody, and a delivery in its recipient's words. */
export function explanationRoutes(app: FastifyInstance, { history, store, pipeline }: HttpParts): void {
  app.get(
    '/api/v1/events/:id/why',
    {
      config: { documented: { answer: Why } },
      schema: {
        summary: 'Why an event did, or did not, come to a person or an address',
        querystring: Type.Object({
          who: Type.Optional(Type.String({ maxLength: 200, description: 'A login, a name or an address' })),
        }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const { id } = request.params as { id: string }
      const language = languageOf(request)
      const known = isId(id)
      const event = known ? await history.event(view, id.toLowerCase(), language) : undefined
      const stored = known ? await history.stored(view, id.toLowerCase()) : undefined
      if (event === undefined || stored === undefined) throw new HttpError('not_found')
      const { who = '' } = request.query as { who?: string }
      if (who.trim() === '')
        throw new HttpError('invalid', [
          problem(
            '/who',
            'Назовите человека или адрес: логин, имя, почту',
            'Name a person or an address: a login, a name',
          ),
        ])
      const trace = event['trace'] as ExplainedTrace
      const deliveries = event['deliveries'] as DeliveryThen[]
      return why(
        { who, fields: fieldsOf({ event: stored }), type: view.type(stored.type), trace, deliveries, view },
        language,
      )
    },
  )

  app.get(
    '/api/v1/deliveries/:id/message',
    { config: { documented: { answer: Words } }, schema: { summary: 'A delivery in the words of its recipient' } },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const { id } = request.params as { id: string }
      const words = isId(id) ? await deliveryWords(store, pipeline.renderer, view, id.toLowerCase()) : undefined
      if (words === undefined) throw new HttpError('not_found')
      return words
    },
  )
}
