import type { Overview } from '@nabat/api/overview.ts'
import { durationText } from '../../components/duration.tsx'
import { formatOf } from '../../data/wall-time.ts'
import { language } from '../../i18n.ts'

/** A column of the drawings. */
export type Bin = Overview['bins'][number]

/** How deliveries end, from the bottom of a column to its top, with their words in the shell and their look. */
export const ENDS = [
  { state: 'sent', word: 'sent', look: 'good' },
  { state: 'waiting', word: 'waiting', look: 'info' },
  { state: 'suppressed', word: 'suppressed', look: 'quiet' },
  { state: 'cancelled', word: 'cancelled', look: 'cancelled' },
  { state: 'failed', word: 'failedState', look: 'critical' },
] as const
export type End = (typeof ENDS)[number]['state']

/** A number as people write it. */
export const numberText = (value: number): string => new Intl.NumberFormat(language()).format(value)

/** A share of one as per cent, never nought for something. */
export const shareText = (share: number): string =>
  new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(share)

/** A time of milliseconds: as such below a second, in tenths of one below ten. */
export function tookText(ms: number | null): string {
  if (ms === null) return '—'
  if (ms >= 10_000) return durationText(ms)
  const [value, unit] = ms < 1_000 ? [ms, 'millisecond'] : [ms / 1_000, 'second']
  const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(language(), format).format(value)
}

/** The address of a list with these filters. */
export function listOf(path: string, filters: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value !== null && value !== undefined) query.set(name, value)
  return `${path}?${query.toString()}`
}

/** The deliveries of a column, or those of one end. */
export const deliveriesOf = ({ from, to }: Pick<Bin, 'from' | 'to'>, state?: End): string =>
  listOf('/deliveries', { state, from, to })

export const totalOf = (counts: Readonly<Record<End, number>>): number =>
  ENDS.reduce((sum, { state }) => sum + counts[state], 0)

const HOUR: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }

/** What stands below a column. */
export const binLabel = (from: string, hours: number, timeZone: string): string =>
  formatOf(language(), { ...(hours === 24 ? HOUR : DAY), timeZone }).format(new Date(from))

/** Which time a column is of, in full. */
export function binName({ from, to }: Pick<Bin, 'from' | 'to'>, hours: number, timeZone: string): string {
  const day = formatOf(language(), { weekday: 'short', ...DAY, timeZone }).format(new Date(from))
  if (hours === 720) return day
  const hour = formatOf(language(), { ...HOUR, timeZone })
  return `${day}, ${hour.format(new Date(from))}–${hour.format(new Date(to))}`
}
