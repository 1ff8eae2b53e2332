import { PERMISSIONS, ROLE_PERMISSIONS, type Permission, type Role } from '@nabat/api/permissions.ts'
import type { Session } from '@nabat/api/session.ts'
import type { User } from '@nabat/api/configuration.ts'
import { showMailAddress } from '../channels/mail/address.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { KnownSession } from '../store/access.ts'
import type { EntityRow } from '../store/store.ts'
import type { Caller } from './caller.ts'
import { foldName } from './names.ts'

/** A card of somebody who works there. */
export interface Card {
  readonly row: EntityRow
  readonly person: User
}

/** Undefined when the card was removed, or the person has left. */
export function cardOf(view: WorkspaceView, card: number): Card | undefined {
  const row = view.entities.get('users')?.get(card)
  const person = row === undefined ? undefined : view.people.get(row.key)
  return row === undefined || person === undefined || person.enabled === false ? undefined : { row, person }
}

/** The card of a login, whatever its capitals; one that is written the same way comes first. */
export function cardByLogin(view: WorkspaceView, login: string): EntityRow | undefined {
  const folded = foldName(login)
  return view.rowByKey('users', login) ?? view.rows('users').find(({ key }) => foldName(key) === folded)
}

const EVERYTHING: ReadonlySet<Permission> = new Set(PERMISSIONS)
const granted = new Map<string, ReadonlySet<Permission>>()

/** What somebody with these roles may do: what any of them may. */
export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  const key = roles.join(' ')
  let found = granted.get(key)
  if (found === undefined) granted.set(key, (found = new Set(roles.flatMap((role) => ROLE_PERMISSIONS[role]))))
  return found
}

type Who = Pick<KnownSession, 'account' | 'memberships'>

/** Whom an account is in a workspace at this moment; null: an operator who is no member, undefined: nobody. */
export function cardIn({ account, memberships }: Who, view: WorkspaceView): Card | null | undefined {
  const membership = memberships.find(({ workspace }) => workspace === view.id)
  const card = membership === undefined ? undefined : cardOf(view, membership.card)
  return card ?? (account.operator ? null : undefined)
}

/** Somebody as a caller in a workspace, by the card as it is at this moment; undefined: no access there. */
export function callerIn(who: Who, view: WorkspaceView): Caller | undefined {
  const card = cardIn(who, view)
  if (card === undefined) return undefined
  const { account } = who
  return {
    workspace: view.id,
    name: card?.row.key ?? account.login,
    permissions: account.operator ? EVERYTHING : permissionsOf(card?.person.roles ?? []),
    perMinute: null,
    operator: account.operator,
    account: account.id,
  }
}

/** The workspaces somebody may enter; those that are blocked among them. */
export const workspacesOf = (who: Who, all: Iterable<WorkspaceView>): WorkspaceView[] =>
  [...all].filter((view) => view.state.removedAt === null && cardIn(who, view) !== undefined)

const titleOf = ({ settings, name }: WorkspaceView): string => settings.title ?? name

/** What the console is told of somebody in a workspace he may enter. */
export function sessionView(
  who: KnownSession,
  view: WorkspaceView,
  all: Iterable<WorkspaceView>,
  demo: boolean,
): Session {
  const { account, session } = who
  const card = cardIn(who, view) ?? null
  const permissions = callerIn(who, view)?.permissions ?? new Set()
  return {
    account: {
      id: String(account.id),
      login: account.login,
      email: account.email && showMailAddress(account.email),
      name: account.name,
      operator: account.operator,
    },
    user: card && {
      login: card.person.login,
      name: card.person.name ?? null,
      roles: card.person.roles ?? [],
      language: card.person.language ?? view.language,
      timeZone: card.person.timeZone ?? view.timeZone,
    },
    workspace: { name: view.name, title: titleOf(view), timeZone: view.timeZone, language: view.language },
    workspaces: workspacesOf(who, all).map((each) => ({
      name: each.name,
      title: titleOf(each),
      blocked: each.closed !== null,
    })),
    permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
    signedInAt: new Date(session.signedInAt).toISOString(),
    demo,
  }
}
