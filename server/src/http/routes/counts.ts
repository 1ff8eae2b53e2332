import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { countsOf } from '../../history/counts.ts'
import { Unreachable } from '../../people/unreachable.ts'
import { authorize } from '../auth.ts'
import type { HttpParts } from '../server.ts'

const count = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description })

/** What calls for attention, in numbers. */
export function countRoutes(app: FastifyInstance, { store, pipeline, clock }: HttpParts): void {
  const unreachable = new Unreachable((channel) => pipeline.claim.lanes.isDown(channel))
  app.get(
    '/api/v1/counts',
    {
      config: {
        documented: {
          answer: Type.Object({
            openIncidents: count('Open incidents, acknowledged ones too'),
            unacknowledgedIncidents: count('Open incidents nobody has taken on'),
            waiting: count('Deliveries that still have to leave'),
            failedToday: count("Deliveries of today's events, by the clock of the workspace, that could not be sent"),
            channelsDown: count('Channels that do not answer'),
            unreachable: count('People none of whose contacts works'),
          }),
        },
      },
      schema: {
        summary: 'What calls for attention, in numbers',
        description: 'Each as far as 10000; null is what the caller may not see.',
      },
    },
    async (request) => {
      const { view, caller } = authorize(request, 'events.read', 'reachability.read')
      const { permissions } = caller
      const happened = permissions.has('events.read') ? await countsOf(store, view, clock.now()) : NOTHING
      return {
        ...happened,
        unreachable: permissions.has('reachability.read') ? await unreachable.count(view) : null,
      }
    },
  )
}

const NOTHING = {
  openIncidents: null,
  unacknowledgedIncidents: null,
  waiting: null,
  failedToday: null,
  channelsDown: null,
}
