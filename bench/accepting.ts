/*
 * Accepting: one rule matches, and its destination waits, so that nothing leaves meanwhile: the recipient's quiet hours last
 * around the clock, and each event is stored with its trace, one delivery and its place in the queue.
 */
import type { Bench } from './bench.ts'
import { ADMIN_KEY, startEmptyRoute, startNabat, startSink } from './processes.ts'
import { postAll } from './posting.ts'
import { waiting, withoutIncident } from './storm.ts'
import { median, ratioOf, spread } from './table.ts'

const BATCH = 200
/** Many, so that nothing is taken for a loop. */
const CAMERAS = 4_000

/** Quiet from two minutes ago for all but one hour of the day. */
function quietConfig(sink: string): string {
  const clock = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16)
  return `
workspace: { name: default, title: Bench, timeZone: UTC, language: ru }
channels:
  - { name: sink, kind: webhook, url: "${sink}/hook" }
users:
  - { login: sleeper, name: Sleeper, quietHours: { from: "${clock(-2)}", to: "${clock(23 * 60)}" }, contacts: [ { channel: sink } ] }
rules:
  - { name: to one who sleeps, types: [camera.settings.changed], to: [ { user: sleeper } ] }
`
}

export const bench: Bench = {
  summary: 'single events over 100 connections, batches of 200 over 4',
  async run({ rounds, quick, say }) {
    const singles = quick ? 5_000 : 30_000
    const batches = quick ? 40 : 300
    const each = Array.from({ length: CAMERAS }, (_, n) => withoutIncident(n))
    const single = each.map((event) => JSON.stringify(event))
    const batch = Array.from({ length: CAMERAS / BATCH }, (_, n) =>
      JSON.stringify(each.slice(n * BATCH, (n + 1) * BATCH)),
    )
    await using sink = await startSink()
    const figures: Record<'empty' | 'single' | 'batch', number[]> = { empty: [], single: [], batch: [] }
    for (let round = -1; round < rounds; round += 1) {
      // Both begin each round anew and are warmed up alike: an empty route that lives through all rounds gets twice as fast
      // as its compiled code ripens. And a queue that nothing leaves would grow from round to round.
      await using empty = await startEmptyRoute()
      await using nabat = await startNabat({ config: quietConfig(sink.url) })
      const port = Number(new URL(nabat.url).port)
      const post = (bodies: readonly string[], connections: number, requests: number): Promise<number> =>
        postAll({ port, connections, requests, bodies, key: ADMIN_KEY })
      const postEmpty = (requests: number): Promise<number> =>
        postAll({ port: empty.port, connections: 100, requests, bodies: single })
      await postEmpty(2_000)
      await post(single, 100, 2_000)
      const limit = await postEmpty(singles)
      const one = await post(single, 100, singles)
      const many = (await post(batch, 4, batches)) * BATCH
      using queue = waiting(nabat)
      const stored = queue.count()
      if (stored !== 2_000 + singles + batches * BATCH) throw new Error(`${stored} wait, some were not stored`)
      if (round < 0) continue
      figures.empty.push(limit)
      figures.single.push(one)
      figures.batch.push(many)
      say(`empty ${Math.round(limit)}, single ${Math.round(one)}, batches ${Math.round(many)} a second`)
    }
    const ratio = ratioOf(figures.single, figures.empty)
    return [
      { what: 'empty Fastify route, 100 connections', figure: median(figures.empty), unit: '/s' },
      {
        what: 'accepting single events, 100 connections',
        figure: median(figures.single),
        unit: '/s',
        bounds: { value: ratio.median, least: 0.4, aim: 0.7, better: 'more', unit: 'of empty' },
        note: `${ratio.median.toFixed(2)} of empty, ${spread(ratio)}; the delivery waits for quiet hours to end`,
      },
      {
        what: 'accepting batches of 200, 4 connections',
        figure: median(figures.batch),
        unit: 'events/s',
        bounds: { least: 20_000, aim: 35_000, better: 'more', unit: '/s' },
      },
    ]
  },
}
