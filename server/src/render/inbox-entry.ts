import { SEVERITIES } from '@nabat/api/severity.ts'
import type { Message } from '../channels/channel.ts'
import type { InboxEntry, Priority } from '../store/store.ts'

/** What an entry of the inbox says of a message; its body is JSON. */
export function entryOf(
  message: Message,
): Pick<InboxEntry, 'delivery' | 'incident' | 'severity' | 'type' | 'title' | 'body'> {
  const { deliveryId, title, text, links, severity, event, storedAs = null, incident } = message
  return {
    delivery: deliveryId,
    incident: incident?.key ?? null,
    severity: (SEVERITIES.length - 1 - SEVERITIES.indexOf(severity)) as Priority,
    type: String(event['type']),
    title,
    body: JSON.stringify({ text, links, source: event['source'], event: storedAs, eventId: event['id'] }),
  }
}
