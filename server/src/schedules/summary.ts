import type { EventSchedule } from '@nabat/api/configuration.ts'
import type { Text } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { compileCondition } from '../pipeline/conditions.ts'
import { typeTest } from '../pipeline/rules.ts'
import type { Store } from '../store/store.ts'
import { countEvents, countIncidents, type Window } from './counts.ts'

/** What has happened meanwhile, as it stands in the `data` of a schedule's event. Times are RFC 3339. */
export interface Summary {
  readonly since: string
  readonly until: string
  readonly events: number
  /** The most frequent first. */
  readonly byType: readonly { readonly type: string; readonly title: Text; readonly count: number }[]
  readonly opened: number
  /** At the end. */
  readonly open: number
  readonly ended: number
}

/** Sums up a window. What the clock itself raised is left out, and `system.*` where it is not named. */
export async function summarize(
  store: Store,
  view: WorkspaceView,
  { types = ['*'], when }: NonNullable<EventSchedule['summary']>,
  window: Window,
): Promise<Summary> {
  const filter = { named: typeTest(types), condition: when === undefined ? null : compileCondition(when) }
  const counts = await countEvents(store, view.id, window, filter)
  const byType = [...counts].map(([type, count]) => ({
    type,
    title: view.type(type)?.title ?? { ru: type, en: type },
    count,
  }))
  return {
    since: new Date(window.since).toISOString(),
    until: new Date(window.until).toISOString(),
    events: byType.reduce((sum, { count }) => sum + count, 0),
    byType: byType.sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1)),
    ...(await countIncidents(store, view.id, window, filter)),
  }
}
