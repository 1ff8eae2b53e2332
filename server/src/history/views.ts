import type { Language } from '@nabat/api/text.ts'
import { idText, idTime } from '../ids.ts'
import { severityOf } from '../pipeline/accept.ts'
import type { Fields } from '../pipeline/conditions.ts'
import type { Address } from '../pipeline/outcome.ts'
import { STATES, type EventRow, type Priority } from '../store/store.ts'
import type { Names } from './names.ts'
import { reasonText, reasonWords } from '../reasons.ts'

export type Row = Record<string, unknown>

/** A stored time as RFC 3339, null stays null. */
export const time = (ms: unknown): string | null =>
  ms === null || ms === undefined ? null : new Date(Number(ms)).toISOString()

/** A delivery with its attempts. What was removed since is named all the same, and marked. */
export function deliveryView(row: Row, names: Names, language: Language): { id: string } & Row {
  const channel = names.channel(Number(row['channel'] ?? -1))
  const address = row['address'] === null ? null : (JSON.parse(row['address'] as string) as Address)
  const id = idText(row['id'] as Uint8Array)
  const state = STATES[Number(row['state'])]!
  const reason = row['reason'] as string | null
  const rule = names.rule(Number(row['rule']))
  return {
    id,
    event: idText(row['event'] as Uint8Array),
    rule: rule?.name ?? null,
    ruleId: rule === undefined ? null : String(row['rule']),
    ...(rule?.removed === true ? { ruleRemoved: true } : {}),
    recipient: row['recipient'],
    recipientName: names.person(row['recipient'] as string | null),
    channel: channel?.name ?? null,
    ...(channel?.removed === true ? { channelRemoved: true } : {}),
    kind: channel?.kind.kind ?? null,
    destination: address === null ? null : (channel?.kind.show(address) ?? JSON.stringify(address)),
    destinationId: address === null ? null : String(row['destination']),
    state: row['claimed_at'] !== null && row['claimed_at'] !== undefined ? 'claimed' : state,
    reason,
    says: reasonText(state, reason, row['note'] as string | null)[language],
    note: row['note'],
    createdAt: time(idTime(id)),
    dueAt: time(row['due_at']),
    ...(row['behind'] === 1 ? { behind: true } : {}),
    expiresAt: time(row['expires_at']),
    endedAt: time(row['ended_at']),
    insteadOf: row['instead_of'] === null ? null : idText(row['instead_of'] as Uint8Array),
    digest: row['digest'] === null ? null : idText(row['digest'] as Uint8Array),
    attempts: attemptsOf(row['attempts'] as string | null, language),
  }
}

/** A destination, and why it is out of use. */
export function destinationView(row: Row, names: Names, language: Language): { id: string } & Row {
  const channel = names.channel(Number(row['channel']))
  const address = JSON.parse(row['address'] as string) as Address
  const reason = row['reason'] as string | null
  return {
    id: String(row['id']),
    channel: channel?.name ?? null,
    ...(channel?.removed === true ? { channelRemoved: true } : {}),
    kind: channel?.kind.kind ?? null,
    destination: channel?.kind.show(address) ?? JSON.stringify(address),
    disabled: row['disabled_at'] !== null,
    disabledAt: time(row['disabled_at']),
    reason,
    says: reason === null ? null : reasonWords(reason)[language],
    detail: row['detail'],
  }
}

function attemptsOf(lines: string | null, language: Language): Row[] {
  if (lines === null) return []
  return lines.split('\n').map((line) => {
    const [at, took, verdict, reason, detail] = JSON.parse(line) as [
      number,
      number,
      string,
      string | null,
      string | null,
    ]
    const ambiguous = verdict === 'ambiguous'
    return {
      at: time(at),
      tookMs: took,
      verdict: ambiguous ? 'deferred' : verdict,
      reason,
      says: reason === null ? null : reasonWords(reason)[language],
      detail,
      ...(ambiguous ? { ambiguous } : {}),
    }
  })
}

/** An event as the API shows it. */
export function eventView(row: Row): { id: string } & Row {
  const id = idText(row['id'] as Uint8Array)
  return {
    id,
    eventId: (row['event_id'] as string | null) ?? id,
    source: row['source'],
    type: row['type'],
    subject: row['subject'],
    severity: severityOf(row['severity'] as Priority),
    time: time(row['time']),
    acceptedAt: time(idTime(id)),
    actor:
      row['actor_user'] === null && row['actor_role'] === null
        ? null
        : { user: row['actor_user'], role: row['actor_role'] },
    incident: row['incident'],
    data: JSON.parse(row['data'] as string) as unknown,
  }
}

/** An incident as the API shows it. */
export const incidentView = (row: Row): { id: string } & Row => ({
  id: idText(row['opened_by'] as Uint8Array),
  key: row['key'],
  state: row['state'],
  severity: severityOf(row['severity'] as Priority),
  openedAt: time(row['opened_at']),
  openedBy: idText(row['opened_by'] as Uint8Array),
  lastEvent: idText(row['last_event'] as Uint8Array),
  acknowledgedAt: time(row['acknowledged_at']),
  acknowledgedBy: row['acknowledged_by'],
  endedAt: time(row['ended_at']),
})

/** A stored event as the pipeline takes it. */
export function storedEvent(row: Row): EventRow {
  const id = idText(row['id'] as Uint8Array)
  return {
    id,
    source: row['source'] as string,
    eventId: (row['event_id'] as string | null) ?? id,
    type: row['type'] as string,
    subject: row['subject'] as string | null,
    severity: row['severity'] as Priority,
    time: Number(row['time']),
    actorUser: row['actor_user'] as string | null,
    actorRole: row['actor_role'] as string | null,
    incident: row['incident'] as string | null,
    data: row['data'] as string,
    attachments: row['attachments'] as string | null,
  }
}

/** The fields of a stored event, as conditions see them. */
export const fieldsOfRow = (row: Row): Fields => ({
  type: row['type'] as string,
  subject: row['subject'] as string | null,
  severity: severityOf(row['severity'] as Priority),
  source: row['source'] as string,
  actor: { user: row['actor_user'] as string | null, role: row['actor_role'] as string | null },
  incident: row['incident'] as string | null,
  data: JSON.parse(row['data'] as string) as unknown,
})
