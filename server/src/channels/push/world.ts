import type { PushedTo } from './payload.ts'
import type { VapidKeys } from './vapid.ts'

/** A browser of a person, as the push channel needs it. */
export interface PushDevice {
  readonly id: string
  /** As its person calls it: «Chrome on Windows». */
  readonly title: string
  readonly endpoint: string
  /** base64url, both. */
  readonly p256dh: string
  readonly auth: string
}

/** Somebody with all devices. */
export type PushReach = Omit<PushedTo, 'login'> & { readonly devices: readonly PushDevice[] }

/** What the push channel is given besides: people's devices are in our store. */
export interface PushWorld {
  readonly keys: VapidKeys
  /** Whom a push service may write to about us: https: or mailto:. */
  readonly subject: () => string
  /** Push services that are allowed besides the known ones (NABAT_PUSH_HOSTS). */
  readonly hosts: readonly string[]
  reach(login: string): Promise<PushReach>
  /** The browsers have withdrawn these: they are removed. Never rejects. */
  gone(login: string, devices: readonly string[]): Promise<void>
}
