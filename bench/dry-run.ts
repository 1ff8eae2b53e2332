/*
 * A rule tried on a million stored events: how long it takes, beside a bare scan of the same rows, and what it does
 * meanwhile to an event that is posted and delivered.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemRandom } from '../server/src/clock.ts'
import { idBytes, idMaker } from '../server/src/ids.ts'
import type { Bench } from './bench.ts'
import { oneByOne } from './latency.ts'
import { ADMIN_KEY, startNabat, startSink, type Nabat } from './processes.ts'
import { stormConfig } from './storm.ts'
import { median, quantile, ratioOf, spread, type Row } from './table.ts'

const DAY_MS = 86_400_000
const AT_A_TIME = 100_000

const config = (sink: string): string => `${stormConfig(sink)}
  - { name: the other, types: [camera.available], to: [ { user: anna } ] }
users:
  - { login: ivan, quietHours: { from: "22:00", to: "08:00" }, contacts: [ { channel: inbox } ] }
  - { login: anna, contacts: [ { channel: inbox } ] }
`

/** The dearest rule there is, and one as people write them. */
const TRIED = {
  'nine of ten, two people': { name: 'all', types: ['camera.*'], to: [{ user: 'ivan' }, { user: 'anna' }] },
  'one of a hundred': {
    name: 'few',
    types: ['camera.unavailable'],
    when: { field: 'data.object', op: 'in', value: ['obj-2', 'obj-4'] },
    to: [{ user: 'ivan' }],
  },
} as const

/** Writes events of the last week straight into the store: cameras that fail and come back, and other things. */
function fill(folder: string, count: number): void {
  const database = new DatabaseSync(join(folder, 'data/nabat.db'))
  database.exec('pragma synchronous = off; begin')
  const insert = database.prepare(
    `insert into events (workspace, id, source, event_id, type, subject, severity, time, incident, data, trace)
     values (1, ?, 'bench', ?, ?, ?, ?, ?, ?, ?, '{"v":1}')`,
  )
  const clock = { ms: 0, now: () => clock.ms, after: () => () => {} }
  const makeId = idMaker(clock, systemRandom)
  const begin = Date.now() - 6.9 * DAY_MS
  for (let n = 0; n < count; n += 1) {
    if (n % AT_A_TIME === 0 && n > 0) database.exec('commit; begin')
    clock.ms = Math.floor(begin + (6.9 * DAY_MS * n) / count)
    const camera = `cam-${(Math.floor(n / 2) * 7919) % 20_000}`
    const fails = n % 2 === 0
    const other = n % 10 > 8
    const type = other ? 'camera.settings.changed' : fails ? 'camera.unavailable' : 'camera.available'
    const comment = n % 10 === 8
    insert.run(
      idBytes(makeId()),
      `e-${n}`,
      comment ? 'workorder.commented' : type,
      camera,
      fails ? 1 : 2,
      clock.ms,
      other || comment ? null : `camera:${camera}`,
      JSON.stringify({ camera, workorder: `w${n}`, object: `obj-${n % 200}`, reason: 'нет ответа', changes: [] }),
    )
  }
  database.exec('commit')
  database.close()
}

/** Reads every row of the events and does nothing with them; seconds. */
function scan(folder: string): number {
  const database = new DatabaseSync(join(folder, 'data/nabat.db'), { readOnly: true })
  const startedAt = performance.now()
  database.prepare('select sum(length(type) + length(data)), max(id) from events where workspace = 1').get()
  database.close()
  return (performance.now() - startedAt) / 1000
}

interface Tried {
  readonly seconds: number
  readonly events: number
  readonly matched: number
}

async function dryRun(nabat: Nabat, rule: object): Promise<Tried> {
  const startedAt = performance.now()
  const answer = await nabat.pool.request({
    method: 'POST',
    path: '/api/v1/rules/dry-run',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rule }),
    headersTimeout: 300_000,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`)
  const { events, matched } = JSON.parse(text) as { events: number; matched: number }
  return { seconds: (performance.now() - startedAt) / 1000, events, matched }
}

/** Arrivals of events posted one by one while something runs, milliseconds. */
async function arrivalsDuring(running: Promise<unknown>, measure: () => Promise<number[]>): Promise<number[]> {
  const arrived: number[] = []
  const over = running.then(() => true)
  for (;;) {
    arrived.push(...(await measure()))
    if (await Promise.race([over, Promise.resolve(false)])) return arrived
  }
}

export const bench: Bench = {
  summary: 'a rule tried on 1,000,000 stored events: seconds, and arrivals of events meanwhile',
  async run({ rounds, quick, say }) {
    const count = quick ? 100_000 : 1_000_000
    const folder = mkdtempSync(join(tmpdir(), 'nabat-dry-run-'))
    await using sink = await startSink()
    try {
      await (await startNabat({ config: config(sink.url), folder })).stop()
      fill(folder, count)
      await using nabat = await startNabat({ config: config(sink.url), folder })
      await sink.reset({ arrivals: true })
      const one = async (): Promise<number[]> => (await oneByOne(nabat, sink, 50)).arrived
      await one()
      const scans: number[] = []
      const calm: number[] = []
      const took = new Map<string, number[]>()
      const meanwhile = new Map<string, number[]>()
      for (let round = 0; round < rounds; round += 1) {
        scans.push(scan(folder))
        for (const [name, rule] of Object.entries(TRIED)) {
          const { seconds, events, matched } = await dryRun(nabat, rule)
          took.set(name, [...(took.get(name) ?? []), seconds])
          say(`${name}: ${events} events, ${matched} matched, ${seconds.toFixed(1)} s`)
          const before = [...(await one()), ...(await one())]
          const during = await arrivalsDuring(dryRun(nabat, rule), one)
          calm.push(quantile(before, 0.99))
          meanwhile.set(name, [...(meanwhile.get(name) ?? []), quantile(during, 0.99)])
        }
      }
      const million = `${(count / 1e6).toLocaleString('en-US')} million events`
      const rows: Row[] = [
        { what: `${million}: bare scan`, figure: median(scans), unit: 's', digits: 2 },
        { what: 'arrival, no dry run: p99', figure: median(calm), unit: 'ms', digits: 1 },
      ]
      for (const name of Object.keys(TRIED)) {
        const ratio = ratioOf(took.get(name)!, scans)
        rows.push(
          {
            what: `${million}: dry run, ${name}`,
            figure: median(took.get(name)!),
            unit: 's',
            digits: 1,
            bounds: { least: 10, aim: 5, better: 'less', unit: 's' },
            note: `${ratio.median.toFixed(0)} bare scans, ${spread(ratio)}`,
          },
          { what: `arrival during it: p99, ${name}`, figure: median(meanwhile.get(name)!), unit: 'ms', digits: 1 },
        )
      }
      return rows
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
