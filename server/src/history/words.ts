/*
 * What was said, or would be, for people who look at the log: an event in their own language, a delivery in the words of its
 * recipient, by the templates as they were when the event was accepted.
 */
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { idBytes, idText } from '../ids.ts'
import { severityOf } from '../pipeline/accept.ts'
import type { Renderer } from '../pipeline/render.ts'
import type { Trace } from '../pipeline/trace.ts'
import { toPlain } from '../render/markup.ts'
import { renderPart } from '../render/words.ts'
import type { ClaimedRow, EventRow, Store } from '../store/store.ts'
import { deliveries } from './deliveries.ts'
import { sqliteQueries as db } from './tables.ts'
import { storedEvent, type Row } from './views.ts'

/** Plain text. */
export interface Words {
  readonly title: string
  readonly text: string
}

/** An event by the default words of its type; a type that is there no more leaves its name. */
export const eventWords = (event: EventRow, view: WorkspaceView, language: Language): Words => ({
  title: eventTitle(event, view, language),
  text: toPlain(partOf('text', event, view, language) ?? ''),
})

/** Its title alone. */
export const eventTitle = (event: EventRow, view: WorkspaceView, language: Language): string =>
  partOf('title', event, view, language) ?? view.type(event.type)?.title[language] ?? event.type

/** Undefined without a type, or when the words of the workspace's own type fail. */
function partOf(part: 'title' | 'text', event: EventRow, view: WorkspaceView, language: Language): string | undefined {
  const type = view.type(event.type)
  if (type === undefined) return undefined
  const context = {
    event: {
      id: event.id,
      type: event.type,
      source: event.source,
      subject: event.subject,
      time: event.time / 1000,
      severity: severityOf(event.severity),
      incident: event.incident,
      actor: { user: event.actorUser, role: event.actorRole, name: view.people.get(event.actorUser ?? '')?.name },
      data: JSON.parse(event.data) as Record<string, unknown>,
    },
    recipient: {},
    workspace: { name: view.name, title: view.settings.title ?? view.name },
  }
  try {
    return renderPart(part, type.templates[language][part], context, view.timeZone)
  } catch {
    return undefined
  }
}

/** Others that left in the same message are put into its words up to so many. */
const MOST_FOLDED = 1_000

/** A delivery as its recipient reads it; undefined when there is none, or its type or channel is there no more. */
export async function deliveryWords(
  store: Store,
  renderer: Renderer,
  view: WorkspaceView,
  id: string,
): Promise<(Words & { language: Language }) | undefined> {
  const asked = await deliveryRow(store, view, idBytes(id))
  if (asked === undefined) return undefined
  // What left in one message with others has no words of its own.
  const row =
    asked['digest'] === null ? asked : ((await deliveryRow(store, view, asked['digest'] as Uint8Array)) ?? asked)
  const joined = deliveries(view.id)
    .where('d.digest', '=', row['id'] as Uint8Array)
    .orderBy('d.id')
    .limit(MOST_FOLDED)
  const others = await store.read(joined.compile())
  const [own, ...rest] = await eventsOf(store, view, [row, ...others])
  const type = own === undefined ? undefined : view.type(own.event.type)
  if (own === undefined || type === undefined || row['channel'] === null) return undefined
  const folded = others[0]?.['reason'] === 'folded' ? rest : []
  const message = await renderer.render(
    { ...claimed(row, own, view), digest: others.length > 0 && folded.length === 0 },
    type,
    view,
    [],
    folded.map((each) => claimed(row, each, view)),
  )
  return { title: message.title, text: toPlain(message.text), language: message.language }
}

async function deliveryRow(store: Store, view: WorkspaceView, id: Uint8Array): Promise<Row | undefined> {
  const [row] = await store.read(deliveries(view.id).where('d.id', '=', id).compile())
  return row
}

interface Told {
  readonly event: EventRow
  /** Version of the configuration it was routed by. */
  readonly version: number
}

/** The events of these deliveries in the order of the deliveries; forgotten ones are left out. */
async function eventsOf(store: Store, view: WorkspaceView, rows: readonly Row[]): Promise<Told[]> {
  const ids = rows.map((row) => row['event'] as Uint8Array)
  const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', 'in', ids)
  const found = new Map(
    (await store.read(select.compile())).map((row) => {
      const { v } = JSON.parse(row['trace'] as string) as Trace
      return [idText(row['id'] as Uint8Array), { event: storedEvent(row), version: v }] as const
    }),
  )
  return ids.flatMap((id) => found.get(idText(id)) ?? [])
}

/** The delivery as the pipeline would claim it, for its words alone. */
const claimed = (row: Row, { event, version }: Told, view: WorkspaceView): ClaimedRow => ({
  workspace: view.id,
  delivery: idText(row['id'] as Uint8Array),
  destination: Number(row['destination'] ?? 0),
  channel: Number(row['channel']),
  address: {},
  disabled: null,
  rule: Number(row['rule']),
  recipient: row['recipient'] as string | null,
  insteadOf: null,
  priority: event.severity,
  suspect: false,
  waitedFor: null,
  step: 0,
  living: false,
  digest: false,
  attempts: 0,
  expiresAt: 0,
  event,
  version,
  incident: null,
  followed: false,
  follows: false,
  answered: null,
})
