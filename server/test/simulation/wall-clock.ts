/*
 * Hours of people, worked out a second time and in another way than the product does: by asking what the clock on the wall
 * shows every quarter of an hour, with the zones
 * of Intl. Hours of the simulated people begin and end on quarters, and so do changes of the clock.
 */

const MINUTE = 60_000
const QUARTER = 15 * MINUTE

const formats = new Map<string, Intl.DateTimeFormat>()
/** Minutes by which a zone is ahead of UTC, by zone and quarter of an hour: clocks change on these only. */
const offsets = new Map<string, number>()

function offsetOf(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER)
  const key = `${zone} ${quarter}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formats.set(zone, format)
  }
  const shown = new Map(format.formatToParts(quarter * QUARTER).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes): number => shown.get(name)!
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  const offset = (local - quarter * QUARTER) / MINUTE
  offsets.set(key, offset)
  return offset
}

/** What the clock on the wall of a zone shows. */
interface Wall {
  /** Minutes since midnight. */
  readonly minute: number
  /** 0 for Sunday. */
  readonly weekday: number
}

function wallAt(zone: string, at: number): Wall {
  const minutes = Math.floor(at / MINUTE) + offsetOf(zone, at)
  // The first of January 1970 was a Thursday.
  return { minute: ((minutes % 1440) + 1440) % 1440, weekday: (Math.floor(minutes / 1440) + 4) % 7 }
}

const minuteOf = (hour: string): number => {
  const [hours, minutes] = hour.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

type Person = Readonly<{ [field: string]: unknown }>

/** Whether a person is not to be disturbed at a moment by what is not critical. */
export function rests(person: Person, companyZone: string, at: number): boolean {
  const zone = (person['timeZone'] as string | undefined) ?? companyZone
  const { minute, weekday } = wallAt(zone, at)
  const quiet = person['quietHours'] as { from: string; to: string } | undefined
  if (quiet !== undefined) {
    const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)]
    if (from < to ? minute >= from && minute < to : minute >= from || minute < to) return true
  }
  const working = person['workingHours'] as { days: string[]; from: string; to: string } | undefined
  if (working === undefined) return false
  return !working.days.includes(DAYS[weekday]!) || minute < minuteOf(working.from) || minute >= minuteOf(working.to)
}

/** The first moment, from one on, at which something is so: that or the beginning of a quarter; null when not in four days. */
export function firstMoment(from: number, isSo: (at: number) => boolean): number | null {
  if (isSo(from)) return from
  for (let at = (Math.floor(from / QUARTER) + 1) * QUARTER; at < from + 4 * 1440 * MINUTE; at += QUARTER)
    if (isSo(at)) return at
  return null
}

/** When the clock of a zone next shows an hour, or jumps over it. */
export function nextTime(hour: string, zone: string, from: number): number {
  const wanted = minuteOf(hour)
  // Where the clock jumps, the hour is passed between two quarters.
  const passed = (at: number): boolean => (wallAt(zone, at).minute - wanted + 1440) % 1440 < 720
  const before = firstMoment(from + 1, (at) => !passed(at))!
  return firstMoment(before, passed)!
}
