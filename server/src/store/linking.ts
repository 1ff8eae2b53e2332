/*
 * The part of the port about codes by which people link a chat with a bot. Of the installation: a bot may be lent to several
 * workspaces, and a code is looked up before anybody knows whose it is. Times are milliseconds since 1970; codes come hashed.
 */

/** A code that somebody was given to send to a bot. */
export interface LinkingCode {
  /** SHA-256 of the code. */
  readonly hash: Uint8Array
  readonly workspace: number
  /** Id of the person's card. */
  readonly card: number
  /** Id of the channel that leads to the bot. */
  readonly channel: number
  readonly madeAt: number
  readonly expiresAt: number
  /** When a chat was linked by it, or it was taken out of use; null: it was not. */
  readonly usedAt: number | null
  /** The chat that was linked by it; null: none. */
  readonly chat: string | null
}

/** A code without its secret: the one a person was given last. */
export type GivenCode = Pick<LinkingCode, 'channel' | 'expiresAt' | 'usedAt' | 'chat'>

/** What is past its end for longer than this is forgotten: until then whoever sends it is told that it has expired. */
export const FORGOTTEN_AFTER_MS = 86_400_000

/** Codes: one a person and channel. */
export interface LinkingStore {
  /** Gives a code; the one before for the same person and channel is good for nothing from then on. */
  addLinkingCode(code: Omit<LinkingCode, 'usedAt' | 'chat'>): Promise<void>
  /** Used and expired ones as well, as long as they are known. */
  linkingCode(hash: Uint8Array): Promise<LinkingCode | undefined>
  /** The codes somebody was given last, one a channel. */
  linkingCodesOf(workspace: number, card: number): Promise<readonly GivenCode[]>
  /** Ends a code with the chat that it has linked, or with none; false: it had ended before. */
  endLinkingCode(workspace: number, hash: Uint8Array, chat: string | null, now: number): Promise<boolean>
}
