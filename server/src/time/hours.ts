import { DateTime, IANAZone } from 'luxon'
import type { Schedule, Weekday } from '@nabat/api/rule.ts'

const WEEKDAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Whether an IANA time zone is known here. */
export const isTimeZone = (zone: string): boolean => IANAZone.isValidZone(zone)

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** Whether a moment lies within a schedule, read on the wall clock of its zone. A span over midnight belongs to the day it began. */
export function isWithin(schedule: Schedule, now: number, zone: string): boolean {
  const local = DateTime.fromMillis(now, { zone: schedule.timeZone ?? zone })
  const from = minutes(schedule.from ?? '00:00')
  const to = schedule.to === undefined ? 1440 : minutes(schedule.to)
  const at = local.hour * 60 + local.minute
  const today = (days: number): boolean => {
    const weekday = WEEKDAY[(local.weekday - 1 + 7 - days) % 7]!
    return schedule.days === undefined || schedule.days.includes(weekday)
  }
  if (from < to) return at >= from && at < to && today(0)
  if (from === to) return today(at >= from ? 0 : 1)
  return (at >= from && today(0)) || (at < to && today(1))
}

/** When the clock of a day shows a time. A time the clock skips is the moment at which it jumps over it. */
function clockAt(day: DateTime, clock: string): DateTime {
  const wanted = minutes(clock)
  let at = day.set({ hour: Math.floor(wanted / 60), minute: wanted % 60, second: 0, millisecond: 0 })
  if (at.hour * 60 + at.minute === wanted) return at
  // Luxon goes as far behind the jump as the time lies behind its beginning.
  for (let earlier = at; earlier.offset === at.offset; earlier = earlier.minus({ minutes: 1 })) at = earlier
  return at
}

/** The end of the span in which a moment lies: when the wall clock next shows `to`. */
export function endOf(to: string, now: number, zone: string): number {
  const local = DateTime.fromMillis(now, { zone })
  const today = clockAt(local, to)
  return (today > local ? today : clockAt(local.plus({ days: 1 }), to)).toMillis()
}

/** The next moment at which a schedule holds; `now` itself when it holds already, null when it never does within 8 days. */
export function nextWithin(schedule: Schedule, now: number, zone: string): number | null {
  if (isWithin(schedule, now, zone)) return now
  const local = DateTime.fromMillis(now, { zone: schedule.timeZone ?? zone })
  for (let day = 0; day <= 8; day += 1) {
    const start = clockAt(local.plus({ days: day }), schedule.from ?? '00:00').toMillis()
    if (start > now && isWithin(schedule, start, zone)) return start
  }
  return null
}
