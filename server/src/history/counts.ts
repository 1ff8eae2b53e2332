import type { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes } from '../ids.ts'
import type { Store } from '../store/store.ts'
import { startOfDay } from '../time/hours.ts'

/** What calls for attention, in numbers; each is counted as far as `MOST_COUNTED`. */
export interface Counts {
  /** Those that are acknowledged too. */
  readonly openIncidents: number
  readonly unacknowledgedIncidents: number
  /** Deliveries that still have to leave, without those that will leave in the message of another. */
  readonly waiting: number
  /** Deliveries of today's events, by the clock of the workspace, that could not be sent. */
  readonly failedToday: number
  /** Channels that do not answer. */
  readonly channelsDown: number
}

/** Nobody reads further, and counting a million of them at each change would cost more than it says. */
export const MOST_COUNTED = 10_000

// Each of them walks a part of its table that an index keeps apart: what is open, what waits, what failed. A literal, not a
// parameter, or SQLite does not consider the index of what failed. The keys of incidents of channels lie together.
const COUNT = `select
  (select count(*) from (select 1 from incidents where workspace = ? and ended_at is null limit ${MOST_COUNTED}) as o) as open_incidents,
  (select count(*) from (select 1 from incidents where workspace = ? and ended_at is null and state = 'open' limit ${MOST_COUNTED}) as u) as unacknowledged,
  (select count(*) from (select 1 from queue where workspace = ? limit ${MOST_COUNTED}) as w) as waiting,
  (select count(*) from (select 1 from deliveries where workspace = ? and state = 3 and id >= ? limit ${MOST_COUNTED}) as f) as failed,
  (select count(*) from (select 1 from incidents where workspace = ? and key >= 'channel:' and key < 'channel;' and ended_at is null) as c) as channels_down`

/** Counts what there is of a workspace at a moment. */
export async function countsOf(store: Store, view: WorkspaceView, now: number): Promise<Counts> {
  const today = idBytes(firstIdOf(startOfDay(now, view.timeZone)))
  const parameters = [view.id, view.id, view.id, view.id, today, view.id]
  const [row] = await store.read({ sql: COUNT, parameters })
  const number = (name: string): number => Number(row?.[name])
  return {
    openIncidents: number('open_incidents'),
    unacknowledgedIncidents: number('unacknowledged'),
    waiting: number('waiting'),
    failedToday: number('failed'),
    channelsDown: number('channels_down'),
  }
}
