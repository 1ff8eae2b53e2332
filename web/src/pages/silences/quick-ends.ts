import { fromWall, toWall } from '../../data/wall-time.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MORNING = 'T08:00'

/** Ends that people choose most often, as RFC 3339: mornings on the clock of the zone. `now` in milliseconds. */
export function quickEnds(
  now: number,
  timeZone: string,
): Readonly<Record<'hour1' | 'hours4' | 'morning' | 'monday', string>> {
  const after = (ms: number): string => new Date(now + ms).toISOString()
  const dayIn = (days: number): string => toWall(after(days * DAY_MS), timeZone).slice(0, 10)
  const morning = (day: string): string => fromWall(`${day}${MORNING}`, timeZone) ?? after(DAY_MS)
  const today = morning(dayIn(0))
  const weekday = new Date(`${dayIn(0)}T00:00Z`).getUTCDay()
  return {
    hour1: after(HOUR_MS),
    hours4: after(4 * HOUR_MS),
    morning: Date.parse(today) > now ? today : morning(dayIn(1)),
    monday: morning(dayIn(weekday === 0 ? 1 : 8 - weekday)),
  }
}
