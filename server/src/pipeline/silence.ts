/*
 * Silences: from `from` until `until`, all the time or at the hours of a schedule. Nothing ends or begins them but the
 * clock: a silence that is over stays in the configuration and is shown as ended until somebody removes it.
 */
import type { Silence } from '@nabat/api/configuration.ts'
import { isWithin, nextChange, nextWithin } from '../time/hours.ts'
import { momentOf } from '../time/moment.ts'
import { compileCondition, type CompiledCondition } from './conditions.ts'

/** A silence as holding uses it; times in milliseconds. */
export interface CompiledSilence {
  readonly silence: Silence
  readonly condition: CompiledCondition
  readonly from: number
  readonly until: number
}

/** Compiles a silence that has no problems. */
export const compileSilence = (silence: Silence): CompiledSilence => ({
  silence,
  condition: compileCondition(silence.when),
  from: silence.from === undefined ? -Infinity : momentOf(silence.from),
  until: momentOf(silence.until),
})

/** Whether a silence keeps back now what it is about. `zone`: of the workspace, for schedules without one. */
export const isInForce = ({ silence, from, until }: CompiledSilence, now: number, zone: string): boolean =>
  now >= from && now < until && (silence.schedule === undefined || isWithin(silence.schedule, now, zone))

/** What a silence does now, and when that changes next; null when it is over. */
export interface SilenceState {
  /** `pending`: it has not begun, or waits for the next hours of its schedule. */
  readonly status: 'pending' | 'active' | 'ended'
  readonly changesAt: number | null
}

/** The state of a silence at a moment. A pending one whose hours do not come again before its end changes at its end. */
export function silenceState(silence: CompiledSilence, now: number, zone: string): SilenceState {
  const { from, until } = silence
  const { schedule } = silence.silence
  if (now >= until) return { status: 'ended', changesAt: null }
  const active = isInForce(silence, now, zone)
  const next = (): number | null => {
    if (schedule === undefined) return active ? null : from
    return now < from ? nextWithin(schedule, from, zone) : nextChange(schedule, now, zone)
  }
  return { status: active ? 'active' : 'pending', changesAt: Math.min(next() ?? until, until) }
}

/** Whether a schedule holds at all between two moments. */
export function holdsBetween(
  schedule: NonNullable<Silence['schedule']>,
  from: number,
  to: number,
  zone: string,
): boolean {
  const next = nextWithin(schedule, from, zone)
  return next !== null && next < to
}
