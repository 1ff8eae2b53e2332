import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { CATEGORIES } from '@nabat/api/catalog/event-type.ts'
import { AcceptedEvents, EVENT_LIMITS, PostedEvent } from '@nabat/api/event.ts'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { problem } from '@nabat/api/text.ts'
import { eventWords } from '../../history/words.ts'
import { isId } from '../../ids.ts'
import { BINARY_HEADERS, CloudEvent, readEvents } from '../cloudevents.ts'
import { authorize } from '../auth.ts'
import { closedError } from '../closed.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'

const POSTED = Type.Union([PostedEvent, Type.Array(PostedEvent, { maxItems: EVENT_LIMITS.events })])
const DOORS = {
  status: 202,
  body: {
    // In the binary mode the attributes are in the headers and the body is `data`.
    'application/json': Type.Union([...POSTED.anyOf, Type.Unknown({ description: 'With `ce-specversion`: the data' })]),
    'application/cloudevents+json': CloudEvent,
    'application/cloudevents-batch+json': Type.Array(CloudEvent, { maxItems: EVENT_LIMITS.events }),
  },
  headers: BINARY_HEADERS,
  errors: [429],
} as const

/** Posting events, and looking at them with their trace, deliveries and attempts. */
export function eventRoutes(app: FastifyInstance, { pipeline, limits, history }: HttpParts): void {
  app.post(
    '/api/v1/events',
    {
      config: { documented: DOORS },
      schema: {
        summary: 'Post one event or a list of events',
        description: 'Plain JSON, or CloudEvents 1.0 in structured, batched or binary mode. Answered after the commit.',
        body: POSTED,
        response: { 202: AcceptedEvents },
      },
      // The pipeline checks the events itself: against the catalogue too, and with messages in the person's language.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const { caller, view } = authorize(request, 'events.send')
      const batch = readEvents(request.headers['content-type'] ?? '', request.headers, request.body)
      if (batch.events.length > EVENT_LIMITS.events)
        throw new HttpError('too_large', [
          problem(
            '',
            `Не больше ${EVENT_LIMITS.events} событий за раз`,
            `At most ${EVENT_LIMITS.events} events at a time`,
          ),
        ])
      const wait = limits.take(caller, batch.events.length)
      if (wait > 0) throw new HttpError('too_many_requests', [], wait)
      if (batch.problems.length > 0) throw new HttpError('invalid', batch.problems)
      const result = await pipeline.accept(view, batch.events, caller.name, batch.at)
      if ('closed' in result) throw closedError(result.closed)
      if ('problems' in result) throw new HttpError(result.tooLarge ? 'too_large' : 'invalid', result.problems)
      return reply.status(202).send(result)
    },
  )

  app.get(
    '/api/v1/events',
    {
      config: LISTED,
      schema: {
        summary: 'Events, the newest first',
        querystring: Type.Object({
          source: Type.Optional(Type.String()),
          eventId: Type.Optional(Type.String()),
          type: Type.Optional(Type.String({ description: 'A type, or several such as `camera.*`' })),
          category: Type.Optional(Type.Enum(Object.keys(CATEGORIES))),
          severity: Type.Optional(Type.Enum([...SEVERITIES])),
          subject: Type.Optional(Type.String()),
          incident: Type.Optional(Type.String()),
          from: Type.Optional(Type.String({ format: 'date-time' })),
          to: Type.Optional(Type.String({ format: 'date-time' })),
          counts: Type.Optional(
            Type.Enum(['true'], { description: 'How many deliveries of each stand how, in `deliveries`' }),
          ),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'id')
      const { rows, lookedTo } = await history.events(view, query, page, languageOf(request))
      return listAnswer(rows, page, lookedTo)
    },
  )

  app.get(
    '/api/v1/events/:id',
    { schema: { summary: 'An event with its trace, deliveries and attempts' } },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const { id } = request.params as { id: string }
      const language = languageOf(request)
      const event = isId(id) ? await history.event(view, id.toLowerCase(), language) : undefined
      const stored = event === undefined ? undefined : await history.stored(view, id.toLowerCase())
      if (event === undefined || stored === undefined) throw new HttpError('not_found')
      return { ...event, ...eventWords(stored, view, language) }
    },
  )
}
