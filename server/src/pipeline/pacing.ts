import type { Lane } from './lanes.ts'
import type { Pace } from './pace.ts'

/** Whether a claimed row may leave now by its budgets; one that had to wait for a connection draws on them anew. */
export function mayLeave(pace: Pace, lane: Lane, now: number): boolean {
  if (lane.budgets.length === 0 || lane.reservedAt === now) return true
  pace.release(lane.budgets, lane.reservedAt)
  // Given back once: what others of the bot took at that moment is theirs.
  lane.reservedAt = -1
  lane.startsAt = pace.freeAt(lane.budgets, now)
  if (lane.startsAt > now) return false
  pace.take(lane.budgets, now)
  lane.reservedAt = now
  return true
}

/**
 * Providers count a message when it reaches them. A call that first had to open a connection arrives later than it began,
 * so its place in the budgets moves to when, by its answer, it must have arrived.
 */
export function countArrival(pace: Pace, lane: Lane, startedAt: number, now: number): void {
  if (lane.budgets.length === 0) return
  const { owner } = lane
  const arrivedAt = owner.quickestMs === null ? now : Math.max(startedAt, now - owner.quickestMs)
  owner.quickestMs = Math.min(owner.quickestMs ?? Infinity, now - startedAt)
  pace.move(lane.budgets, lane.reservedAt, arrivedAt)
}
