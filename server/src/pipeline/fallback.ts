import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { User } from '@nabat/api/configuration.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { addressKey } from '../store/address-key.ts'
import type { ClaimedRow, PlannedDelivery } from '../store/store.ts'
import type { Fields } from './conditions.ts'
import { decideHold, isPersonal } from './hold.ts'
import { resolve, waysTo, type Way } from './recipients.ts'
import { LIFETIME_MS } from './retry.ts'

/** A destination as the store names it: `<channel id> <address>`. */
export type DestinationKey = string
export const wayKey = ({ channel, address }: Way): DestinationKey => `${channel.id} ${addressKey(address)}`

/** Another way, and whom it reaches; null for a bare destination. */
export interface WayAround {
  readonly way: Way
  readonly to: User | null
}

/** What a planner may look at besides the configuration. */
export interface Around {
  /** Destinations the event has deliveries to already. */
  readonly tried: ReadonlySet<DestinationKey>
  /** A channel through which nothing gets at the moment. */
  readonly isDown: (channel: ChannelView) => boolean
  readonly now: number
  /** Of the delivery that is planned. */
  readonly id: string
}

/**
 * The ways around a delivery in the order in which they are tried: the same address through the channel's backup, the
 * rule's fallback, then the person's other contacts.
 */
export function waysAround(
  row: Pick<ClaimedRow, 'channel' | 'address' | 'rule' | 'recipient'>,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
): WayAround[] {
  const person = row.recipient === null ? null : (view.people.get(row.recipient) ?? null)
  const ways: WayAround[] = []
  const backup = backupOf(row.channel, view)
  if (backup !== undefined) ways.push({ way: { channel: backup, address: row.address }, to: person })
  const byRule = resolve(view.rule(row.rule)?.rule.fallback ?? [], fields, type, view).targets
  for (const target of byRule) for (const way of target.ways) ways.push({ way, to: target.person })
  if (person !== null) for (const way of waysTo(person, view)) ways.push({ way, to: person })
  return ways
}

/** The channel that stands in for another of its kind, which therefore knows the same addresses. */
function backupOf(id: number, view: WorkspaceView): ChannelView | undefined {
  const channel = view.channels.get(id)
  if (channel === undefined || !('backup' in channel.settings)) return undefined
  const found = view.channelByName(channel.settings.backup ?? '')
  return found !== channel && found?.kind === channel.kind ? found : undefined
}

/**
 * What is tried in place of a delivery that ended unsent: the first way that is of use now or at its recipient's hours.
 * Ways that were tried for this event already are left out, so the chain ends. Null when there is nothing left. A channel
 * that is not ready or down is waited for only when no other way is of use.
 */
export function planFallback(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  around: Around,
): PlannedDelivery | null {
  const plans = [...plansAround(row, fields, type, view, around)]
  return (plans.find(({ isOpen }) => isOpen) ?? plans[0])?.plan ?? null
}

/** What goes another way while the channel of a delivery is down: only a way that is open. */
export function planDetour(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  around: Around,
): PlannedDelivery | null {
  return [...plansAround(row, fields, type, view, around)].find(({ isOpen }) => isOpen)?.plan ?? null
}

/**
 * What follows a delivery that was sent and may go unread: the next way, due when the rule's patience is at its end. It is
 * looked at then, and not sent when somebody has read or taken it on. Null where the rule asks for nothing of the kind,
 * where it cannot be known whether anybody read it, and for closings, which nobody has to act on.
 */
export function planUnread(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  around: Around,
): PlannedDelivery | null {
  const afterMs = view.rule(row.rule)?.unreadAfterMs ?? null
  if (afterMs === null || row.digest || row.step === 3 || row.step === 4) return null
  if (view.channels.get(row.channel)?.kind.knowsRead !== true && row.event.incident === null) return null
  const plan = planFallback(row, fields, type, view, around)
  if (plan === null) return null
  // What shuts the way now is looked at again then; only its recipient's hours are known ahead.
  const dueAt = Math.max(isPersonal(plan.held) ? plan.dueAt : 0, around.now + afterMs)
  return { ...plan, held: 'unread', follows: true, dueAt, expiresAt: plan.expiresAt + dueAt - plan.dueAt }
}

/** A closing goes on to the next way that was told of the incident in place of this one. */
export function planClosing(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  around: Around,
  told: ReadonlySet<DestinationKey>,
): PlannedDelivery | null {
  for (const { plan, key } of plansAround(row, fields, type, view, around))
    if (told.has(key)) return { ...plan, follows: true }
  return null
}

/** A delivery by each way around that has not been tried and is not shut for good; `isOpen`: nothing is in its way. */
function* plansAround(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  { tried, isDown, now, id }: Around,
): Iterable<{ readonly plan: PlannedDelivery; readonly key: DestinationKey; readonly isOpen: boolean }> {
  const rule = view.rule(row.rule)
  for (const { way, to } of waysAround(row, fields, type, view)) {
    const key = wayKey(way)
    if (tried.has(key)) continue
    const disabled = view.disabledBecause(way.channel.id, addressKey(way.address))
    const about = { fields, priority: row.priority, person: to, channel: way.channel, disabled, gathered: row.digest }
    const hold = decideHold(about, view, now)
    if (hold.kind === 'never') continue
    const dueAt = hold.kind === 'later' ? hold.dueAt : now
    const plan: PlannedDelivery = {
      id,
      rule: row.rule,
      recipient: to?.login ?? row.recipient,
      destination: { channel: way.channel.id, address: way.address },
      suppressed: null,
      held: hold.kind === 'later' ? hold.reason : null,
      dueAt,
      expiresAt: dueAt + (rule?.lifetimeMs ?? LIFETIME_MS[row.priority]),
      priority: row.priority,
      // A way that was never told of the opening still tells the rest.
      step: row.step === 3 ? 4 : row.step,
      living: row.living,
      throttle: null,
      // What was gathered leaves together by the other way too.
      digest: row.digest,
      follows: false,
    }
    const isOpen = (hold.kind === 'now' || isPersonal(hold.reason)) && !isDown(way.channel)
    yield { plan, key, isOpen }
  }
}
