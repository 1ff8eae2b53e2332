import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { isId } from '../../ids.ts'
import { LIFETIME_MS } from '../../pipeline/retry.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { manyRoute } from './many-deliveries.ts'
import { Cursor, expectIds, LISTED, listAnswer, pageOf } from './page.ts'

/** Deliveries with their attempts; retry and cancel, one or many. */
export function deliveryRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { store, pipeline, history, clock } = parts
  const retry = async (workspace: number, ids: readonly string[]): Promise<string[]> => {
    const now = clock.now()
    const { waiting, woken } = await store.retryDeliveries(workspace, ids, now, now + LIFETIME_MS[2])
    pipeline.claim.wake(woken)
    return waiting
  }
  const cancel = async (workspace: number, ids: readonly string[]): Promise<string[]> => {
    const { ended, woken } = await store.cancelDeliveries(workspace, ids, 'cancelled', clock.now())
    pipeline.claim.wake(woken)
    return ended
  }

  app.get(
    '/api/v1/deliveries',
    {
      config: LISTED,
      schema: {
        summary: 'Deliveries, the newest first',
        querystring: Type.Object({
          state: Type.Optional(Type.Enum(['waiting', 'sent', 'suppressed', 'failed', 'cancelled'])),
          event: Type.Optional(Type.String()),
          digest: Type.Optional(
            Type.String({ description: 'Id of a delivery: all that left, or will leave, in one message with it' }),
          ),
          channel: Type.Optional(Type.String({ description: 'Name of the channel, a removed one too' })),
          rule: Type.Optional(Type.String({ description: 'Name of the rule, a removed one too' })),
          recipient: Type.Optional(Type.String()),
          reason: Type.Optional(Type.String()),
          destination: Type.Optional(Type.String({ pattern: '^\\d{1,9}$', description: 'Id of the destination' })),
          from: Type.Optional(Type.String({ format: 'date-time' })),
          to: Type.Optional(Type.String({ format: 'date-time' })),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const query = request.query as Record<string, string>
      expectIds(query, ['event', 'digest'])
      const page = pageOf(query, 'id')
      const { rows, lookedTo } = await history.deliveries(view, query, page, languageOf(request))
      return listAnswer(rows, page, lookedTo)
    },
  )

  app.get('/api/v1/deliveries/:id', { schema: { summary: 'A delivery with its attempts' } }, async (request) => {
    const { view } = authorize(request, 'events.read')
    const delivery = await history.delivery(view, idOf(request.params), languageOf(request))
    if (delivery === undefined) throw new HttpError('not_found')
    return delivery
  })

  for (const [name, states, act, done] of [
    [
      'retry',
      ['failed', 'suppressed', 'cancelled'],
      retry,
      problem(
        '',
        'Повторить можно только то, что закончилось и не отправлено',
        'Only what has ended unsent can be tried again',
      ),
    ],
    [
      'cancel',
      ['waiting'],
      cancel,
      problem('', 'Отменить можно только то, что ещё ждёт', 'Only what still waits can be cancelled'),
    ],
  ] as const) {
    app.post(
      `/api/v1/deliveries/:id/${name}`,
      { config: { documented: { errors: [409] } }, schema: { summary: `${name} a delivery` } },
      async (request) => {
        const { view } = authorize(request, 'deliveries.write')
        const id = idOf(request.params)
        if ((await act(view.id, [id])).length > 0) return (await history.delivery(view, id, languageOf(request)))!
        if ((await history.delivery(view, id, languageOf(request))) === undefined) throw new HttpError('not_found')
        throw new HttpError('conflict', [done])
      },
    )
    manyRoute(app, parts, { name, states, act })
  }
}

function idOf(params: unknown): string {
  const { id } = params as { id: string }
  if (!isId(id)) throw new HttpError('not_found')
  return id.toLowerCase()
}
