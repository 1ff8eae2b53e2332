import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { fieldsOfRow } from '../history/views.ts'
import { firstIdOf, idBytes } from '../ids.ts'
import { PASSED, type CompiledCondition } from '../pipeline/conditions.ts'
import type { Store } from '../store/store.ts'

/*
 * Counting of stored events and incidents. Everything is read in slices beside the writer: a day of a large company has a
 * million events, and whoever looks at a list must not wait behind them.
 */

/** From a moment on, up to another and without it. Milliseconds since 1970, by the clock of acceptance. */
export interface Window {
  readonly since: number
  readonly until: number
}

/** What is counted. */
export interface Filter {
  readonly named: (type: string) => boolean
  /** Null: whatever its fields are. */
  readonly condition: CompiledCondition | null
}

/** Events that are only counted, and such that are looked into, of one read. */
const COUNTED = 20_000
const LOOKED_INTO = 500
/** Incidents of one read. */
const INCIDENTS = 1_000
/** What the clock raised is no happening. */
const RAISED = "source = 'nabat' and event_id like 'schedule:%'"

type Row = Readonly<Record<string, unknown>>

/** How many events there were of each type. */
export async function countEvents(
  store: Store,
  workspace: number,
  window: Window,
  { named, condition }: Filter,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const read = condition === null ? countedRows : matchingRows(condition)
  for await (const [from, to] of slices(store, workspace, window, condition === null ? COUNTED : LOOKED_INTO))
    for (const row of await read(store, workspace, from, to)) {
      const type = row['type'] as string
      if (named(type)) counts.set(type, (counts.get(type) ?? 0) + Number(row['n']))
    }
  return counts
}

/** The ids between which the slices of a window lie, the first of each included. */
async function* slices(
  store: Store,
  workspace: number,
  { since, until }: Window,
  size: number,
): AsyncGenerator<readonly [Uint8Array, Uint8Array], void> {
  const end = idBytes(firstIdOf(until))
  for (let from: Uint8Array = idBytes(firstIdOf(since)); ;) {
    const [row] = await store.read({
      sql: 'select id from events where workspace = ? and id >= ? and id < ? order by id limit 1 offset ?',
      parameters: [workspace, from, end, size],
    })
    const to = (row?.['id'] as Uint8Array | undefined) ?? end
    yield [from, to]
    if (row === undefined) return
    from = to
  }
}

const countedRows = (store: Store, workspace: number, from: Uint8Array, to: Uint8Array): Promise<readonly Row[]> =>
  store.read({
    sql: `select type, count(*) as n from events
          where workspace = ? and id >= ? and id < ? and (event_id is null or not (${RAISED})) group by type`,
    parameters: [workspace, from, to],
  })

const matchingRows =
  (condition: CompiledCondition) =>
  async (store: Store, workspace: number, from: Uint8Array, to: Uint8Array): Promise<readonly Row[]> => {
    const rows = await store.read({
      sql: `select type, subject, severity, source, actor_user, actor_role, incident, data from events
            where workspace = ? and id >= ? and id < ? and (event_id is null or not (${RAISED}))`,
      parameters: [workspace, from, to],
    })
    return rows.filter((row) => condition(fieldsOfRow(row)) === PASSED).map((row) => ({ type: row['type'], n: 1 }))
  }

/** What became of incidents in a window; `open`: at its end. */
export interface IncidentCounts {
  readonly opened: number
  readonly open: number
  readonly ended: number
}

/** Incidents by the events that opened them; one whose opening event is forgotten is not counted. */
export async function countIncidents(
  store: Store,
  workspace: number,
  { since, until }: Window,
  { named, condition }: Filter,
): Promise<IncidentCounts> {
  let [opened, open, ended] = [0, 0, 0]
  for (let after = ''; ;) {
    const rows = await store.read({
      sql: `select i.key, i.opened_at, i.ended_at, e.type, e.subject, e.severity, e.source, e.actor_user, e.actor_role,
              e.incident, e.data
            from incidents i join events e on e.workspace = i.workspace and e.id = i.opened_by
            where i.workspace = ? and i.key > ? and i.opened_at < ? and (i.ended_at is null or i.ended_at >= ?)
            order by i.key limit ?`,
      parameters: [workspace, after, until, since, INCIDENTS],
    })
    for (const row of rows) {
      if (!named(row['type'] as string)) continue
      if (condition !== null && condition(fieldsOfRow(row)) !== PASSED) continue
      const endedAt = row['ended_at'] === null ? Infinity : Number(row['ended_at'])
      if (Number(row['opened_at']) >= since) opened += 1
      if (endedAt >= until) open += 1
      else ended += 1
    }
    if (rows.length < INCIDENTS) return { opened, open, ended }
    after = rows.at(-1)!['key'] as string
  }
}

/**
 * Incidents of one kind that are open now. Where the end of a thing leaves its incident open (a ticket's does: whoever has
 * it must hear of it), one whose latest event is an end is not counted.
 */
export async function countOpen(
  store: Store,
  workspace: number,
  { incident }: Pick<EventType, 'incident'>,
  ends: readonly string[],
): Promise<number> {
  const kind = incident?.key.split('{')[0] ?? ''
  let count = 0
  for (let after = kind; ;) {
    const rows = await store.read({
      sql: `select i.key, e.type from incidents i join events e on e.workspace = i.workspace and e.id = i.last_event
            where i.workspace = ? and i.key > ? and i.key < ? and i.ended_at is null order by i.key limit ?`,
      parameters: [workspace, after, `${kind}\u{10ffff}`, INCIDENTS],
    })
    count += rows.filter((row) => !ends.includes(row['type'] as string)).length
    if (rows.length < INCIDENTS) return count
    after = rows.at(-1)!['key'] as string
  }
}
