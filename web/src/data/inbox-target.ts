import type { InboxEntry } from './inbox.ts'

/** Where a click on an entry leads: a page of the console, or elsewhere. */
export type Target = { readonly inside: string } | { readonly outside: string }

/**
 * The object that an entry is about: the message's own link, else its incident or event for those who may look at them.
 * Undefined: there is only the entry itself.
 */
export function targetOf(
  { links, incident, event }: Pick<InboxEntry, 'links' | 'incident' | 'event'>,
  mayReadEvents: boolean,
  origin: string = window.location.origin,
): Target | undefined {
  for (const { url } of links) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    if (parsed?.origin === origin) return { inside: `${parsed.pathname}${parsed.search}${parsed.hash}` }
    if (parsed?.protocol === 'https:') return { outside: url }
  }
  if (!mayReadEvents) return undefined
  if (incident !== null) return { inside: `/incidents/${encodeURIComponent(incident.key)}` }
  return event === null ? undefined : { inside: `/events/${event}` }
}
