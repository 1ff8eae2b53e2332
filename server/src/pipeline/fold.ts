/*
 * Fold: when more waits for a destination than its budgets let out in good time, it leaves as one summary. Nobody reads
 * 2,800 messages at one a second, and the last of them would come after three quarters of an hour.
 *
 *   calm ----- more is due than leaves within `afterMs` ----> storm: all of it leaves as one message
 *   storm ---- one message per `afterMs`, critical ones at once ----> calm, when hardly anything came in that time
 */
import type { Budget } from '../channels/channel.ts'

/** So few that came since the last summary are told one by one: the storm is over. */
const FEW = 3

/** What a destination's lane remembers of a storm. */
export interface Storm {
  /** A summary has left, and what comes is gathered. */
  readonly raging: boolean
  /** Until then only critical messages leave. */
  readonly gathersUntil: number
}

export const CALM: Storm = { raging: false, gathersUntil: 0 }

/** How many messages the budgets let out in a time; null where nothing limits them. */
export function leavesWithin(budgets: readonly Budget[], ms: number): number | null {
  if (budgets.length === 0) return null
  return Math.max(1, Math.min(...budgets.map(({ limit, perMs }) => Math.floor((limit * ms) / perMs))))
}

/** What the next claim of a lane may take. `afterMs` null: the workspace wants every message by itself. */
export function decideFold(
  storm: Storm,
  budgets: readonly Budget[],
  afterMs: number | null,
  now: number,
): { readonly foldOver?: number; readonly urgent?: boolean } {
  const many = afterMs === null ? null : leavesWithin(budgets, afterMs)
  if (many === null) return {}
  if (storm.gathersUntil > now) return { urgent: true }
  return { foldOver: storm.raging ? Math.min(FEW, many) : many }
}

/** The storm after a claim that was not for critical ones alone. */
export const afterClaim = (folded: boolean, afterMs: number, now: number): Storm =>
  folded ? { raging: true, gathersUntil: now + afterMs } : CALM
