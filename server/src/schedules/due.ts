import { lastBetween, type Occurrences } from '../time/cron.ts'

/** A schedule as the decision sees it. */
export interface Scheduled {
  readonly times: Occurrences
  readonly enabled: boolean
}

/** What is to be raised now, and when to look again; null for neither. Milliseconds since 1970. */
export interface Due {
  readonly occurrence: number | null
  readonly next: number | null
}

/**
 * The one occurrence that is to be raised at `now`, and the moment of the next. `lastAt`: the last one that was raised, or
 * the moment the schedule was saved, whichever is later; nothing by then is raised. Of several that were missed only the
 * latest is. A clock that was put back raises nothing twice.
 */
export function dueOccurrence({ times, enabled }: Scheduled, lastAt: number, now: number): Due {
  if (!enabled) return { occurrence: null, next: null }
  return { occurrence: lastBetween(times, lastAt, now), next: times.next(Math.max(lastAt, now)) }
}
