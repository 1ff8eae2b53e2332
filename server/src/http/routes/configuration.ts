import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SECTION_NAMES, SECTIONS, Workspace, type Section } from '@nabat/api/configuration.ts'
import { workspaceProblems } from '../../configuration/check.ts'
import { ChangedMeanwhile } from '../../configuration/configuration.ts'
import type { Edit } from '../../configuration/plan.ts'
import type { WorkspaceSettings, WorkspaceView } from '../../configuration/view.ts'
import type { History } from '../../history/history.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { isId } from '../../ids.ts'
import { isLogo } from '../../render/logo.ts'
import { DAILY_STATISTICS } from '../../schedules/entries.ts'
import type { EntityRow } from '../../store/store.ts'
import { authorize, authorizeSection, sees } from '../auth.ts'
import { HttpError, languageOf } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, pageOf } from './page.ts'
import { answerWith, changed, entityViews, kindOf, naming } from './entity-answers.ts'

/** Files of a configuration may be larger than a batch of events. */
const APPLY_LIMIT = 32 * 1024 * 1024

const YAML_TYPES = ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/plain'] as const
const YAML = { type: 'string', description: 'docs/configuration.md' }

/** Rules, channels, users and the rest one by one. */
export function sectionRoutes(app: FastifyInstance, parts: HttpParts): void {
  for (const section of SECTION_NAMES) routesOf(app, parts, section)
}

/** What is wrong with the company's picture, where it is a file of ours that was not chosen before. */
async function logoProblems(
  { letter }: WorkspaceSettings,
  view: WorkspaceView,
  { pipeline }: HttpParts,
): Promise<Problem[]> {
  const id = letter?.logo
  if (id === undefined || !isId(id) || id === view.settings.letter?.logo) return []
  const file = await pipeline.file(view.id)(id)
  if (file !== undefined && isLogo(file)) return []
  return [
    file === undefined
      ? problem(
          '/letter/logo',
          'Такого файла нет: загрузите картинку заново',
          'There is no such file: upload the picture',
        )
      : problem(
          '/letter/logo',
          'Логотип: нужна картинка PNG, JPEG или GIF не больше 512 КБ',
          'The logo has to be a PNG, JPEG or GIF picture of at most 512 KB',
        ),
  ]
}

/** What people may not send back: the fields the server adds to an entity. */
export function withoutAdded(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpError('invalid', [problem('', 'Здесь нужен объект', 'An object is needed here')])
  const {
    id: _id,
    origin: _origin,
    version: _version,
    status: _status,
    missing: _missing,
    account: _account,
    reachable: _reachable,
    next: _next,
    nextTimes: _nextTimes,
    down: _down,
    place: _place,
    changesAt: _changesAt,
    madeBy: _madeBy,
    madeAt: _madeAt,
    changedBy: _changedBy,
    changedAt: _changedAt,
    lastFailure: _lastFailure,
    ...entity
  } = body as Record<string, unknown>
  return entity
}

function routesOf(app: FastifyInstance, parts: HttpParts, section: Section): void {
  const { configuration, history } = parts
  const path = `/api/v1/${section}`
  const body = { schema: { body: SECTIONS[section].schema }, validatorCompiler: () => () => true }

  // People are found by more than that: routes/users.ts.
  if (section !== 'users') listRoute(app, parts, section)

  app.get(`${path}/:id`, { schema: { summary: `One of ${section}, by id or name` } }, async (request) => {
    const { view } = authorizeSection(request, section, 'read')
    const row = found(view, section, request.params)
    authorizeSection(request, section, 'read', kindOf(row))
    return (await entityViews(parts, view, [row], languageOf(request)))[0]
  })
  app.post(
    path,
    { ...body, config: { documented: { status: 201 } }, schema: { ...body.schema, summary: `Make one of ${section}` } },
    async (request, reply) => {
      const { view, caller } = authorizeSection(request, section, 'write')
      const entity = withoutAdded(request.body)
      authorizeSection(request, section, 'write', entity['kind'])
      const result = changed(
        await configuration.save(view, [{ section, id: null, entity, path: '', origin: 'api' }], caller.name),
      )
      return answerWith(naming(reply.status(201), result), parts, view, section, result.ids[0]!)
    },
  )

  app.put(
    `${path}/:id`,
    {
      ...body,
      config: { documented: { errors: [409] } },
      schema: { ...body.schema, summary: `Change one of ${section}` },
    },
    async (request, reply) => {
      const { view, caller } = authorizeSection(request, section, 'write')
      const row = found(view, section, request.params)
      const entity = withoutAdded(request.body)
      for (const kind of [kindOf(row), entity['kind']]) authorizeSection(request, section, 'write', kind)
      editable(row)
      const edit: Edit = { section, id: row.id, entity, path: '', origin: 'api', ...expected(request) }
      try {
        const result = changed(await configuration.save(view, [edit], caller.name))
        return await answerWith(naming(reply, result), parts, view, section, row.id)
      } catch (error) {
        throw error instanceof ChangedMeanwhile ? await meanwhile(history, view, error) : error
      }
    },
  )

  app.delete(
    `${path}/:id`,
    { config: { documented: { status: 204, errors: [409] } }, schema: { summary: `Remove one of ${section}` } },
    async (request, reply) => {
      const { view, caller } = authorizeSection(request, section, 'write')
      const row = found(view, section, request.params)
      authorizeSection(request, section, 'write', kindOf(row))
      editable(row)
      const result = changed(
        await configuration.save(view, [{ section, id: row.id, entity: null, path: '', origin: 'api' }], caller.name),
      )
      return naming(reply.status(204), result).send()
    },
  )
}

/** All of a section, page by page. */
function listRoute(app: FastifyInstance, parts: HttpParts, section: Section): void {
  app.get(
    `/api/v1/${section}`,
    {
      config: LISTED,
      schema: {
        summary: `List ${section}`,
        querystring: { type: 'object', properties: Cursor, additionalProperties: false },
      },
    },
    async (request) => {
      const { view, caller } = authorizeSection(request, section, 'read')
      const page = pageOf(request.query as Record<string, string>, 'number')
      const rows = view
        .rows(section)
        .filter(
          (row) => (page.after === undefined || row.id > Number(page.after)) && sees(caller, section, kindOf(row)),
        )
      const items = await entityViews(parts, view, rows.slice(0, page.limit), languageOf(request))
      return { items, next: rows.length > page.limit ? (items.at(-1)?.['id'] ?? null) : null }
    },
  )
}

/** `If-Match` with the version that was edited: nobody else may have changed it since. */
export function expected({ headers }: FastifyRequest): { readonly ifVersion?: number } {
  const given = headers['if-match']
  if (given === undefined || given === '*') return {}
  const [, version] = /^"?(\d{1,9})"?$/.exec(given) ?? []
  if (version === undefined)
    throw new HttpError('invalid', [
      problem(
        '',
        'If-Match: нужна version того, что менялось, например 12',
        'If-Match: give the version of what was edited, such as 12',
      ),
    ])
  return { ifVersion: Number(version) }
}

/** Says who has been quicker. */
export async function meanwhile(
  history: History,
  view: WorkspaceView,
  { section, id }: ChangedMeanwhile,
): Promise<HttpError> {
  const [last] = await history.changes(view, { section, entity: String(id) }, { limit: 1, after: undefined })
  const by = last?.by ?? '?'
  const gone = last?.after === null
  return new HttpError('conflict', [
    gone
      ? problem('', `Тем временем это удалено: ${by}`, `It was removed meanwhile by ${by}`)
      : problem(
          '',
          `Тем временем это изменено: ${by}. Откройте заново и внесите своё ещё раз`,
          `It was changed meanwhile by ${by}. Open it again and make your change once more`,
        ),
  ])
}

function found(view: WorkspaceView, section: Section, params: unknown): EntityRow {
  const row = view.row(section, (params as { id: string }).id)
  if (row === undefined) throw new HttpError('not_found')
  return row
}

/** What the file made is changed in the file: the next apply would undo anything else. */
function editable(row: EntityRow): void {
  if (row.origin !== 'file') return
  throw new HttpError('conflict', [
    problem(
      '',
      `«${row.key}» описано в файле конфигурации: измените его там`,
      `"${row.key}" comes from the configuration file: change it there`,
    ),
  ])
}

/** The whole configuration as YAML both ways, and the workspace's own settings. */
export function wholeRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { configuration } = parts
  app.addContentTypeParser([...YAML_TYPES], { parseAs: 'string', bodyLimit: APPLY_LIMIT }, (_request, body, done) =>
    done(null, body),
  )
  app.get(
    '/api/v1/export',
    {
      config: { documented: { answer: YAML, type: 'application/yaml' } },
      schema: { summary: 'The whole configuration as YAML, without secrets' },
    },
    async (request, reply) => {
      const { view } = authorize(request, 'configuration.write')
      return reply.type('application/yaml; charset=utf-8').send(configuration.export(view))
    },
  )

  app.post(
    '/api/v1/apply',
    {
      config: { documented: { body: Object.fromEntries(YAML_TYPES.map((type) => [type, YAML])) } },
      schema: {
        summary: 'Make the configuration what a YAML file says',
        querystring: { type: 'object', properties: { dryRun: { type: 'string', enum: ['true', 'false'] } } },
      },
    },
    async (request) => {
      const { view, caller } = authorize(request, 'configuration.write')
      const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? '')
      // An empty file would remove everything; nobody who means that sends nothing.
      if (text.trim() === '' || text === '""')
        throw new HttpError('invalid', [problem('', 'В запросе нет файла', 'The request has no file')])
      const dryRun = (request.query as { dryRun?: string }).dryRun === 'true'
      const {
        ids: _ids,
        change: _change,
        ...applied
      } = changed(await configuration.apply(view, text, caller.name, dryRun))
      return { ...applied, dryRun }
    },
  )

  app.get('/api/v1/workspace', { schema: { summary: 'The workspace of the key' } }, async (request) => {
    const { view } = authorize(request, 'workspace.read')
    return {
      name: view.name,
      timeZone: view.timeZone,
      language: view.language,
      dailyStatistics: DAILY_STATISTICS,
      ...view.settings,
      version: view.version,
    }
  })

  app.put(
    '/api/v1/workspace',
    {
      schema: { summary: 'Change the settings of the workspace', body: Workspace },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const { view, caller } = authorize(request, 'workspace.write')
      const { version: _version, ...wanted } = withoutAdded(request.body)
      const { name: _name, ...settings } = wanted as { name?: string } & WorkspaceSettings
      const problems = workspaceProblems({ name: view.name, ...settings }, '')
      if (problems.length === 0) problems.push(...(await logoProblems(settings, view, parts)))
      if (problems.length > 0) throw new HttpError('invalid', problems)
      naming(reply, changed(await configuration.saveSettings(view, settings, caller.name)))
      return { name: view.name, ...view.settings, version: view.version }
    },
  )
}
