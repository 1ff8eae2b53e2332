import { createHash } from 'node:crypto'
import type { Clock, Random } from '../clock.ts'
import type { KnownSession, NewSession, SessionRow } from '../store/access.ts'
import type { Store } from '../store/store.ts'

const DAY_MS = 86_400_000
/** A session ends when it was not used for so long, */
const UNUSED_MS = 30 * DAY_MS
/** or after so long, used or not. */
const LONGEST_MS = 90 * DAY_MS
export const SESSION_SECONDS = LONGEST_MS / 1_000
/** What is known of a session is believed for so long; what ends it here, or is told by other nodes, is known at once. */
const BELIEVED_MS = 5_000
/** That it was seen is written so often. */
const NOTE_SEEN_MS = 300_000
const MOST_KEPT = 10_000
const AGENT_LENGTH = 300

/** When a session ends that was seen last at this time. */
export const sessionEnd = (signedInAt: number, seenAt: number): number =>
  Math.min(seenAt + UNUSED_MS, signedInAt + LONGEST_MS)

/** SHA-256: tokens are random, so nothing slower is needed. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Where somebody sits: an IP address, a User-Agent. */
export interface Seat {
  readonly address: string | null
  readonly agent: string | null
}

/** Sessions of people who have signed in, known by a token in a cookie. */
export class Sessions {
  readonly #store: Store
  readonly #clock: Clock
  readonly #random: Random
  /** By the hash of the token. */
  readonly #known = new Map<string, { known: KnownSession; readonly at: number }>()

  constructor(store: Store, clock: Clock, random: Random) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  /** A new token and the session it stands for, to be written. */
  fresh(workspace: number, { address, agent }: Seat): { readonly token: string; readonly session: NewSession } {
    const token = this.#random.bytes(32).toString('base64url')
    const now = this.#clock.now()
    const session = {
      hash: tokenHash(token),
      id: this.#random.bytes(9).toString('base64url'),
      workspace,
      signedInAt: now,
      expiresAt: sessionEnd(now, now),
      address,
      agent: agent?.slice(0, AGENT_LENGTH) ?? null,
    }
    return { token, session }
  }

  /** The session of a token, undefined when there is none any more. */
  async find(token: string, seat: Seat): Promise<KnownSession | undefined> {
    const hash = tokenHash(token)
    const key = hash.toString('base64')
    const now = this.#clock.now()
    const kept = this.#known.get(key)
    if (kept !== undefined && now - kept.at < BELIEVED_MS && now < kept.known.session.expiresAt) return kept.known
    this.#known.delete(key)
    const known = await this.#store.session(hash, now)
    if (known === undefined || known.account.disabledAt !== null) return undefined
    this.#keep(key, known, now)
    if (now - known.session.seenAt >= NOTE_SEEN_MS) await this.#seen(hash, known.session, seat, now)
    return known
  }

  async #seen(hash: Buffer, session: SessionRow, { address, agent }: Seat, now: number): Promise<void> {
    const expiresAt = sessionEnd(session.signedInAt, now)
    await this.#store
      .touchSession(hash, { seenAt: now, expiresAt, address, agent: agent?.slice(0, AGENT_LENGTH) ?? null })
      // That somebody was here is of no use to him: a store that takes no writes must not keep him from looking.
      .catch(() => {})
  }

  #keep(key: string, known: KnownSession, at: number): void {
    this.#known.set(key, { known, at })
    if (this.#known.size <= MOST_KEPT) return
    const [oldest] = this.#known.keys()
    this.#known.delete(oldest!)
  }

  /** Sessions of an account, the one seen last first. */
  list(account: number): Promise<readonly SessionRow[]> {
    return this.#store.sessionsOf(account, this.#clock.now())
  }

  /** Looks at another workspace from now on. */
  async switchTo(session: SessionRow, workspace: number): Promise<void> {
    await this.#store.switchWorkspace(session.account, session.id, workspace)
    this.forget(session.account)
  }

  /** Ends one session of an account, or all but one; how many. */
  async end(account: number, which: Parameters<Store['endSessions']>[1]): Promise<number> {
    const ended = await this.#store.endSessions(account, which)
    this.forget(account)
    return ended
  }

  /** Looks anew at what there is of an account; of all when none is named. */
  forget(account?: number): void {
    if (account === undefined) return this.#known.clear()
    for (const [key, { known }] of this.#known) if (known.account.id === account) this.#known.delete(key)
  }
}
