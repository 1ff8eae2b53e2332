import type { EventSchedule } from '@nabat/api/configuration.ts'
import { cronOccurrences, type Occurrences } from '../time/cron.ts'
import type { Scheduled } from './due.ts'
import type { Summary } from './summary.ts'

/** When the statistics of the day are raised in a workspace that does not say: on its own clock. */
export const DAILY_STATISTICS = '09:00'
/** Entity id under which the statistics of the day are remembered. */
export const STATISTICS = 0
/** The type whose words are about a summary: it always carries one. */
const SUMMARY_TYPE = 'summary.scheduled'

/** What entries are made from; a workspace's view has it. */
export interface Configured {
  readonly timeZone: string
  readonly settings: { readonly dailyStatistics?: string | false }
  rows(section: 'schedules'): readonly { readonly id: number; readonly body: string }[]
}

/** Something the clock raises: one of the workspace's schedules, or (null) the statistics of the day. */
export interface Entry extends Scheduled {
  /** Entity id. */
  readonly id: number
  readonly schedule: EventSchedule | null
  readonly zone: string
}

const NEVER: Occurrences = { next: () => null }

/** A schedule as it is raised. One whose zone is not known here any more never comes. */
export function entryOf(id: number, schedule: EventSchedule, workspaceZone: string): Entry {
  const zone = schedule.timeZone ?? workspaceZone
  return { id, schedule, zone, enabled: schedule.enabled !== false, times: timesOf(schedule.cron, zone) }
}

function timesOf(cron: string, zone: string): Occurrences {
  try {
    return cronOccurrences(cron, zone)
  } catch {
    return NEVER
  }
}

/** Everything the clock raises in a workspace. */
export function entriesOf(view: Configured): Entry[] {
  const schedules = view
    .rows('schedules')
    .map(({ id, body }) => entryOf(id, JSON.parse(body) as EventSchedule, view.timeZone))
  const { dailyStatistics = DAILY_STATISTICS } = view.settings
  if (dailyStatistics === false) return schedules
  const [hour, minute] = dailyStatistics.split(':').map(Number)
  const zone = view.timeZone
  const times = timesOf(`${minute} ${hour} * * *`, zone)
  return [...schedules, { id: STATISTICS, schedule: null, zone, enabled: true, times }]
}

/** How many of its next times a schedule is shown with: enough to see a week. */
const SHOWN_TIMES = 5

/** When a schedule comes next (RFC 3339), the soonest first, as its row is shown; empty: never. */
export function nextTimesOf({ id, body }: { id: number; body: string }, view: Configured, now: number): string[] {
  const { enabled, times } = entryOf(id, JSON.parse(body) as EventSchedule, view.timeZone)
  const found: string[] = []
  for (let next = enabled ? times.next(now) : null; next !== null && found.length < SHOWN_TIMES;) {
    found.push(new Date(next).toISOString())
    next = times.next(next)
  }
  return found
}

/** What a schedule counts; null when it brings no summary. */
export const summaryOf = ({ type, summary }: EventSchedule): NonNullable<EventSchedule['summary']> | null =>
  summary ?? (type === SUMMARY_TYPE ? {} : null)

const NOTHING: Summary = {
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-02T00:00:00.000Z',
  events: 0,
  byType: [],
  opened: 0,
  open: 0,
  ended: 0,
}

/** `data` of a schedule's event as it will be, to be checked before it is saved. */
export const sampleData = (schedule: EventSchedule): Record<string, unknown> =>
  dataOf(schedule, summaryOf(schedule) === null ? null : NOTHING)

/** `data` of a schedule's event: its own, and the summary over it. */
export const dataOf = (schedule: EventSchedule, summary: Summary | null): Record<string, unknown> => ({
  ...schedule.data,
  ...(summary === null ? {} : { schedule: schedule.name, ...summary }),
})
