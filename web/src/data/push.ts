import type { Session } from '@nabat/api/session.ts'
import { call } from './api.ts'
import {
  deviceStateOf,
  remember,
  remembered,
  tellingOf,
  type DeviceState,
  type Surroundings,
  type Told,
} from './push-state.ts'
import { registration } from './worker.ts'

/*
 * Push messages to this browser: subscribing it, and telling the server.
 */

/** A browser of one's own that takes push messages. */
export interface Device {
  readonly id: string
  readonly title: string
  /** User-Agent. */
  readonly agent: string | null
  /** RFC 3339. */
  readonly addedAt: string
  /** When it was last here, RFC 3339. */
  readonly usedAt: string
  /** Host of its push service. */
  readonly endpointHost: string
}

/** The push service of the browser's vendor must answer within this time, milliseconds. */
const SUBSCRIBE_MS = 20_000

/** The browser did not subscribe: its vendor's push service was not reached, or it has none. */
export class NotSubscribed extends Error {
  override readonly name = 'NotSubscribed'
}

const seatOf = ({ account, workspace }: Session): string => `${account.id}/${workspace.name}`

/** Whether a word of the browser has been given; `denied` where it knows none. */
export const permissionNow = (): NotificationPermission =>
  'Notification' in globalThis ? Notification.permission : 'denied'

/** What this device has told the server for this account here. */
export const toldHere = (session: Session): Told | undefined => remembered().told[seatOf(session)]

const isIos = (): boolean =>
  /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)

async function surroundings(subscribed: boolean): Promise<Surroundings> {
  return {
    secure: window.isSecureContext,
    able: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
    ios: isIos(),
    standalone: matchMedia('(display-mode: standalone)').matches,
    worker: (await registration()) !== undefined,
    permission: permissionNow(),
    subscribed,
  }
}

/** What can be said of this device; `known`: ids of the devices the server has. */
export async function stateOf(session: Session, known: ReadonlySet<string>): Promise<DeviceState> {
  const told = toldHere(session)
  const here = await (await registration())?.pushManager?.getSubscription()
  const subscribed = told !== undefined && told.endpoint === here?.endpoint && known.has(told.device)
  return deviceStateOf(await surroundings(subscribed))
}

const bytesOf = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))

const isSame = (one: ArrayBuffer | null, other: Uint8Array): boolean =>
  one !== null && one.byteLength === other.length && new Uint8Array(one).every((byte, index) => byte === other[index])

/** The subscription of this browser for the server's key; another key, after a move of the server, makes it anew. */
async function subscribed(): Promise<PushSubscription> {
  const { publicKey } = await call<{ publicKey: string }>('GET', '/push')
  const key = bytesOf(publicKey)
  const worker = await registration()
  if (worker === undefined) throw new NotSubscribed('there is no worker')
  const kept = await worker.pushManager.getSubscription()
  if (kept !== null && isSame(kept.options.applicationServerKey, key)) return kept
  await kept?.unsubscribe()
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new NotSubscribed('the push service does not answer')), SUBSCRIBE_MS)
  })
  const asked = navigator.serviceWorker.ready
    .then(({ pushManager }) => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }))
    .catch((error: unknown) => {
      throw new NotSubscribed(error instanceof Error ? error.message : String(error))
    })
  return Promise.race([asked, late])
}

/** Tells the server of this browser, in place of what it knew of it. */
async function tell(session: Session, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON()
  const before = toldHere(session)?.endpoint
  const replaces = before === undefined || before === endpoint ? {} : { replaces: before }
  const { id } = await call<Device>('POST', '/devices', { body: { endpoint, keys, ...replaces } })
  const told = { device: id, endpoint: subscription.endpoint, signedInAt: session.signedInAt, at: Date.now() }
  remember((memory) => ({
    ...memory,
    told: { ...memory.told, [seatOf(session)]: told },
    off: memory.off.filter((account) => account !== session.account.id),
  }))
}

/**
 * At the start of the console: where the browser lets us already, this device is subscribed without a question, and what has
 * changed of it is told. Says whether the server was told anything.
 */
export async function keepSubscribed(session: Session): Promise<boolean> {
  const worker = await registration()
  const { off } = remembered()
  if (session.user === null || worker === undefined || permissionNow() !== 'granted') return false
  if (off.includes(session.account.id)) return false
  const subscription = await subscribed()
  const last = toldHere(session)
  const { signedInAt } = session
  const telling = tellingOf(last, { endpoint: subscription.endpoint, signedInAt, at: Date.now() })
  if (telling === 'nothing') return false
  if (telling === 'used') {
    const { items } = await call<{ items: Device[] }>('GET', '/devices')
    // Switched off from another device: it stays so.
    if (!items.some(({ id }) => id === last?.device)) return false
  }
  await tell(session, subscription)
  return true
}

/**
 * Asks the browser, if it has not been asked, and subscribes this device. Resolves to what the person has answered; to be called
 * from a click, or browsers refuse. Throws `NotSubscribed`, or what the server says.
 */
export async function switchOn(session: Session): Promise<NotificationPermission> {
  const permission = await Notification.requestPermission()
  if (permission === 'granted') await tell(session, await subscribed())
  return permission
}

/** No messages to this device any more, also after the next start. */
export async function switchOff(session: Session, device: string): Promise<void> {
  const isHere = toldHere(session)?.device === device
  await call<void>('DELETE', `/devices/${device}`)
  if (!isHere) return
  remember((memory) => ({ ...memory, off: [...memory.off, session.account.id] }))
  const here = await (await registration())?.pushManager.getSubscription()
  await here?.unsubscribe()
}

/** “Not now”: nobody asks again for a while. */
export function refuse({ account }: Session): void {
  remember((memory) => ({ ...memory, refused: { ...memory.refused, [account.id]: Date.now() } }))
}
