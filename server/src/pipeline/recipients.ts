import type { User } from '@nabat/api/configuration.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { isProblem } from '../channels/channel.ts'
import { contactsOf } from '../configuration/contacts.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { valueAt, type Fields } from './conditions.ts'
import type { Address } from './outcome.ts'

/** A way to reach somebody. */
export interface Way {
  readonly channel: ChannelView
  readonly address: Address
}

/** One recipient of a rule, resolved: a bare destination, or a person with the ways to them in order. */
export type Target =
  | { readonly person: null; readonly ways: readonly Way[] }
  | { readonly person: User; readonly ways: readonly Way[] }

/** Somebody a rule or an event names who is not there; shown in the trace. */
export interface Missing {
  readonly name: string
  readonly reason:
    | 'nobody_there'
    | 'unknown_person'
    | 'no_card'
    | 'no_such_relation'
    | 'unknown_channel'
    | 'unusable_address'
}

export interface Resolution {
  readonly targets: readonly Target[]
  readonly missing: readonly Missing[]
}

/** Who the recipients of a rule are for this event, and how they are reached. Pure over the view. */
export function resolve(to: readonly Recipient[], event: Fields, type: EventType, view: WorkspaceView): Resolution {
  const targets: Target[] = []
  const missing: Missing[] = []
  for (const recipient of to) {
    const logins = loginsOf(recipient, event, type, view, missing)
    if (logins === null) bare(recipient, view, targets, missing)
    else
      for (const login of new Set(logins)) {
        const person = view.people.get(login)
        if (person === undefined) stranger(login, recipient, view, targets, missing)
        else targets.push({ person, ways: waysTo(person, view, recipient.channel) })
      }
  }
  return { targets, missing }
}

/**
 * Somebody who has no card. An event may name people by their e-mail address (an author, a contact, a watcher): whether they
 * may be written to is for the workspace to say, and it does not unless it says so.
 */
function stranger(
  name: string,
  { relation, channel: only }: Recipient,
  view: WorkspaceView,
  targets: Target[],
  missing: Missing[],
): void {
  if (relation === undefined || !name.includes('@')) {
    missing.push({ name, reason: 'unknown_person' })
    return
  }
  if (view.settings.writeToUnknown !== true) {
    missing.push({ name, reason: 'no_card' })
    return
  }
  const way = waysTo({ login: name, email: name }, view, only).find(({ channel }) => channel.kind.medium === 'letter')
  if (way === undefined) missing.push({ name, reason: 'unusable_address' })
  else targets.push({ person: null, ways: [way] })
}

function bare(recipient: Recipient, view: WorkspaceView, targets: Target[], missing: Missing[]): void {
  const channel = view.channelByName(recipient.channel ?? '')
  if (channel === undefined) {
    missing.push({ name: recipient.channel ?? '', reason: 'unknown_channel' })
    return
  }
  const address = channel.kind.address(recipient, channel.settings)
  if (isProblem(address)) missing.push({ name: channel.name, reason: 'unusable_address' })
  else targets.push({ person: null, ways: [{ channel, address }] })
}

/** The people a recipient names, null when it names a destination. */
function loginsOf(
  recipient: Recipient,
  event: Fields,
  type: EventType,
  view: WorkspaceView,
  missing: Missing[],
): readonly string[] | null {
  if (recipient.user !== undefined) return [recipient.user]
  if (recipient.role !== undefined) return somebody(recipient.role, view.withRole(recipient.role), missing)
  if (recipient.group !== undefined) return somebody(recipient.group, view.membersOf(recipient.group), missing)
  if (recipient.relation === undefined) return null
  const { relation, head } = parseRelation(recipient.relation)
  const declared = type.relations ?? {}
  const field = relation === 'actor' ? 'actor.user' : Object.hasOwn(declared, relation) ? declared[relation] : undefined
  if (field === undefined) {
    missing.push({ name: relation, reason: 'no_such_relation' })
    return []
  }
  const logins = [valueAt(event, field.split('.'))]
    .flat()
    .filter((login): login is string => typeof login === 'string' && login !== '')
  if (!head) return logins
  return logins.flatMap((login) => {
    const person = view.people.get(login)
    if (person === undefined) missing.push({ name: login, reason: 'unknown_person' })
    return person?.head ?? []
  })
}

/** Everybody of a role or group; that there is nobody is said in the trace. */
function somebody(name: string, logins: Iterable<string>, missing: Missing[]): string[] {
  const all = [...logins]
  if (all.length === 0) missing.push({ name, reason: 'nobody_there' })
  return all
}

/** `assignee`, or `head of assignee` ("the" may stand before it). */
export function parseRelation(relation: string): { relation: string; head: boolean } {
  const head = /^head of (?:the )?(.+)$/.exec(relation)
  return head?.[1] === undefined ? { relation, head: false } : { relation: head[1], head: true }
}

const OWN: ReadonlySet<string> = new Set(['inbox', 'push'])

/** The ways to a person, in the order of their contacts; only those through `only` when it is named. */
export function waysTo(person: User, view: WorkspaceView, only?: string): Way[] {
  const ways: Way[] = []
  const contacts = contactsOf(person, view)
  // What every person has, or may have, without its being a contact.
  const own = only !== undefined && OWN.has(view.channelByName(only)?.kind.kind ?? '')
  if (own && !contacts.some(({ channel }) => channel === only)) contacts.push({ channel: only })
  for (const contact of contacts) {
    if (only !== undefined && contact.channel !== only) continue
    const channel = view.channelByName(contact.channel)
    if (channel === undefined) continue
    const address = channel.kind.address(contact, channel.settings, person.login)
    if (!isProblem(address)) ways.push({ channel, address })
  }
  return ways
}
