import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { idBytes, idText } from '../ids.ts'
import { PRIORITY, severityOf } from '../pipeline/accept.ts'
import type { Priority, Store } from '../store/store.ts'
import { titleOfType } from './about-events.ts'
import type { Page, Query } from './page.ts'
import { sqliteQueries as db } from './tables.ts'
import { time, type Row } from './views.ts'

/** Where a page of an inbox ends: entries come by when they changed last, which several may share. */
export const INBOX_CURSOR = /^\d{1,15}\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** An entry of an inbox as the API shows it. */
export type InboxRow = { readonly id: string; readonly changedAt: string } & Row

/**
 * Entries of a person's inbox, the newest change first: an incident that lives moves up with its news. Narrowed by
 * `unread`, `severity`, `category`, `q` (in titles), `from` and `to`. `page.after` as `INBOX_CURSOR`.
 */
export async function inboxOf(
  store: Store,
  view: WorkspaceView,
  login: string,
  query: Query,
  page: Page,
  language: Language,
): Promise<InboxRow[]> {
  const { severity, category, q, from, to } = query
  let select = db
    .selectFrom('inbox')
    .selectAll()
    .where('workspace', '=', view.id)
    .where('login', '=', login)
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  if (page.after !== undefined) {
    const [at, id] = page.after.split('.', 2) as [string, string]
    select = select.where((eb) => eb(eb.refTuple('changed_at', 'id'), '<', eb.tuple(Number(at), idBytes(id))))
  }
  if (query['unread'] === 'true' || query['read'] === 'false') select = select.where('read_at', 'is', null)
  if (severity !== undefined) select = select.where('severity', '=', PRIORITY[severity as keyof typeof PRIORITY])
  if (category !== undefined) {
    const types = [...view.types()].filter((type) => type.category === category).map(({ name }) => name)
    if (types.length === 0) return []
    select = select.where('type', 'in', types)
  }
  // What a pattern means by these is any character here: it finds a little more, and never less.
  if (q !== undefined) select = select.where('search', 'like', `%${q.toLowerCase().replaceAll(/[%\\]/g, '_')}%`)
  if (from !== undefined) select = select.where('changed_at', '>=', Date.parse(from))
  if (to !== undefined) select = select.where('changed_at', '<', Date.parse(to))
  const rows = await store.read(select.compile())
  const incidents = await incidentsNow(store, view, rows)
  return rows.map((row) => entryView(row, view, language, incidents.get(String(row['incident']))))
}

/** How many entries of a person's inbox are unread, and how many of these are critical. */
export async function inboxCounts(
  store: Store,
  view: WorkspaceView,
  login: string,
): Promise<{ readonly unread: number; readonly critical: number }> {
  const select = db
    .selectFrom('inbox')
    .select(({ fn }) => ['severity', fn.countAll().as('count')])
    .where('workspace', '=', view.id)
    .where('login', '=', login)
    .where('read_at', 'is', null)
    .groupBy('severity')
  const counts = new Map(
    (await store.read(select.compile())).map((row) => [Number(row['severity']), Number(row['count'])]),
  )
  return {
    unread: [...counts.values()].reduce((sum, count) => sum + count, 0),
    critical: counts.get(PRIORITY.critical) ?? 0,
  }
}

/** Where `page.after` of the next page stands. */
export const inboxCursor = ({ changedAt, id }: InboxRow): string => `${Date.parse(changedAt)}.${id}`

/** The incidents that entries speak of, as they are at this moment, by their keys. */
async function incidentsNow(store: Store, view: WorkspaceView, rows: readonly Row[]): Promise<Map<string, Row>> {
  const keys = [...new Set(rows.flatMap(({ incident }) => (incident === null ? [] : [incident as string])))]
  if (keys.length === 0) return new Map()
  const select = db
    .selectFrom('incidents')
    .select(['key', 'state', 'acknowledged_by'])
    .where('workspace', '=', view.id)
    .where('key', 'in', keys)
  return new Map((await store.read(select.compile())).map((row) => [row['key'] as string, row]))
}

/** `incident`: as it is now, undefined for one that is forgotten, and so has ended. */
function entryView(row: Row, view: WorkspaceView, language: Language, incident: Row | undefined): InboxRow {
  const type = row['type'] as string
  const by = (incident?.['acknowledged_by'] ?? null) as string | null
  return {
    id: idText(row['id'] as Uint8Array),
    title: row['title'],
    ...(JSON.parse(row['body'] as string) as Row),
    severity: severityOf(Number(row['severity']) as Priority),
    type,
    typeTitle: titleOfType(view, type, language),
    category: view.type(type)?.category ?? null,
    incident:
      row['incident'] === null ? null : { key: row['incident'], state: (incident?.['state'] ?? 'ended') as string },
    acknowledgedBy: by,
    acknowledgedByName: by === null ? null : (view.people.get(by)?.name ?? by),
    updates: Number(row['updates']),
    changedAt: time(row['changed_at'])!,
    readAt: time(row['read_at']),
  }
}
