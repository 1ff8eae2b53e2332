/* The part of the port that keeps what history comes to, hour by hour (overview/). */
import { idTime } from '../ids.ts'

/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000

/** What an hour of history comes to. Milliseconds since 1970. */
export interface HourRow {
  /** Its beginning; a delivery is of the hour it was made in, however it ended and whenever. */
  readonly hour: number
  readonly countedAt: number
  /** Its places in the queue as they were before it was counted. */
  readonly queued: number
  /** The latest delivery in whose message one of the hour is to leave. */
  readonly lead: string | null
  /** How many digests waited then that are not later than that one. */
  readonly leads: number
  /** How often something of the hour that had ended was made to wait again, as it was before it was counted. */
  readonly revived: number
  /** JSON: overview/hour.ts. */
  readonly body: string
}

/** Keeping of hours: part of the port. */
export interface HourStore {
  /**
   * Keeps what hours of history came to, but for those of which something was revived meanwhile; drops those that have
   * begun by a time. Deliveries that are retried mark their hours, and what is forgotten drops them.
   */
  writeHours(workspace: number, hours: readonly HourRow[], dropBy: number): Promise<void>
}

/** The beginning of the hour a moment lies in. */
export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS

/** The hours in which ids were made, in their order. */
export const hoursOf = (ids: readonly string[]): number[] =>
  [...new Set(ids.map((id) => hourOf(idTime(id))))].toSorted((a, b) => a - b)
