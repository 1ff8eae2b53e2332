/*
 * What /api/openapi.json says beyond the schemas Fastify works with. All of it is for readers: a `response` schema on a
 * route would make Fastify write the answers by it, slower than JSON and without the fields it does not name.
 */
import type { FastifySchema, RouteOptions } from 'fastify'
import type { SwaggerTransformObject } from '@fastify/swagger'
import { ErrorBody, ERRORS } from '@nabat/api/errors.ts'

/** What the document tells of a route and the server does not need. */
export interface Documented {
  /** The status of success; 200 by default. */
  readonly status?: number
  /** The schema of the answer; by default an object. */
  readonly answer?: object
  /** The media type of the answer; JSON by default. */
  readonly type?: string
  /** The body by media types, where it is not the one the server checks. */
  readonly body?: Readonly<Record<string, object>>
  readonly headers?: object
  /** Errors only some routes answer with. */
  readonly errors?: readonly (409 | 429)[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    documented?: Documented
  }
}

/** What swagger makes of an operation, as far as it is changed here. */
interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema?: { anyOf?: { type?: string }[] } }> }
  responses: Record<string, object>
}

/** Answers of these are in memory: they do not depend on the store. */
const FROM_MEMORY = /^\/api\/v1\/(groups|channels|rules|schedules|types|workspace|export|catalog|keys)\b/

/** The statuses with which a route refuses. */
function errorsOf(method: string, url: string, documented: Documented): number[] {
  const read = method === 'GET'
  return [
    ...(read && url.includes('/:') ? [] : [400]),
    ...[401, 403],
    ...(url.includes('/:') ? [404] : []),
    ...(method === 'POST' || method === 'PUT' ? [413, 415] : []),
    ...(documented.errors ?? []),
    ...(read && FROM_MEMORY.test(url) && !url.includes('/inbox') ? [] : [503]),
  ].sort((a, b) => a - b)
}

/** Swagger's `transform`: the schema of a route as the document shows it. */
export function documentedSchema({ schema, url, route }: { schema: FastifySchema; url: string; route: RouteOptions }): {
  schema: FastifySchema
  url: string
} {
  if (schema === undefined || schema.hide === true) return { schema, url }
  const { documented = {}, open = false } = (route.config ?? {}) as { documented?: Documented; open?: boolean }
  const { status = 200, answer = { type: 'object' }, type = 'application/json' } = documented
  const success = status === 204 ? { type: 'null' } : { content: { [type]: { schema: answer } } }
  const errors = errorsOf([route.method].flat()[0]!, url, documented).map((code) => [code, { type: 'null' }])
  return {
    schema: {
      ...schema,
      ...(documented.body === undefined ? {} : { body: bodyOf(documented.body) }),
      ...(documented.headers === undefined ? {} : { headers: documented.headers }),
      ...(open ? { security: [] } : {}),
      response: {
        [status]: { description: 'Done', ...success },
        ...(schema.response as object | undefined),
        ...(Object.fromEntries(errors) as object),
      },
    },
    url,
  }
}

const bodyOf = (types: Readonly<Record<string, object>>): object => ({
  content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
})

/** Swagger's `transformObject`: one shape of every error, and bodies that may be left out. */
export const withErrors: SwaggerTransformObject = (made) => {
  const document = 'openapiObject' in made ? made.openapiObject : made.swaggerObject
  const { paths, components } = document as unknown as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas?: Record<string, object> }
  }
  components.schemas = { ...components.schemas, Error: ErrorBody }
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    for (const code of Object.keys(operation.responses))
      if (Number(code) >= 400) operation.responses[code] = errorAnswer(Number(code))
    const { requestBody } = operation
    const schema = requestBody?.content['application/json']?.schema
    if (requestBody !== undefined && schema?.anyOf?.some(({ type }) => type === 'null') === true)
      requestBody.required = false
  }
  return document
}

function errorAnswer(status: number): object {
  const kinds = Object.entries(ERRORS).filter(([, kind]) => kind.status === status)
  const retry = { 'retry-after': { description: 'Seconds to wait', schema: { type: 'integer' } } }
  return {
    description: kinds.map(([code, { message }]) => `\`${code}\`: ${message.en}`).join('; '),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    ...(status === 429 || status === 503 ? { headers: retry } : {}),
  }
}
