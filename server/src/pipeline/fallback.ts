import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { addressKey } from '../store/address-key.ts'
import type { ClaimedRow, PlannedDelivery } from '../store/store.ts'
import type { Fields } from './conditions.ts'
import { decideHold } from './hold.ts'
import { resolve, waysTo, type Way } from './recipients.ts'
import { LIFETIME_MS } from './retry.ts'

/** A destination as the store names it: `<channel id> <address>`. */
export type DestinationKey = string
export const wayKey = ({ channel, address }: Way): DestinationKey => `${channel.id} ${addressKey(address)}`

/**
 * What is tried in place of a delivery that ended unsent: the rule's fallback first, then the person's next contact.
 * Ways that were tried for this event already are left out, so the chain ends. Null when there is nothing left. A channel
 * that is not ready is waited for only when no other way is of use.
 */
export function planFallback(
  row: ClaimedRow,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
  tried: ReadonlySet<DestinationKey>,
  now: number,
  id: string,
): PlannedDelivery | null {
  const rule = view.rule(row.rule)
  const person = row.recipient === null ? null : (view.people.get(row.recipient) ?? null)
  const byRule = resolve(rule?.rule.fallback ?? [], fields, type, view).targets
  const ways = byRule.flatMap((target) => target.ways.map((way) => ({ way, to: target.person })))
  if (person !== null) ways.push(...waysTo(person, view).map((way) => ({ way, to: person })))
  let waiting: PlannedDelivery | null = null
  for (const { way, to } of ways) {
    if (tried.has(wayKey(way))) continue
    const disabled = view.disabledBecause(way.channel.id, addressKey(way.address))
    const hold = decideHold({ fields, priority: row.priority, person: to, channel: way.channel, disabled }, view, now)
    if (hold.kind === 'never') continue
    const dueAt = hold.kind === 'later' ? hold.dueAt : now
    const planned: PlannedDelivery = {
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
      digest: false,
    }
    if (hold.kind === 'now' || hold.reason === 'quiet_hours' || hold.reason === 'working_hours') return planned
    waiting ??= planned
  }
  return waiting
}
