/*
 * Reach: who can be told anything at all, and by which of their contacts; which rules tell nobody. Pure over the view of
 * the configuration, and of one mind with routing and hold: what works here goes out there.
 */
import type { Contact, User } from '@nabat/api/configuration.ts'
import type { Recipient, Rule } from '@nabat/api/rule.ts'
import type { Text } from '@nabat/api/text.ts'
import { isProblem } from '../channels/channel.ts'
import { contactsOf } from '../configuration/contacts.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { MISSING } from '../history/explain.ts'
import { reasonWords } from '../reasons.ts'
import { unreadiness } from '../pipeline/hold.ts'
import { waysTo, type Way } from '../pipeline/recipients.ts'
import { addressKey } from '../store/address-key.ts'

/** Why something is not reached: the code, and the words with what is known besides. */
interface Fault {
  readonly reason: string
  readonly says: Text
}

/** One contact of a person. `fault` null: it works. */
export interface ContactReach {
  /** Null: there is no channel that this contact would go by. */
  readonly channel: string | null
  readonly destination: string | null
  readonly fault: Fault | null
  /** The destination that is disabled, as the store knows it; null when that is not what is wrong. */
  readonly disabled: { readonly channel: number; readonly address: string } | null
}

/** A person with all contacts, in the order in which they are tried. `fault` null: one of them works. */
export interface PersonReach {
  readonly login: string
  readonly name: string | null
  readonly fault: Fault | null
  readonly contacts: readonly ContactReach[]
}

/** A rule by which nobody is told, whatever happens. */
export interface RuleReach extends Fault {
  readonly id: number
  readonly name: string
}

/** Words for what no delivery and no trace can say, because there is none. */
const WORDS: Readonly<Record<string, Text>> = {
  ...MISSING,
  no_channel: { ru: 'для такого контакта нет канала', en: 'there is no channel for such a contact' },
  no_contacts: { ru: 'нет ни одного контакта', en: 'there are no contacts' },
  empty_role: { ru: 'ни у кого нет этой роли', en: 'nobody has this role' },
  empty_group: { ru: 'в группе никого нет', en: 'nobody is in the group' },
}

const fault = (reason: string, more?: Text): Fault => {
  const { ru, en } = WORDS[reason] ?? reasonWords(reason)
  return { reason, says: more === undefined ? { ru, en } : { ru: `${ru}: ${more.ru}`, en: `${en}: ${more.en}` } }
}

/** Whether nothing gets through a channel just now. */
export type IsDown = (channel: ChannelView) => boolean

/** How a person is reached. */
export function reachOf(person: User, view: WorkspaceView, isDown: IsDown = () => false): PersonReach {
  const contacts = [
    ...contactsOf(person, view).map((contact) => contactReach(contact, person, view, isDown)),
    ...withoutChannel(person, view),
  ]
  return { login: person.login, name: person.name ?? null, fault: personFault(person, contacts), contacts }
}

function personFault(person: User, contacts: readonly ContactReach[]): Fault | null {
  if (person.enabled === false) return fault('person_left')
  if (contacts.length === 0) return fault('no_contacts')
  return contacts.some((contact) => contact.fault === null) ? null : fault('unreachable')
}

function contactReach(contact: Contact, person: User, view: WorkspaceView, isDown: IsDown): ContactReach {
  const left = person.enabled === false ? fault('person_left') : undefined
  const channel = view.channelByName(contact.channel)
  const given = contact.address ?? contact.chat
  const asGiven = { channel: contact.channel, destination: given === undefined ? null : String(given), disabled: null }
  if (channel === undefined) return { ...asGiven, fault: left ?? fault('unknown_channel') }
  const address = channel.kind.address(contact, channel.settings, person.login)
  if (isProblem(address)) {
    // Without its settings a channel cannot tell which addresses suit it.
    const unready = unreadiness(channel) === undefined ? undefined : channelFault(channel, view)
    return { ...asGiven, fault: left ?? unready ?? fault('unusable_address', address.message) }
  }
  const why = left ?? wayFault({ channel, address }, view) ?? downFault(channel, view, isDown)
  return {
    channel: channel.name,
    destination: channel.kind.show(address),
    fault: why ?? null,
    disabled: why?.reason === 'destination_disabled' ? { channel: channel.id, address: addressKey(address) } : null,
  }
}

/** A channel that does not answer is gone round by its backup, where it has one that does. */
function downFault(channel: ChannelView, view: WorkspaceView, isDown: IsDown): Fault | undefined {
  if (!isDown(channel)) return undefined
  const backup = view.channelByName((channel.settings as { backup?: string }).backup ?? '')
  const standsIn = backup !== undefined && !isDown(backup) && channelFault(backup, view) === undefined
  return standsIn ? undefined : fault('channel_down')
}

/** What stands on the employee card and no channel would carry; `contactsOf` leaves it out. */
function withoutChannel(person: User, view: WorkspaceView): ContactReach[] {
  const kinds = new Set(Array.from(view.channels.values(), ({ kind }) => kind.kind))
  const why = fault(person.enabled === false ? 'person_left' : 'no_channel')
  const onCard = [
    [person.email, 'smtp'],
    [person.mattermost, 'mattermost'],
  ] as const
  return onCard.flatMap(([destination, kind]) =>
    destination === undefined || kinds.has(kind) ? [] : [{ channel: null, destination, fault: why, disabled: null }],
  )
}

/** What keeps any message from going this way; the same questions, in the same order, as hold asks them. */
function wayFault({ channel, address }: Way, view: WorkspaceView): Fault | undefined {
  const ofChannel = channelFault(channel, view)
  if (ofChannel?.reason === 'mail_off') return ofChannel
  const disabled = view.disabledBecause(channel.id, addressKey(address))
  if (disabled === 'no_device') return fault(disabled)
  return disabled === undefined ? ofChannel : fault('destination_disabled', reasonWords(disabled))
}

function channelFault(channel: ChannelView, view: WorkspaceView): Fault | undefined {
  if (view.settings.mailOff === true && channel.kind.medium === 'letter') return fault('mail_off')
  const unready = unreadiness(channel)
  if (unready === undefined) return undefined
  const missing = channel.missing.join(', ')
  if (unready === 'channel_incomplete') return fault(unready, { ru: missing, en: missing })
  return fault(unready, unready === 'channel_unusable' ? channel.problems[0]?.message : undefined)
}

/** Rules that are on and tell nobody. Whom a relation names depends on the event, so it counts as somebody. */
export function rulesReachingNobody(view: WorkspaceView): RuleReach[] {
  // Many rules name the same role or group, and it may hold everybody.
  const known = new Map<string, RecipientFault | undefined>()
  const ask: Ask = (recipient) => {
    const key = JSON.stringify(recipient)
    if (!known.has(key)) known.set(key, recipientFault(recipient, view))
    return known.get(key)
  }
  return view.rows('rules').flatMap(({ id }) => {
    const rule = view.rule(id)?.rule
    const why = rule === undefined || rule.enabled === false ? undefined : ruleFault(rule, ask)
    return why === undefined ? [] : [{ id, name: rule!.name, ...why }]
  })
}

type Ask = (recipient: Recipient) => RecipientFault | undefined

function ruleFault(rule: Rule, ask: Ask): Fault | undefined {
  const says: Text[] = []
  let first: string | undefined
  let standsIn = false
  for (const recipient of rule.to) {
    const found = ask(recipient)
    if (found === undefined) return undefined
    first ??= found.fault.reason
    standsIn ||= found.there
    const name = nameOf(recipient)
    says.push({ ru: `${name.ru}: ${found.fault.says.ru}`, en: `${name.en}: ${found.fault.says.en}` })
  }
  // A fallback stands in for a recipient who is there and cannot be reached; for nobody it stands in nowhere.
  if (standsIn && rule.fallback?.some((recipient) => ask(recipient) === undefined)) return undefined
  return { reason: first!, says: { ru: says.map(({ ru }) => ru).join('; '), en: says.map(({ en }) => en).join('; ') } }
}

/** `there`: somebody is meant, only the ways to them do not work. */
interface RecipientFault {
  readonly fault: Fault
  readonly there: boolean
}

function recipientFault(recipient: Recipient, view: WorkspaceView): RecipientFault | undefined {
  if (recipient.relation !== undefined) return relationFault(recipient, view)
  if (recipient.user !== undefined) return peopleFault([recipient.user], 'unknown_person', recipient.channel, view)
  if (recipient.role !== undefined)
    return peopleFault(view.withRole(recipient.role), 'empty_role', recipient.channel, view)
  if (recipient.group !== undefined)
    return peopleFault(view.membersOf(recipient.group), 'empty_group', recipient.channel, view)
  const channel = view.channelByName(recipient.channel ?? '')
  if (channel === undefined) return { fault: fault('unknown_channel'), there: false }
  const address = channel.kind.address(recipient, channel.settings)
  if (isProblem(address)) return { fault: fault('unusable_address', address.message), there: false }
  const why = wayFault({ channel, address }, view)
  return why === undefined ? undefined : { fault: why, there: true }
}

/** Who it is depends on the event, but not whether the channel it names is of any use. */
function relationFault({ channel: name }: Recipient, view: WorkspaceView): RecipientFault | undefined {
  if (name === undefined) return undefined
  const channel = view.channelByName(name)
  const why = channel === undefined ? fault('unknown_channel') : channelFault(channel, view)
  return why === undefined ? undefined : { fault: why, there: true }
}

/** `nobody`: what is wrong when there is none of them at all. */
function peopleFault(
  logins: Iterable<string>,
  nobody: string,
  only: string | undefined,
  view: WorkspaceView,
): RecipientFault | undefined {
  const faults = new Map<string, Fault>()
  let there = false
  for (const login of logins) {
    const person = view.people.get(login)
    const why = person === undefined ? fault('unknown_person') : waysFault(person, only, view)
    if (why === undefined) return undefined
    there ||= person !== undefined && person.enabled !== false
    faults.set(why.reason, why)
  }
  if (faults.size === 0) return { fault: fault(nobody), there }
  return { fault: onlyOne(faults), there }
}

function waysFault(person: User, only: string | undefined, view: WorkspaceView): Fault | undefined {
  if (person.enabled === false) return fault('person_left')
  if (only !== undefined && view.channelByName(only) === undefined) return fault('unknown_channel')
  const faults = new Map<string, Fault>()
  for (const way of waysTo(person, view, only)) {
    const why = wayFault(way, view)
    if (why === undefined) return undefined
    faults.set(why.reason, why)
  }
  return onlyOne(faults)
}

/** What is wrong everywhere; where it is this here and that there, that there is no way. */
function onlyOne(faults: ReadonlyMap<string, Fault>): Fault {
  const [one] = faults.values()
  return faults.size === 1 && one !== undefined ? one : fault('unreachable')
}

function nameOf({ user, role, group, relation, channel, address, chat }: Recipient): Text {
  if (role !== undefined) return { ru: `роль ${role}`, en: `role ${role}` }
  if (group !== undefined) return { ru: `группа ${group}`, en: `group ${group}` }
  const name = user ?? relation ?? [channel, address ?? chat].filter((part) => part !== undefined).join(' ')
  return { ru: name, en: name }
}
