/*
 * Settle: what an outcome means for the message, for its destination, and for what comes instead. Pure; settler.ts writes
 * what was decided.
 */
import type { AttemptEntry, ClaimedRow, PlannedDelivery, Settlement } from '../store/store.ts'
import { CLOSED } from '../reasons.ts'
import { isPersonal, type HoldDecision } from './hold.ts'
import type { Outcome } from './outcome.ts'
import { decideRetry } from './retry.ts'

type ClaimedKey = Pick<
  Settlement,
  'workspace' | 'delivery' | 'destination' | 'digest' | 'event' | 'incidentKey' | 'family' | 'claimedBy'
>

const keyOf = (row: ClaimedRow): ClaimedKey => ({
  workspace: row.workspace,
  delivery: row.delivery,
  destination: row.destination,
  digest: row.digest,
  claimedBy: row.claimedBy ?? null,
  event: row.event.id,
  // What followed an unread one waited outside the line of its incident; that it was told counts all the same.
  incidentKey: row.incident?.key ?? (row.follows ? row.event.incident : null),
  family: (row.insteadOf !== null && !row.follows) || row.waitedFor === 'channel_down',
})

const ENDED = {
  reason: null,
  note: null,
  attempt: null,
  told: null,
  foldedInto: null,
  instead: null,
  disable: null,
  budgeted: false,
} as const

/** The settlement of a delivery that hold kept back when its turn came. */
export function settleHeld(
  row: ClaimedRow,
  hold: Exclude<HoldDecision, { kind: 'now' }>,
  instead: PlannedDelivery | null,
  now: number,
): Settlement {
  if (hold.kind === 'never')
    return {
      ...keyOf(row),
      ...ENDED,
      kind: 'end',
      state: 'suppressed',
      reason: hold.reason,
      note: noteOf(row, hold.by ?? null),
      instead,
    }
  return {
    ...keyOf(row),
    kind: 'defer',
    dueAt: hold.dueAt,
    expiresAt: expiryOfHeld(row, hold, now),
    reason: hold.reason,
    suspect: false,
    attempt: null,
    budgeted: false,
    instead,
  }
}

/** After a workspace was opened again there is time for what waited, as it would have left long ago. */
const LIFE_AFTER_CLOSED_MS = 3_600_000

/** When its life ends: time in which a person's hours or the operator keep it back does not count. */
function expiryOfHeld(
  { expiresAt }: ClaimedRow,
  { reason, dueAt }: Extract<HoldDecision, { kind: 'later' }>,
  now: number,
): number {
  if (CLOSED.includes(reason)) return Math.max(expiresAt, now + LIFE_AFTER_CLOSED_MS) + dueAt - now
  return expiresAt + (isPersonal(reason) ? dueAt - now : 0)
}

/** The settlement of a digest that goes another way because its channel is down. */
export const settleDetour = (row: ClaimedRow, instead: PlannedDelivery): Settlement => ({
  ...keyOf(row),
  ...ENDED,
  kind: 'end',
  state: 'failed',
  reason: 'channel_down',
  note: noteOf(row, null),
  instead,
})

/** The settlement of a claimed delivery that was not tried after all: it waits again. */
export const settleUntried = (row: ClaimedRow, dueAt: number): Settlement => ({
  ...keyOf(row),
  kind: 'defer',
  dueAt,
  expiresAt: row.expiresAt,
  reason: row.waitedFor ?? 'channel_down',
  suspect: row.suspect,
  attempt: null,
  budgeted: false,
  instead: null,
})

/** The settlement of a delivery whose life ended before it could leave. */
export const settleExpired = (row: ClaimedRow, instead: PlannedDelivery | null): Settlement => ({
  ...keyOf(row),
  ...ENDED,
  kind: 'end',
  state: 'failed',
  reason: 'expired',
  note: noteOf(row, row.waitedFor),
  instead,
})

export interface Attempted {
  readonly row: ClaimedRow
  readonly outcome: Outcome
  readonly at: number
  readonly tookMs: number
  /** The message drew on budgets. */
  readonly budgeted: boolean
  /** What rendering had to say, such as a template that failed. */
  readonly note: string | null
  /** The delivery in whose message others left with it, perhaps itself; null for a message to itself. */
  readonly foldedInto: string | null
}

/** Whether an outcome ends the message without its having been sent, so that something else must be tried. */
export function endsUnsent({ row, outcome }: Pick<Attempted, 'row' | 'outcome'>, now: number, random: number): boolean {
  if (outcome.verdict === 'rejected') return true
  return (
    outcome.verdict === 'deferred' &&
    !decideRetry(outcome, row.attempts + 1, row.priority, row.expiresAt, now, random).again
  )
}

/**
 * The settlement of an attempt. Pure; `instead` takes its place when it ends unsent, follows it when it was sent, and goes
 * another way when it would have to wait for its channel.
 */
export function decideSettlement(
  attempted: Attempted,
  now: number,
  random: number,
  instead: PlannedDelivery | null,
): Settlement {
  const { row, outcome, budgeted, foldedInto } = attempted
  const attempt = entryOf(attempted)
  if (outcome.verdict === 'sent') {
    const notes = [row.suspect ? 'repeat' : null, outcome.note ?? null, attempted.note].filter((note) => note !== null)
    return {
      ...keyOf(row),
      ...ENDED,
      kind: 'end',
      state: 'sent',
      reason: foldedInto === null ? null : 'folded',
      note: notes.join(' ') || null,
      attempt,
      told: toldBy(row, outcome.messageIds ?? [], foldedInto !== null),
      foldedInto,
      instead,
      budgeted,
    }
  }
  if (outcome.verdict === 'deferred') {
    const retry = decideRetry(outcome, row.attempts + 1, row.priority, row.expiresAt, now, random)
    // What was gathered goes the other way whole; anything else waits for both, and what gets through first is sent.
    if (retry.again && !(row.digest && instead !== null))
      return {
        ...keyOf(row),
        kind: 'defer',
        expiresAt: row.expiresAt,
        dueAt: outcome.reason === 'cancelled' ? now : retry.dueAt,
        // What is waited for is the channel, once the same has been sent another way.
        reason: instead === null ? outcome.reason : 'channel_down',
        suspect: outcome.ambiguous === true,
        attempt,
        budgeted,
        instead,
      }
    return {
      ...keyOf(row),
      ...ENDED,
      kind: 'end',
      state: 'failed',
      // There was time left, and the channel is down: it goes the other way now.
      reason: retry.again ? 'channel_down' : 'expired',
      note: noteOf(row, outcome.reason),
      attempt,
      instead,
      budgeted,
    }
  }
  const invalid = outcome.health.of === 'destination' && outcome.health.state === 'invalid'
  return {
    ...keyOf(row),
    ...ENDED,
    kind: 'end',
    state: 'failed',
    reason: outcome.reason,
    note: noteOf(row, null),
    attempt,
    instead,
    // Of those that left together one says it for all.
    disable:
      invalid && row.disabled === null && (foldedInto ?? row.delivery) === row.delivery
        ? { reason: outcome.reason, detail: outcome.detail }
        : null,
    budgeted,
  }
}

/** The note of one that ended unsent; an attempt whose answer was lost may have arrived all the same. */
const noteOf = (row: ClaimedRow, note: string | null): string | null =>
  row.suspect ? [note, 'may_have_arrived'].filter((each) => each !== null).join(' ') : note

/**
 * Under which ids the incident is known from now on: the first message stays the root, a living one that was sent anew
 * replaces it. A summary tells of many incidents: it may be answered, and is never edited for one of them.
 */
function toldBy(row: ClaimedRow, messageIds: readonly string[], folded: boolean): readonly string[] | null {
  if (row.incident === null) return row.follows && row.event.incident !== null ? messageIds : null
  if (folded) return row.incident.told === null ? (row.living ? [] : messageIds) : null
  return row.incident.told === null || (row.living && messageIds.length > 0) ? messageIds : null
}

function entryOf({ outcome, at, tookMs }: Attempted): AttemptEntry {
  if (outcome.verdict === 'sent') return [at, tookMs, 'sent', null, outcome.note ?? null]
  const detail = outcome.detail === '' ? null : outcome.detail.slice(0, 500)
  const ambiguous = outcome.verdict === 'deferred' && outcome.ambiguous === true
  return [at, tookMs, ambiguous ? 'ambiguous' : outcome.verdict, outcome.reason, detail]
}
