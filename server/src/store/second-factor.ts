/*
 * The part of the port about the second factor of accounts. Of the installation. Times are milliseconds since 1970; the
 * secret comes sealed, recovery codes come hashed.
 */

/** The second factor of an account. */
export interface SecondFactorRow {
  /** Sealed. */
  readonly secret: Uint8Array
  /** Since when it is asked for; null: begun, and not confirmed by a code yet. */
  readonly since: number | null
  /** SHA-256 (hex) of the recovery codes that are left. */
  readonly recovery: readonly string[]
}

/** Second factors; each of its writes happens once, however many ask for it at the same time. */
export interface SecondFactorStore {
  secondFactor(account: number): Promise<SecondFactorRow | undefined>
  /** Begins, in place of what was begun and never confirmed; false: there is one that is confirmed. */
  beginSecondFactor(account: number, secret: Uint8Array): Promise<boolean>
  /** Confirms what was begun by the code of a step; false: nothing has been begun, or it is confirmed already. */
  confirmSecondFactor(account: number, step: number, recovery: readonly string[], at: number): Promise<boolean>
  /** Uses the code of a step; false: it, or a later one, was used. */
  useStep(account: number, step: number): Promise<boolean>
  /** Uses a recovery code; false: there is no such code, or it was used. */
  useRecoveryCode(account: number, hash: string): Promise<boolean>
  /** Puts new recovery codes in the place of those that are left. */
  setRecoveryCodes(account: number, hashes: readonly string[]): Promise<void>
  /** It is not asked for any more; false: there was none. */
  removeSecondFactor(account: number): Promise<boolean>
}
