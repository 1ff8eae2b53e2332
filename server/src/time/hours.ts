import { DateTime, IANAZone } from 'luxon'
import type { Schedule, Weekday } from '@nabat/api/rule.ts'

const WEEKDAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Whether an IANA time zone is known here. */
export const isTimeZone = (zone: string): boolean => IANAZone.isValidZone(zone)

/** When the day began that a moment lies in, on the wall clock of a zone. Milliseconds since 1970. */
export const startOfDay = (now: number, zone: string): number =>
  DateTime.fromMillis(now, { zone }).startOf('day').toMillis()

const MINUTE = 60_000

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** What was found out of each zone and time of day for its last minute: an event asks the same of many people. */
const lastMinute = new Map<string, { readonly minute: number; readonly value: number }>()
/** More zones and times of day than people have. */
const REMEMBERED = 10_000

/** `find` of the minute in which a moment lies, for answers that are the same all through it. */
function ofMinute(key: string, now: number, find: () => number): number {
  const minute = Math.floor(now / MINUTE)
  const known = lastMinute.get(key)
  if (known?.minute === minute) return known.value
  const value = find()
  if (lastMinute.size >= REMEMBERED) lastMinute.clear()
  lastMinute.set(key, { minute, value })
  return value
}

/** Minutes of the week on the wall clock of a zone, from Monday. */
const minuteOfWeek = (now: number, zone: string): number =>
  ofMinute(zone, now, () => {
    const local = DateTime.fromMillis(now, { zone })
    return (local.weekday - 1) * 1440 + local.hour * 60 + local.minute
  })

/** Whether a moment lies within a schedule, read on the wall clock of its zone. A span over midnight belongs to the day it began. */
export function isWithin(schedule: Schedule, now: number, zone: string): boolean {
  const local = minuteOfWeek(now, schedule.timeZone ?? zone)
  const from = minutes(schedule.from ?? '00:00')
  const to = schedule.to === undefined ? 1440 : minutes(schedule.to)
  const at = local % 1440
  const today = (days: number): boolean => {
    const weekday = WEEKDAY[(Math.floor(local / 1440) + 7 - days) % 7]!
    return schedule.days === undefined || schedule.days.includes(weekday)
  }
  if (from < to) return at >= from && at < to && today(0)
  if (from === to) return today(at >= from ? 0 : 1)
  return (at >= from && today(0)) || (at < to && today(1))
}

/**
 * When the clock of a day shows a time: twice where it is put back over it. A time the clock skips is the moment at which
 * it jumps over it.
 */
function clockAt(day: DateTime, clock: string): readonly DateTime[] {
  const wanted = minutes(clock)
  let at = day.set({ hour: Math.floor(wanted / 60), minute: wanted % 60, second: 0, millisecond: 0 })
  if (at.hour * 60 + at.minute === wanted) return at.getPossibleOffsets()
  // Luxon goes as far behind the jump as the time lies behind its beginning.
  for (let earlier = at; earlier.offset === at.offset; earlier = earlier.minus({ minutes: 1 })) at = earlier
  return [at]
}

/** The end of the span in which a moment lies: when the wall clock next shows `to`. */
export function endOf(to: string, now: number, zone: string): number {
  return ofMinute(`${to} ${zone}`, now, () => {
    const local = DateTime.fromMillis(now, { zone })
    const shownOn = (day: DateTime): DateTime | undefined => clockAt(day, to).find((each) => each > local)
    return (shownOn(local) ?? shownOn(local.plus({ days: 1 }))!).toMillis()
  })
}

/** The next moment at which a schedule holds; `now` itself when it holds already, null when it never does within two weeks. */
export function nextWithin(schedule: Schedule, now: number, zone: string): number | null {
  return isWithin(schedule, now, zone) ? now : nextChange(schedule, now, zone)
}

/** A schedule changes within a week, or within two where the clock skips its only hours. */
const LOOK_AHEAD_MS = 15 * 86_400_000

/**
 * The next moment at which a schedule begins or ceases to hold, null when it does neither within two weeks. Goes from edge to
 * edge on the wall clock; where the clock is put forward or back before the next edge, that moment is looked at as well.
 */
export function nextChange(schedule: Schedule, now: number, zone: string): number | null {
  const { days = WEEKDAY, from = '00:00', to = '00:00', timeZone = zone } = schedule
  const found = ofMinute(`${days.join()} ${from} ${to} ${timeZone}`, now, () => {
    const edges = [minutes(from), minutes(to), 1440]
    const holds = isWithin(schedule, now, zone)
    let at = Math.floor(now / MINUTE) * MINUTE
    while (at <= now + LOOK_AHEAD_MS) {
      const minute = minuteOfWeek(at, timeZone) % 1440
      const ahead = Math.min(...edges.map((edge) => (edge > minute ? edge : edge + 1440) - minute))
      at = unlessItJumps(at, at + ahead * MINUTE, timeZone)
      if (isWithin(schedule, at, zone) !== holds) return at
    }
    return Infinity
  })
  return found === Infinity ? null : found
}

/** `to`, or the minute before it in which the clock of the zone is put forward or back. */
function unlessItJumps(from: number, to: number, zone: string): number {
  const offset = (at: number): number => DateTime.fromMillis(at, { zone }).offset
  const before = offset(from)
  if (offset(to) === before) return to
  let [same, changed] = [from, to]
  while (changed - same > MINUTE) {
    const between = Math.floor((same + changed) / 2 / MINUTE) * MINUTE
    if (offset(between) === before) same = between
    else changed = between
  }
  return changed
}
