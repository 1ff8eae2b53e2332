import Fastify, { type FastifyInstance } from 'fastify'
import { fastifyCookie } from '@fastify/cookie'
import swagger from '@fastify/swagger'
import { EVENT_LIMITS } from '@nabat/api/event.ts'
import type { ChatPicker } from '../bots/telegram/chat-picker.ts'
import type { Linking } from '../bots/telegram/linking.ts'
import type { Clock } from '../clock.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { History } from '../history/history.ts'
import type { MakeId } from '../ids.ts'
import type { Live } from '../live/live.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Access } from '../people/access.ts'
import type { Devices } from '../people/devices.ts'
import type { Keys, KeyLimits } from '../people/keys.ts'
import type { WorkspaceLife } from '../people/workspace-life.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Store } from '../store/store.ts'
import type { identify } from './auth.ts'
import { validator } from '../schema-problems.ts'
import { SESSION_COOKIE } from './session-cookie.ts'
import { consoleRoutes, type ConsoleParts } from './console.ts'
import { HttpError, sendError } from './errors.ts'
import { documentedSchema, withErrors } from './openapi.ts'
import { dropUnusedConnections } from './unused-connections.ts'
import { chatRoutes } from './routes/chats.ts'
import { changeRoutes } from './routes/changes.ts'
import { countRoutes } from './routes/counts.ts'
import { channelRoutes } from './routes/channels.ts'
import { sectionRoutes, wholeRoutes } from './routes/configuration.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { destinationRoutes } from './routes/destinations.ts'
import { deviceRoutes } from './routes/devices.ts'
import { dryRunRoutes } from './routes/dry-run.ts'
import { explanationRoutes } from './routes/explanations.ts'
import { eventRoutes } from './routes/events.ts'
import { fileRoutes } from './routes/files.ts'
import { inboxRoutes } from './routes/inbox.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { linkRoutes } from './routes/links.ts'
import { liveRoutes } from './routes/live.ts'
import { importRoutes } from './routes/people-import.ts'
import { peopleRoutes } from './routes/people.ts'
import { profileRoutes } from './routes/profile.ts'
import { reachabilityRoutes } from './routes/reachability.ts'
import { ruleTestRoutes } from './routes/rule-test.ts'
import { mineRoutes } from './routes/mine.ts'
import { secondFactorRoutes } from './routes/second-factor.ts'
import { sessionRoutes } from './routes/session.ts'
import { overviewRoutes } from './routes/overview.ts'
import { healthRoutes, systemRoutes } from './routes/system.ts'
import { templateRoutes } from './routes/templates.ts'
import { userRoutes } from './routes/users.ts'
import { workspaceRoutes } from './routes/workspaces.ts'

/** What the routes are given. */
export interface HttpParts extends ConsoleParts {
  readonly identify: ReturnType<typeof identify>
  readonly pipeline: Pipeline
  readonly configuration: Configuration
  readonly history: History
  readonly live: Live
  /** Names what is running. */
  readonly version: string
  readonly store: Store
  readonly workspaces: Workspaces
  readonly keys: Keys
  readonly access: Access
  readonly devices: Devices
  readonly life: WorkspaceLife
  /** Where this server is reached, http://host:port; once it listens. */
  readonly listensOn: () => string
  readonly limits: KeyLimits
  readonly metrics: Metrics
  readonly clock: Clock
  readonly makeId: MakeId
  readonly picker: ChatPicker
  readonly linking: Linking
  readonly log: Log
  readonly dataFolder: string
  readonly ready: () => boolean
  /** False for a node that only delivers: health and metrics, nothing else. */
  readonly api: boolean
  /** Routes of a demonstration; undefined anywhere else. */
  readonly demo: ((routes: FastifyInstance, parts: HttpParts) => void) | undefined
}

const JSON_TYPES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'] as const

/** The HTTP door. */
export async function buildServer(parts: HttpParts): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: EVENT_LIMITS.body,
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 500 },
  })
  // A mistyped field must be told in the person's language, not dropped or bent into shape.
  app.setValidatorCompiler(({ schema }) => {
    const problems = validator(schema as object)
    return (value: unknown) => {
      const found = problems(value)
      return found.length === 0 ? { value } : { error: new HttpError('invalid', found) }
    }
  })
  dropUnusedConnections(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...JSON_TYPES], { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string))
    } catch {
      done(new HttpError('malformed'))
    }
  })
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts.log))
  app.setNotFoundHandler((request, reply) => sendError(new HttpError('not_found'), request, reply, parts.log))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Nabat', version: '0.1.0', description: 'Self-hosted notification system' },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: documentedSchema,
    transformObject: withErrors,
  })
  await app.register(async (routes) => {
    // Cookies are read where there is no key: most requests come with one.
    await routes.register(fastifyCookie, { hook: false })
    routes.decorateRequest('identity', undefined)
    routes.decorateRequest('signedIn', undefined)
    // Before the body is read: nobody may make us take in megabytes without a key.
    routes.addHook('onRequest', async (request) => {
      if (!request.url.startsWith('/api/v1/')) return
      const looking = parts.identify(request)
      if (looking !== undefined) await looking
    })
    healthRoutes(routes, parts)
    if (!parts.api) return
    systemRoutes(routes, parts)
    eventRoutes(routes, parts)
    sectionRoutes(routes, parts)
    userRoutes(routes, parts)
    dryRunRoutes(routes, parts)
    ruleTestRoutes(routes, parts)
    templateRoutes(routes, parts)
    channelRoutes(routes, parts)
    chatRoutes(routes, parts)
    deliveryRoutes(routes, parts)
    explanationRoutes(routes, parts)
    incidentRoutes(routes, parts)
    destinationRoutes(routes, parts)
    changeRoutes(routes, parts)
    countRoutes(routes, parts)
    overviewRoutes(routes, parts)
    liveRoutes(routes, parts)
    peopleRoutes(routes, parts)
    inboxRoutes(routes, parts)
    sessionRoutes(routes, parts)
    secondFactorRoutes(routes, parts)
    mineRoutes(routes, parts)
    linkRoutes(routes, parts)
    deviceRoutes(routes, parts)
    profileRoutes(routes, parts)
    reachabilityRoutes(routes, parts)
    parts.demo?.(routes, parts)
    // Only the operator gets through to these.
    await routes.register(async (own) => workspaceRoutes(own, parts))
    // These two read other kinds of bodies, each for itself alone.
    await routes.register(async (own) => wholeRoutes(own, parts))
    await routes.register(async (own) => fileRoutes(own, parts))
    await routes.register(async (own) => importRoutes(own, parts))
  })
  // Beside the others, which look at who calls: the console is everybody's, what it shows is not.
  if (parts.api) await app.register(async (own) => consoleRoutes(own, parts))
  return app
}
