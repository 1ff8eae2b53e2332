import type { FastifyInstance } from 'fastify'
import { Overview, OVERVIEW_HOURS, type OverviewHours } from '@nabat/api/overview.ts'
import { Type } from 'typebox'
import { overviewOf } from '../../overview/overview.ts'
import { Underway } from '../../overview/underway.ts'
import { Unreachable } from '../../people/unreachable.ts'
import { authorize } from '../auth.ts'
import { languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/** What has happened in a period and what is now, in figures. */
export function overviewRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { store, pipeline, clock } = parts
  const underway = new Underway<Overview>(clock)
  const unreachable = new Unreachable((channel) => pipeline.claim.lanes.isDown(channel))
  app.get(
    '/api/v1/overview',
    {
      config: { documented: { answer: Overview } },
      schema: {
        summary: 'What has happened and what is now, in figures',
        description:
          'Deliveries are counted in the hour they were made in, so that the list of deliveries between `from` and `to` has as many.',
        querystring: Type.Object({
          hours: Type.Optional(
            Type.Enum(OVERVIEW_HOURS.map(String), {
              description:
                'The last 24 hours by the hour (the default), seven days by the quarter of a day, or thirty days; the present one is the last',
            }),
          ),
        }),
      },
    },
    async (request) => {
      const { view, caller } = authorize(request, 'events.read')
      const { hours = '24' } = request.query as { hours?: string }
      const people = caller.permissions.has('reachability.read') ? await unreachable.summary(view) : null
      const language = languageOf(request)
      return underway.get(`${view.id} ${hours} ${language} ${people !== null}`, () =>
        overviewOf({ store, clock }, view, Number(hours) as OverviewHours, people, language),
      )
    },
  )
}
