import type { FastifyInstance, FastifyReply } from 'fastify'
import { SECTION_NAMES, SECTIONS, Workspace, type Section } from '@nabat/api/configuration.ts'
import { workspaceProblems } from '../../configuration/check.ts'
import type { ApplyResult } from '../../configuration/configuration.ts'
import type { WorkspaceSettings, WorkspaceView } from '../../configuration/view.ts'
import { problem } from '@nabat/api/text.ts'
import { DAILY_STATISTICS, nextOf } from '../../schedules/entries.ts'
import type { EntityRow } from '../../store/store.ts'
import { authorize, authorizeSection, sees } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, pageOf } from './page.ts'
import { accountStates } from './accounts.ts'
import { silenceFields } from './silences.ts'

/** Files of a configuration may be larger than a batch of events. */
const APPLY_LIMIT = 32 * 1024 * 1024

const YAML_TYPES = ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/plain'] as const
const YAML = { type: 'string', description: 'docs/configuration.md' }

/** Rules, channels, users and the rest one by one. */
export function sectionRoutes(app: FastifyInstance, parts: HttpParts): void {
  for (const section of SECTION_NAMES) routesOf(app, parts, section)
}

/** An entity as the API shows it. Bodies hold references instead of secrets, so nothing has to be masked. */
function entityView(row: EntityRow, view: WorkspaceView): Record<string, unknown> {
  const channel = row.section === 'channels' ? view.channels.get(row.id) : undefined
  return {
    id: String(row.id),
    ...(JSON.parse(row.body) as object),
    origin: row.origin,
    version: row.version,
    ...(channel === undefined
      ? {}
      : {
          status:
            channel.problems.length > 0
              ? 'unusable'
              : channel.missing.length > 0
                ? 'incomplete'
                : channel.enabled
                  ? 'ready'
                  : 'off',
          missing: channel.missing,
        }),
  }
}

/** Entities of one section as the API shows them; of schedules and silences also what the clock says of them. */
async function entityViews(
  { store, clock }: HttpParts,
  view: WorkspaceView,
  rows: readonly EntityRow[],
): Promise<Record<string, unknown>[]> {
  const silences = rows[0]?.section === 'silences' ? await silenceFields(store, view, rows, clock.now()) : undefined
  const now = clock.now()
  const accounts = rows[0]?.section === 'users' ? await accountStates(store, view.id, rows, now) : undefined
  return rows.map((row) => ({
    ...entityView(row, view),
    ...silences?.get(row.id),
    ...(accounts === undefined ? {} : { account: accounts.get(row.id) }),
    ...(row.section === 'schedules' ? { next: nextOf(row, view, now) } : {}),
  }))
}

const changed = (result: ApplyResult): Exclude<ApplyResult, { problems: unknown }> => {
  if ('problems' in result) throw new HttpError('invalid', result.problems)
  return result
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
    next: _next,
    changesAt: _changesAt,
    madeBy: _madeBy,
    madeAt: _madeAt,
    changedBy: _changedBy,
    changedAt: _changedAt,
    ...entity
  } = body as Record<string, unknown>
  return entity
}

function routesOf(app: FastifyInstance, parts: HttpParts, section: Section): void {
  const { configuration } = parts
  const path = `/api/v1/${section}`
  const body = { schema: { body: SECTIONS[section].schema }, validatorCompiler: () => () => true }

  app.get(
    path,
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
      const items = await entityViews(parts, view, rows.slice(0, page.limit))
      return { items, next: rows.length > page.limit ? (items.at(-1)?.['id'] ?? null) : null }
    },
  )

  app.get(`${path}/:id`, { schema: { summary: `One of ${section}, by id or name` } }, async (request) => {
    const { view } = authorizeSection(request, section, 'read')
    const row = found(view, section, request.params)
    authorizeSection(request, section, 'read', kindOf(row))
    return (await entityViews(parts, view, [row]))[0]
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
      return answer(reply.status(201), parts, view, section, result.ids[0]!)
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
      changed(await configuration.save(view, [{ section, id: row.id, entity, path: '', origin: 'api' }], caller.name))
      return answer(reply, parts, view, section, row.id)
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
      changed(
        await configuration.save(view, [{ section, id: row.id, entity: null, path: '', origin: 'api' }], caller.name),
      )
      return reply.status(204).send()
    },
  )
}

async function answer(
  reply: FastifyReply,
  parts: HttpParts,
  view: WorkspaceView,
  section: Section,
  id: number,
): Promise<FastifyReply> {
  const [entity] = await entityViews(parts, view, [view.entities.get(section)!.get(id)!])
  return reply.send(entity)
}

function found(view: WorkspaceView, section: Section, params: unknown): EntityRow {
  const row = view.row(section, (params as { id: string }).id)
  if (row === undefined) throw new HttpError('not_found')
  return row
}

/** The kind of a channel, undefined for what has none. */
const kindOf = (row: EntityRow): unknown =>
  row.section === 'channels' ? (JSON.parse(row.body) as { kind: string }).kind : undefined

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
export function wholeRoutes(app: FastifyInstance, { configuration }: HttpParts): void {
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
      const { ids: _ids, ...applied } = changed(await configuration.apply(view, text, caller.name, dryRun))
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
    async (request) => {
      const { view, caller } = authorize(request, 'workspace.write')
      const { version: _version, ...wanted } = withoutAdded(request.body)
      const { name: _name, ...settings } = wanted as { name?: string } & WorkspaceSettings
      const problems = workspaceProblems({ name: view.name, ...settings }, '')
      if (problems.length > 0) throw new HttpError('invalid', problems)
      changed(await configuration.saveSettings(view, settings, caller.name))
      return { name: view.name, ...view.settings, version: view.version }
    },
  )
}
