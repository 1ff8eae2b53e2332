import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'

/** Where messages have gone, and which of it is disabled: a destination that was mended is taken into use again. */
export function destinationRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { history, store, workspaces, clock } = parts
  app.get(
    '/api/v1/destinations',
    {
      config: LISTED,
      schema: {
        summary: 'Destinations; disabled=true: only those that are out of use',
        querystring: Type.Object({ disabled: Type.Optional(Type.Enum(['true'])), ...Cursor }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'events.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'number')
      return listAnswer(await history.destinations(view, query, page, languageOf(request)), page)
    },
  )

  for (const name of ['enable', 'disable'] as const)
    app.post(`/api/v1/destinations/:id/${name}`, { schema: { summary: `${name} a destination` } }, async (request) => {
      const { view, caller } = authorize(request, 'deliveries.write')
      const id = Number((request.params as { id: string }).id)
      const found = Number.isInteger(id) ? await history.destination(view, id, languageOf(request)) : undefined
      if (found === undefined) throw new HttpError('not_found')
      const why = name === 'enable' ? null : { reason: 'by_hand', detail: caller.name }
      await store.setDestination(view.id, id, why, clock.now())
      await workspaces.refresh(view.id)
      return (await history.destination(view, id, languageOf(request)))!
    })
}
