import { createHash } from 'node:crypto'
import { toPlain } from '../../render/markup.ts'
import type { Message, Shown } from '../channel.ts'

/*
 * What is pushed: the JSON of declarative web push, which Safari shows by itself and our service worker reads everywhere
 * else. https://webkit.org/blog/16535/meet-declarative-web-push/
 */

/** Bytes: Firefox for Android takes no more than 2,744, everybody else 3,993. */
export const LARGEST = 2_500
/** Bytes, after a push service said that it was too much. */
export const SMALL = 1_200
/** An address that is longer leads to the console instead. */
const LONGEST_ADDRESS = 500
const LONGEST_INCIDENT = 200

/** Whom it is for, and where. */
export interface PushedTo {
  readonly workspace: number
  readonly login: string
  /** Entries of the inbox that are not read. */
  readonly unread: number
  /** May look at events and incidents. */
  readonly seesEvents: boolean
  /** Where the console is, null when nobody said. */
  readonly publicUrl: string | null
}

/**
 * What a newer message takes the place of: the one about the same incident, or the same delivery once more. The push
 * service replaces by it what has not been fetched (RFC 8030, at most 32 characters), the browser what is shown.
 */
export const topicOf = ({ incident, deliveryId }: Message, { workspace, login }: PushedTo): string =>
  createHash('sha256')
    .update(JSON.stringify([workspace, login, incident === undefined ? { deliveryId } : incident.key]))
    .digest('base64url')
    .slice(0, 32)

/** The page a click opens; a path where nobody said where the console is. */
function pageOf({ links, incident, storedAs, deliveryId, gathered }: Message, to: PushedTo): string {
  const link = links[0]?.url
  if (link !== undefined && Buffer.byteLength(link) <= LONGEST_ADDRESS) return link
  const paths = !to.seesEvents
    ? []
    : gathered !== undefined
      ? [`/deliveries/${deliveryId}`]
      : [
          ...(incident === undefined ? [] : [`/incidents/${encodeURIComponent(incident.key)}`]),
          ...(storedAs === undefined ? [] : [`/events/${storedAs}`]),
        ]
  const path = paths.find((each) => each.length <= LONGEST_ADDRESS) ?? '/inbox'
  return `${to.publicUrl ?? ''}${path}`
}

/** The payload, `most` bytes of UTF-8 at most: the text is cut first, then the title. */
export function payloadOf(message: Message, to: PushedTo, most = LARGEST): string {
  const { incident, severity, event, language, silent, deliveryId } = message
  const time = Date.parse(String(event['time']))
  const key = incident !== undefined && incident.key.length <= LONGEST_INCIDENT ? incident.key : null
  const page = pageOf(message, to)
  const build = (title: string, body: string): string =>
    JSON.stringify({
      web_push: 8030,
      notification: {
        title,
        body,
        navigate: page,
        tag: topicOf(message, to),
        lang: language,
        silent,
        requireInteraction: severity === 'critical',
        ...(Number.isNaN(time) ? {} : { timestamp: time }),
        data: { delivery: deliveryId, incident: key, severity },
      },
      app_badge: to.unread,
    })
  const title = message.title === '' ? String(event['type']) : message.title
  const body = toPlain(message.text)
  const whole = build(title, body)
  if (Buffer.byteLength(whole) <= most) return whole
  // A short title stays whole, a long one leaves half of the room to the text.
  const head = longest(title, (cut) => Buffer.byteLength(build(cut, '')) <= most - (body === '' ? 0 : most / 4))
  return build(
    head,
    longest(body, (cut) => Buffer.byteLength(build(head, cut)) <= most),
  )
}

/** A message as browsers show it, for previews. */
export function shownPush(message: Message): Promise<Shown> {
  const nobody: PushedTo = { workspace: 0, login: '', unread: 0, seesEvents: false, publicUrl: null }
  const { notification } = JSON.parse(payloadOf(message, nobody)) as { notification: { title: string; body: string } }
  return Promise.resolve({ subject: notification.title, plain: notification.body })
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The longest beginning of a text that fits, cut between what people see as characters; an ellipsis says that it is cut. */
function longest(text: string, fits: (cut: string) => boolean): string {
  if (text.length <= LARGEST && fits(text)) return text
  // What is further on cannot fit; the last grapheme of the window may be half of one.
  const parts = Array.from(graphemes.segment(text.slice(0, LARGEST)), ({ segment }) => segment).slice(0, -1)
  const cut = (count: number): string => (count === 0 ? '' : `${parts.slice(0, count).join('').trimEnd()}…`)
  let [low, high] = [0, parts.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (fits(cut(middle))) low = middle
    else high = middle - 1
  }
  return cut(low)
}
