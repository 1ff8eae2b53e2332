/*
 * What the console is told of somebody who has signed in, and of a one-time link. The routes are in docs/api.md.
 */
import type { Permission, Role } from './permissions.ts'
import type { Language } from './text.ts'

/** Somebody who has signed in, and where. */
export interface Session {
  readonly account: {
    readonly id: string
    readonly login: string
    readonly email: string | null
    readonly name: string | null
    /** Of the whole installation. */
    readonly operator: boolean
  }
  /** Whom he is in the workspace; null: an operator who is no member there. */
  readonly user: {
    readonly login: string
    readonly name: string | null
    readonly roles: readonly Role[]
    readonly language: Language
    readonly timeZone: string
  } | null
  /** The one that is looked at. */
  readonly workspace: {
    readonly name: string
    readonly title: string
    readonly timeZone: string
    readonly language: Language
  }
  /** Those he may switch to, this one among them. */
  readonly workspaces: readonly { readonly name: string; readonly title: string; readonly blocked: boolean }[]
  readonly permissions: readonly Permission[]
  /** RFC 3339. */
  readonly signedInAt: string
  /** The server is a demonstration: nothing of what is shown is real. */
  readonly demo: boolean
}

/** One of somebody's sessions. Times as RFC 3339. */
export interface SessionInfo {
  readonly id: string
  /** The one that asks. */
  readonly current: boolean
  readonly signedInAt: string
  readonly seenAt: string
  /** IP address it was seen at last. */
  readonly address: string | null
  /** User-Agent. */
  readonly agent: string | null
}

/** What a one-time link is for. */
export interface LinkInfo {
  readonly kind: 'setup' | 'invitation' | 'reset'
  /** Title of the workspace invited to. */
  readonly workspace: string | null
  readonly login: string | null
  readonly name: string | null
  readonly email: string | null
  /** `existing`: an invitation to somebody who has an account already, whose password it asks for. */
  readonly account: 'new' | 'existing'
  /** It asks for the code of the second factor as well. */
  readonly code: boolean
  /** RFC 3339. */
  readonly expiresAt: string
}

/** How the second factor of the own account stands. */
export interface SecondFactor {
  /** RFC 3339; null: it is not asked for. */
  readonly since: string | null
  /** Recovery codes that have not been used. */
  readonly recoveryLeft: number
}

/** Whether a user can sign in. */
export const ACCOUNT_STATES = ['none', 'invited', 'active'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

/** Characters of a password. */
export const PASSWORD_LENGTH = { least: 8, most: 200 } as const
