/*
 * Whether this browser can show notifications, and what is remembered of it on this device.
 */

/** What can be said of this device. */
export type DeviceState =
  /** It takes push messages. */
  | 'on'
  /** It could. */
  | 'off'
  /** The person has refused, or the owner of the browser. */
  | 'blocked'
  /** The console was opened without HTTPS. */
  | 'insecure'
  /** An iPhone or iPad, where only what is on the home screen may. */
  | 'homeScreen'
  /** The browser keeps nothing in this window, as private ones do. */
  | 'private'
  | 'tooOld'

/** What decides it. */
export interface Surroundings {
  readonly secure: boolean
  /** The browser knows service workers, push and notifications. */
  readonly able: boolean
  readonly ios: boolean
  /** Opened from the home screen, in a window of its own. */
  readonly standalone: boolean
  /** The console's worker is there. */
  readonly worker: boolean
  readonly permission: NotificationPermission
  /** It is subscribed, and the server knows. */
  readonly subscribed: boolean
}

/** What can be said of a device, by the first thing that stands in the way. */
export function deviceStateOf(around: Surroundings): DeviceState {
  const { secure, able, ios, standalone, worker, permission, subscribed } = around
  if (!secure) return 'insecure'
  if (!able) return ios && !standalone ? 'homeScreen' : 'tooOld'
  if (permission === 'denied') return 'blocked'
  if (!worker) return 'private'
  return permission === 'granted' && subscribed ? 'on' : 'off'
}

/** What this device has told the server last, in one workspace for one account. */
export interface Told {
  /** Id of the device there. */
  readonly device: string
  readonly endpoint: string
  /** The session it belongs to: the server forgets it with that. */
  readonly signedInAt: string
  /** When, milliseconds. */
  readonly at: number
}

/** What is remembered on this device. */
export interface Memory {
  /** By account and workspace. */
  readonly told: Readonly<Record<string, Told>>
  /** Accounts that want no messages here. */
  readonly off: readonly string[]
  /** When somebody said “not now”, milliseconds, by account. */
  readonly refused: Readonly<Record<string, number>>
}

const KEY = 'nabat-push'
const NOTHING: Memory = { told: {}, off: [], refused: {} }
const DAY_MS = 24 * 60 * 60_000
/** Whoever said “not now” is left alone for so long. */
const ASK_AGAIN_MS = 30 * DAY_MS
/** A device that is in use says so this often. */
const REPEAT_MS = DAY_MS / 2

/** What is remembered on this device; nothing where that cannot be read. */
export function remembered(): Memory {
  try {
    return { ...NOTHING, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Memory>) }
  } catch {
    return NOTHING
  }
}

/** Remembers something else from now on. */
export function remember(change: (before: Memory) => Memory): void {
  localStorage.setItem(KEY, JSON.stringify(change(remembered())))
}

/** Whether the person is asked now if they want notifications here. */
export function isOffered(
  state: DeviceState,
  permission: string,
  memory: Memory,
  account: string,
  now: number,
): boolean {
  if (state !== 'off' || permission !== 'default' || memory.off.includes(account)) return false
  return now - (memory.refused[account] ?? -ASK_AGAIN_MS) >= ASK_AGAIN_MS
}

/** What there is to tell the server at the start: something new, that it is still in use, or nothing. */
export function tellingOf(
  last: Told | undefined,
  now: { readonly endpoint: string | undefined; readonly signedInAt: string; readonly at: number },
): 'new' | 'used' | 'nothing' {
  if (last === undefined || last.endpoint !== now.endpoint || last.signedInAt !== now.signedInAt) return 'new'
  return now.at - last.at >= REPEAT_MS ? 'used' : 'nothing'
}
