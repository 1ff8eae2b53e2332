import { noticeOf, notificationIn, severityOf } from './notice.ts'

declare const self: ServiceWorkerGlobalScope

/** Shows a push message, whatever it is, and puts the number of what is unread on the icon of the application. */
export async function pushed(text: string | undefined): Promise<void> {
  const tag = notificationIn(text).notification['tag']
  const [windows, same] = await Promise.all([
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }),
    typeof tag === 'string' && tag !== '' ? self.registration.getNotifications({ tag }) : [],
  ])
  const watched = windows.some(({ focused, visibilityState }) => focused && visibilityState === 'visible')
  const shown = same[0] === undefined ? undefined : severityOf(same[0].data)
  const { title, options, badge } = noticeOf(text, { shown, watched })
  await self.registration.showNotification(title, options as NotificationOptions)
  await setBadge(badge)
}

/** Not every browser has an icon to put a number on. */
async function setBadge(count: number | null): Promise<void> {
  if (count === null || !('setAppBadge' in navigator)) return
  await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined)
}
