/** Where a zone's clock stands against UTC at a moment, milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const parts = formatOf('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((each) => each.type === type)!.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - (at - (((at % 1000) + 1000) % 1000))
}

/** `2026-03-18T20:30` on the clock of a zone, as fields for a time of the day take it; empty for none. */
export function toWall(at: string | undefined, timeZone: string): string {
  if (at === undefined || at === '') return ''
  const moment = Date.parse(at)
  return Number.isNaN(moment) ? '' : new Date(moment + offsetAt(moment, timeZone)).toISOString().slice(0, 16)
}

/** The moment at which the clock of a zone shows `2026-03-18T20:30`; null for what is no time. */
export function fromWall(wall: string, timeZone: string): string | null {
  const asUtc = Date.parse(`${wall}Z`)
  if (wall === '' || Number.isNaN(asUtc)) return null
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = asUtc - offsetAt(asUtc, timeZone)
  return new Date(asUtc - offsetAt(guess, timeZone)).toISOString()
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Formats are kept: making one costs a hundred times as much as using it, and lists show a time in every row. */
export function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

/** `2026-03-18` on the calendar of a zone. */
export const dayOf = (at: Date, timeZone: string): string =>
  formatOf('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
