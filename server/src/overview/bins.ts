import { DateTime } from 'luxon'
import type { OverviewHours } from '@nabat/api/overview.ts'
import { HOUR_MS, hourOf } from '../store/hours.ts'

/** A part of a period that is drawn as one column. Milliseconds since 1970, whole hours. */
export interface Bin {
  readonly from: number
  readonly to: number
}

/** Columns of a day, by the hours looked back. */
const STEP_HOURS: Readonly<Record<OverviewHours, number>> = { 24: 1, 168: 6, 720: 24 }

/**
 * The columns of a period: the last 24 hours, or so many days of the wall clock in quarters or as they are, the present
 * one the last. Where a zone is off by half an hour a day begins with the hour it begins in.
 */
export function binsOf(hours: OverviewHours, now: number, zone: string): Bin[] {
  const end = hourOf(now) + HOUR_MS
  if (hours === 24) return steps(end - 24 * HOUR_MS, end, 1)
  const today = DateTime.fromMillis(now, { zone }).startOf('day')
  const days = hours / 24
  return Array.from({ length: days }, (_, index) => {
    const day = today.minus({ days: days - 1 - index })
    const to = index === days - 1 ? end : hourOf(day.plus({ days: 1 }).toMillis())
    return steps(hourOf(day.toMillis()), to, STEP_HOURS[hours])
  }).flat()
}

function steps(from: number, to: number, hours: number): Bin[] {
  const bins: Bin[] = []
  // A day on which clocks are put back has 25 hours, all of them in as many columns as ever.
  const most = Math.max(1, 24 / hours)
  for (let at = from; at < to; at = bins.at(-1)!.to)
    bins.push({ from: at, to: hours > 1 && bins.length === most - 1 ? to : Math.min(to, at + hours * HOUR_MS) })
  return bins
}
