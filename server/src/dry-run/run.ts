/*
 * A dry run over the store: slices of events by id, read beside the writer and handed on to the thread that looks at them,
 * the next one read meanwhile. One run at a time: on two cores a second one would take what delivering needs.
 */
import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { fillIn, type Sources } from '../configuration/references.ts'
import { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, idText, idTime } from '../ids.ts'
import type { ConfigurationChanges, Dialect, Store } from '../store/store.ts'
import { DryRunThread, type Tried } from './thread.ts'

/** Events of one read: about ten milliseconds of the reading connection. */
const SLICE = 2_000

/** Milliseconds, both ends included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** How far a run is: from 0 to 1, and how many stored events it has seen. */
export interface Progress {
  readonly progress: number
  readonly events: number
}

/** What is tried. */
export interface Asked {
  readonly workspace: number
  readonly rule: Rule
  /** The saved rule it would replace, by its entity id; null: it is new. */
  readonly replaces: number | null
  readonly span: Span
  readonly sources: Sources
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** What waits at once in the span does not fit into the memory a run may take. */
export class TooMuchAtOnce extends Error {
  override readonly name = 'TooMuchAtOnce'
}

export class DryRuns {
  readonly #store: Store
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
  }

  /** Runs a rule that has no problems over the stored events. Rejects with the signal's reason once it is aborted. */
  async *run(asked: Asked): AsyncGenerator<Progress, DryRunReport, void> {
    const { signal } = asked
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = Promise.all([before, promise])
    let thread: DryRunThread | undefined
    const end = (): void => void thread?.close()
    signal.addEventListener('abort', end)
    try {
      yield { progress: 0, events: 0 }
      await before
      signal.throwIfAborted()
      const tried = await triedOf(this.#store, asked)
      const types = typesToSee(tried)
      thread = new DryRunThread(tried)
      return yield* this.#walk(asked, types, thread)
    } catch (error) {
      signal.throwIfAborted()
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') throw new TooMuchAtOnce()
      throw error
    } finally {
      signal.removeEventListener('abort', end)
      await thread?.close()
      resolve()
    }
  }

  async *#walk(
    { workspace, span: { from, to }, signal }: Asked,
    types: readonly string[],
    thread: DryRunThread,
  ): AsyncGenerator<Progress, DryRunReport, void> {
    const end = idBytes(firstIdOf(to + 1))
    const sql = SLICES[await this.#store.dialect()]
    const read = (after: Uint8Array): Promise<Slice> => sliceAfter(this.#store, sql, workspace, after, end, types)
    const ends = await endsOf(this.#store, workspace, idBytes(firstIdOf(from)), end)
    let events = 0
    let slice = await read(idBytes(firstIdOf(from)))
    while (slice.last !== null) {
      signal.throwIfAborted()
      events += slice.count
      const next = read(slice.last)
      // It is awaited below, unless the thread ends before.
      next.catch(() => {})
      if (slice.events !== null) await thread.see(slice.events)
      const seen = (timeOf(slice.last) - ends.first) / (ends.last - ends.first + 1)
      yield { progress: Math.min(1, Math.max(0, Math.round(seen * 1000) / 1000)), events }
      slice = await next
    }
    const found = await thread.end()
    const storedFrom = ends.stored > from ? iso(ends.stored) : null
    return { from: iso(from), to: iso(to), storedFrom, events, ...found }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const timeOf = (id: Uint8Array): number => idTime(idText(id))

/**
 * The configuration of the workspace as it is stored, with the rule in its place. A copy: what is saved while the run goes
 * on does not change its answer. The rule counts as switched on.
 */
async function triedOf(store: Store, asked: Asked): Promise<Tried> {
  const { workspace, sources, replaces } = asked
  const { enabled: _enabled, ...rule } = asked.rule
  const changes = await store.configurationSince(workspace, 0)
  const id = replaces ?? 1 + changes.entities.reduce((most, entity) => Math.max(most, entity.id), 0)
  const others = changes.entities.filter((entity) => entity.section !== 'rules' || entity.id !== id)
  const body = JSON.stringify(rule)
  const { version } = changes.workspace
  const row = { section: 'rules', id, key: rule.name, body, origin: 'api', version, removed: false } as const
  return { changes: { ...changes, entities: [...others, row] }, rule: id, ...filledIn(changes, sources) }
}

/** What the references of channels lead to: secrets are opened here, where their key is. */
function filledIn({ entities }: ConfigurationChanges, sources: Sources): Pick<Tried, 'env' | 'secrets'> {
  const secrets = new Map<string, string>()
  const secret = (name: string): string | undefined => {
    const value = sources.secret(name)
    if (value !== undefined) secrets.set(name, value)
    return value
  }
  for (const { section, body } of entities)
    if (section === 'channels') fillIn(JSON.parse(body) as unknown, { ...sources, secret })
  return { env: sources.env, secrets }
}

/** The types the rule names, and those that say something of incidents of the same kinds. */
function typesToSee({ changes, rule }: Tried): string[] {
  const rules = changes.entities.filter(
    ({ section, id }) => section === 'types' || (section === 'rules' && id === rule),
  )
  const view = new WorkspaceView(changes.workspace.id)
  view.update({ ...changes, entities: rules, destinations: [] }, { env: {}, secret: () => undefined })
  const all = [...view.types()]
  const isNamed = (name: string): boolean => view.rulesNaming(name).length > 0
  const kinds = new Set(all.filter(({ name }) => isNamed(name)).map(({ incident }) => incident?.key))
  return all
    .filter(({ name, incident }) => isNamed(name) || (incident !== undefined && kinds.has(incident.key)))
    .map(({ name }) => name)
}

/** Times of the first and the last event of a span, and of the earliest that is stored at all; Infinity without any. */
async function endsOf(
  store: Store,
  workspace: number,
  after: Uint8Array,
  end: Uint8Array,
): Promise<{ first: number; last: number; stored: number }> {
  const [row] = await store.read({
    sql: `select (select id from events where workspace = ? and id > ? and id < ? order by id limit 1) as first,
                 (select id from events where workspace = ? and id > ? and id < ? order by id desc limit 1) as last,
                 (select id from events where workspace = ? order by id limit 1) as stored`,
    parameters: [workspace, after, end, workspace, after, end, workspace],
  })
  const time = (name: string): number => {
    const id = row?.[name] as Uint8Array | null
    return id === null ? Infinity : timeOf(id)
  }
  return { first: time('first'), last: time('last'), stored: time('stored') }
}

interface Slice {
  /** Events there are, those of other types too. */
  readonly count: number
  /** Id of the last of them; null behind the end. */
  readonly last: Uint8Array | null
  /** Those of the types that matter: JSON, bytes nobody else holds. */
  readonly events: Uint8Array<ArrayBuffer> | null
}

/** What the thread is given of an event; `data` becomes a part of the slice's JSON. */
const COLUMNS = 'source, event_id, type, subject, severity, time, actor_user, actor_role, incident'
const FROM = 'from (select * from events where workspace = ? and id > ? and id < ? order by id limit ?) e'
const SLICES: Readonly<Record<Dialect, string>> = {
  sqlite: `select count(*) as n, max(id) as last, cast(json_group_array(json_array(hex(id), ${COLUMNS}, json(data)))
      filter (where type in (select value from json_each(?))) as blob) as events ${FROM}`,
  postgres: `select count(*) as n, (array_agg(id order by id desc))[1] as last, convert_to('[' || coalesce(
      string_agg(json_build_array(upper(replace(id::text, '-', '')), ${COLUMNS}, data::json)::text, ',' order by id)
      filter (where type in (select json_array_elements_text(?::json))), '') || ']', 'UTF8') as events ${FROM}`,
}

/**
 * The next slice, as one value: rows of objects cross between threads at five times the cost, which the event loop would
 * have to pay [a million events: 3.0 s of the event loop, 0.4 s as bytes].
 */
async function sliceAfter(
  store: Store,
  sql: string,
  workspace: number,
  after: Uint8Array,
  end: Uint8Array,
  types: readonly string[],
): Promise<Slice> {
  const [row] = await store.read({
    sql,
    parameters: [JSON.stringify(types), workspace, after, end, SLICE],
  })
  return {
    count: Number(row?.['n']),
    last: (row?.['last'] as Uint8Array | null | undefined) ?? null,
    events: (row?.['events'] as Uint8Array<ArrayBuffer> | null | undefined) ?? null,
  }
}
