/*
 * A line: the messages of one incident that wait for, or are on their way to, one destination. One of them at most is its
 * head and may be claimed; the others stand behind.
 *
 * - While a message is in flight nobody is claimed beside it.
 * - Otherwise the head is the message of the earliest event.
 * - What is critical passes messages that somebody's hours hold back, and nothing else.
 */

/** A message in its line. */
export interface InLine {
  readonly delivery: string
  readonly event: string
  readonly critical: boolean
  /** Somebody's quiet or working hours keep it back. */
  readonly held: boolean
  readonly inFlight: boolean
}

/** Reasons for which a message lets critical ones pass. */
const HOURS = new Set(['quiet_hours', 'working_hours'])
export const isHeld = (reason: string | null): boolean => reason !== null && HOURS.has(reason)

const byEvent = (a: InLine, b: InLine): number =>
  a.event < b.event ? -1 : a.event > b.event ? 1 : a.delivery < b.delivery ? -1 : 1

/** The message that may be claimed next; null while one is in flight, or when there is none. */
export function headOf(line: readonly InLine[]): string | null {
  if (line.some(({ inFlight }) => inFlight)) return null
  const ordered = line.toSorted(byEvent)
  const free = ordered.find(({ critical, held }) => critical || !held)
  const head = free?.critical === true ? free : ordered[0]
  return head?.delivery ?? null
}
