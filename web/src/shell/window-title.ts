import { say } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

let page = ''
let unread = 0

const draw = (): void => {
  if (page !== '') document.title = `${unread > 0 ? `(${unread}) ` : ''}${page} · ${say(shellWords, 'nabat')}`
}

/** What the page is called in the title of the window. */
export function titlePage(title: string): void {
  page = title
  draw()
}

/** How many unread messages the title of the window, and the sign of the installed application, tell of. */
export function titleUnread(count: number): void {
  unread = count
  draw()
  const { setAppBadge } = navigator as Partial<Pick<Navigator, 'setAppBadge'>>
  // Browsers that know it refuse it where the application is not installed.
  void setAppBadge?.call(navigator, count).catch(() => undefined)
}
