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

/** Since when these destinations are disabled; in the answer stand those that are, by `destinationKey`. */
export async function disabledSince(
  store: Store,
  workspace: number,
  keys: readonly DestinationKey[],
): Promise<ReadonlyMap<string, string>> {
  const since = new Map<string, string>()
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE)
    const select = db
      .selectFrom('destinations')
      .select(['channel', 'address', 'disabled_at'])
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
      since.set(destinationKey(key), time(row['disabled_at'])!)
    }
  }
  return since
}

/** Since when these channels are down, by their names: when the incident that says so was opened. */
export async function downSince(
  store: Store,
  workspace: number,
  channels: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (channels.length === 0) return new Map()
  const keys = new Map(channels.map((name) => [`channel:${name}`, name]))
  const select = db
    .selectFrom('incidents')
    .select(['key', 'opened_at'])
    .where('workspace', '=', workspace)
    .where('key', 'in', [...keys.keys()])
    .where('ended_at', 'is', null)
  const rows = await store.read(select.compile())
  return new Map(rows.map((row) => [keys.get(row['key'] as string)!, time(row['opened_at'])!]))
}

/** One text for both parts. */
export const destinationKey = ({ channel, address }: DestinationKey): string => `${channel} ${address}`
