import type { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, idText } from '../ids.ts'
import { STATES, type Store } from '../store/store.ts'
import { matching, wantedBy, type Wanted } from './deliveries.ts'
import type { Query } from './page.ts'
import { endOfSlice, SLICE } from './slices.ts'
import { literal, sqliteQueries as db } from './tables.ts'

/**
 * The ids of all deliveries that a filter of the list means, the newest first, a slice at a time; a slice may be empty.
 * Deliveries made after `now` are not among them.
 */
export async function* foundDeliveries(
  store: Store,
  view: WorkspaceView,
  query: Query,
  now: number,
): AsyncGenerator<string[], void, undefined> {
  const wanted = await wantedBy(store, view, query)
  const end = query['to'] === undefined ? now + 1 : Math.min(now + 1, Date.parse(query['to']))
  const from = idBytes(firstIdOf(query['from'] === undefined ? 0 : Date.parse(query['from'])))
  let before = idBytes(firstIdOf(end))
  for (;;) {
    const last = await lastOfSlice(store, view, query, from, before)
    yield await foundBetween(store, view, wanted, last ?? from, before)
    if (last === undefined) return
    before = last
  }
}

/** The last row of the slice that begins before an id; undefined when the slice ends with all there is. */
async function lastOfSlice(
  store: Store,
  view: WorkspaceView,
  query: Query,
  from: Buffer,
  before: Buffer,
): Promise<Buffer | undefined> {
  const { state } = query
  if (state !== 'waiting' && state !== 'failed') return endOfSlice(store, 'deliveries', view.id, { from, before })
  const queued = db
    .selectFrom('queue')
    .select('delivery as id')
    .where('workspace', '=', view.id)
    .where('delivery', '>=', from)
    .where('delivery', '<', before)
    .orderBy('delivery', 'desc')
  const failed = db
    .selectFrom('deliveries')
    .select('id')
    .where('workspace', '=', view.id)
    // A number, not a parameter, or the index of those that failed is not considered.
    .where('state', '=', literal(STATES.indexOf('failed')))
    .where('id', '>=', from)
    .where('id', '<', before)
    .orderBy('id', 'desc')
  const last = [
    queued
      .limit(1)
      .offset(SLICE - 1)
      .compile(),
    failed
      .limit(1)
      .offset(SLICE - 1)
      .compile(),
  ]
  const [row] = await store.read(last[state === 'waiting' ? 0 : 1]!)
  return row === undefined ? undefined : Buffer.from(row['id'] as Uint8Array)
}

async function foundBetween(
  store: Store,
  view: WorkspaceView,
  wanted: Wanted,
  from: Buffer,
  before: Buffer,
): Promise<string[]> {
  const inSlice = matching(view, wanted)
    .clearSelect()
    .select('d.id')
    .where('d.id', '>=', from)
    .where('d.id', '<', before)
    .orderBy('d.id', 'desc')
  const select = wanted.query['state'] === 'waiting' ? inSlice.where('q.workspace', '=', view.id) : inSlice
  return (await store.read(select.compile())).map((row) => idText(row['id'] as Uint8Array))
}
