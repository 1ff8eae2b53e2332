/*
 * The second factor: a code that an application on the phone makes from a shared secret and the clock (TOTP, RFC 6238), or
 * one of ten recovery codes for when the phone is gone.
 */
import { createHash } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Clock, Random } from '../clock.ts'
import type { SecretBox } from '../configuration/secret-box.ts'
import type { AccountRow } from '../store/access.ts'
import type { SecondFactorRow } from '../store/second-factor.ts'
import type { Store } from '../store/store.ts'

/** Bytes of a secret: as long as the hash, https://www.rfc-editor.org/rfc/rfc4226#section-4. */
const SECRET_BYTES = 20
/** What every application understands, https://github.com/google/google-authenticator/wiki/Key-Uri-Format. */
const KIND = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** A clock may be wrong by so many steps, either way. */
const WINDOW = 1
const RECOVERY_CODES = 10
/** Without those that are taken for others: 32 of them, so that each byte stands for one as often as for another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const RECOVERY_LENGTH = 10

/** How the second factor of an account stands. */
export interface SecondFactorState {
  /** Null: it is not asked for. */
  readonly since: number | null
  readonly recoveryLeft: number
}

/** What an account is asked for beside its password, and whether that was right. `off`: nothing more. */
export type Checked = 'off' | 'right' | 'wanted' | 'wrong'

/** Whom a code of the application is for: the step of 30 seconds it is the code of, null when of none around now. */
export function stepOf(secret: string, code: string, now: number): number | null {
  const bare = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(bare)) return null
  const delta = new TOTP({ ...KIND, secret: Secret.fromBase32(secret) }).validate({
    ...{ token: bare, timestamp: now, window: WINDOW },
  })
  return delta === null ? null : Math.floor(now / 1000 / KIND.period) + delta
}

/** As it is stored; however it is typed: capitals, spaces and dashes do not matter. */
const recoveryHash = (code: string): string =>
  createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest('hex')

/** Second factors of accounts. */
export class SecondFactors {
  readonly #store: Store
  readonly #box: SecretBox
  readonly #clock: Clock
  readonly #random: Random

  constructor(store: Store, box: SecretBox, clock: Clock, random: Random) {
    this.#store = store
    this.#box = box
    this.#clock = clock
    this.#random = random
  }

  /** How it stands with an account. */
  async state(account: number): Promise<SecondFactorState> {
    const row = await this.#on(account)
    return { since: row?.since ?? null, recoveryLeft: row?.recovery.length ?? 0 }
  }

  /**
   * Begins: a new secret, as people type it and as the application reads it from a picture. It counts once a code has
   * confirmed it. `on`: there is one already.
   */
  async begin({ id, login }: AccountRow, issuer: string): Promise<{ secret: string; uri: string } | 'on'> {
    const bytes = Uint8Array.from(this.#random.bytes(SECRET_BYTES))
    const secret = new Secret({ buffer: bytes.buffer })
    if (!(await this.#store.beginSecondFactor(id, this.#box.seal(secret.base32)))) return 'on'
    return { secret: secret.base32, uri: new TOTP({ ...KIND, issuer, label: login, secret }).toString() }
  }

  /** Confirms by a code of the application; the recovery codes, which nobody is shown again, or `wrong`. */
  async confirm(account: number, code: string): Promise<readonly string[] | 'wrong'> {
    const row = await this.#store.secondFactor(account)
    if (row === undefined || row.since !== null) return 'wrong'
    const now = this.#clock.now()
    const step = stepOf(this.#box.open(row.secret), code, now)
    if (step === null) return 'wrong'
    const codes = this.#recoveryCodes()
    const confirmed = await this.#store.confirmSecondFactor(account, step, codes.map(recoveryHash), now)
    return confirmed ? codes : 'wrong'
  }

  /** Whether somebody who knows the password may enter, with a code of the application or a recovery code. Used ones are spent. */
  async check(account: number, code: string | undefined): Promise<Checked> {
    const row = await this.#on(account)
    if (row === undefined) return 'off'
    if (code === undefined) return 'wanted'
    const step = stepOf(this.#box.open(row.secret), code, this.#clock.now())
    const right =
      step === null
        ? await this.#store.useRecoveryCode(account, recoveryHash(code))
        : await this.#store.useStep(account, step)
    return right ? 'right' : 'wrong'
  }

  /** New recovery codes; those before are good for nothing. */
  async renewRecovery(account: number): Promise<readonly string[]> {
    const codes = this.#recoveryCodes()
    await this.#store.setRecoveryCodes(account, codes.map(recoveryHash))
    return codes
  }

  /** It is not asked for any more; false: it was not before. */
  remove(account: number): Promise<boolean> {
    return this.#store.removeSecondFactor(account)
  }

  async #on(account: number): Promise<SecondFactorRow | undefined> {
    const row = await this.#store.secondFactor(account)
    return row === undefined || row.since === null ? undefined : row
  }

  #recoveryCodes(): string[] {
    return Array.from({ length: RECOVERY_CODES }, () => {
      const letters = [...this.#random.bytes(RECOVERY_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]!).join('')
      return `${letters.slice(0, 5)}-${letters.slice(5)}`
    })
  }
}
