/*
 * The part of the port about who may sign in: accounts of people, in which workspaces they are whom, their sessions, and
 * the links that are handed out. Of the installation. Times are milliseconds since 1970; tokens and passwords come hashed.
 */

export interface AccountRow {
  readonly id: number
  readonly login: string
  readonly email: string | null
  readonly name: string | null
  /** argon2id, as a PHC string. */
  readonly password: string
  /** Of the whole installation. */
  readonly operator: boolean
  readonly createdAt: number
  /** Null: may sign in. */
  readonly disabledAt: number | null
}

export type NewAccount = Pick<AccountRow, 'login' | 'email' | 'name' | 'password' | 'operator'> & {
  /** Login and e-mail address in their folded form: what it is found by. Nobody else may have any of them. */
  readonly names: readonly string[]
}

/** Whom an account is in a workspace: entity id of the user there. */
export interface Membership {
  readonly workspace: number
  readonly card: number
}

export interface SessionRow {
  /** What people see of it; the token is known as its hash alone. */
  readonly id: string
  readonly account: number
  /** The one that is looked at. */
  readonly workspace: number
  readonly signedInAt: number
  readonly seenAt: number
  readonly expiresAt: number
  readonly address: string | null
  readonly agent: string | null
}

export type NewSession = Omit<SessionRow, 'account' | 'seenAt'> & {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array
}

/** A session with whose it is, as of one moment. */
export interface KnownSession {
  readonly session: SessionRow
  readonly account: AccountRow
  readonly memberships: readonly Membership[]
}

/**
 * What a link lets do: make the first administrator, take up the account of a user, set a password anew. One that was
 * used is gone.
 */
export type LinkFor =
  | { readonly kind: 'setup' }
  | { readonly kind: 'invitation'; readonly workspace: number; readonly card: number }
  | { readonly kind: 'reset'; readonly account: number }

export interface LinkRow {
  readonly for: LinkFor
  readonly madeAt: number
  readonly expiresAt: number
}

/** Everything that using a link comes to, in one transaction. */
export interface LinkUse {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array
  readonly now: number
  /** Whose account it is from now on: a new one, or one there is, with what changes of it (null: stays). */
  readonly account:
    | NewAccount
    | { readonly id: number; readonly password: string | null; readonly operator: true | null }
  readonly member: Membership | null
  readonly session: NewSession
  /** Every other session of the account ends. */
  readonly endOthers: boolean
}

/** Whom a user's card belongs to, or until when an invitation to it stands. */
export interface CardAccess {
  readonly card: number
  readonly account: number | null
  readonly invitedUntil: number | null
}

export interface AccessStore {
  /** The account of a login or an e-mail address in its folded form. */
  accountByName(name: string): Promise<AccountRow | undefined>
  account(id: number): Promise<AccountRow | undefined>
  memberships(account: number): Promise<readonly Membership[]>
  /** Whether there is an operator who may sign in. */
  hasOperator(): Promise<boolean>
  /** What is known of these users' cards; those without an account or an invitation are left out. */
  cardAccess(workspace: number, cards: readonly number[], now: number): Promise<readonly CardAccess[]>

  addSession(session: NewSession & { readonly account: number }): Promise<void>
  /** The session of a token that has not expired. */
  session(hash: Uint8Array, now: number): Promise<KnownSession | undefined>
  /** Sessions of an account that have not expired, the one seen last first. */
  sessionsOf(account: number, now: number): Promise<readonly SessionRow[]>
  touchSession(hash: Uint8Array, seen: Pick<SessionRow, 'seenAt' | 'expiresAt' | 'address' | 'agent'>): Promise<void>
  /** `session`: what people see of it. */
  switchWorkspace(account: number, session: string, workspace: number): Promise<void>
  /** Ends one session of an account, or all but one (null: all); how many. */
  endSessions(account: number, which: { readonly only: string } | { readonly except: string | null }): Promise<number>

  /** Sets a password; all other sessions of the account and its unused reset links end. */
  setPassword(account: number, password: string, keep: string | null): Promise<void>
  /** Writes the same password hashed anew, unless it has been changed meanwhile. */
  rehash(account: number, from: string, to: string): Promise<void>

  /** Adds a link; earlier invitations to the same card are good for nothing from then on. */
  addLink(hash: Uint8Array, link: LinkRow): Promise<void>
  /** A link that has neither been used nor expired. */
  link(hash: Uint8Array, now: number): Promise<LinkRow | undefined>
  /** When the last unused link of this kind was made for an account, undefined without one. */
  lastReset(account: number, now: number): Promise<number | undefined>
  /**
   * Uses a link: the account, its membership and session are written together with its end, and others for the same end
   * with it. The account's id; `gone`: used or expired meanwhile; `taken`: somebody else has the login, the e-mail
   * address or the card; then nothing has changed.
   */
  useLink(use: LinkUse): Promise<number | 'gone' | 'taken'>
  /** Forgets sessions and links that have expired. */
  forgetExpired(now: number): Promise<void>
}
