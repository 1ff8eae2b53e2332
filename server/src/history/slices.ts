import { firstIdOf, idBytes, idText, isId } from '../ids.ts'
import type { Store } from '../store/store.ts'
import type { Page, Query } from './page.ts'
import { sqliteQueries as db } from './tables.ts'

/** Rows looked at in one statement, short enough for others to read in between; and for one page. */
export const SLICE = 5_000
const SLICES_A_PAGE = 5

/** A page of a list that no index answers. */
export interface Found<Row> {
  /** At most one more than the page holds. */
  readonly rows: readonly Row[]
  /** The id the next page goes on from although this one is not full; null: there is nothing further back. */
  readonly lookedTo: string | null
}

/** The oldest row of the slice of a table that begins before an id; undefined when the slice ends with all there is. */
export async function endOfSlice(
  store: Store,
  table: 'events' | 'deliveries',
  workspace: number,
  { from, before }: { readonly from: Uint8Array | undefined; readonly before: Uint8Array | undefined },
): Promise<Buffer | undefined> {
  let select = db
    .selectFrom(table)
    .select('id')
    .where('workspace', '=', workspace)
    .orderBy('id', 'desc')
    .limit(1)
    .offset(SLICE - 1)
  if (from !== undefined) select = select.where('id', '>=', from)
  if (before !== undefined) select = select.where('id', '<', before)
  const [row] = await store.read(select.compile())
  return row === undefined ? undefined : Buffer.from(row['id'] as Uint8Array)
}

/**
 * Looks for the rows of a page from the newest on, a slice at a time, so that something rare among millions never takes
 * longer than its slices: a page may come to fewer rows than it holds, or to none, and the next goes on from there. `find`
 * answers the rows between two ids (the first one included), at most so many.
 */
export async function inSlices<Row extends { readonly [column: string]: unknown }>(
  store: Store,
  table: 'events' | 'deliveries',
  workspace: number,
  query: Query,
  page: Page,
  find: (from: Uint8Array | undefined, before: Uint8Array | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<Found<Row>> {
  const rows: Row[] = []
  const from = query['from'] === undefined ? undefined : idBytes(firstIdOf(Date.parse(query['from'])))
  let before = query['to'] === undefined ? undefined : idBytes(firstIdOf(Date.parse(query['to'])))
  if (page.after !== undefined && isId(page.after)) before = idBytes(page.after)
  for (let n = 0; n < SLICES_A_PAGE; n++) {
    const end = await endOfSlice(store, table, workspace, { from, before })
    const missing = page.limit + 1 - rows.length
    rows.push(...(await find(end ?? from, before, missing)))
    if (rows.length > page.limit || end === undefined) return { rows, lookedTo: null }
    before = end
  }
  return { rows, lookedTo: before === undefined ? null : idText(before) }
}
