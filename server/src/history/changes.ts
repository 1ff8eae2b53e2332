import type { WorkspaceView } from '../configuration/view.ts'
import type { Store } from '../store/store.ts'
import type { Page, Query } from './page.ts'
import { sqliteQueries as db } from './tables.ts'
import { time, type Row } from './views.ts'

/** A change of the configuration. Bodies are parsed; they hold references instead of secrets. */
export interface ChangeView {
  /** `<version>.<n>`: what it is undone by. */
  readonly id: string
  readonly version: number
  /** RFC 3339. */
  readonly at: string
  readonly by: string
  /** A section of the configuration, or `workspace` for its own settings. */
  readonly section: string
  /** Id of the entity, the same whatever it is called; null for the settings of the workspace. */
  readonly entity: string | null
  readonly key: string
  /** Null when it was made. */
  readonly before: Readonly<Record<string, unknown>> | null
  /** Null when it was removed. */
  readonly after: Readonly<Record<string, unknown>> | null
  readonly comment: string | null
}

const every = (view: WorkspaceView) => db.selectFrom('changes').selectAll().where('workspace', '=', view.id)

/** `<version>.<n>` as two numbers, undefined when it is something else. */
function placeOf(id: string): readonly [number, number] | undefined {
  const [, version, n] = /^(\d{1,9})\.(\d{1,9})$/.exec(id) ?? []
  return version === undefined ? undefined : [Number(version), Number(n)]
}

/** Changes, the newest first, one more than the page holds; `section`, `entity`, `by`, `from` and `to` narrow them. */
export async function changesOf(
  store: Store,
  view: WorkspaceView,
  { section, entity, by, from, to }: Query,
  page: Page,
): Promise<ChangeView[]> {
  let select = every(view)
    .orderBy('version', 'desc')
    .orderBy('n')
    .limit(page.limit + 1)
  const after = placeOf(page.after ?? '')
  if (after !== undefined)
    select = select.where((is) =>
      is.or([is('version', '<', after[0]), is.and([is('version', '=', after[0]), is('n', '>', after[1])])]),
    )
  if (section !== undefined) select = select.where('section', '=', section)
  if (entity !== undefined) select = select.where('entity', '=', Number(entity))
  if (by !== undefined) select = select.where('by', '=', by)
  if (from !== undefined) select = select.where('at', '>=', Date.parse(from))
  if (to !== undefined) select = select.where('at', '<', Date.parse(to))
  return (await store.read(select.compile())).map(changeView)
}

/** One change by its id, undefined when there is none. */
export async function changeOf(store: Store, view: WorkspaceView, id: string): Promise<ChangeView | undefined> {
  const place = placeOf(id)
  if (place === undefined) return undefined
  const select = every(view).where('version', '=', place[0]).where('n', '=', place[1])
  const [row] = await store.read(select.compile())
  return row === undefined ? undefined : changeView(row)
}

function changeView(row: Row): ChangeView {
  const body = (text: unknown): ChangeView['before'] =>
    text === null ? null : (JSON.parse(text as string) as ChangeView['before'])
  return {
    id: `${row['version'] as number}.${row['n'] as number}`,
    version: row['version'] as number,
    at: time(row['at'])!,
    by: row['by'] as string,
    section: row['section'] as string,
    entity: row['section'] === 'workspace' ? null : String(row['entity']),
    key: row['key'] as string,
    before: body(row['before']),
    after: body(row['after']),
    comment: row['comment'] as string | null,
  }
}
