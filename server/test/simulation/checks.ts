import type { Store } from '../../src/store/store.ts'
import { idText } from '../../src/ids.ts'
import type { Network } from './network.ts'
import type { Posted } from './simulation.ts'

interface Delivery {
  readonly id: string
  readonly event: string
  readonly state: number
  readonly reason: string | null
  readonly note: string | null
  readonly attempts: string | null
}

/** Everything that must hold at the end, as sentences about what does not. */
export async function check(store: Store, network: Network, posted: readonly Posted[]): Promise<string[]> {
  const rows = await store.read({
    sql: `select d.id, e.event_id as event, d.state, d.reason, d.note, d.attempts, d.digest
          from deliveries d join events e on e.workspace = d.workspace and e.id = d.event`,
    parameters: [],
  })
  const deliveries: Delivery[] = rows.map((row) => ({
    id: idText(row['id'] as Uint8Array),
    event: row['event'] as string,
    state: row['state'] as number,
    reason: row['reason'] as string | null,
    note: row['note'] as string | null,
    attempts: row['attempts'] as string | null,
  }))
  const [queue] = await store.read({ sql: 'select count(*) as n from queue', parameters: [] })
  return [
    ...stored(posted, await store.read({ sql: 'select event_id from event_keys', parameters: [] })),
    ...(queue!['n'] === 0 ? [] : [`${queue!['n'] as number} deliveries are stuck in the queue`]),
    ...ended(deliveries),
    ...arrived(deliveries, network),
    ...marked(deliveries, network),
    ...ordered(network, posted, deliveries),
    ...network.violations.map((each) => `a provider's limit was exceeded: ${each}`),
  ]
}

const stored = (posted: readonly Posted[], rows: readonly Record<string, unknown>[]): string[] => {
  const known = new Set(rows.map((row) => row['event_id']))
  return posted.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} was accepted and is not stored`)
}

const ended = (deliveries: readonly Delivery[]): string[] =>
  deliveries
    .filter(({ state }) => state === 0)
    .map(({ id, reason }) => `delivery ${id} has no end (${reason ?? 'no reason'})`)

/** What the store calls sent has arrived; what has arrived is sent, or an attempt of it was ambiguous. */
function arrived(deliveries: readonly Delivery[], network: Network): string[] {
  const there = new Set(network.arrivals.map(({ delivery }) => delivery))
  return deliveries.flatMap(({ id, state, note, attempts, reason }) => {
    const joined = note?.split(' ').includes('joined') === true
    if (state === 1 && !there.has(id) && !joined) return [`delivery ${id} is said to be sent and never arrived`]
    const doubtful = attempts?.includes('ambiguous') === true || note?.includes('may_have_arrived') === true
    if (state !== 1 && there.has(id) && !doubtful)
      return [`delivery ${id} arrived and is said to be ${state} ${reason ?? ''}`]
    return []
  })
}

/** What arrived more than once is marked as a repeat, when it ended as sent. */
function marked(deliveries: readonly Delivery[], network: Network): string[] {
  const counts = new Map<string, number>()
  for (const { delivery } of network.arrivals) counts.set(delivery, (counts.get(delivery) ?? 0) + 1)
  return deliveries
    .filter(({ id, state, note }) => state === 1 && (counts.get(id) ?? 0) > 1 && note?.includes('repeat') !== true)
    .map(({ id }) => `delivery ${id} arrived ${counts.get(id)} times and is not marked`)
}

/**
 * Messages of one destination and one incident arrive in the order of their events, by the last that
 * people see of each; those aside of which nobody here could know that they had arrived.
 */
function ordered(network: Network, posted: readonly Posted[], deliveries: readonly Delivery[]): string[] {
  const sent = new Set(deliveries.filter(({ state }) => state === 1).map(({ id }) => id))
  const order = new Map(posted.map(({ id, order: at }) => [id, at]))
  const last = new Map<string, number>()
  const wrong: string[] = []
  // A repeat is what people see last of it.
  const lastOfEach = new Map(network.arrivals.map((arrival) => [arrival.delivery, arrival]))
  for (const arrival of network.arrivals) {
    const { channel, address, incident, event, delivery } = arrival
    if (incident === undefined || lastOfEach.get(delivery) !== arrival || !sent.has(delivery)) continue
    const at = order.get(event)
    if (at === undefined) continue
    const key = `${channel} ${address} ${incident}`
    if ((last.get(key) ?? -1) > at) wrong.push(`${key}: ${event} arrived after a later one`)
    last.set(key, Math.max(last.get(key) ?? -1, at))
  }
  return wrong
}
