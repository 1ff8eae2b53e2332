import type { Rule } from '@nabat/api/rule.ts'
import { problem } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { HttpError } from '../errors.ts'
import type { HttpParts } from '../server.ts'

/**
 * A rule that somebody tries without saving it, checked as on saving (paths from `/rule`), and the saved one it would
 * replace: by its id, or else by its name.
 */
export async function checkedRule(
  given: unknown,
  view: WorkspaceView,
  { configuration }: Pick<HttpParts, 'configuration'>,
): Promise<{ readonly rule: Rule; readonly replaces: number | null }> {
  const { entity, replaces } = ruleOf(given, view)
  const edit = { section: 'rules', id: replaces, entity, path: '/rule', origin: 'api' } as const
  const checked = await configuration.check(view, [edit])
  if ('problems' in checked) throw new HttpError('invalid', checked.problems)
  return { rule: checked.edits[0]!.entity as unknown as Rule, replaces }
}

/** The rule without what the server adds to one that is stored. */
function ruleOf(rule: unknown, view: WorkspaceView): { entity: Record<string, unknown>; replaces: number | null } {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    throw new HttpError('invalid', [problem('/rule', 'Здесь нужно правило', 'A rule is needed here')])
  const { id, origin: _origin, version: _version, place: _place, ...entity } = rule as Record<string, unknown>
  const row =
    id === undefined ? view.rowByKey('rules', String(entity['name'])) : view.entities.get('rules')?.get(Number(id))
  if (row === undefined && id !== undefined)
    throw new HttpError('invalid', [
      problem(
        '/rule/id',
        'Правила с таким номером нет: уберите id, чтобы примерить новое',
        'There is no rule with this id: leave it out to try a new one',
      ),
    ])
  return { entity, replaces: row?.id ?? null }
}
