/*
 * What is shown of a push message. The server sends declarative web push (`web_push: 8030`), which some browsers show by
 * themselves; the others are shown the same by this worker.
 */

const SEVERITIES = ['info', 'warning', 'critical'] as const
type Severity = (typeof SEVERITIES)[number]

/** What travels with a notification, and comes back with a click on it. */
export interface NoticeData {
  /** Where a click leads: an address, or a path of the console. */
  readonly navigate: string
  readonly delivery: string | null
  readonly severity: Severity
}

/** A notification as browsers show it, and the number on the icon of the application; null leaves that as it is. */
export interface Notice {
  readonly title: string
  readonly options: NotificationOptions & {
    readonly renotify?: boolean
    readonly timestamp?: number
    readonly actions?: readonly { readonly action: string; readonly title: string }[]
    readonly data: NoticeData
  }
  readonly badge: number | null
}

/** What is there when the message comes. */
export interface Around {
  /** Severity of the notification with the same tag that is shown now; undefined without one. */
  readonly shown: Severity | undefined
  /** Somebody looks at the console: it shows what is new by itself, so that nothing need ring. */
  readonly watched: boolean
}

const ICON = '/icon-192.png'
const BADGE = '/badge.png'
const WORDS = {
  ru: { title: 'Набат', body: 'Есть новое. Откройте, чтобы посмотреть.', open: 'Открыть' },
  en: { title: 'Nabat', body: 'There is something new. Open it to see what.', open: 'Open' },
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const partOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

/** The notification of a message as it was sent, or `{}` for one that is none: something is still shown. */
export function notificationIn(text: string | undefined): {
  readonly notification: Readonly<Record<string, unknown>>
  readonly badge: number | null
} {
  try {
    const message = partOf(JSON.parse(text ?? ''))
    const badge = message['app_badge']
    return { notification: partOf(message['notification']), badge: typeof badge === 'number' ? badge : null }
  } catch {
    return { notification: {}, badge: null }
  }
}

/** How grave what a notification tells is; unknown is the least. */
export const severityOf = (data: unknown): Severity =>
  SEVERITIES.find((each) => each === partOf(data)['severity']) ?? 'info'

/**
 * What is shown. One of a tag takes the place of the one before it, quietly, and is heard again when it is graver than that.
 * Browsers demand that every message be shown, so it is even to somebody who looks at the console, but makes no sound.
 */
export function noticeOf(text: string | undefined, { shown, watched }: Around): Notice {
  const { notification, badge } = notificationIn(text)
  const data = partOf(notification['data'])
  const severity = severityOf(data)
  const lang = notification['lang'] === 'en' ? 'en' : 'ru'
  const says = WORDS[lang]
  const tag = textOf(notification['tag'])
  const silent = watched || notification['silent'] === true
  const at = Number(notification['timestamp'])
  return {
    title: textOf(notification['title']) ?? says.title,
    options: {
      body: textOf(notification['body']) ?? (textOf(notification['title']) === undefined ? says.body : ''),
      lang,
      icon: ICON,
      badge: BADGE,
      silent,
      requireInteraction: notification['requireInteraction'] === true,
      actions: [{ action: 'open', title: says.open }],
      ...(tag === undefined ? {} : { tag, renotify: !silent && isGraver(severity, shown) }),
      ...(Number.isFinite(at) && at > 0 ? { timestamp: at } : {}),
      data: {
        navigate: textOf(notification['navigate']) ?? '/',
        delivery: textOf(data['delivery']) ?? null,
        severity,
      },
    },
    badge,
  }
}

const isGraver = (now: Severity, before: Severity | undefined): boolean =>
  before !== undefined && SEVERITIES.indexOf(now) > SEVERITIES.indexOf(before)

/**
 * The path of the console that an address of a notification leads to. Its host is left out: the server names the one people
 * use as it was set up, and this device may know it by another.
 */
export function pathTo(navigate: string, origin: string): string {
  try {
    const { pathname, search, hash, protocol } = new URL(navigate, origin)
    return /^https?:$/.test(protocol) ? `${pathname}${search}${hash}` : '/'
  } catch {
    return '/'
  }
}
