import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { authorize } from '../auth.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'

/** Who changed what in the configuration, and when. */
export function changeRoutes(app: FastifyInstance, { history }: HttpParts): void {
  app.get(
    '/api/v1/changes',
    {
      config: LISTED,
      schema: {
        summary: 'Changes of the configuration, the newest first',
        querystring: Type.Object({ section: Type.Optional(Type.String()), ...Cursor }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'changes.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'change')
      return listAnswer(await history.changes(view, query, page), page)
    },
  )
}
