import type { Record, StoredDelivery } from '../record.ts'
import { idText } from '../../../src/ids.ts'

/** What was accepted is stored once, and every delivery of it has exactly one end. */
export async function checkEnds(record: Record): Promise<string[]> {
  const { world, deliveries } = record
  const [queue] = await world.store.read({ sql: 'select count(*) as n from queue', parameters: [] })
  return [
    ...(await stored(record)),
    ...(queue!['n'] === 0 ? [] : [`${queue!['n'] as number} deliveries are stuck in the queue`]),
    ...deliveries.filter(({ state }) => state === 0).map((each) => `${said(each)} has no end`),
    ...deliveries
      .filter(({ state, endedAt }) => state !== 0 && endedAt === null)
      .map((each) => `${said(each)} ended nobody knows when`),
    ...[...world.ends].filter(([, times]) => times > 1).map(([id, times]) => `delivery ${id} ended ${times} times`),
    ...toldOnce(record),
  ]
}

/** A delivery in words. */
export const said = ({ id, eventId, type, place, reason }: StoredDelivery): string =>
  `delivery ${id} of ${eventId} (${type}) to ${place === '' ? 'nobody' : place} (${reason ?? 'no reason'})`

async function stored({ world }: Record): Promise<string[]> {
  const rows = await world.store.read({ sql: 'select id, event_id from events order by id', parameters: [] })
  const known = new Map(rows.map((row) => [idText(row['id'] as Uint8Array), String(row['event_id'])]))
  const times = new Map<string, number>()
  for (const event of known.values()) times.set(event, (times.get(event) ?? 0) + 1)
  return [
    ...world.answered.filter(({ id }) => !known.has(id)).map(({ event }) => `${event} was accepted and is not stored`),
    ...[...times]
      .filter(([event, n]) => n > 1 && event !== 'null')
      .map(([event, n]) => `${event} is stored ${n} times`),
  ]
}

/** An event is told once at a destination, however many ways lead there. */
function toldOnce({ deliveries, isByHand }: Record): string[] {
  const told = new Map<string, StoredDelivery>()
  return deliveries.flatMap((each) => {
    if (each.state !== 1 || isByHand(each)) return []
    const key = `${each.event} ${each.destination}`
    const before = told.get(key)
    told.set(key, each)
    return before === undefined ? [] : [`${said(each)} tells it there for the second time`]
  })
}
