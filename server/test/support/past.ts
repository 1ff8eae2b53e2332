import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { idBytes, idMaker } from '../../src/ids.ts'
import { systemRandom } from '../../src/clock.ts'

const HOUR_MS = 3_600_000
/** Every so manieth copy failed, and every so manieth was suppressed. */
const FAILED_EVERY = 11
const SUPPRESSED_EVERY = 7

type Value = string | number | bigint | null | Uint8Array
type Row = Record<string, Value>

/**
 * Gives an embedded store a past: copies of the deliveries that were sent, with their events, one of each an hour for so many
 * hours back, put into the store beside the server. How many more there are the earlier it is, `grows` says.
 */
export function addPast(folder: string, hours: number, perHour: (hoursAgo: number) => number): void {
  const database = new DatabaseSync(join(folder, 'nabat.db'), { timeout: 5_000 })
  const deliveries = database.prepare('select * from deliveries where state = 1').all() as Row[]
  const eventOf = database.prepare('select * from events where workspace = ? and id = ?')
  const now = Date.now()
  const clock = { ms: 0, now: () => clock.ms, after: () => () => {} }
  const makeId = idMaker(clock, systemRandom)
  const insert = (table: string, row: Row): void => {
    const names = Object.keys(row)
    const places = names.map(() => '?').join(', ')
    database.prepare(`insert into ${table} (${names.join(', ')}) values (${places})`).run(...Object.values(row))
  }
  database.exec('begin immediate')
  let n = 0
  for (let ago = hours; ago > 0; ago -= 1)
    for (let one = 0; one < perHour(ago); one += 1) {
      const row = deliveries[n % deliveries.length]!
      n += 1
      clock.ms = now - ago * HOUR_MS + one
      const event = idBytes(makeId())
      const copied = eventOf.get(row['workspace']!, row['event']!) as Row
      insert('events', { ...copied, id: event, event_id: null, time: clock.ms, incident: null })
      const state = n % FAILED_EVERY === 0 ? 3 : n % SUPPRESSED_EVERY === 0 ? 2 : 1
      const took = 40 + ((n * 7919) % 1_000) * (ago % 5 === 0 ? 60 : 1)
      const reason = state === 3 ? 'expired' : state === 2 ? 'silence' : null
      insert('deliveries', {
        ...row,
        id: idBytes(makeId()),
        event,
        state,
        reason,
        digest: null,
        ended_at: clock.ms + took,
      })
    }
  database.exec('commit')
  database.close()
}
