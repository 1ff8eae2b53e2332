import { Cron, CronPattern } from 'croner'

/*
 * Five-field cron on the wall clock of an IANA zone, and on the days that clock changes:
 *
 *   - a time the clock skips is the moment at which it jumps, once however many such times there are;
 *   - a time the clock shows twice is its first moment;
 *   - "every hour" means every hour that really passes, so the repeated one counts twice and the skipped one not at all.
 *
 * Croner does this for expressions whose minutes and hours are lists of values (`fixedTimeRule: 'no-wildcard'`); a step or
 * a star among them it takes for an interval, which would leave the skipped hour out. So stars and steps are written out
 * as lists first. A whole day that a zone left out (Samoa, 30 December 2011) has no occurrence.
 */

/** The moments a schedule names, in milliseconds since 1970. */
export interface Occurrences {
  /** The first one later than a moment; null when there is none. */
  next(after: number): number | null
}

const FIELDS = 5
const HOURS = 24
const OPTIONS = { mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true } as const

/** Compiles an expression that has no fault. */
export function cronOccurrences(expression: string, zone: string): Occurrences {
  const cron = new Cron(withLists(expression), { ...OPTIONS, timezone: zone })
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() ?? null }
}

/** The expression with its minutes and hours as lists; every hour stays a star. */
function withLists(expression: string): string {
  const fields = fieldsOf(expression)
  const { minute, hour } = patternOf(expression)
  const hours = listOf(hour)
  if (hours.length === HOURS) return [fields[0], '*', ...fields.slice(2)].join(' ')
  return [listOf(minute).join(','), hours.join(','), ...fields.slice(2)].join(' ')
}

const fieldsOf = (expression: string): string[] => expression.trim().split(/\s+/)
const patternOf = (expression: string): CronPattern => new CronPattern(expression, undefined, { mode: '5-part' })
/** The values that a mask of noughts and ones allows. */
const listOf = (mask: readonly number[]): number[] => mask.flatMap((set, value) => (set === 1 ? [value] : []))

/** `fields`: there are not five; a number: the field (from 0) that cannot be read; `never`: it names no day there is. */
export type CronFault = 'fields' | 'never' | 0 | 1 | 2 | 3 | 4

/** What is wrong with an expression; undefined when it can be used. */
export function cronFault(expression: string): CronFault | undefined {
  const fields = fieldsOf(expression)
  if (fields.length !== FIELDS) return 'fields'
  for (const [index, field] of fields.entries())
    if (!isPattern(fields.map((_, at) => (at === index ? field : '*')).join(' '))) return index as CronFault
  return cronOccurrences(expression, 'UTC').next(0) === null ? 'never' : undefined
}

function isPattern(expression: string): boolean {
  try {
    patternOf(expression)
    return true
  } catch {
    return false
  }
}

/** How many steps back the search for an earlier occurrence doubles: from a minute to 16 years, past any 29 February. */
const DOUBLINGS = 23
const MINUTE_MS = 60_000

/** The last occurrence after `from` and by `to`; null without one. Halves the span: thirty looks, however many there are. */
export function lastBetween(times: Occurrences, from: number, to: number): number | null {
  let last: number | null = null
  let low = from
  let high = to
  // What was found last is the last one by `low`; after `high` there is none by `to`.
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = times.next(middle)
    if (found === null || found > to) high = middle
    else {
      last = found
      low = found
    }
  }
  return last
}

/** The last occurrence before a moment; null when there was none in sixteen years. */
export function lastBefore(times: Occurrences, moment: number): number | null {
  for (let doubled = 0, back = MINUTE_MS; doubled < DOUBLINGS; doubled += 1, back *= 2) {
    const found = times.next(moment - back)
    if (found !== null && found < moment) return lastBetween(times, found - 1, moment - 1)
  }
  return null
}
