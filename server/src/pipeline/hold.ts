/*
 * Hold: now, later, or not at all, with the reason. Decided at accept and again when the delivery is claimed, because
 * while it waited the person may have left, a silence may have begun, the incident may have ended.
 */
import type { User } from '@nabat/api/configuration.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { spanMs, type Rule } from '@nabat/api/rule.ts'
import { endOf, isWithin, nextChange, nextWithin } from '../time/hours.ts'
import type { ClaimedRow, IncidentState, Priority, Step } from '../store/store.ts'
import { PERSONAL_HOURS } from '../reasons.ts'
import { PASSED, type Fields } from './conditions.ts'
import { isInForce } from './silence.ts'

/** Why a message waits although its turn has come. */
export type HeldReason =
  | 'quiet_hours'
  | 'working_hours'
  | 'digest'
  | 'unread'
  | 'channel_incomplete'
  | 'channel_off'
  | 'channel_unusable'
  | 'channel_down'
  | 'workspace_blocked'
  | 'workspace_removed'

/** Why a message is never sent. */
export type SuppressedReason =
  | 'silence'
  | 'unreachable'
  | 'person_left'
  | 'mail_off'
  | 'preference'
  | 'destination_disabled'
  | 'throttled'
  | 'loop'
  | 'read'
  | 'acknowledged'
  | 'told_otherwise'
  | 'superseded'
  | 'incident_ended'
  | 'never_told'
  | 'rule_deleted'
  | 'channel_removed'

export type HoldDecision =
  | { readonly kind: 'now' }
  | { readonly kind: 'later'; readonly reason: HeldReason; readonly dueAt: number }
  | { readonly kind: 'never'; readonly reason: SuppressedReason; readonly by?: string }

const NOW: HoldDecision = { kind: 'now' }

/** A channel that is off, not ready or down is looked at again after this; sooner when it was mended or came back. */
export const LOOK_AGAIN_MS = 600_000

/** What a shut workspace keeps back is looked at again after this; at once when the operator opens it. */
const CLOSED_AGAIN_MS = 3_600_000
/** Told of a block, and so not kept back by it. */
const OF_THE_BLOCK = 'workspace.blocked'

/** Whether the state of the workspace keeps a message back; that it is blocked may be told. */
export function decideByWorkspace(type: string, { closed }: Pick<WorkspaceView, 'closed'>, now: number): HoldDecision {
  if (closed === null || (type === OF_THE_BLOCK && closed.reason === 'workspace_blocked')) return NOW
  return { kind: 'later', reason: closed.reason, dueAt: now + CLOSED_AGAIN_MS }
}

export interface HoldInput {
  readonly fields: Fields
  readonly priority: Priority
  readonly person: User | null
  readonly channel: ChannelView
  /** Why the destination is disabled, undefined when it is not. */
  readonly disabled: string | undefined
  /** A digest: whether its events were wanted was decided of each when it joined. */
  readonly gathered?: boolean
}

/** The decision about one way to one recipient. Pure over the view and the moment. */
export function decideHold(input: HoldInput, view: WorkspaceView, now: number): HoldDecision {
  const { fields, priority, person, channel, disabled, gathered = false } = input
  if (person?.enabled === false) return { kind: 'never', reason: 'person_left' }
  const silence = gathered ? undefined : silencing(fields, view, now)
  if (silence !== undefined) return { kind: 'never', reason: 'silence', by: silence }
  if (view.settings.mailOff === true && channel.kind.medium === 'letter') return { kind: 'never', reason: 'mail_off' }
  if (disabled !== undefined) return { kind: 'never', reason: 'destination_disabled' }
  if (person !== null && !gathered && isUnwanted(fields.type, priority, person, channel.name, view))
    return { kind: 'never', reason: 'preference' }
  const unready = unreadiness(channel)
  if (unready !== undefined) return { kind: 'later', reason: unready, dueAt: now + LOOK_AGAIN_MS }
  return person === null || priority === 0 ? NOW : personalHours(person, view, now)
}

/** Whether the person does not want events of this category this way. What is critical or about Nabat itself nobody can switch off. */
export function isUnwanted(
  type: string,
  priority: Priority,
  person: User,
  channel: string,
  view: WorkspaceView,
): boolean {
  if (person.preferences === undefined || priority === 0) return false
  const category = view.type(type)?.category
  return category !== undefined && category !== 'system' && person.preferences[category]?.[channel] === false
}

/** Quiet hours and working hours of the person, in their own zone. Critical messages do not come here. */
function personalHours(person: User, view: WorkspaceView, now: number): HoldDecision {
  const zone = person.timeZone ?? view.timeZone
  const { quietHours, workingHours } = person
  if (quietHours !== undefined && isWithin(quietHours, now, zone)) {
    const end = nextChange(quietHours, now, zone)
    if (end !== null) return { kind: 'later', reason: 'quiet_hours', dueAt: end }
  }
  if (workingHours !== undefined) {
    const next = nextWithin(workingHours, now, zone)
    if (next !== null && next > now) return { kind: 'later', reason: 'working_hours', dueAt: next }
  }
  return NOW
}

/**
 * When the digest of a rule would leave that a message joins now: after N minutes, or at an hour of the recipient's day.
 * Null for a rule without a digest and for critical messages, which never wait in one.
 */
export function digestEnd(
  rule: Rule,
  priority: Priority,
  person: User | null,
  view: WorkspaceView,
  now: number,
): number | null {
  if (rule.digest === undefined || priority === 0) return null
  if ('every' in rule.digest) return now + spanMs(rule.digest.every)
  return endOf(rule.digest.daily, now, person?.timeZone ?? view.timeZone)
}

/** Why a channel can send nothing now, undefined when it can. */
export function unreadiness(channel: ChannelView): HeldReason | undefined {
  if (!channel.enabled) return 'channel_off'
  if (channel.missing.length > 0) return 'channel_incomplete'
  return channel.problems.length > 0 ? 'channel_unusable' : undefined
}

function silencing(fields: Fields, view: WorkspaceView, now: number): string | undefined {
  for (const each of view.silences)
    if (isInForce(each, now, view.timeZone) && each.condition(fields) === PASSED) return each.silence.name
  return undefined
}

export interface IncidentLook {
  readonly step: Step
  /** Why it waited, when it was more than its turn. */
  readonly waitedFor: string | null
  readonly attempts: number
  readonly living: boolean
  readonly followed: boolean
  readonly answered: ClaimedRow['answered']
  readonly event: { readonly id: string }
  readonly incident: {
    readonly state: IncidentState
    readonly told: readonly string[] | null
    readonly toldEvent: string | null
  } | null
}

/**
 * What the incident says when a delivery's turn comes. A message held by a decision has lost its point once the incident
 * is over; one that was merely late is still told, because somebody should know that it happened. A living message that a
 * newer one follows would only be edited again at once. A closing is told to those who were told of the opening.
 */
export function decideByIncident(look: IncidentLook): HoldDecision {
  const { incident, step } = look
  if (look.answered !== null) return { kind: 'never', reason: look.answered }
  if (incident === null || step === 0) return NOW
  // Told late, after something newer: it would contradict what people know already.
  if (incident.toldEvent !== null && incident.toldEvent > look.event.id) return { kind: 'never', reason: 'superseded' }
  const closes = step === 3 || step === 4
  if (isPersonal(look.waitedFor) && look.attempts === 0 && !closes && incident.state === 'ended')
    return { kind: 'never', reason: 'incident_ended' }
  if (look.living && look.followed && look.attempts === 0 && incident.told !== null)
    return { kind: 'never', reason: 'superseded' }
  if (step === 3 && incident.told === null) return { kind: 'never', reason: 'never_told' }
  return NOW
}

/** Whether a message waits by the hours of its recipient, and not for its turn or a channel. */
export const isPersonal = (reason: string | null): boolean => reason !== null && PERSONAL_HOURS.includes(reason)
