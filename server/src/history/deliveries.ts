import type { WorkspaceView } from '../configuration/view.ts'
import { firstIdOf, idBytes, isId } from '../ids.ts'
import { STATES, type Store } from '../store/store.ts'
import { idsNamed } from './names.ts'
import type { Page, Query } from './page.ts'
import { literal, sqliteQueries as db } from './tables.ts'

/** Every delivery of a workspace, with its place in the queue when it has one. */
export const deliveries = (workspace: number) =>
  db
    .selectFrom('deliveries as d')
    .leftJoin('destinations as t', (on) =>
      on.onRef('t.workspace', '=', 'd.workspace').onRef('t.id', '=', 'd.destination'),
    )
    .leftJoin('queue as q', (on) => on.onRef('q.workspace', '=', 'd.workspace').onRef('q.delivery', '=', 'd.id'))
    .select([
      'd.id',
      'd.event',
      'd.rule',
      'd.recipient',
      'd.state',
      'd.reason',
      'd.ended_at',
      'd.attempts',
      'd.instead_of',
      'd.digest',
      'd.note',
    ])
    .select(['t.id as destination', 't.channel', 't.address', 't.disabled_at'])
    .select(['q.due_at', 'q.claimed_at', 'q.behind', 'q.expires_at'])
    .where('d.workspace', '=', workspace)

type Deliveries = ReturnType<typeof deliveries>

/** What a list asks for, with names and ids as the store has them. */
export interface Wanted {
  readonly query: Query
  readonly channels?: readonly number[]
  readonly rules?: readonly number[]
  /** The delivery in whose message the others left. */
  readonly digest?: Uint8Array
}

/** Looks up the names and the digest a query speaks of: those of what was removed are found as well. */
export async function wantedBy(store: Store, view: WorkspaceView, query: Query): Promise<Wanted> {
  const { channel, rule, digest } = query
  return {
    query,
    ...(channel === undefined ? {} : { channels: await idsNamed(store, view, 'channels', channel) }),
    ...(rule === undefined ? {} : { rules: await idsNamed(store, view, 'rules', rule) }),
    ...(digest === undefined ? {} : { digest: await gatheredBy(store, view, digest) }),
  }
}

/** The delivery that gathered the digest this one left in: itself, when it joined none. */
async function gatheredBy(store: Store, view: WorkspaceView, id: string): Promise<Uint8Array> {
  const joined = db
    .selectFrom('deliveries')
    .select('digest')
    .where('workspace', '=', view.id)
    .where('id', '=', idBytes(id))
  const [row] = await store.read(joined.compile())
  return (row?.['digest'] as Uint8Array | null | undefined) ?? idBytes(id)
}

/** The deliveries a list asks for, in no order yet. */
export function matching(view: WorkspaceView, { query, channels, rules, digest }: Wanted): Deliveries {
  let select = deliveries(view.id)
  const state = STATES.indexOf(query['state'] as (typeof STATES)[number])
  // A number, not a parameter, or the index of those that failed is not considered.
  if (state >= 0) select = select.where('d.state', '=', literal(state))
  if (query['event'] !== undefined && isId(query['event']))
    select = select.where('d.event', '=', idBytes(query['event']))
  if (channels !== undefined) select = select.where('t.channel', 'in', channels)
  if (rules !== undefined) select = select.where('d.rule', 'in', rules)
  if (digest !== undefined) select = select.where((is) => is.or([is('d.id', '=', digest), is('d.digest', '=', digest)]))
  const { recipient, reason, destination, from, to } = query
  if (recipient !== undefined) select = select.where('d.recipient', '=', recipient)
  if (reason !== undefined) select = select.where('d.reason', '=', reason)
  if (destination !== undefined) select = select.where('d.destination', '=', Number(destination))
  if (from !== undefined) select = select.where('d.id', '>=', idBytes(firstIdOf(Date.parse(from))))
  if (to !== undefined) select = select.where('d.id', '<', idBytes(firstIdOf(Date.parse(to))))
  return select
}

/** A page of them and one row more, from the newest on. The column says which table is walked. */
export const newest =
  (id: 'd.id' | 'q.delivery', page: Page) =>
  (select: Deliveries): Deliveries => {
    const ordered = select.orderBy(id, 'desc').limit(page.limit + 1)
    return page.after !== undefined && isId(page.after) ? ordered.where(id, '<', idBytes(page.after)) : ordered
  }
