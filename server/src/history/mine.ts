/*
 * What concerned one person: what was sent to them, kept back from them, or might have been. No index is kept for it: events
 * are looked through from the newest on, a slice at a time, and a page may come to fewer rows than it could hold.
 */
import type { User } from '@nabat/api/configuration.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, idText, idTime, isId } from '../ids.ts'
import { valueAt, type Fields } from '../pipeline/conditions.ts'
import type { DeliveryState, Store } from '../store/store.ts'
import { titleOfType } from './about-events.ts'
import { deliveries } from './deliveries.ts'
import { namesOf } from './names.ts'
import type { Page, Query } from './page.ts'
import { sqliteQueries as db } from './tables.ts'
import { deliveryView, eventView, fieldsOfRow, storedEvent, time, type Row } from './views.ts'
import { eventTitle } from './words.ts'

/** Events looked through for one page, and in one statement: others read in between. */
const LOOKED_THROUGH = 4_000
const AT_ONCE = 500

/** One message to the person about the event. */
export interface MyDelivery {
  readonly channel: string | null
  readonly state: DeliveryState | 'claimed'
  /** What became of it, in words. */
  readonly says: string
}

/** An event that concerned the person. */
export interface MyEvent {
  readonly id: string
  readonly time: string
  readonly type: string
  readonly typeTitle: string
  readonly title: string
  readonly subject: string | null
  readonly severity: Severity
  readonly incident: string | null
  /** At least one message was sent. */
  readonly told: boolean
  readonly deliveries: readonly MyDelivery[]
}

/** A page. */
export interface Mine {
  readonly items: readonly MyEvent[]
  readonly next: string | null
  /** The acceptance of the oldest event that was looked at; null: there was none. */
  readonly lookedTo: string | null
}

/** Who asks. */
export interface MineOf {
  readonly person: User
  /** He may see every event: then those count as well that a rule naming him refused. */
  readonly seesEvents: boolean
}

/** The events that concerned somebody, from the newest on. `q`: a part of the title, type or subject. */
export async function mine(
  store: Store,
  view: WorkspaceView,
  who: MineOf,
  query: Query,
  page: Page,
  language: Language,
): Promise<Mine> {
  const named = namedByRules(who, view)
  const items: MyEvent[] = []
  let before = query['to'] === undefined ? undefined : firstIdOf(Date.parse(query['to']))
  if (page.after !== undefined && isId(page.after)) before = page.after
  let looked: string | undefined
  for (let seen = 0; seen < LOOKED_THROUGH; seen += AT_ONCE) {
    const rows = await store.read(slice(view, query, before).compile())
    const told = await toldOf(store, view, who.person.login, rows, language)
    for (const row of rows) {
      const id = idText(row['id'] as Uint8Array)
      const theirs = told.get(id) ?? []
      looked = id
      const concerns = theirs.length > 0 || relatesTo(who.person.login, row, view) || named(row['type'] as string)
      const event = concerns ? myEvent(row, theirs, view, language) : undefined
      if (event === undefined || !isWanted(event, query)) continue
      items.push(event)
      if (items.length === page.limit) return { items, next: id, lookedTo: time(idTime(id)) }
    }
    before = looked ?? before
    if (rows.length < AT_ONCE)
      return { items, next: null, lookedTo: looked === undefined ? null : time(idTime(looked)) }
  }
  return { items, next: looked ?? null, lookedTo: looked === undefined ? null : time(idTime(looked)) }
}

/** Whether an event concerned somebody at all. */
export async function concerns(store: Store, view: WorkspaceView, who: MineOf, id: string): Promise<boolean> {
  const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', '=', idBytes(id))
  const rows = await store.read(select.compile())
  const [row] = rows
  if (row === undefined) return false
  if (who.seesEvents || relatesTo(who.person.login, row, view)) return true
  return (await toldOf(store, view, who.person.login, rows, view.language)).size > 0
}

function slice(view: WorkspaceView, query: Query, before: string | undefined) {
  let select = db
    .selectFrom('events')
    .select(['id', 'source', 'event_id', 'type', 'subject', 'severity', 'time', 'actor_user', 'actor_role'])
    .select(['incident', 'data'])
    .where('workspace', '=', view.id)
    .orderBy('id', 'desc')
    .limit(AT_ONCE)
  if (before !== undefined) select = select.where('id', '<', idBytes(before))
  if (query['from'] !== undefined) select = select.where('id', '>=', idBytes(firstIdOf(Date.parse(query['from']))))
  return select
}

/** The person's messages about these events, by event. */
async function toldOf(
  store: Store,
  view: WorkspaceView,
  login: string,
  events: readonly Row[],
  language: Language,
): Promise<ReadonlyMap<string, readonly MyDelivery[]>> {
  const found = new Map<string, MyDelivery[]>()
  if (events.length === 0) return found
  const ids = events.map((row) => row['id'] as Uint8Array)
  const select = deliveries(view.id).where('d.event', 'in', ids).where('d.recipient', '=', login).orderBy('d.id')
  const rows = await store.read(select.compile())
  const names = await namesOf(store, view, rows)
  for (const row of rows) {
    const { event, channel, state, says } = deliveryView(row, names, language) as unknown as MyDelivery & {
      event: string
    }
    found.set(event, [...(found.get(event) ?? []), { channel, state, says }])
  }
  return found
}

/** Whether an event names somebody: as its assignee, author, whatever its type knows, or as who did it. */
function relatesTo(login: string, row: Row, view: WorkspaceView): boolean {
  if (row['actor_user'] === login) return true
  const relations = view.type(row['type'] as string)?.relations
  if (relations === undefined || !(row['data'] as string).includes(login)) return false
  const fields = fieldsOfRow(row)
  return Object.values(relations).some((field) => isIn(fields, field, login))
}

const isIn = (fields: Fields, field: string, login: string): boolean =>
  [valueAt(fields, field.split('.'))].flat().includes(login)

/** Whether a rule of today that names a type names somebody too; always false for whoever may not see every event. */
function namedByRules({ person, seesEvents }: MineOf, view: WorkspaceView): (type: string) => boolean {
  const known = new Map<string, boolean>()
  const names = (type: string): boolean =>
    view
      .rulesNaming(type)
      .some(({ rule }) =>
        [...rule.to, ...(rule.fallback ?? [])].some(
          ({ user, role, group }) =>
            user === person.login ||
            (role !== undefined && person.roles?.some((each) => each === role) === true) ||
            (group !== undefined && [...view.membersOf(group)].includes(person.login)),
        ),
      )
  return (type) => {
    if (!seesEvents) return false
    const before = known.get(type) ?? names(type)
    known.set(type, before)
    return before
  }
}

function myEvent(row: Row, told: readonly MyDelivery[], view: WorkspaceView, language: Language): MyEvent {
  const { id, type, subject, severity, incident, ...event } = eventView(row) as unknown as MyEvent
  return {
    ...{ id, time: event.time, type, subject, severity, incident },
    typeTitle: titleOfType(view, type, language),
    title: eventTitle(storedEvent(row), view, language),
    told: told.some(({ state }) => state === 'sent'),
    deliveries: told,
  }
}

const fold = (text: string): string => text.toLocaleLowerCase('ru').replaceAll('ё', 'е')

function isWanted(event: MyEvent, { q, told }: Query): boolean {
  if (told !== undefined && event.told !== (told === 'true')) return false
  if (q === undefined || q.trim() === '') return true
  const all = fold([event.title, event.typeTitle, event.subject ?? '', event.type].join('\n'))
  return fold(q)
    .split(/\s+/)
    .every((word) => all.includes(word))
}
