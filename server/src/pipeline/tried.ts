import { idBytes } from '../ids.ts'
import type { ClaimedRow, Store } from '../store/store.ts'
import type { DestinationKey } from './fallback.ts'

/** The destinations an event has deliveries to already: a fallback goes to none of them. */
export async function triedFor(row: ClaimedRow, store: Store): Promise<ReadonlySet<DestinationKey>> {
  const rows = await store.read({
    sql: `select distinct t.channel, t.address from deliveries d
          join destinations t on t.workspace = d.workspace and t.id = d.destination
          where d.workspace = ? and d.event = ?`,
    parameters: [row.workspace, idBytes(row.event.id)],
  })
  return new Set(rows.map((each) => `${each['channel'] as number} ${each['address'] as string}`))
}
