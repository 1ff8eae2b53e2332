/*
 * Who may do what. One table for everybody who calls: people by their roles, keys by their rights. The API asks for one of
 * these permissions at each call, the console shows a page only to those who have the permission that its calls ask for.
 */
import type { ROLES, Section } from './configuration.ts'

export type Role = (typeof ROLES)[number]

/** What a call may ask for. `….read` looks, `….write` changes. */
export const PERMISSIONS = [
  /** Post events and their files. */
  'events.send',
  /** Events with their traces, deliveries, incidents, files, destinations, counters. */
  'events.read',
  /** Retry and cancel deliveries, switch destinations on and off. */
  'deliveries.write',
  /** Acknowledge incidents. */
  'incidents.write',
  'rules.read',
  'rules.write',
  /** Channels that are not mail: bots, Mattermost, webhooks, the inbox. */
  'bots.read',
  'bots.write',
  /** Channels that send mail. */
  'mail.read',
  'mail.write',
  'templates.read',
  'templates.write',
  'silences.read',
  'silences.write',
  /** Users and groups. */
  'people.read',
  'people.write',
  'schedules.read',
  'schedules.write',
  /** The catalogue with the workspace's own event types. */
  'types.read',
  'types.write',
  /** The company card. */
  'workspace.read',
  'workspace.write',
  'changes.read',
  'reachability.read',
  /** Anybody's inbox. */
  'inboxes.read',
  'inboxes.write',
  /** The whole configuration at once. */
  'configuration.write',
  'keys.write',
  'metrics.read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const looking = PERMISSIONS.filter((permission) => permission.endsWith('.read'))
const duty: readonly Permission[] = [
  'events.read',
  'incidents.write',
  'deliveries.write',
  'silences.read',
  'silences.write',
  'people.read',
  'types.read',
  'workspace.read',
  'reachability.read',
]
const own: readonly Permission[] = ['types.read', 'workspace.read']

/** What each role may do; somebody with several roles may do what any of them may. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  admin: PERMISSIONS,
  technologist: [...duty, 'mail.read', 'mail.write', 'templates.read', 'templates.write'],
  support: duty,
  dispatcher: duty,
  warehouse: own,
  installer: own,
  staff: own,
  client: [],
}

/** What a key may do. */
export const KEY_PERMISSIONS: Readonly<Record<'send' | 'read' | 'all', readonly Permission[]>> = {
  send: ['events.send'],
  read: looking,
  all: PERMISSIONS,
}

const MAIL_KINDS: ReadonlySet<unknown> = new Set(['smtp'])

/**
 * Any of these lets somebody look at, or change, an entity of a section. Channels that send mail have a permission of their
 * own; without the `kind` of a channel it is that for channels of some kind.
 */
export function sectionPermissions(section: Section, act: 'read' | 'write', kind?: unknown): readonly Permission[] {
  if (section === 'channels') {
    if (kind === undefined) return [`bots.${act}`, `mail.${act}`]
    return [`${MAIL_KINDS.has(kind) ? 'mail' : 'bots'}.${act}`]
  }
  return [`${section === 'users' || section === 'groups' ? 'people' : section}.${act}`]
}
