import type { Clock } from '../clock.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { AccountRow, KnownSession, Membership } from '../store/access.ts'
import type { Store } from '../store/store.ts'
import { foldName } from './names.ts'
import { workspacesOf } from './member.ts'
import { passwordProblem, PasswordsBusy, type Passwords } from './passwords.ts'
import type { SecondFactors } from './second-factor.ts'
import { tokenHash, type Seat, type Sessions } from './sessions.ts'
import { triesOf, type SlowDown } from './slow-down.ts'
import type { Problem } from '@nabat/api/text.ts'

/** Why somebody was not let in. `unknown`: login or password are wrong, which of them is not told. */
export type Refused =
  | { readonly refused: 'unknown' }
  | { readonly refused: 'slow'; readonly seconds: number }
  /** The password was right, and there is no workspace he may enter. */
  | { readonly refused: 'nowhere' }
  /** The password was right: the code of the second factor is missing, or wrong. */
  | { readonly refused: 'code'; readonly given: boolean }

/** Somebody has signed in; the token is for his cookie alone. */
export interface SignedIn {
  readonly token: string
  readonly known: KnownSession
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly workspaces: Workspaces
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly slowDown: SlowDown
  readonly secondFactors: SecondFactors
}

const WANTED: Refused = { refused: 'code', given: false }

/** Signing in, and whatever else asks for a password. */
export class SignIn {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** With a login or an e-mail address; `code`: of the second factor, where there is one. */
  async with(login: string, password: string, seat: Seat, code?: string): Promise<SignedIn | Refused> {
    const { store } = this.#parts
    const keys = triesOf(login, seat.address)
    const seconds = this.#parts.slowDown.begin(keys)
    if (seconds > 0) return { refused: 'slow', seconds }
    const found = await store.accountByName(foldName(login))
    const account = found?.disabledAt === null ? found : undefined
    const refused = (await this.#compare(account, password, keys)) ?? (await this.second(account!, code, seat))
    if (refused !== undefined) return refused
    const memberships = await store.memberships(account!.id)
    const view = await this.startsAt(account!, memberships)
    return view === undefined ? { refused: 'nowhere' } : this.#begin(account!, memberships, view, seat)
  }

  /** Whether it is the password of an account; guessing is slowed down as at signing in. */
  async confirm(account: AccountRow, password: string, seat: Seat): Promise<Refused | undefined> {
    const keys = triesOf(account.login, seat.address)
    const seconds = this.#parts.slowDown.begin(keys)
    if (seconds > 0) return { refused: 'slow', seconds }
    return this.#compare(account, password, keys)
  }

  /** Asks for the second factor, where an account has one; guessing is slowed down by itself. */
  async second({ id, login }: AccountRow, code: string | undefined, seat: Seat): Promise<Refused | undefined> {
    const { secondFactors, slowDown, store, clock } = this.#parts
    // No try: or an empty one, between two guesses, would count as one that was right.
    if (code === undefined || code.trim() === '')
      return (await secondFactors.check(id, undefined)) === 'off' ? undefined : WANTED
    const keys = triesOf(`code ${login}`, seat.address && `code ${seat.address}`)
    const seconds = slowDown.begin(keys)
    if (seconds > 0) return { refused: 'slow', seconds }
    const checked = await secondFactors.check(id, code)
    if (checked === 'right' || checked === 'off') {
      slowDown.succeeded(keys)
      return undefined
    }
    store.tell({ kind: 'tried', of: keys, at: clock.now() })
    return { refused: 'code', given: true }
  }

  /** Changes a password; every session but this one ends. */
  async changePassword(
    { account, session }: KnownSession,
    current: string,
    wanted: string,
    seat: Seat,
  ): Promise<Refused | Problem | undefined> {
    const refused = await this.confirm(account, current, seat)
    if (refused !== undefined) return refused
    const wrong = passwordProblem(wanted, [account.login, account.email])
    if (wrong !== undefined) return wrong
    const { store, passwords, sessions } = this.#parts
    await store.setPassword(account.id, await passwords.hash(wanted), session.id)
    sessions.forget(account.id)
    return undefined
  }

  /** The workspace somebody begins in: where he was last, or the first he may enter and use; undefined: none. */
  async startsAt(account: AccountRow, memberships: readonly Membership[]): Promise<WorkspaceView | undefined> {
    const { workspaces, sessions } = this.#parts
    const may = workspacesOf({ account, memberships }, workspaces.all())
    const open = may.filter(({ closed }) => closed === null)
    const [last] = await sessions.list(account.id)
    return open.find(({ id }) => id === last?.workspace) ?? open[0] ?? may[0]
  }

  async #compare(account: AccountRow | undefined, password: string, keys: string[]): Promise<Refused | undefined> {
    const { store, passwords, slowDown, clock } = this.#parts
    try {
      if (!(await passwords.verify(password, account?.password ?? null))) {
        store.tell({ kind: 'tried', of: keys, at: clock.now() })
        return { refused: 'unknown' }
      }
      slowDown.succeeded(keys)
      if (account !== undefined && passwords.isOutdated(account.password))
        await store.rehash(account.id, account.password, await passwords.hash(password))
      return undefined
    } catch (error) {
      if (!(error instanceof PasswordsBusy)) throw error
      return { refused: 'slow', seconds: error.seconds }
    }
  }

  async #begin(
    account: AccountRow,
    memberships: readonly Membership[],
    view: WorkspaceView,
    seat: Seat,
  ): Promise<SignedIn> {
    const { store, sessions } = this.#parts
    const { token, session } = sessions.fresh(view.id, seat)
    await store.addSession({ ...session, account: account.id })
    const { hash: _hash, ...row } = session
    return { token, known: { session: { ...row, account: account.id, seenAt: row.signedInAt }, account, memberships } }
  }

  /** Who has just begun a session by another way, such as a link. */
  async begun(token: string): Promise<SignedIn> {
    const known = await this.#parts.store.session(tokenHash(token), this.#parts.clock.now())
    if (known === undefined) throw new Error('a session that was just written is not there')
    return { token, known }
  }
}
