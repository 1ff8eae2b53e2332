import type { Told } from './messages.ts'
import { pathTo, type NoticeData } from './notice.ts'
import { within } from './within.ts'

declare const self: ServiceWorkerGlobalScope

/** A window that does not answer by then is opened anew at the address, milliseconds. */
const ANSWER_MS = 1_000

/**
 * A click on a notification: a window of the console that is open comes to the front and goes there, else one opens; the
 * server is told that the message was read.
 */
export async function clicked(notification: Notification): Promise<void> {
  notification.close()
  const { navigate, delivery } = notification.data as NoticeData
  await Promise.all([open(pathTo(navigate, self.location.origin)), tell(delivery)])
}

async function open(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const rank = ({ focused, visibilityState }: WindowClient): number =>
    focused ? 0 : visibilityState === 'visible' ? 1 : 2
  const [nearest] = windows.toSorted((one, other) => rank(one) - rank(other))
  if (nearest === undefined) {
    await self.clients.openWindow(path)
    return
  }
  // Asked for at once: browsers let a click bring a window to the front for a moment only.
  await Promise.all([nearest.focus().catch(() => undefined), lead(nearest, path)])
}

/** The console goes there by itself, so that a form that is not saved is asked about; one that does not answer is led. */
async function lead(window: WindowClient, path: string): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const answered = new Promise<void>((resolve) => {
    port1.addEventListener('message', () => resolve())
    port1.start()
  })
  const told: Told = { kind: 'go', path }
  window.postMessage(told, [port2])
  await within(answered, ANSWER_MS).catch(() => window.navigate(path).catch(() => self.clients.openWindow(path)))
}

/** What is not told now is not told later: the inbox shows it as unread, which is no harm. */
async function tell(delivery: string | null): Promise<void> {
  if (delivery === null) return
  await fetch('/api/v1/push/clicked', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ delivery }),
  }).catch(() => undefined)
}
