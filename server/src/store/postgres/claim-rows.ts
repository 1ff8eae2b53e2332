import type { Address } from '../../pipeline/outcome.ts'
import {
  stateOfUnknown,
  type ClaimedRow,
  type EventRow,
  type IncidentState,
  type Priority,
  type Step,
} from '../store.ts'
import type { Row } from './connection.ts'

/** A claimed delivery, from the one statement that claims it and looks everything up. */
export function claimedRow(row: Row): Omit<ClaimedRow, 'answered'> {
  return {
    workspace: row['workspace'] as number,
    delivery: row['delivery'] as string,
    destination: row['destination'] as number,
    channel: row['channel'] as number,
    address: JSON.parse(row['address'] as string) as Address,
    disabled: row['disabled_at'] === null ? null : (row['disabled'] as string),
    rule: row['rule'] as number,
    recipient: row['recipient'] as string | null,
    insteadOf: row['instead_of'] as string | null,
    priority: row['priority'] as Priority,
    suspect: row['suspect'] === 1,
    claimedBy: row['claimed_by'] as number | null,
    waitedFor: row['waited_for'] as string | null,
    step: row['step'] as Step,
    living: row['living'] === 1,
    digest: row['digest'] === 1,
    attempts: row['attempts'] as number,
    expiresAt: row['expires_at'] as number,
    version: row['version'] as number,
    event: eventRow(row),
    incident: incidentOf(row),
    followed: row['followed'] as boolean,
    follows: row['follows'] === 1,
  }
}

/** The incident as the destination knows it. What it was told of an earlier life of it counts only for events of then. */
function incidentOf(row: Row): ClaimedRow['incident'] {
  const key = row['line'] as string | null
  if (key === null) return null
  const state = (row['state'] as IncidentState | null) ?? stateOfUnknown(row['step'] as Step)
  const toldEvent = row['told_event'] as string | null
  if (toldEvent === null) return { key, state, told: null, toldEvent: null }
  const openedBy = row['opened_by'] as string | null
  const before = (event: string): boolean => openedBy !== null && event < openedBy
  const earlierLife = before(toldEvent) && !before(row['event'] as string)
  const ids = earlierLife ? null : (JSON.parse(row['message_ids'] as string) as string[])
  return { key, state, told: ids, toldEvent }
}

/** Why a message that follows another is not needed any more, as far as its incident says. */
export function incidentAnswers(row: Row): ClaimedRow['answered'] {
  if (row['incident'] === null) return null
  const state = row['state'] as IncidentState | null
  if (state === null) return null
  const isLater = (row['opened_by'] as string) > (row['event'] as string)
  if (isLater || state === 'ended') return 'incident_ended'
  return state === 'acknowledged' ? 'acknowledged' : null
}

/** A stored event. */
export function eventRow(row: Row): EventRow {
  const id = row['event'] as string
  return {
    id,
    source: row['source'] as string,
    eventId: (row['event_id'] as string | null) ?? id,
    type: row['type'] as string,
    subject: row['subject'] as string | null,
    severity: row['severity'] as Priority,
    time: row['time'] as number,
    actorUser: row['actor_user'] as string | null,
    actorRole: row['actor_role'] as string | null,
    incident: row['incident'] as string | null,
    data: row['data'] as string,
    attachments: row['attachments'] as string | null,
  }
}
