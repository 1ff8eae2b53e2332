import type { Section } from '@nabat/api/configuration.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Store } from '../store/store.ts'
import { sqliteQueries as db } from './tables.ts'
import { time } from './views.ts'

/** Who made an entity and who changed it last, and when; null where the change is no longer kept. Times are RFC 3339. */
export interface Authors {
  readonly madeBy: string | null
  readonly madeAt: string | null
  readonly changedBy: string | null
  readonly changedAt: string | null
}

const NOBODY: Authors = { madeBy: null, madeAt: null, changedBy: null, changedAt: null }

/** The authors of entities of a section by id, from the change rows. */
export async function authorsOf(
  store: Store,
  view: WorkspaceView,
  section: Section,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Authors>> {
  const authors = new Map(ids.map((id) => [id, NOBODY]))
  if (ids.length === 0) return authors
  const select = db
    .selectFrom('changes')
    .select(['entity', 'at', 'by', 'before'])
    .where('workspace', '=', view.id)
    .where('section', '=', section)
    .where('entity', 'in', ids)
    .orderBy('version')
    .orderBy('n')
  for (const row of await store.read(select.compile())) {
    const id = Number(row['entity'])
    const [by, at] = [row['by'] as string, time(row['at'])]
    const made = row['before'] === null ? { madeBy: by, madeAt: at } : {}
    authors.set(id, { ...authors.get(id)!, ...made, changedBy: by, changedAt: at })
  }
  return authors
}
