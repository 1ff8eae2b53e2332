/*
 * What taking a change back comes to: the entity is put back to how it was before that change, whatever has become of it
 * since. Pure; the save that follows checks everything else, as any save does.
 */
import { SECTIONS, type Section } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { keyOf, sameJson, type Edit } from './plan.ts'
import type { WorkspaceSettings, WorkspaceView } from './view.ts'

/** A change that somebody wants to take back, as it is kept. */
export interface Undone {
  /** A section, or `workspace`. */
  readonly section: string
  /** Id of the entity, null for the settings of the workspace. */
  readonly entity: string | null
  readonly key: string
  readonly before: Readonly<Record<string, unknown>> | null
}

/** What is to be saved, or why not. */
export type Undo =
  | { readonly edit: Edit }
  | { readonly settings: WorkspaceSettings }
  | { readonly refused: 'same' | 'file' | 'taken' | 'unknown'; readonly why: Problem }

/** What it takes to put an entity back to how it was before a change. */
export function undoOf({ section: name, entity, key, before }: Undone, view: WorkspaceView): Undo {
  if (entity === null)
    return sameJson(view.settings, before) ? SAME : { settings: before as unknown as WorkspaceSettings }
  if (!Object.hasOwn(SECTIONS, name)) return refused('unknown', 'Такого раздела больше нет', 'There is no such section')
  const section = name as Section
  const id = Number(entity)
  const row = view.entities.get(section)?.get(id)
  if (row?.origin === 'file')
    return refused(
      'file',
      `«${row.key}» описано в файле конфигурации: измените его там`,
      `"${row.key}" comes from the configuration file: change it there`,
    )
  if (before === null)
    return row === undefined ? SAME : { edit: { section, id, entity: null, path: '', origin: 'api' } }
  if (row !== undefined && sameJson(JSON.parse(row.body), before)) return SAME
  const then = keyOf(section, before)
  const other = view.rowByKey(section, then)
  if (other !== undefined && other.id !== id)
    return refused(
      'taken',
      `Имя «${then}» теперь у другого: переименуйте его, и тогда «${key}» можно вернуть`,
      `The name "${then}" belongs to another now: rename that one, and then "${key}" can come back`,
    )
  const edit: Edit = { section, id, entity: before, path: '', origin: 'api' }
  return { edit: row === undefined ? { ...edit, restores: true } : edit }
}

const refused = (why: Extract<Undo, { refused: unknown }>['refused'], ru: string, en: string): Undo => ({
  refused: why,
  why: problem('', ru, en),
})

const SAME = refused(
  'same',
  'Всё уже так, как было до этого изменения',
  'Everything is as it was before this change already',
)
