import { idText } from '../../ids.ts'
import type { Address } from '../../pipeline/outcome.ts'
import { stateOfUnknown } from '../store.ts'
import type { ClaimedRow, EventRow, IncidentState, Priority, Step } from '../store.ts'

export type Row = Record<string, unknown>

/** A claimed delivery from its look-up. */
export function claimedRow(row: Row): Omit<ClaimedRow, 'answered'> {
  return {
    workspace: row['workspace'] as number,
    delivery: idText(row['delivery'] as Uint8Array),
    destination: row['destination'] as number,
    channel: row['channel'] as number,
    address: JSON.parse(row['address'] as string) as Address,
    disabled: row['disabled_at'] === null ? null : (row['disabled'] as string),
    rule: row['rule'] as number,
    recipient: row['recipient'] as string | null,
    insteadOf: row['instead_of'] === null ? null : idText(row['instead_of'] as Uint8Array),
    priority: row['priority'] as Priority,
    suspect: row['suspect'] === 1,
    follows: row['follows'] === 1,
    waitedFor: row['waited_for'] as string | null,
    step: row['step'] as Step,
    living: row['living'] === 1,
    digest: row['digest'] === 1,
    attempts: row['attempts'] as number,
    expiresAt: row['expires_at'] as number,
    version: row['version'] as number,
    event: eventRow(row),
    incident: incidentOf(row),
    followed: row['followed'] === 1,
  }
}

/** The incident as the destination knows it. What it was told of an earlier life of it counts only for events of then. */
function incidentOf(row: Row): ClaimedRow['incident'] {
  const key = row['line'] as string | null
  if (key === null) return null
  const state = (row['state'] as IncidentState | null) ?? stateOfUnknown(row['step'] as Step)
  const toldEvent = row['told_event'] as Uint8Array | null
  if (toldEvent === null) return { key, state, told: null, toldEvent: null }
  const openedBy = row['opened_by'] as Uint8Array | null
  const before = (one: Uint8Array): boolean => openedBy !== null && Buffer.compare(one, openedBy) < 0
  const earlierLife = before(toldEvent) && !before(row['event'] as Uint8Array)
  const ids = earlierLife ? null : (JSON.parse(row['message_ids'] as string) as string[])
  return { key, state, told: ids, toldEvent: idText(toldEvent) }
}

/** A stored event. */
export function eventRow(row: Row): EventRow {
  const id = idText(row['event'] as Uint8Array)
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
