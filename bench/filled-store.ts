/*
 * A data folder with millions of delivered events, written straight into SQLite: each row a copy of one that Nabat wrote
 * itself in a storm, under another id, camera and time. One delivery an event, which is the dearest kind of history: the
 * event's row and trace are shared by nobody.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { idBytes, idMaker } from '../server/src/ids.ts'
import { systemRandom } from '../server/src/clock.ts'
import { startNabat, type Sink } from './processes.ts'
import { storm, stormConfig, withIncident } from './storm.ts'

/** The history ends now and goes back so far, unless said otherwise; less than what is kept. */
const SPAN_MS = 150 * 86_400_000
const AT_A_TIME = 100_000
/** Every so manieth delivery failed, and is found by its state. */
const FAILED_EVERY = 200
const SEED = 2_000

type Value = string | number | bigint | null | Uint8Array

export interface Filled {
  /** Bytes of the file for one delivery with its event and its share of every index, `data` not counted. */
  readonly bytesEach: number
}

/** Makes the folder's database and fills it with so many deliveries. */
export async function fillStore(
  folder: string,
  sink: Sink,
  count: number,
  say: (line: string) => void,
  spanMs: number = SPAN_MS,
): Promise<Filled> {
  {
    await using nabat = await startNabat({ config: stormConfig(sink.url), folder })
    await storm(nabat, sink, SEED, withIncident, 1e9)
  }
  const path = join(folder, 'data/nabat.db')
  const database = new DatabaseSync(path)
  database.exec('pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -500000')
  const before = statSync(path).size
  const event = copier(database, 'events', 'incident is not null')
  const delivery = copier(database, 'deliveries', 'state = 1')
  const endsAt = Date.now() - 60_000
  const clock = { ms: 0, now: () => clock.ms, after: () => () => {} }
  const makeId = idMaker(clock, systemRandom)
  let dataBytes = 0
  for (let n = 0; n < count; n += 1) {
    if (n % AT_A_TIME === 0) {
      if (n > 0) database.exec('commit')
      database.exec('begin')
      if (n % 1_000_000 === 0)
        say(`${n.toLocaleString('en-US')} of ${count.toLocaleString('en-US')} deliveries written`)
    }
    clock.ms = Math.floor(endsAt - spanMs + (spanMs * n) / count)
    const data = JSON.stringify((withIncident(n % 20_000) as { data: unknown }).data)
    dataBytes += Buffer.byteLength(data)
    const id = idBytes(makeId())
    event({ id, time: clock.ms, incident: `camera:cam-${n % 20_000}`, data })
    const failed = n % FAILED_EVERY === 0
    delivery({
      id: idBytes(makeId()),
      event: id,
      ended_at: clock.ms + 20,
      ...(failed && { state: 3, reason: 'expired' }),
    })
  }
  database.exec('commit; pragma journal_mode = wal')
  database.close()
  return { bytesEach: (statSync(path).size - before - dataBytes) / count }
}

/** Writes copies of one row of a table with some columns changed. */
function copier(database: DatabaseSync, table: string, which: string): (changes: Record<string, Value>) => void {
  const row = database.prepare(`select * from ${table} where ${which} limit 1`).get() as Record<string, Value>
  const columns = Object.keys(row)
  const insert = database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  return (changes) => void insert.run(...columns.map((column) => changes[column] ?? row[column]!))
}
