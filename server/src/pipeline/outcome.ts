/*
 * What one attempt came to, twice: a verdict on the message, and one on the destination or channel it went through.
 * The two are separate because they answer different questions ("what becomes of this message?" and "may the next one
 * be tried?"), as in Postfix's queue manager. Retrying, disabling and breaking circuits derive from here and nowhere else.
 */

/** Why an attempt did not deliver. The same words stand in the store, log, metrics, API and console. */
export type FailureReason =
  | 'unreachable_host' // no connection: refused, reset, name not found
  | 'timeout' // the deadline passed without an answer
  | 'tls' // certificate or handshake
  | 'throttled' // told to wait: 429, 421, greylisting
  | 'provider_error' // 5xx and their kin: their fault, later may do
  | 'quota' // a daily allowance is used up
  | 'unauthorized' // token or password refused
  | 'forbidden' // the channel may not write there: kicked, no rights
  | 'blocked' // the person shut us out: bot blocked, account deactivated
  | 'no_such_destination' // unknown chat, mailbox, user, 404, 410
  | 'no_device' // none of the person's browsers takes messages any more
  | 'moved' // the destination has another address now
  | 'mailbox_full'
  | 'refused_content' // the message itself was refused: too long, spam, not parsed
  | 'edit_gone' // the earlier message cannot be edited any more
  | 'misconfigured' // a setting is wrong or missing
  | 'private_address' // a webhook that resolves to an address it may not call
  | 'cancelled' // the process is stopping
  | 'internal' // a bug of ours

/** The verdict on what the message went to or through. */
export interface Health {
  /** The one destination, or the whole channel (bot, mail server, receiver). */
  readonly of: 'destination' | 'channel'
  /** fine: go on. throttled: wait. down: nothing gets through, probe. invalid: disabled until somebody mends it. */
  readonly state: 'fine' | 'throttled' | 'down' | 'invalid'
}

interface Failure {
  readonly reason: FailureReason
  /** What the other side said, for people; never a secret. */
  readonly detail: string
  readonly health: Health
}

export type Outcome =
  | {
      readonly verdict: 'sent'
      /** The provider's ids of what was sent, first part first; kept per incident and destination. */
      readonly messageIds?: readonly string[]
      /** What people should know although it was sent: `plain_text` after a parse error, `repeat` of a possible first. */
      readonly note?: string
      /** The address it really went to, when the destination had moved. */
      readonly movedTo?: Address
    }
  | (Failure & {
      readonly verdict: 'deferred'
      readonly retryAfterMs?: number
      /** Bytes of the body had left: the message may have arrived, and a retry may repeat it. */
      readonly ambiguous?: boolean
    })
  | (Failure & { readonly verdict: 'rejected' })

/** Where a channel delivers; flat and small, its canonical JSON is the key of a destination. */
export interface Address {
  readonly [field: string]: string | number | boolean
}

const FINE: Health = { of: 'channel', state: 'fine' }

/** The message has arrived as far as the provider tells. */
export const sent = (messageIds: readonly string[] = [], note?: string): Outcome =>
  note === undefined ? { verdict: 'sent', messageIds } : { verdict: 'sent', messageIds, note }

/** Later may do. */
export const deferred = (
  reason: FailureReason,
  detail: string,
  health: Health,
  more: { retryAfterMs?: number; ambiguous?: boolean } = {},
): Outcome => ({ verdict: 'deferred', reason, detail, health, ...more })

/** Never retried: goes to the fallback, or to the dead letters. */
export const rejected = (reason: FailureReason, detail: string, health: Health = FINE): Outcome => ({
  verdict: 'rejected',
  reason,
  detail,
  health,
})

/** What the attempt says of the way it took. */
export const healthOf = (outcome: Outcome): Health => (outcome.verdict === 'sent' ? FINE : outcome.health)
