import type { Store } from '../store/store.ts'
import { time } from './views.ts'
import { sqliteQueries as db } from './tables.ts'

/** A destination by its channel and the key of its address. */
export interface DestinationKey {
  readonly channel: number
  readonly address: string
}

/** Few enough for the parameters of one statement. */
const AT_ONCE = 1_000

/** A destination that is out of use: its number, and since when. */
export interface DisabledDestination {
  readonly id: string
  readonly since: string
}

/** Since when these destinations are disabled; in the answer stand those that are, by `destinationKey`. */
export async function disabledSince(
  store: Store,
  workspace: number,
  keys: readonly DestinationKey[],
): Promise<ReadonlyMap<string, DisabledDestination>> {
  const since = new Map<string, DisabledDestination>()
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE)
    const select = db
      .selectFrom('destinations')
      .select(['id', 'channel', 'address', 'disabled_at'])
      .where('workspace', '=', workspace)
      .where('channel', 'in', [...new Set(some.map(({ channel }) => channel))])
      .where(
        'address',
        'in',
        some.map(({ address }) => address),
      )
      .where('disabled_at', 'is not', null)
    for (const row of await store.read(select.compile())) {
      const key = { channel: Number(row['channel']), address: row['address'] as string }
      since.set(destinationKey(key), { id: String(row['id']), since: time(row['disabled_at'])! })
    }
  }
  return since
}

/** One text for both parts. */
export const destinationKey = ({ channel, address }: DestinationKey): string => `${channel} ${address}`
