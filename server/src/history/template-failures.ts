import type { WorkspaceView } from '../configuration/view.ts'
import { failureKey } from '../pipeline/template-failures.ts'
import type { EntityRow, Store } from '../store/store.ts'
import { sqliteQueries as db } from './tables.ts'
import { time } from './views.ts'

/** When a template failed last as it is now, and what was wrong. `at`: RFC 3339. */
export interface TemplateFailure {
  readonly at: string
  readonly part: string
  readonly says: string
}

/** The last failures of templates by id; of those that have not failed since they were changed, nothing. */
export async function lastFailures(
  store: Store,
  view: WorkspaceView,
  rows: readonly EntityRow[],
): Promise<ReadonlyMap<number, TemplateFailure>> {
  const failures = new Map<number, TemplateFailure>()
  const keys = await Promise.all(rows.map((row) => lastKey(store, view, row)))
  const events = new Map(keys.flatMap((event, index) => (event === undefined ? [] : [[hex(event), rows[index]!.id]])))
  if (events.size === 0) return failures
  const ids = keys.filter((event) => event !== undefined)
  const select = db
    .selectFrom('events')
    .select(['id', 'time', 'data'])
    .where('workspace', '=', view.id)
    .where('id', 'in', ids)
  for (const row of await store.read(select.compile())) {
    const data = JSON.parse(row['data'] as string) as { part?: string; reason?: string }
    const id = events.get(hex(row['id'] as Uint8Array))
    if (id !== undefined) failures.set(id, { at: time(row['time'])!, part: data.part ?? '', says: data.reason ?? '' })
  }
  return failures
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex')

/** The last event that told of a version of a template: one seek, since the hour ends its id. */
async function lastKey(store: Store, view: WorkspaceView, { id, version }: EntityRow): Promise<Uint8Array | undefined> {
  const from = failureKey(id, version)
  const select = db
    .selectFrom('event_keys')
    .select('event')
    .where('workspace', '=', view.id)
    .where('source', '=', 'nabat')
    .where('event_id', '>=', from)
    // What follows the colon.
    .where('event_id', '<', `${from.slice(0, -1)};`)
    .orderBy('event_id', 'desc')
    .limit(1)
  const [row] = await store.read(select.compile())
  return row?.['event'] as Uint8Array | undefined
}
