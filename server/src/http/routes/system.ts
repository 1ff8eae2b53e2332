import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { CATEGORIES } from '@nabat/api/catalog/event-type.ts'
import { authorize } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { LISTED } from './page.ts'

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Health, readiness and metrics: what every node answers, whatever it is there for. */
export function healthRoutes(app: FastifyInstance, { identify, store, metrics, ready }: HttpParts): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    try {
      if (!ready()) throw new Error('starting or stopping')
      await store.ping()
      return { status: 'ready' }
    } catch (error) {
      return reply.status(503).send({ status: 'not ready', reason: (error as Error).message })
    }
  })

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!LOOPBACK.has(request.socket.remoteAddress ?? '') || request.headers['x-forwarded-for'] !== undefined) {
      await identify(request)
      authorize(request, 'metrics.read')
    }
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

/** The catalogue of event types, copies of the store, the description of the API. */
export function systemRoutes(app: FastifyInstance, { store, dataFolder, clock }: HttpParts): void {
  app.get(
    '/api/v1/catalog',
    { config: LISTED, schema: { summary: 'Every event type, with the schema of its data, examples and templates' } },
    async (request) => {
      const { view } = authorize(request, 'types.read')
      const language = languageOf(request)
      const items = Array.from(view.types(), (type) => ({
        name: type.name,
        category: type.category,
        categoryTitle: CATEGORIES[type.category][language],
        title: type.title,
        severity: type.severity,
        raisedBy: type.raisedBy,
        data: type.data,
        fields: type.fields ?? {},
        incident: type.incident ?? null,
        relations: type.relations ?? {},
        example: type.example,
        templates: type.templates,
      }))
      return { items, next: null }
    },
  )

  app.post(
    '/api/v1/backup',
    {
      config: { documented: { status: 201 } },
      schema: { summary: 'Write a consistent copy of the store on the server; operator only' },
    },
    async (request, reply) => {
      if (request.identity?.caller.operator !== true) throw new HttpError('forbidden')
      const folder = join(dataFolder, 'backups')
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, `nabat-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}.db`)
      await store.backup(path)
      return reply.status(201).send({ path })
    },
  )

  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
