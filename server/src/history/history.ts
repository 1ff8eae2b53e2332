import type { Rule } from '@nabat/api/rule.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import { idBytes, isId } from '../ids.ts'
import { PRIORITY } from '../pipeline/accept.ts'
import type { Trace } from '../pipeline/trace.ts'
import type { EventRow, Store } from '../store/store.ts'
import { aboutEvents, deliveryCounts, titleOfType } from './about-events.ts'
import { changeOf, changesOf, type ChangeView } from './changes.ts'
import { deliveries, matching, newest, wantedBy, type Wanted } from './deliveries.ts'
import { SYSTEM_NOTICES } from '../configuration/system-notices.ts'
import { explain, type RuleThen } from './explain.ts'
import { eventsOfIncident, incidentOf, incidentsOf } from './incidents.ts'
import { namesOf } from './names.ts'
import { eventTitle } from './words.ts'
import { inSlices, type Found } from './slices.ts'
import { literal, sqliteQueries as db } from './tables.ts'
import { deliveryView, destinationView, eventView, fieldsOfRow, storedEvent, type Row } from './views.ts'
import type { Page, Query } from './page.ts'

/** Shown of what was told of an incident. */
const MOST_TOLD = 200

/** Whether an event is Nabat's own, of which the rule nobody made tells. */
const isSystem = (row: Row): boolean => (row['type'] as string).startsWith('system.')

/** What has happened: events, deliveries, incidents and changes, read beside the writer. */
export class History {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Events, the newest first; with `counts` how many of their deliveries stand how. */
  async events(
    view: WorkspaceView,
    query: Query,
    page: Page,
    language: Language,
  ): Promise<Found<{ id: string } & Row>> {
    const { eventId, source } = query
    const { rows, lookedTo } =
      eventId === undefined
        ? await this.#events(view, query, page)
        : { rows: await this.#byEventId(view, eventId, source), lookedTo: null }
    const ids = rows.map((row) => row['id'] as Uint8Array)
    const counts = query['counts'] === 'true' ? await deliveryCounts(this.#store, view, ids) : undefined
    const shown = rows.map((row) => ({
      ...this.#eventIn(view, row, language),
      ...(counts === undefined ? {} : { deliveries: counts(row['id'] as Uint8Array) }),
    }))
    return { rows: shown, lookedTo }
  }

  /** No index helps with what events are narrowed by. */
  #events(view: WorkspaceView, query: Query, page: Page): Promise<Found<Row>> {
    let select = db
      .selectFrom('events')
      .select([
        'id',
        'source',
        'event_id',
        'type',
        'subject',
        'severity',
        'time',
        'actor_user',
        'actor_role',
        'incident',
        'data',
      ])
      .where('workspace', '=', view.id)
      .orderBy('id', 'desc')
    if (query['source'] !== undefined) select = select.where('source', '=', query['source'])
    const { type, category, severity } = query
    // `camera.*`, as in rules: the slash is what follows the full stop.
    if (type?.endsWith('.*') === true)
      select = select.where('type', '>=', type.slice(0, -1)).where('type', '<', `${type.slice(0, -2)}/`)
    else if (type !== undefined) select = select.where('type', '=', type)
    if (category !== undefined) {
      const names = [...view.types()].filter((each) => each.category === category).map(({ name }) => name)
      // No type has an empty name.
      select = select.where('type', 'in', ['', ...names])
    }
    if (severity !== undefined) select = select.where('severity', '=', PRIORITY[severity as Severity])
    if (query['subject'] !== undefined) select = select.where('subject', '=', query['subject'])
    if (query['incident'] !== undefined) select = select.where('incident', '=', query['incident'])
    return inSlices(this.#store, 'events', view.id, query, page, (from, before, limit) => {
      let between = select.limit(limit)
      if (from !== undefined) between = between.where('id', '>=', from)
      if (before !== undefined) between = between.where('id', '<', before)
      return this.#store.read(between.compile())
    })
  }

  async #byEventId(view: WorkspaceView, eventId: string, source: string | undefined): Promise<readonly Row[]> {
    let keys = db
      .selectFrom('event_keys')
      .select('event')
      .where('workspace', '=', view.id)
      .where('event_id', '=', eventId)
    if (source !== undefined) keys = keys.where('source', '=', source)
    const found = await this.#store.read(keys.limit(100).compile())
    const ids = found.map((row) => row['event'] as Uint8Array)
    if (isId(eventId)) ids.push(idBytes(eventId))
    if (ids.length === 0) return []
    const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', 'in', ids)
    const rows = await this.#store.read(select.compile())
    return rows.filter((row) => source === undefined || row['source'] === source)
  }

  /** An event as it is stored, without what became of it. */
  async stored(view: WorkspaceView, id: string): Promise<EventRow | undefined> {
    const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', '=', idBytes(id))
    const [row] = await this.#store.read(select.compile())
    return row === undefined ? undefined : storedEvent(row)
  }

  /** An event with its trace, deliveries and attempts. */
  async event(view: WorkspaceView, id: string, language: Language = view.language): Promise<Row | undefined> {
    const select = db.selectFrom('events').selectAll().where('workspace', '=', view.id).where('id', '=', idBytes(id))
    const [row] = await this.#store.read(select.compile())
    if (row === undefined) return undefined
    const trace = JSON.parse(row['trace'] as string) as Trace
    const rules = await this.#rulesAt(view, trace.v)
    if (isSystem(row)) rules.push({ id: SYSTEM_NOTICES, rule: view.rule(SYSTEM_NOTICES)!.rule, removed: false })
    return {
      ...eventView(row),
      attachments: row['attachments'] === null ? [] : (JSON.parse(row['attachments'] as string) as unknown),
      trace: explain(trace, fieldsOfRow(row), rules, language),
      deliveries: await this.#deliveriesOf(view, row['id'] as Uint8Array, new Map(trace.s ?? []), rules, language),
    }
  }

  /** The rules of a version of the configuration: today's, with what changed since taken back. */
  async #rulesAt(view: WorkspaceView, version: number): Promise<RuleThen[]> {
    const select = db
      .selectFrom('changes')
      .select(['entity', 'before'])
      .where('workspace', '=', view.id)
      .where('section', '=', 'rules')
      .where('version', '>', version)
      .orderBy('version', 'desc')
      .orderBy('n', 'desc')
    const rules = new Map(view.rows('rules').map((row) => [row.id, row.body as string | null]))
    for (const row of await this.#store.read(select.compile()))
      rules.set(Number(row['entity']), row['before'] as string | null)
    return [...rules].flatMap(([id, body]) =>
      body === null ? [] : [{ id, rule: JSON.parse(body) as Rule, removed: view.rule(id) === undefined }],
    )
  }

  async #deliveriesOf(
    view: WorkspaceView,
    event: Uint8Array,
    silences: ReadonlyMap<string, string>,
    rules: readonly RuleThen[],
    language: Language,
  ): Promise<Row[]> {
    const select = deliveries(view.id).where('d.event', '=', event).orderBy('d.id')
    const then = new Map(rules.map(({ id, rule }) => [id, rule.name]))
    const rows = await this.#store.read(select.compile())
    const names = await namesOf(this.#store, view, rows, then)
    return rows.map((row) => {
      const delivery = deliveryView(row, names, language)
      const silence = silences.get(delivery.id)
      return silence === undefined ? delivery : { ...delivery, silence }
    })
  }

  /** Deliveries, the newest first. */
  async deliveries(
    view: WorkspaceView,
    query: Query,
    page: Page,
    language: Language,
  ): Promise<Found<{ id: string } & Row>> {
    const wanted = await wantedBy(this.#store, view, query)
    const { rows, lookedTo } = await this.#found(view, wanted, page)
    return { rows: await this.#shown(view, rows, language), lookedTo }
  }

  /** By an index where there is one for what is asked, else from the newest on, a slice at a time. */
  async #found(view: WorkspaceView, wanted: Wanted, page: Page): Promise<Found<Row>> {
    const { query } = wanted
    if (query['state'] === 'waiting') return { rows: await this.#waiting(view, wanted, page), lookedTo: null }
    const select = matching(view, wanted)
    if (query['event'] !== undefined || query['digest'] !== undefined || query['state'] === 'failed')
      return { rows: await this.#store.read(select.$call(newest('d.id', page)).compile()), lookedTo: null }
    return inSlices(this.#store, 'deliveries', view.id, query, page, (from, before, limit) => {
      let between = select.orderBy('d.id', 'desc').limit(limit)
      if (from !== undefined) between = between.where('d.id', '>=', from)
      if (before !== undefined) between = between.where('d.id', '<', before)
      return this.#store.read(between.compile())
    })
  }

  /** Deliveries with the names of what they speak of. */
  async #shown(view: WorkspaceView, rows: readonly Row[], language: Language): Promise<({ id: string } & Row)[]> {
    const names = await namesOf(this.#store, view, rows)
    const events = rows.map((row) => row['event'] as Uint8Array)
    const about = await aboutEvents(this.#store, view, events, language)
    return rows.map((row) => ({ ...deliveryView(row, names, language), ...about(row['event'] as Uint8Array) }))
  }

  /** An event in a list. */
  #eventIn(view: WorkspaceView, row: Row, language: Language): { id: string } & Row {
    return {
      ...eventView(row),
      title: eventTitle(storedEvent(row), view, language),
      typeTitle: titleOfType(view, row['type'] as string, language),
    }
  }

  /**
   * Those that wait are a handful among millions and are read from the queue, not looked for in the history. What has
   * joined a digest has no place there of its own: it is found through the delivery that has.
   */
  async #waiting(view: WorkspaceView, wanted: Wanted, page: Page): Promise<Row[]> {
    const queued = matching(view, wanted).where('q.workspace', '=', view.id).$call(newest('q.delivery', page))
    const digests = db
      .selectFrom('queue')
      .select('delivery')
      .where('workspace', '=', view.id)
      .where('digest', '=', literal(1))
    const joined = matching(view, wanted).where('d.digest', 'in', digests).$call(newest('d.id', page))
    const found = await Promise.all([queued, joined].map((select) => this.#store.read(select.compile())))
    return found
      .flat()
      .toSorted((a, b) => Buffer.compare(b['id'] as Uint8Array, a['id'] as Uint8Array))
      .slice(0, page.limit + 1)
  }

  async delivery(view: WorkspaceView, id: string, language: Language): Promise<Row | undefined> {
    const rows = await this.#store.read(deliveries(view.id).where('d.id', '=', idBytes(id)).compile())
    return (await this.#shown(view, rows, language))[0]
  }

  /** Destinations in the order in which they were first met. */
  async destinations(
    view: WorkspaceView,
    query: Query,
    page: Page,
    language: Language,
  ): Promise<({ id: string } & Row)[]> {
    let select = db
      .selectFrom('destinations')
      .selectAll()
      .where('workspace', '=', view.id)
      .orderBy('id')
      .limit(page.limit + 1)
    if (page.after !== undefined) select = select.where('id', '>', Number(page.after))
    if (query['disabled'] === 'true') select = select.where('disabled_at', 'is not', null)
    const rows = await this.#store.read(select.compile())
    const names = await namesOf(this.#store, view, rows)
    return rows.map((row) => destinationView(row, names, language))
  }

  async destination(view: WorkspaceView, id: number, language: Language): Promise<({ id: string } & Row) | undefined> {
    const select = db.selectFrom('destinations').selectAll().where('workspace', '=', view.id).where('id', '=', id)
    const rows = await this.#store.read(select.compile())
    const names = await namesOf(this.#store, view, rows)
    return rows.map((row) => destinationView(row, names, language))[0]
  }

  /** Incidents, the newest first; `state` open (acknowledged ones too), acknowledged or ended. */
  incidents(view: WorkspaceView, query: Query, page: Page, language: Language): Promise<({ id: string } & Row)[]> {
    return incidentsOf(this.#store, view, query, page, language)
  }

  /** An incident with its events, the newest first, and what anybody was told of them. */
  async incident(view: WorkspaceView, key: string, language: Language): Promise<Row | undefined> {
    const incident = await incidentOf(this.#store, view, key, language)
    if (incident === undefined) return undefined
    const story = { key, openedBy: String(incident['openedBy']), lastEvent: String(incident['lastEvent']) }
    const { rows, more } = await eventsOfIncident(this.#store, view, story)
    const ids = rows.map((row) => row['id'] as Uint8Array)
    const told =
      ids.length === 0
        ? []
        : await this.#store.read(
            deliveries(view.id).where('d.event', 'in', ids).orderBy('d.id', 'desc').limit(MOST_TOLD).compile(),
          )
    return {
      ...incident,
      events: rows.map((row) => this.#eventIn(view, row, language)),
      moreEvents: more,
      told: await this.#shown(view, told, language),
    }
  }

  /** Changes of the configuration, the newest first. */
  changes(view: WorkspaceView, query: Query, page: Page): Promise<ChangeView[]> {
    return changesOf(this.#store, view, query, page)
  }

  /** One change by its id. */
  change(view: WorkspaceView, id: string): Promise<ChangeView | undefined> {
    return changeOf(this.#store, view, id)
  }
}
