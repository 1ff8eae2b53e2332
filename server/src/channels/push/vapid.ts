import { createECDH } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as WebPush from 'web-push'
import type { Random } from '../../clock.ts'

const load = createRequire(import.meta.url)

/** The pair by which push services know this installation (RFC 8292); base64url. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** web-push, loaded with the first message: what nobody uses need not be read at the start. */
export const webPush = (): typeof WebPush => load('web-push') as typeof WebPush

/** A new pair. */
export function makeVapidKeys(random: Random): VapidKeys {
  const ecdh = createECDH('prime256v1')
  for (;;) {
    const secret = random.bytes(32)
    try {
      ecdh.setPrivateKey(secret)
    } catch {
      // One in four billion is no number of the curve.
      continue
    }
    return { publicKey: ecdh.getPublicKey('base64url'), privateKey: secret.toString('base64url') }
  }
}

/** Signing costs three times as much as encrypting a message, so it is done twice a day and origin; the RFC allows 24 h. */
const LASTS_MS = 12 * 3_600_000
const RENEW_MS = 3_600_000

/** The Authorization headers for push services, one an origin, signed anew before they expire. */
export class Signatures {
  readonly #keys: VapidKeys
  readonly #subject: () => string
  readonly #known = new Map<string, { readonly header: string; readonly until: number }>()

  /** `subject`: whom a push service may write to, https: or mailto:. */
  constructor(keys: VapidKeys, subject: () => string) {
    this.#keys = keys
    this.#subject = subject
  }

  /** `now`: milliseconds since 1970. */
  header(origin: string, now: number): string {
    const known = this.#known.get(origin)
    if (known !== undefined && known.until - now > RENEW_MS) return known.header
    const until = now + LASTS_MS
    const { publicKey, privateKey } = this.#keys
    const signed = webPush().getVapidHeaders(
      origin,
      this.#subject(),
      publicKey,
      privateKey,
      'aes128gcm',
      Math.floor(until / 1000),
    )
    this.#known.set(origin, { header: signed.Authorization, until })
    return signed.Authorization
  }

  /** The push service did not take it: the next message comes with a new one. */
  forget(origin: string): void {
    this.#known.delete(origin)
  }
}
