import Fastify, { type FastifyInstance } from 'fastify'
import swagger from '@fastify/swagger'
import { EVENT_LIMITS } from '@nabat/api/event.ts'
import type { Clock } from '../clock.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { History } from '../history/history.ts'
import type { MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Keys, KeyLimits } from '../people/keys.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Store } from '../store/store.ts'
import type { authorizer } from './auth.ts'
import { HttpError, sendError } from './errors.ts'
import { changeRoutes } from './routes/changes.ts'
import { channelRoutes } from './routes/channels.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { destinationRoutes } from './routes/destinations.ts'
import { eventRoutes } from './routes/events.ts'
import { fileRoutes } from './routes/files.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { peopleRoutes } from './routes/people.ts'
import { systemRoutes } from './routes/system.ts'

/** What the routes are given. */
export interface HttpParts {
  readonly authorize: ReturnType<typeof authorizer>
  readonly pipeline: Pipeline
  readonly configuration: Configuration
  readonly history: History
  readonly store: Store
  readonly workspaces: Workspaces
  readonly keys: Keys
  readonly limits: KeyLimits
  readonly metrics: Metrics
  readonly clock: Clock
  readonly makeId: MakeId
  readonly log: Log
  readonly dataFolder: string
  readonly ready: () => boolean
}

const JSON_TYPES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'] as const

/** Files of a configuration may be larger than a batch of events. */
const APPLY_LIMIT = 32 * 1024 * 1024

/** The HTTP door. */
export async function buildServer(parts: HttpParts): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: EVENT_LIMITS.body,
    // A mistyped field must be told, not dropped or bent into shape.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true, useDefaults: false } },
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 500 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...JSON_TYPES], { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string))
    } catch {
      done(new HttpError('malformed'))
    }
  })
  app.addContentTypeParser(
    ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/plain'],
    { parseAs: 'string', bodyLimit: APPLY_LIMIT },
    (_request, body, done) => done(null, body),
  )
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts.log))
  app.setNotFoundHandler((request, reply) => sendError(new HttpError('not_found'), request, reply, parts.log))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Nabat', version: '0.1.0', description: 'Self-hosted notification system' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
  })
  await app.register(async (routes) => {
    eventRoutes(routes, parts)
    configurationRoutes(routes, parts)
    channelRoutes(routes, parts)
    deliveryRoutes(routes, parts)
    incidentRoutes(routes, parts)
    destinationRoutes(routes, parts)
    changeRoutes(routes, parts)
    peopleRoutes(routes, parts)
    await fileRoutes(routes, parts)
    systemRoutes(routes, parts)
  })
  return app
}
