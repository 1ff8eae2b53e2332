import type { Silence } from '@nabat/api/configuration.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { authorsOf, type Authors } from '../../history/authors.ts'
import { time } from '../../history/views.ts'
import { compileSilence, silenceState, type SilenceState } from '../../pipeline/silence.ts'
import type { EntityRow, Store } from '../../store/store.ts'

/** What the API shows of a silence beside itself: whether it holds, when that changes, and whose it is. */
export interface SilenceFields extends Authors {
  readonly status: SilenceState['status']
  /** RFC 3339; null once it has ended. */
  readonly changesAt: string | null
}

/** The fields of stored silences at a moment, by id. */
export async function silenceFields(
  store: Store,
  view: WorkspaceView,
  rows: readonly EntityRow[],
  now: number,
): Promise<ReadonlyMap<number, SilenceFields>> {
  const ids = rows.map(({ id }) => id)
  const authors = await authorsOf(store, view, 'silences', ids)
  return new Map(
    rows.map(({ id, body }) => {
      const { status, changesAt } = silenceState(compileSilence(JSON.parse(body) as Silence), now, view.timeZone)
      return [id, { status, changesAt: time(changesAt), ...authors.get(id)! }]
    }),
  )
}
