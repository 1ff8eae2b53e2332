import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Workspace } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { Type } from 'typebox'
import { shapeProblems, workspaceProblems } from '../../configuration/check.ts'
import { WorkspaceView, type WorkspaceSettings } from '../../configuration/view.ts'
import { time } from '../../history/views.ts'
import type { Invitation } from '../../people/invitations.ts'
import { KEPT_MS, type Act } from '../../people/workspace-life.ts'
import { validator } from '../../schema-problems.ts'
import { HttpError } from '../errors.ts'
import { authorizeOperator } from '../operator.ts'
import { baseOf } from '../seat.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, LISTED, pageOf } from './page.ts'

const { name, title, timeZone, language } = Workspace.properties
const Changed = Type.Object({ title, timeZone, language }, { additionalProperties: false })
const Made = Type.Object(
  {
    ...{ name, title, timeZone, language },
    administrator: Type.Optional(
      Type.Object(
        {
          email: Type.String({ minLength: 3, maxLength: 320, description: 'Where the invitation goes' }),
          login: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'By default the address' })),
          name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        },
        { additionalProperties: false, description: 'The first administrator, who is invited' },
      ),
    ),
  },
  { additionalProperties: false },
)
const Blocked = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, description: 'What people of the workspace are told' }) },
  { additionalProperties: false },
)

interface Wanted extends Pick<WorkspaceSettings, 'title' | 'timeZone' | 'language'> {
  readonly name: string
  readonly administrator?: { readonly email: string; readonly login?: string; readonly name?: string }
}

/** Bodies are checked once it is known that the operator calls, and the workspace is there. */
const LATER = { validatorCompiler: () => () => true }

/** Fails with every problem, when there is one. */
function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new HttpError('invalid', problems)
}

const bodyOf = (schema: object, { body }: FastifyRequest): unknown => {
  refuse(validator(schema)(body ?? {}, ''))
  return body ?? {}
}

/** What the operator of the installation does with workspaces. */
export function workspaceRoutes(app: FastifyInstance, parts: HttpParts): void {
  // Before a body is read: nobody else is told anything of what it should be.
  app.addHook('onRequest', async (request) => void authorizeOperator(request))
  listRoutes(app, parts)
  changingRoutes(app, parts)
  stateRoutes(app, parts)
}

function listRoutes(app: FastifyInstance, parts: HttpParts): void {
  app.get(
    '/api/v1/workspaces',
    {
      config: LISTED,
      schema: {
        summary: 'Workspaces of the installation, by name; operator only',
        querystring: Type.Object({
          state: Type.Optional(Type.Enum(['active', 'blocked', 'removed'])),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const query = request.query as Record<string, string>
      const { after, limit } = pageOf(query, 'login')
      const views = [...parts.workspaces.all()]
        .filter((view) => after === undefined || view.name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((view) => workspaceView(view, parts))
        .filter(({ state }) => query['state'] === undefined || state === query['state'])
      const items = views.slice(0, limit)
      return { items, next: views.length > limit ? (items.at(-1)?.name ?? null) : null }
    },
  )

  app.get('/api/v1/workspaces/:name', { schema: { summary: 'A workspace; operator only' } }, async (request) =>
    workspaceView(found(request, parts), parts),
  )
}

function changingRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { life, configuration, workspaces } = parts
  app.post(
    '/api/v1/workspaces',
    {
      ...LATER,
      config: { documented: { status: 201, errors: [409] } },
      schema: { summary: 'Make a workspace, with an invitation to its administrator; operator only', body: Made },
    },
    async (request, reply) => {
      const by = authorizeOperator(request)
      const { name: wantedName, administrator, ...settings } = bodyOf(Made, request) as Wanted
      refuse(workspaceProblems({ name: wantedName, ...settings }, ''))
      const user = administrator === undefined ? undefined : await userOf(administrator, parts)
      const view = await life.make(wantedName, settings, by)
      if (!(view instanceof WorkspaceView)) throw new HttpError('conflict', [view])
      const invitation = user === undefined ? null : await invite(request, view, user, by, parts)
      void reply.header('cache-control', 'no-store')
      return reply.status(201).send({ ...workspaceView(view, parts), invitation })
    },
  )

  app.put(
    '/api/v1/workspaces/:name',
    {
      ...LATER,
      schema: { summary: 'Change title, time zone or language of a workspace; operator only', body: Changed },
    },
    async (request) => {
      const view = found(request, parts)
      const settings = bodyOf(Changed, request) as Partial<Wanted>
      refuse(workspaceProblems({ name: view.name, ...settings }, ''))
      const result = await configuration.saveSettings(
        view,
        { ...view.settings, ...settings },
        authorizeOperator(request),
      )
      if ('problems' in result) throw new HttpError('invalid', result.problems)
      await workspaces.refresh(view.id)
      return workspaceView(view, parts)
    },
  )
}

function stateRoutes(app: FastifyInstance, parts: HttpParts): void {
  const act = async (request: FastifyRequest, view: WorkspaceView, wanted: Act) => {
    const refused = await parts.life.act(view, wanted, authorizeOperator(request))
    if (refused !== null) throw new HttpError('conflict', [refused])
    return workspaceView(view, parts)
  }
  const conflicts = { config: { documented: { errors: [409] } } } as const

  app.delete(
    '/api/v1/workspaces/:name',
    {
      config: { documented: { status: 204, errors: [409] } },
      schema: { summary: 'Remove a workspace; for 30 days it can be restored; operator only' },
    },
    async (request, reply) => {
      await act(request, found(request, parts), { kind: 'remove' })
      return reply.status(204).send()
    },
  )

  app.post(
    '/api/v1/workspaces/:name/block',
    { ...LATER, ...conflicts, schema: { summary: 'Block a workspace, with a reason; operator only', body: Blocked } },
    async (request) => {
      const view = found(request, parts)
      const { reason } = bodyOf(Blocked, request) as { reason: string }
      if (reason.trim() === '')
        throw new HttpError('invalid', [problem('/reason', 'Назовите причину', 'Give the reason')])
      return act(request, view, { kind: 'block', reason: reason.trim() })
    },
  )

  for (const [kind, summary] of [
    ['unblock', 'Unblock a workspace: what waited in it leaves; operator only'],
    ['restore', 'Restore a removed workspace; operator only'],
  ] as const)
    app.post(`/api/v1/workspaces/:name/${kind}`, { ...conflicts, schema: { summary } }, async (request) =>
      act(request, found(request, parts), { kind }),
    )
}

function found({ params }: FastifyRequest, { workspaces }: HttpParts): WorkspaceView {
  const view = workspaces.byName((params as { name: string }).name)
  if (view === undefined) throw new HttpError('not_found')
  return view
}

/** A workspace as the operator sees it: what it is called, whether it is shut, how large it is; nothing of what is in it. */
function workspaceView(view: WorkspaceView, { life, keys }: HttpParts) {
  const { blocked, removedAt } = view.state
  return {
    name: view.name,
    title: view.settings.title ?? null,
    timeZone: view.timeZone,
    language: view.language,
    state: removedAt !== null ? 'removed' : blocked !== null ? 'blocked' : 'active',
    blocked: blocked === null ? null : { at: time(blocked.at), reason: blocked.reason },
    removedAt: time(removedAt),
    deletedAt: removedAt === null ? null : time(removedAt + KEPT_MS),
    home: life.isHome(view),
    users: view.people.size,
    rules: view.rows('rules').length,
    channels: view.rows('channels').length,
    keys: keys.list(view.id).length,
  }
}

/** The card of the first administrator, checked before anything is made: against a workspace that has nothing yet. */
async function userOf(
  { email, login = email, name: called }: NonNullable<Wanted['administrator']>,
  { configuration }: HttpParts,
): Promise<Record<string, unknown>> {
  const entity = { login, email, roles: ['admin'], ...(called === undefined ? {} : { name: called }) }
  refuse(shapeProblems('users', entity, '/administrator'))
  const edit = { section: 'users', id: null, entity, path: '/administrator', origin: 'api' } as const
  const result = await configuration.check(new WorkspaceView(0), [edit])
  if ('problems' in result) throw new HttpError('invalid', result.problems)
  return entity
}

async function invite(
  request: FastifyRequest,
  view: WorkspaceView,
  entity: Record<string, unknown>,
  by: string,
  { configuration, access, publicUrl }: HttpParts,
): Promise<object> {
  const edit = { section: 'users', id: null, entity, path: '/administrator', origin: 'api' } as const
  const result = await configuration.save(view, [edit], by)
  if ('problems' in result) throw new HttpError('invalid', result.problems)
  const row = view.entities.get('users')!.get(result.ids[0]!)!
  const invited: Invitation | Problem = await access.invitations.invite(view, row, baseOf(request, publicUrl))
  if ('path' in invited) throw new HttpError('conflict', [invited])
  return { ...invited, expiresAt: time(invited.expiresAt) }
}
