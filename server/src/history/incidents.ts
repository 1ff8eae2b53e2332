import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, isId } from '../ids.ts'
import type { Store } from '../store/store.ts'
import { aboutEvents } from './about-events.ts'
import type { Page, Query } from './page.ts'
import { sqliteQueries as db } from './tables.ts'
import { incidentView, type Row } from './views.ts'

/** Events of an incident are looked for among so many at a time, and so often: fifty milliseconds, however long it lasts. */
const LOOKED_AT = 5_000
const LOOKS = 4
/** Shown of an incident. */
const MOST_EVENTS = 50

/** Incidents, the newest first; `state` open (acknowledged ones too), unacknowledged, acknowledged or ended, `key` how the key begins. */
export async function incidentsOf(
  store: Store,
  view: WorkspaceView,
  { state, key, from, to }: Query,
  page: Page,
  language: Language,
): Promise<({ id: string } & Row)[]> {
  let select = db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace', '=', view.id)
    .orderBy('opened_by', 'desc')
    .limit(page.limit + 1)
  if (page.after !== undefined && isId(page.after)) select = select.where('opened_by', '<', idBytes(page.after))
  if (state === 'open') select = select.where('ended_at', 'is', null)
  else if (state === 'unacknowledged') select = select.where('state', '=', 'open')
  else if (state !== undefined) select = select.where('state', '=', state)
  if (key !== undefined) select = select.where('key', '>=', key).where('key', '<', `${key}\u{10FFFF}`)
  if (from !== undefined) select = select.where('opened_by', '>=', idBytes(firstIdOf(Date.parse(from))))
  if (to !== undefined) select = select.where('opened_by', '<', idBytes(firstIdOf(Date.parse(to))))
  return shown(store, view, await store.read(select.compile()), language)
}

/** An incident by its key, undefined when there is none. */
export async function incidentOf(
  store: Store,
  view: WorkspaceView,
  key: string,
  language: Language,
): Promise<({ id: string } & Row) | undefined> {
  const select = db.selectFrom('incidents').selectAll().where('workspace', '=', view.id).where('key', '=', key)
  return (await shown(store, view, await store.read(select.compile()), language))[0]
}

/** With what the event is about that opened it. */
async function shown(store: Store, view: WorkspaceView, rows: readonly Row[], language: Language) {
  const openings = rows.map((row) => row['opened_by'] as Uint8Array)
  const about = await aboutEvents(store, view, openings, language)
  return rows.map((row) => {
    const { type, typeTitle, subject, eventTitle } = about(row['opened_by'] as Uint8Array)
    return { ...incidentView(row), title: typeTitle, type, subject, eventTitle }
  })
}

/**
 * The events of an incident, the newest first, from the one that opened it to the latest. No index leads to them: every
 * event would pay for it, and nearly all incidents are short. `more`: a long one has others that were not looked for.
 */
export async function eventsOfIncident(
  store: Store,
  view: WorkspaceView,
  { key, openedBy, lastEvent }: { readonly key: string; readonly openedBy: string; readonly lastEvent: string },
): Promise<{ readonly rows: readonly Row[]; readonly more: boolean }> {
  const opened = idBytes(openedBy)
  const every = db.selectFrom('events').where('workspace', '=', view.id)
  const [opening] = await store.read(every.selectAll().where('id', '=', opened).compile())
  const rows: Row[] = []
  let until = idBytes(lastEvent)
  for (let look = 0; look < LOOKS; look += 1) {
    const span = every.where('id', '>', opened).where('id', '<=', until).orderBy('id', 'desc')
    const [last] = await store.read(
      span
        .select('id')
        .limit(1)
        .offset(LOOKED_AT - 1)
        .compile(),
    )
    const from = last === undefined ? opened : Buffer.from(last['id'] as Uint8Array)
    const found = span
      .selectAll()
      .where('id', '>', from)
      .where('incident', '=', key)
      .limit(MOST_EVENTS + 1 - rows.length)
    rows.push(...(await store.read(found.compile())))
    if (last === undefined || rows.length > MOST_EVENTS)
      return { rows: withOpening(rows, opening), more: rows.length > MOST_EVENTS }
    until = from
  }
  return { rows: withOpening(rows, opening), more: true }
}

const withOpening = (rows: readonly Row[], opening: Row | undefined): Row[] => [
  ...rows.slice(0, MOST_EVENTS),
  ...(opening === undefined ? [] : [opening]),
]
