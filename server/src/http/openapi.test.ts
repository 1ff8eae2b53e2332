import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { CONSOLE_FOLDER } from './console.ts'

interface Operation {
  readonly summary?: string
  readonly security?: readonly object[]
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: object }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> }
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, { schema: object }> }>>
}
interface Document {
  readonly openapi: string
  readonly info: { title: string; version: string }
  readonly security: readonly object[]
  readonly components: { securitySchemes: Record<string, object> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const routes = new Set<string>()
/** Fastify tells of every instance it makes: the real list of routes, not the one we wrote down. */
const listen = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.add(`${each} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
}

let server: TestServer
let document: Document
beforeAll(async () => {
  subscribe('fastify.initialization', listen)
  server = await startTestServer()
  unsubscribe('fastify.initialization', listen)
  document = (await ask(server.call, 'GET', '/api/openapi.json')).body as unknown as Document
})
afterAll(() => server.stop())

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      path,
      operation,
    ]),
  )

describe('GET /api/openapi.json', () => {
  it('needs no key, and says OpenAPI 3.1 and how one authorizes', async () => {
    expect((await fetch(`${server.url}/api/openapi.json`)).status).toBe(200)
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Nabat' })
    expect(document.components.securitySchemes['key']).toEqual({ type: 'http', scheme: 'bearer' })
    expect(document.components.securitySchemes['session']).toEqual({
      type: 'apiKey',
      in: 'cookie',
      name: 'nabat_session',
    })
    expect(document.security).toEqual([{ key: [] }, { session: [] }])
    const open = operations().filter(([, , { security }]) => security?.length === 0)
    expect(open.map(([name]) => name)).toEqual([
      'POST /api/v1/session',
      'GET /api/v1/links/{token}',
      'POST /api/v1/links/{token}',
      'POST /api/v1/password-reset',
    ])
  })

  it('lists every route of the API and no other', () => {
    const served = [...routes].filter((route) => route.includes(' /api/v1/'))
    expect(served.length).toBeGreaterThan(50)
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(served.sort())
    // What stays outside is for machines that watch the process, the document itself, and the console with its files.
    const ofConsole = (route: string): boolean => existsSync(join(CONSOLE_FOLDER, route.split(' ')[1]!))
    const outside = [...routes].filter((route) => !route.includes(' /api/v1/') && !ofConsole(route)).sort()
    expect(outside).toEqual([
      ...['GET /*', 'GET /api/openapi.json', 'GET /healthz', 'GET /letter-frame', 'GET /metrics', 'GET /readyz'],
    ])
  })

  it('declares each parameter of a path, says what each operation is for, and what it answers', () => {
    for (const [name, path, { summary, parameters = [], responses }] of operations()) {
      const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter)
      const declared = parameters.filter((each) => each.in === 'path')
      expect(
        declared.map((each) => each.name),
        name,
      ).toEqual(inPath)
      expect(
        declared.every((each) => each.required),
        name,
      ).toBe(true)
      expect(summary, name).toMatch(/\w{3}/)
      const codes = Object.keys(responses)
      expect(codes.length, name).toBeGreaterThan(0)
      for (const code of codes) expect(code, name).toMatch(/^[1-5](\d\d|XX)$/)
      for (const each of Object.values(responses)) expect(typeof each.description, name).toBe('string')
    }
  })

  it('names the errors of each operation in their one shape', () => {
    const errors = (name: string): string =>
      Object.keys(operations().find(([each]) => each === name)![2].responses)
        .filter((code) => Number(code) >= 400)
        .join(' ')
    for (const [name, path, { responses }] of operations()) {
      const codes = errors(name).split(' ')
      expect(codes, name).toEqual(expect.arrayContaining(['401', '403']))
      expect(codes.includes('404'), name).toBe(path.includes('{'))
      expect(codes.includes('503') || name.startsWith('GET'), name).toBe(true)
      for (const code of codes) {
        expect(responses[code]!.content, name).toEqual({
          'application/json': { schema: { $ref: '#/components/schemas/Error' } },
        })
        expect(responses[code]!.description, name).toMatch(/^`\w+`: [A-Z]/)
      }
    }
    expect(errors('POST /api/v1/events')).toBe('400 401 403 413 415 429 503')
    expect(errors('PUT /api/v1/rules/{id}')).toBe('400 401 403 404 409 413 415 503')
    expect(errors('GET /api/v1/rules/{id}')).toBe('401 403 404')
    expect(errors('GET /api/v1/events')).toBe('400 401 403 503')
    expect(errors('POST /api/v1/deliveries/{id}/retry')).toContain('409')
  })

  it('says what a body may be: CloudEvents of every mode, YAML, a file', () => {
    const find = (name: string): Operation => operations().find(([each]) => each === name)![2]
    const types = (name: string): string[] => Object.keys(find(name).requestBody!.content)
    expect(types('POST /api/v1/events')).toEqual([
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ])
    const headers = find('POST /api/v1/events').parameters!.filter((each) => each.in === 'header')
    expect(headers.map((each) => each.name)).toEqual(
      expect.arrayContaining(['ce-specversion', 'ce-id', 'ce-source', 'ce-type', 'ce-severity', 'ce-actoruser']),
    )
    expect(headers.filter((each) => each.required)).toEqual([])
    expect(types('POST /api/v1/apply')).toContain('application/yaml')
    expect(types('POST /api/v1/files')).toEqual(['multipart/form-data'])
    expect(Object.keys(find('GET /api/v1/export').responses['200']!.content!)).toEqual(['application/yaml'])
    expect(find('GET /api/v1/rules').responses['200']!.content!['application/json']!.schema).toMatchObject({
      properties: { items: { type: 'array' }, next: {} },
    })
  })

  it('holds JSON Schemas of the dialect of 3.1, and every reference leads somewhere', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    let seen = 0
    for (const [name, , { parameters = [], requestBody, responses }] of operations()) {
      const contents = [requestBody, ...Object.values(responses)].flatMap((each) => Object.values(each?.content ?? {}))
      for (const { schema } of [...parameters, ...contents]) {
        seen += 1
        // What 3.1 shares with JSON Schema 2020-12: no `nullable`, no boolean `exclusiveMinimum`.
        expect(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`).toBe(true)
        expect(JSON.stringify(schema), name).not.toContain('"nullable"')
      }
    }
    expect(seen).toBeGreaterThan(400)
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g))
      expect(at(document, pointer!), pointer!).toBeDefined()
  })
})

const at = (value: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name.replace(/~1/g, '/').replace(/~0/g, '~')],
      value,
    )

/** These are for people who have signed in: session.test.ts. */
const OF_PEOPLE = new Set([
  ...['/api/v1/session', '/api/v1/sessions', '/api/v1/sessions/{id}'],
  ...['/api/v1/push', '/api/v1/devices', '/api/v1/devices/{id}', '/api/v1/devices/{id}/test'],
  ...[
    '/api/v1/session/second-factor',
    '/api/v1/inbox',
    '/api/v1/mine/events/{id}',
    '/api/v1/mine/events',
    '/api/v1/inbox',
    '/api/v1/inbox/counts',
    '/api/v1/profile',
  ],
])

/** Queries without which a list has nothing to say. */
const ASKED: Readonly<Record<string, string>> = { '/api/v1/templates/variables': '?type=camera.unavailable' }

describe('every route of the document', () => {
  const filled = (path: string): string => path.replace(/\{\w+\}/g, 'nothing-by-this-name')

  it('is there: none answers as an unknown path does', async () => {
    const unknown = await ask(server.call, 'GET', '/api/v1/no-such-route')
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
    for (const [name, path] of operations()) {
      const method = name.split(' ')[0]!
      if (method === 'DELETE' || path.includes('{')) continue
      const { status } = await ask(server.call, method, path)
      expect([404, 405, 500], name).not.toContain(status)
    }
  })

  it('succeeds with the status the document has', async () => {
    const succeeds = async (name: string, path: string, body?: unknown): Promise<string> => {
      const [method] = name.split(' ')
      const answer =
        body instanceof FormData
          ? await fetch(`${server.url}${path}`, {
              method: method!,
              body,
              headers: { authorization: `Bearer ${server.key}` },
            })
          : await server.call(method!, path, body)
      const { responses } = operations().find(([each]) => each === name)![2]
      const success = Object.keys(responses).filter((code) => Number(code) < 400)
      expect({ name, success }).toEqual({ name, success: [String(answer.status)] })
      const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
      if (isStream) await answer.body!.cancel()
      const text = isStream ? '' : await answer.text()
      return text.startsWith('{') ? (JSON.parse(text) as { id: string }).id : ''
    }
    for (const [name, path] of operations())
      if (name.startsWith('GET') && !path.includes('{') && !OF_PEOPLE.has(path))
        await succeeds(name, `${path}${ASKED[path] ?? ''}`)
    const rule = { name: 'told', types: ['camera.unavailable'], to: [{ user: 'ivan' }] }
    const people = '/api/v1/users'
    await succeeds(`POST ${people}`, people, { login: 'ivan' })
    const id = await succeeds('POST /api/v1/rules', '/api/v1/rules', rule)
    for (const method of ['GET', 'PUT', 'DELETE'])
      await succeeds(`${method} /api/v1/rules/{id}`, `/api/v1/rules/${id}`, method === 'PUT' ? rule : undefined)
    for (const name of ['read', 'unread'])
      await succeeds(`POST ${people}/{id}/inbox/${name}`, `${people}/ivan/inbox/${name}`)
    const key = await succeeds('POST /api/v1/keys', '/api/v1/keys', { name: 'k', rights: 'send' })
    await succeeds('DELETE /api/v1/keys/{id}', `/api/v1/keys/${key}`)
    await succeeds('POST /api/v1/events', '/api/v1/events', { type: 'camera.unavailable', data: { camera: 'a' } })
    const form = new FormData()
    form.append('file', new Blob(['abc']), 'a.txt')
    const file = await succeeds('POST /api/v1/files', '/api/v1/files', form)
    await succeeds('GET /api/v1/files/{id}', `/api/v1/files/${file}`)
    await succeeds('POST /api/v1/apply', '/api/v1/apply?dryRun=true', 'rules: []')
    await succeeds('PUT /api/v1/workspace', '/api/v1/workspace', {})
    await succeeds('POST /api/v1/backup', '/api/v1/backup')
    for (const name of ['retry', 'cancel'])
      await succeeds(`POST /api/v1/deliveries/${name}`, `/api/v1/deliveries/${name}`, { ids: ['none'] })
  })

  it('answers 404 for what is not there, in the one shape of errors', async () => {
    let asked = 0
    for (const [name, path] of operations()) {
      if (!path.includes('{') || OF_PEOPLE.has(path)) continue
      asked += 1
      const body = name.startsWith('PUT') ? {} : name.startsWith('POST /api/v1/links') ? { password: 'x' } : undefined
      const answer = await ask(server.call, name.split(' ')[0]!, filled(path), body)
      expect({ name, ...answer }).toMatchObject({ name, status: 404, body: { error: { code: 'not_found' } } })
    }
    expect(asked).toBeGreaterThan(25)
  })
})
