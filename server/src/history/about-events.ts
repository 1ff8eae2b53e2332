/*
 * What lists say of the events their rows speak of, so that nobody has to ask again: looked up for a page, all at once.
 */
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { idText } from '../ids.ts'
import { STATES, type DeliveryState, type Store } from '../store/store.ts'
import { sqliteQueries as db } from './tables.ts'
import { storedEvent } from './views.ts'
import { eventTitle } from './words.ts'

/** What an event is about. */
export interface AboutEvent {
  readonly type: string | null
  /** Of the type, in a language; the name of a type that is not there any more. */
  readonly typeTitle: string | null
  readonly subject: string | null
  /** What happened, as a message would title it. */
  readonly eventTitle: string | null
}

/** Few enough for the parameters of one statement. */
const AT_ONCE = 1_000

const UNKNOWN: AboutEvent = { type: null, typeTitle: null, subject: null, eventTitle: null }

/** The title of a type in a language, its name where it has none. */
export const titleOfType = (view: WorkspaceView, type: string, language: Language): string =>
  view.type(type)?.title[language] ?? type

/** What these events are about, by their ids as they are stored. Answers for a forgotten one as well. */
export async function aboutEvents(
  store: Store,
  view: WorkspaceView,
  ids: readonly Uint8Array[],
  language: Language,
): Promise<(id: Uint8Array) => AboutEvent> {
  const found = new Map<string, AboutEvent>()
  for (const some of slices(ids)) {
    const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', 'in', some)
    for (const row of await store.read(select.compile())) {
      const type = row['type'] as string
      const about = {
        type,
        typeTitle: titleOfType(view, type, language),
        subject: row['subject'] as string | null,
        eventTitle: eventTitle(storedEvent(row), view, language),
      }
      found.set(idText(row['id'] as Uint8Array), about)
    }
  }
  return (id) => found.get(idText(id)) ?? UNKNOWN
}

/** How many deliveries of each of these events stand how. */
export async function deliveryCounts(
  store: Store,
  view: WorkspaceView,
  ids: readonly Uint8Array[],
): Promise<(id: Uint8Array) => Readonly<Partial<Record<DeliveryState, number>>>> {
  const counts = new Map<string, Partial<Record<DeliveryState, number>>>()
  for (const some of slices(ids)) {
    const select = db
      .selectFrom('deliveries')
      .select(({ fn }) => ['event', 'state', fn.countAll().as('count')])
      .where('workspace', '=', view.id)
      .where('event', 'in', some)
      .groupBy(['event', 'state'])
    for (const row of await store.read(select.compile())) {
      const id = idText(row['event'] as Uint8Array)
      counts.set(id, { ...counts.get(id), [STATES[Number(row['state'])]!]: Number(row['count']) })
    }
  }
  return (id) => counts.get(idText(id)) ?? {}
}

/** The different ones of these ids, a few at a time. */
function* slices(ids: readonly Uint8Array[]): Generator<Uint8Array[]> {
  const all = [...new Map(ids.map((id) => [idText(id), id])).values()]
  for (let at = 0; at < all.length; at += AT_ONCE) yield all.slice(at, at + AT_ONCE)
}
