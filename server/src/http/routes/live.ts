import type { FastifyInstance } from 'fastify'
import { topicsFor } from '@nabat/api/live.ts'
import { Streams, type Listener } from '../../live/streams.ts'
import { enter, type Authorized } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'

const STREAM = 'text/event-stream'

/** What changes in a workspace, as it changes. */
export function liveRoutes(app: FastifyInstance, { live, clock, version, identify }: HttpParts): void {
  const streams = new Streams({ live, clock, version })
  app.addHook('preClose', async () => streams.close())

  app.get(
    '/api/v1/live',
    {
      exposeHeadRoute: false,
      config: { documented: { answer: { type: 'string' }, type: STREAM } },
      schema: {
        summary: 'What changes, as a stream of server-sent events',
        description:
          '`event: hello` with {"version"}, then `event: changed` with {"topics": ["events", …]}: ask for what you look at again. A comment every 15 seconds. After a reconnection ask for everything.',
      },
    },
    async (request, reply) => {
      // No permission is asked for: everybody hears of what he may look at, and of nothing else.
      const listener = listenerOf(enter(request))
      const look = async (): Promise<Listener | null> => {
        try {
          request.identity = undefined
          await identify(request)
          return listenerOf(enter(request))
        } catch (error) {
          if (error instanceof HttpError) return null
          throw error
        }
      }
      return reply
        .type(`${STREAM}; charset=utf-8`)
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(streams.open(listener, look))
    },
  )
}

const listenerOf = ({ caller }: Authorized): Listener => ({
  workspace: caller.workspace,
  topics: topicsFor(caller.permissions, caller.account !== null),
  login: caller.account === null ? null : caller.name,
})
