import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { SECTION_NAMES, type Section } from '@nabat/api/configuration.ts'
import { sectionPermissions, type Permission } from '@nabat/api/permissions.ts'
import { ChangedMeanwhile, type Applied } from '../../configuration/configuration.ts'
import { undoOf } from '../../configuration/undo.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { ChangeView } from '../../history/changes.ts'
import type { Caller } from '../../people/caller.ts'
import { cardIn, type Card } from '../../people/member.ts'
import { differOnlyInOwn, withOwnFieldsOf } from '../../people/profile.ts'
import { authorize, authorizeSection, enter, sees } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'
import { meanwhile } from './configuration.ts'
import { answerWith, changed, kindOf, naming } from './entity-answers.ts'
import { Cursor, LISTED, listAnswer, pageOf } from './page.ts'
import { tellChats } from './profile.ts'

/** Whoever may save anything may take back what he may save. */
const WRITES: readonly Permission[] = [
  'workspace.write',
  ...SECTION_NAMES.flatMap((section) => sectionPermissions(section, 'write')),
]

/** Who changed what in the configuration, and when; the versions of an entity; taking a change back. */
export function changeRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { history } = parts
  app.get(
    '/api/v1/changes',
    {
      config: LISTED,
      schema: {
        summary: 'Changes of the configuration, the newest first',
        querystring: Type.Object({
          section: Type.Optional(Type.Enum(['workspace', ...SECTION_NAMES])),
          entity: Type.Optional(Type.String({ pattern: '^\\d{1,9}$', description: 'Id of an entity; with section' })),
          by: Type.Optional(Type.String({ description: 'Who: login of a person, or name of a key' })),
          from: Type.Optional(Type.String({ format: 'date-time' })),
          to: Type.Optional(Type.String({ format: 'date-time' })),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view, caller } = authorize(request, 'changes.read')
      const query = request.query as Record<string, string>
      const page = pageOf(query, 'change')
      const rows = await history.changes(view, query, page)
      return listAnswer(
        rows.map((row) => ({ ...row, undoable: isUndoable(row, view, caller) })),
        page,
      )
    },
  )

  for (const section of SECTION_NAMES) versionRoute(app, parts, section)
  undoRoute(app, parts)
}

/** The versions of an entity, of a removed one too. */
function versionRoute(app: FastifyInstance, { history }: HttpParts, section: Section): void {
  app.get(
    `/api/v1/${section}/:id/versions`,
    {
      config: LISTED,
      schema: {
        summary: `Changes of one of ${section}, the newest first; of a removed one by its id`,
        querystring: Type.Object(Cursor),
      },
    },
    async (request) => {
      const { view, caller } = authorizeSection(request, section, 'read')
      const { id } = request.params as { id: string }
      const row = view.row(section, id)
      if (row === undefined && !/^\d{1,9}$/.test(id)) throw new HttpError('not_found')
      if (row !== undefined) authorizeSection(request, section, 'read', kindOf(row))
      const page = pageOf(request.query as Record<string, string>, 'change')
      const rows = await history.changes(view, { section, entity: String(row?.id ?? id) }, page)
      if (rows.length === 0 && row === undefined) throw new HttpError('not_found')
      return listAnswer(
        rows.filter((each) => row !== undefined || kindsOf(each).every((kind) => sees(caller, section, kind))),
        page,
      )
    },
  )
}

function undoRoute(app: FastifyInstance, parts: HttpParts): void {
  const { history, configuration } = parts
  app.post(
    '/api/v1/changes/:id/undo',
    {
      config: { documented: { errors: [409] } },
      schema: {
        summary: 'Put an entity back to how it was before a change',
        description:
          'What was removed comes back under its id, what was made is removed (204), what was changed is as it was. Checked as any save.',
      },
    },
    async (request, reply) => {
      const { view, caller } = enter(request)
      const { id } = request.params as { id: string }
      const change = await history.change(view, id)
      const own = change === undefined ? null : ownCardOf(request, change, view)
      if (own === null) authorize(request, ...WRITES)
      if (change === undefined) throw new HttpError('not_found')
      if (own === null) mayWrite(request, change, view)
      const undo = undoOf(change, view)
      if ('refused' in undo) throw new HttpError('conflict', [undo.why])
      const why = `undo of ${id}`
      if (own !== null) {
        naming(reply, await undoOwn(parts, view, own, change.before!, why))
        return answerWith(reply, parts, view, 'users', own.row.id)
      }
      if ('settings' in undo) {
        naming(reply, changed(await configuration.saveSettings(view, undo.settings, caller.name, why)))
        return { name: view.name, ...view.settings, version: view.version }
      }
      const { section, id: entity } = undo.edit
      const result = changed(await configuration.save(view, [undo.edit], caller.name, why))
      if (undo.edit.entity === null) return naming(reply.status(204), result).send()
      return answerWith(naming(reply, result), parts, view, section, entity!)
    },
  )
}

/** Puts back one's own fields. What others have changed on the card since stays: its roles are not his to bring back. */
async function undoOwn(
  parts: HttpParts,
  view: WorkspaceView,
  { row, person }: Card,
  before: NonNullable<ChangeView['before']>,
  why: string,
): Promise<Applied> {
  const entity = withOwnFieldsOf(before, person)
  const edit = { section: 'users', id: row.id, entity: { ...entity }, path: '', origin: 'api' } as const
  try {
    const result = changed(await parts.configuration.save(view, [{ ...edit, ifVersion: row.version }], row.key, why))
    tellChats(parts, view, person, entity)
    return result
  } catch (error) {
    throw error instanceof ChangedMeanwhile ? await meanwhile(parts.history, view, error) : error
  }
}

/** The card of whoever calls, when the change is one he made himself, of his own fields of it alone; else null. */
function ownCardOf({ signedIn }: FastifyRequest, change: ChangeView, view: WorkspaceView): Card | null {
  const { section, entity, before, after, by } = change
  const card = signedIn === undefined ? null : (cardIn(signedIn, view) ?? null)
  if (card === null || section !== 'users' || Number(entity) !== card.row.id || by !== card.row.key) return null
  return before !== null && after !== null && differOnlyInOwn(before, after) ? card : null
}

/** The kinds of a channel that a change speaks of; one that is undefined for anything else. */
const kindsOf = ({ section, before, after }: ChangeView): readonly unknown[] =>
  section === 'channels' ? [before, after].flatMap((body) => body?.['kind'] ?? []) : [undefined]

/** What one must be allowed to write so as to take a change back: each line any of these. */
function needed(change: ChangeView, view: WorkspaceView): (readonly Permission[])[] {
  if (change.section === 'workspace') return [['workspace.write']]
  const section = change.section as Section
  const row = view.entities.get(section)?.get(Number(change.entity))
  const kinds = row === undefined ? kindsOf(change) : [...kindsOf(change), kindOf(row)]
  return kinds.map((kind) => sectionPermissions(section, 'write', kind))
}

function mayWrite(request: FastifyRequest, change: ChangeView, view: WorkspaceView): void {
  for (const anyOf of needed(change, view)) authorize(request, ...anyOf)
}

const isUndoable = (change: ChangeView, view: WorkspaceView, { permissions }: Caller): boolean =>
  needed(change, view).every((anyOf) => anyOf.some((permission) => permissions.has(permission))) &&
  !('refused' in undoOf(change, view))
