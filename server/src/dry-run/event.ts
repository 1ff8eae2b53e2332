import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { severityOf } from '../pipeline/accept.ts'
import { idText } from '../ids.ts'
import type { Fields } from '../pipeline/conditions.ts'
import type { ClaimedRow, EventRow, PlannedDelivery } from '../store/store.ts'

/** A stored event as a dry run is given it: a million of them pass, so only what decisions look at is made of each. */
export interface SeenEvent extends Omit<EventRow, 'eventId' | 'data' | 'attachments'> {
  /** Its bytes in hexadecimal; they sort as events were accepted. */
  readonly id: string
  readonly eventId: string | null
  readonly data: unknown
  /** When it was accepted, milliseconds. */
  readonly at: number
}

/** The fields of a stored event, as conditions see them. */
export const fieldsOf = (event: SeenEvent): Fields => ({
  type: event.type,
  subject: event.subject,
  severity: severityOf(event.severity),
  source: event.source,
  actor: { user: event.actorUser, role: event.actorRole },
  incident: event.incident,
  data: event.data,
})

/** The event as the store would give it. */
export function eventRow({ at: _at, id: hex, eventId, data, ...event }: SeenEvent): EventRow {
  const id = idText(Buffer.from(hex, 'hex'))
  return { ...event, id, eventId: eventId ?? id, data: JSON.stringify(data), attachments: null }
}

/** A message that is on its way, with what its words need. */
export interface Planned {
  readonly event: SeenEvent
  readonly type: EventType
  readonly delivery: PlannedDelivery
  readonly channel: ChannelView
}

/** The message as the pipeline would claim it. */
export const claimedRow = ({ event, delivery, channel }: Planned, view: WorkspaceView): ClaimedRow => ({
  ...delivery,
  workspace: view.id,
  delivery: '',
  follows: false,
  answered: null,
  destination: 0,
  channel: channel.id,
  address: delivery.destination?.address ?? {},
  disabled: null,
  insteadOf: null,
  suspect: false,
  waitedFor: delivery.held,
  attempts: 0,
  event: eventRow(event),
  version: view.version,
  incident: null,
  followed: false,
})

/** A destination in one line, for people. */
export const destinationOf = ({ channel, delivery }: Pick<Planned, 'channel' | 'delivery'>): string =>
  `${channel.name} ${delivery.destination === null ? '' : channel.kind.show(delivery.destination.address)}`.trim()
