import type { Told } from './messages.ts'

declare const self: ServiceWorkerGlobalScope

/** `pushsubscriptionchange`; the libraries of types do not have all of it. */
type Change = Event & {
  readonly oldSubscription?: PushSubscription | null
  readonly newSubscription?: PushSubscription | null
}

/**
 * The browser has withdrawn the address of this device: the server gets the next one in its place. Few browsers tell of it,
 * and the session may have ended, so the console looks at every start as well (data/push.ts).
 */
export async function resubscribe(event: Event): Promise<void> {
  const { oldSubscription, newSubscription } = event as Change
  const key = oldSubscription?.options.applicationServerKey ?? null
  const subscription =
    newSubscription ??
    (key === null
      ? null
      : await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }))
  if (subscription === null) return
  const { endpoint, keys } = subscription.toJSON()
  await fetch('/api/v1/devices', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      endpoint,
      keys,
      ...(oldSubscription == null ? {} : { replaces: oldSubscription.endpoint }),
    }),
  })
  const told: Told = { kind: 'subscribed' }
  for (const window of await self.clients.matchAll({ type: 'window' })) window.postMessage(told)
}
