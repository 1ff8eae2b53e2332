/*
 * Accept: from what was posted to what is written. Validates against the contract and the catalogue, finds the incident,
 * routes. Nothing is stored unless every event of the request is good.
 */
import { EVENT_LIMITS, PostedEvent, type PostedEvent as Posted } from '@nabat/api/event.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { SEVERITIES, type Severity } from '@nabat/api/severity.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import { nearest, validator } from '../schema-problems.ts'
import { momentOf } from '../time/moment.ts'
import type { AcceptRequest, PlannedEvent, Priority, Step } from '../store/store.ts'
import { valueAt, type Fields } from './conditions.ts'
import type { LoopGuard } from './loops.ts'
import { route } from './route.ts'
import { packTrace } from './trace.ts'

const postedProblems = validator(PostedEvent)

export const PRIORITY: Readonly<Record<Severity, Priority>> = { critical: 0, warning: 1, info: 2 }
export const severityOf = (priority: Priority): Severity => SEVERITIES[2 - priority]!

const STEP: Readonly<Record<string, Step>> = { opens: 1, updates: 2, closes: 3 }

/** What an event of a type does to its incident. */
export const stepOf = (type: EventType, incident: string | null): Step =>
  incident === null ? 0 : (STEP[type.incident?.step ?? 'updates'] ?? 0)

export interface CheckedEvent {
  readonly posted: Posted
  readonly type: EventType
  /** JSON of `data`. */
  readonly data: string
}

/** Every mistake of a batch by path, or the events ready to be planned; `tooLarge` when one breaks a limit of size. */
export function checkEvents(
  posted: readonly unknown[],
  view: WorkspaceView,
  prefix: (index: number) => string,
): { events: CheckedEvent[]; problems: Problem[]; tooLarge: boolean } {
  const events: CheckedEvent[] = []
  const problems: Problem[] = []
  let tooLarge = false
  for (const [index, each] of posted.entries()) {
    const at = prefix(index)
    const found = postedProblems(each, at)
    const event = each as Posted
    const type = typeof event?.type === 'string' ? view.type(event.type) : undefined
    if (typeof event?.type === 'string' && event.type !== '' && type === undefined)
      found.push(unknownType(event.type, at, view))
    if (type !== undefined && typeof (event.data ?? {}) === 'object')
      found.push(...view.dataProblems(type, event.data ?? {}, `${at}/data`))
    const data = JSON.stringify(event?.data ?? {})
    if (Buffer.byteLength(data) > EVENT_LIMITS.data) {
      tooLarge = true
      found.push(problem(`${at}/data`, 'data больше 64 КиБ', 'data is larger than 64 KiB'))
    }
    problems.push(...found)
    if (found.length === 0 && type !== undefined) events.push({ posted: event, type, data })
  }
  return { events, problems, tooLarge }
}

/** Attachments that name no uploaded file; `find` looks in the store. */
export async function fileProblems(
  posted: readonly unknown[],
  find: (id: string) => Promise<unknown>,
  prefix: (index: number) => string,
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const [index, each] of posted.entries()) {
    const list = (each as Partial<Posted> | null)?.attachments
    for (const [n, attachment] of (Array.isArray(list) ? list : []).entries()) {
      const file = (attachment as { file?: unknown } | null)?.file
      // What is no name at all the schema has told already.
      if (typeof file !== 'string' || file === '' || (await find(file)) !== undefined) continue
      problems.push(
        problem(
          `${prefix(index)}/attachments/${n}/file`,
          'Такого файла нет: сначала загрузите его',
          'There is no such file: upload it first',
        ),
      )
    }
  }
  return problems
}

function unknownType(name: string, at: string, view: WorkspaceView): Problem {
  const near = nearest(
    name,
    Array.from(view.types(), (type) => type.name),
  )
  return problem(
    `${at}/type`,
    `Типа «${name}» нет в каталоге${near === undefined ? '' : `; может быть, «${near}»?`}`,
    `The type "${name}" is not in the catalogue${near === undefined ? '' : `; did you mean "${near}"?`}`,
  )
}

/** Routes checked events by the view as it is now; what comes out is written in one transaction. */
export function planEvents(
  events: readonly CheckedEvent[],
  view: WorkspaceView,
  source: string,
  now: number,
  makeId: MakeId,
  loops: LoopGuard,
): AcceptRequest {
  return {
    workspace: view.id,
    version: view.version,
    at: now,
    events: events.map((event) => plan(event, view, source, now, makeId, loops)),
  }
}

function plan(
  { posted, type, data }: CheckedEvent,
  view: WorkspaceView,
  source: string,
  now: number,
  makeId: MakeId,
  loops: LoopGuard,
): PlannedEvent {
  const id = makeId()
  const severity = PRIORITY[posted.severity ?? type.severity]
  const fields: Fields = {
    type: type.name,
    subject: posted.subject ?? null,
    severity: posted.severity ?? type.severity,
    source: posted.source ?? source,
    actor: { user: posted.actor?.user ?? null, role: posted.actor?.role ?? null },
    incident: null,
    data: posted.data ?? {},
  }
  const incident = posted.incident ?? incidentKey(type, fields)
  const step = stepOf(type, incident)
  const routed = route({ ...fields, incident }, type, severity, step, view, now, makeId, loops)
  return {
    id,
    source: fields.source,
    eventId: posted.id ?? null,
    type: type.name,
    subject: fields.subject,
    severity,
    time: posted.time === undefined ? now : momentOf(posted.time),
    actorUser: fields.actor.user,
    actorRole: fields.actor.role,
    incident,
    step,
    data,
    attachments:
      posted.attachments === undefined || posted.attachments.length === 0 ? null : JSON.stringify(posted.attachments),
    trace: packTrace(routed.trace),
    deliveries: routed.deliveries,
  }
}

/** The key of the incident with the event's values filled in; null when one of them is missing. */
function incidentKey(type: EventType, fields: Fields): string | null {
  if (type.incident === undefined) return null
  let missing = false
  const key = type.incident.key.replace(/\{([^}]+)\}/g, (_, path: string) => {
    const value = valueAt(fields, path.split('.'))
    if (typeof value !== 'string' && typeof value !== 'number') missing = true
    return String(value)
  })
  return missing ? null : key
}
