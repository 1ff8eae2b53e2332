/*
 * What the profile in the console is told of whoever has signed in: his own card, the ways to reach him, what he prefers.
 * The routes are in docs/api.md. Times as RFC 3339.
 */
import type { ChannelKindName } from './channel.ts'
import type { Contact, User } from './configuration.ts'
import type { Role } from './permissions.ts'
import type { Language } from './text.ts'

/** The fields of one's own card that somebody changes himself. */
export const OWN_FIELDS = [
  'language',
  'timeZone',
  'quietHours',
  'workingHours',
  'preferences',
  'contacts',
] as const satisfies readonly (keyof User)[]
export type OwnField = (typeof OWN_FIELDS)[number]

/** A way to reach somebody, in the order in which they are tried. */
export interface ProfileWay {
  /** As it is sent back to set the order. */
  readonly contact: Contact
  /** Null: there is no channel that it would go by. */
  readonly channel: string | null
  readonly kind: ChannelKindName | null
  /** The address, whole: it is his own. */
  readonly destination: string | null
  /** What a chat is called, and its @name without the @, where the bot has seen it. */
  readonly title: string | null
  readonly username: string | null
  /** It follows from the rest of the card, such as its e-mail address, and stands there by itself. */
  readonly implied: boolean
  /** He may take it out himself: a private chat with a bot. */
  readonly removable: boolean
  readonly works: boolean
  readonly reason: string | null
  /** Why it does not work. */
  readonly says: string | null
  /** Since when it is out of use. */
  readonly since: string | null
}

/** A bot that somebody could link his chat with. */
export interface ProfileBot {
  readonly channel: string
  /** Without the @; null as long as nobody has asked. */
  readonly username: string | null
  /** Whether one of the ways is a private chat with it. */
  readonly linked: boolean
  /** The code he was given last; null: none that anybody remembers. */
  readonly code: {
    readonly state: 'waiting' | 'linked' | 'expired' | 'ended'
    readonly expiresAt: string
  } | null
}

/** What somebody sees of himself. */
export interface Profile {
  /** Null: an operator who is nobody in this workspace. */
  readonly user: {
    readonly id: string
    readonly login: string
    readonly name: string | null
    readonly roles: readonly Role[]
    readonly email: string | null
    readonly phone: string | null
    readonly extension: string | null
    readonly mattermost: string | null
    readonly language: Language | null
    readonly timeZone: string | null
    readonly quietHours: User['quietHours'] | null
    readonly workingHours: User['workingHours'] | null
    readonly preferences: NonNullable<User['preferences']>
  } | null
  /** Of the card, for If-Match. */
  readonly version: number
  /** Why nothing can be changed here, and whom to ask. */
  readonly locked: string | null
  /** In which messages come: his own, or the workspace's. */
  readonly language: Language
  readonly timeZone: string
  readonly workspace: { readonly language: Language; readonly timeZone: string }
  /** Whether anything reaches him just now. */
  readonly reachable: boolean
  readonly ways: readonly ProfileWay[]
  readonly telegram: readonly ProfileBot[]
  /** What there is to prefer: categories of events by channels that reach him. Critical ones and those of Nabat itself come in any case. */
  readonly categories: readonly { readonly name: string; readonly title: string }[]
  readonly channels: readonly { readonly name: string; readonly kind: ChannelKindName }[]
}

/** What `POST /api/v1/profile/telegram` answers: a code that is shown once. */
export interface GivenLink {
  readonly channel: string
  readonly code: string
  readonly expiresAt: string
  readonly username: string | null
  /** Opens the bot with the code; null as long as the bot's name is not known. */
  readonly link: string | null
  /** Why the bot would not hear of it, and the way out; null: it listens. */
  readonly problem: string | null
}
