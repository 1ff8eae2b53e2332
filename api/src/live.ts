/*
 * What GET /api/v1/live tells of: that something of a kind has changed, never what. Whoever hears it asks for what he looks
 * at, by the calls and with the permissions of any other day.
 */
import { PERMISSIONS, type Permission } from './permissions.ts'

/**
 * What a workspace can change in. `sessions`: of people who have signed in; `profile`: what people see of themselves, their
 * own cards, ways and devices.
 */
export const TOPICS = [
  'events',
  'deliveries',
  'incidents',
  'configuration',
  'inbox',
  'channels',
  'sessions',
  'profile',
] as const
export type Topic = (typeof TOPICS)[number]

/** What the first message of the stream says. */
export interface Hello {
  /** Names what is running: another one after a reconnection means that the console was brought up to date meanwhile. */
  readonly version: string
}

/** What every other message says. */
export interface Changed {
  readonly topics: readonly Topic[]
}

/** What is looked at only, beside the log of what happened. */
const CONFIGURED = PERMISSIONS.filter(
  (permission) => permission.endsWith('.read') && !/^(events|inboxes|metrics)\./.test(permission),
)

/** Any of these lets somebody hear of a topic; `signedIn`: everybody who is a person and not a key hears of it as well. */
const HEARD: Readonly<Record<Topic, { readonly anyOf: readonly Permission[]; readonly signedIn?: true }>> = {
  events: { anyOf: ['events.read'] },
  deliveries: { anyOf: ['events.read'] },
  incidents: { anyOf: ['events.read'] },
  configuration: { anyOf: CONFIGURED },
  inbox: { anyOf: ['inboxes.read'], signedIn: true },
  channels: { anyOf: ['events.read', 'bots.read', 'mail.read', 'reachability.read'] },
  sessions: { anyOf: [], signedIn: true },
  profile: { anyOf: [], signedIn: true },
}

/** The topics somebody hears of. */
export const topicsFor = (permissions: ReadonlySet<Permission>, signedIn: boolean): ReadonlySet<Topic> =>
  new Set(
    TOPICS.filter((topic) => {
      const { anyOf, signedIn: forAll } = HEARD[topic]
      return (forAll === true && signedIn) || anyOf.some((permission) => permissions.has(permission))
    }),
  )
