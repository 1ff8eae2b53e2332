import type { ChannelKindName } from '@nabat/api/channel.ts'
import type { Contact, User } from '@nabat/api/configuration.ts'
import type { ChannelView } from './channel-view.ts'
import type { WorkspaceView } from './view.ts'

/** The contacts of a person in the order in which they are tried; those the employee card implies come last. */
export function contactsOf(person: User, view: WorkspaceView): Contact[] {
  const contacts = [...(person.contacts ?? [])]
  const first = (kind: ChannelKindName): string | undefined =>
    [...view.channels.values()].find((channel) => channel.kind.kind === kind)?.name
  const mail = first('smtp')
  if (person.email !== undefined && mail !== undefined) contacts.push({ channel: mail, address: person.email })
  const chat = first('mattermost')
  if (person.mattermost !== undefined && chat !== undefined)
    contacts.push({ channel: chat, chat: `@${person.mattermost.replace(/^@/, '')}` })
  const push = pushChannel(view)
  const named = contacts.some(({ channel }) => view.channelByName(channel)?.kind.kind === 'push')
  if (push?.enabled === true && !named && view.hasDevice(person.login)) contacts.push({ channel: push.name })
  return contacts
}

/** The channel that pushes to browsers: one that was made takes the place of the one every workspace has. */
export const pushChannel = (view: WorkspaceView): ChannelView | undefined =>
  [...view.channels.values()].findLast((channel) => channel.kind.kind === 'push')
