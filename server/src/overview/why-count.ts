import { HOUR_MS } from '../store/hours.ts'

/** An hour counts as over so long after its end: until then what was made in it may still be being written. */
export const SETTLES_MS = 600_000

/** What is kept of an hour beside its numbers. Milliseconds since 1970. */
export interface KnownHour {
  readonly hour: number
  readonly countedAt: number
  readonly queued: number
  readonly lead: string | null
  readonly leads: number
  readonly revived: number
}

/** How many of an hour wait now; null: more than was looked for, or it was not asked. */
export interface WaitingNow {
  readonly queued: number | null
  readonly leads: number | null
}

/** Whether an hour is over, so that nothing new is made in it. */
export const isOver = (hour: number, now: number): boolean => now >= hour + HOUR_MS + SETTLES_MS

/** Whether what waits has to be looked at, to know whether an hour has changed. */
export const mayChange = ({ queued, lead }: KnownHour): boolean => queued > 0 || lead !== null

/**
 * Why an hour is to be counted (again); null: what is known of it is right. Of an hour that is over nothing changes but
 * what waits, and of that there is only less, as long as nothing is revived, which is marked (`countedAt` 0). So it is as it was
 * while as many have their places in the queue, and as many digests wait that its messages may leave with.
 */
export function whyCount(known: KnownHour | undefined, waiting: WaitingNow): string | null {
  if (known === undefined) return 'never counted'
  if (!isOver(known.hour, known.countedAt)) return known.countedAt === 0 ? 'revived' : 'was not over'
  if (known.queued > 0 && waiting.queued !== known.queued) return 'ended since'
  if (known.lead !== null && waiting.leads !== known.leads) return 'digest left since'
  return null
}
