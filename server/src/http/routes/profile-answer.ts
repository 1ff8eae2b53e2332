import { CATEGORIES } from '@nabat/api/catalog/event-type.ts'
import type { Profile, ProfileBot, ProfileWay } from '@nabat/api/profile.ts'
import type { Language } from '@nabat/api/text.ts'
import type { BotChannel } from '../../bots/telegram/linking.ts'
import { isProblem } from '../../channels/channel.ts'
import type { ChannelView } from '../../configuration/channel-view.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { destinationKey, disabledSince } from '../../history/disabled.ts'
import type { Card } from '../../people/member.ts'
import { lockedBecause, ownContacts } from '../../people/profile.ts'
import { reachOf, type ContactReach } from '../../people/reachability.ts'
import type { GivenCode } from '../../store/linking.ts'
import type { HttpParts } from '../server.ts'

/** Whoever calls, in the workspace he looks at. `card` null: an operator who is nobody there. */
export interface Own {
  readonly view: WorkspaceView
  /** Who made a change. */
  readonly name: string
  readonly card: Card | null
}

/** Whether a channel leads to a bot. */
export const isBot = (channel: ChannelView): channel is ChannelView & BotChannel => channel.settings.kind === 'telegram'
/** Whether anything comes of writing to it. */
export const canBeLinked = ({ enabled, problems }: ChannelView): boolean => enabled && problems.length === 0

/** What somebody is shown of himself. */
export async function profileOf(parts: HttpParts, { view, card }: Own, language: Language): Promise<Profile> {
  const { language: messages, timeZone } = { language: view.language, timeZone: view.timeZone }
  const person = card?.person
  const reach = person && reachOf(person, view, (channel) => parts.pipeline.claim.lanes.isDown(channel))
  const ways = card === null || reach === undefined ? [] : await waysOf(parts, view, card, reach.contacts, language)
  const names = [...new Set([...ways.flatMap(({ channel }) => channel ?? []), 'inbox'])]
  return {
    user: person === undefined ? null : userOf(card!),
    version: card?.row.version ?? 0,
    locked:
      lockedBecause(card && { origin: card.row.origin, login: card.person.login }, view)?.message[language] ?? null,
    language: person?.language ?? messages,
    timeZone: person?.timeZone ?? timeZone,
    workspace: { language: messages, timeZone },
    reachable: reach !== undefined && reach.fault === null,
    ways,
    telegram: card === null ? [] : await botsOf(parts, view, card, ways),
    // Nobody can do without what Nabat says of itself.
    categories: Object.entries(CATEGORIES)
      .filter(([name]) => name !== 'system')
      .map(([name, title]) => ({ name, title: title[language] })),
    channels: names.flatMap((name) => {
      const channel = view.channelByName(name)
      return channel === undefined ? [] : [{ name, kind: channel.settings.kind }]
    }),
  }
}

const userOf = ({ row, person }: Card): NonNullable<Profile['user']> => ({
  id: String(row.id),
  login: person.login,
  name: person.name ?? null,
  roles: person.roles ?? [],
  email: person.email ?? null,
  phone: person.phone ?? null,
  extension: person.extension ?? null,
  mattermost: person.mattermost ?? null,
  language: person.language ?? null,
  timeZone: person.timeZone ?? null,
  quietHours: person.quietHours ?? null,
  workingHours: person.workingHours ?? null,
  preferences: person.preferences ?? {},
})

/** The ways to somebody, with what chats are called and since when something is out of use. */
async function waysOf(
  { store, linking }: HttpParts,
  view: WorkspaceView,
  { person }: Card,
  reach: readonly ContactReach[],
  language: Language,
): Promise<ProfileWay[]> {
  const disabled = await disabledSince(
    store,
    view.id,
    reach.flatMap((each) => each.disabled ?? []),
  )
  const chats = new Map<string, { readonly title: string; readonly username: string | null }>()
  for (const channel of view.channels.values())
    if (isBot(channel) && reach.some(({ channel: name }) => name === channel.name))
      for (const row of await linking.chatsOf(channel.settings)) chats.set(`${channel.name} ${row.chat}`, row)
  const own = ownContacts(person, view)
  const found = own.map(({ contact, implied, removable }): ProfileWay => {
    const channel = view.channelByName(contact.channel)
    const shown = shownBy(contact, channel, person.login)
    const at = reach.find(({ channel: name, destination }) => name === contact.channel && destination === shown)
    const chat = chats.get(`${contact.channel} ${String(contact.chat)}`)
    return {
      contact,
      kind: channel?.settings.kind ?? null,
      title: chat?.title ?? null,
      username: chat?.username ?? null,
      implied,
      removable,
      ...stateOf(at, language),
      channel: contact.channel,
      destination: shown,
      since: at?.disabled == null ? null : (disabled.get(destinationKey(at.disabled))?.since ?? null),
    }
  })
  // What stands on the card and no channel carries.
  const nowhere = reach.filter(({ channel }) => channel === null)
  return [
    ...found,
    ...nowhere.map((each) => ({
      ...{ contact: { channel: '' }, channel: null, kind: null, destination: each.destination },
      ...{ title: null, username: null, implied: true, removable: false, since: null },
      ...stateOf(each, language),
    })),
  ]
}

const stateOf = (reach: ContactReach | undefined, language: Language) => ({
  works: reach?.fault === null,
  reason: reach?.fault?.reason ?? null,
  says: reach?.fault?.says[language] ?? null,
})

/** As `reachOf` shows it. */
function shownBy(contact: ProfileWay['contact'], channel: ChannelView | undefined, login: string): string | null {
  const given = contact.address ?? contact.chat
  const address = channel?.kind.address(contact, channel.settings, login)
  if (channel === undefined || address === undefined || isProblem(address))
    return given === undefined ? null : String(given)
  return channel.kind.show(address)
}

/** The bots he could link his chat with, and how that stands. */
async function botsOf(
  { store, linking, clock }: HttpParts,
  view: WorkspaceView,
  { row }: Card,
  ways: readonly ProfileWay[],
): Promise<ProfileBot[]> {
  const codes = await store.linkingCodesOf(view.id, row.id)
  return [...view.channels.values()]
    .filter((channel) => isBot(channel))
    .filter(canBeLinked)
    .map(({ id, name, settings }) => {
      const code = codes.find(({ channel }) => channel === id)
      return {
        channel: name,
        username: linking.usernameOf(settings),
        linked: ways.some(({ channel, removable }) => removable && channel === name),
        code: code === undefined ? null : { state: codeState(code, clock.now()), expiresAt: time(code.expiresAt) },
      }
    })
}

const time = (at: number): string => new Date(at).toISOString()

function codeState({ usedAt, chat, expiresAt }: GivenCode, now: number): NonNullable<ProfileBot['code']>['state'] {
  if (usedAt !== null) return chat === null ? 'ended' : 'linked'
  return expiresAt > now ? 'waiting' : 'expired'
}
