/* Ten million deliveries on the disk: how fast the log opens at any place, what a storm makes of it, and the room it takes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { fillStore } from './filled-store.ts'
import { ADMIN_KEY, startNabat, startSink, type Nabat } from './processes.ts'
import { storm, stormConfig, withIncident } from './storm.ts'
import { quantile, ratioOf, spread, type Row } from './table.ts'

const PAGES = 20

interface Listed {
  readonly items: readonly { readonly id: string }[]
  readonly next: string | null
}

async function list(nabat: Nabat, path: string): Promise<{ page: Listed; ms: number }> {
  const startedAt = performance.now()
  const answer = await nabat.pool.request({
    method: 'GET',
    path: `/api/v1/${path}`,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`)
  return { page: JSON.parse(text) as Listed, ms: performance.now() - startedAt }
}

/** Follows `next` from a place of a list; the milliseconds of each page. */
async function leaf(nabat: Nabat, path: string, from?: string): Promise<number[]> {
  const took: number[] = []
  let cursor = from
  for (let page = 0; page < PAGES; page += 1) {
    const mark = path.includes('?') ? '&' : '?'
    const { page: listed, ms } = await list(nabat, cursor === undefined ? path : `${path}${mark}cursor=${cursor}`)
    took.push(ms)
    if (listed.next === null) break
    cursor = listed.next
  }
  return took
}

/** An id that would have been made so many days ago. */
function idOf(daysAgo: number): string {
  const hex = (Date.now() - daysAgo * 86_400_000).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

async function pages(nabat: Nabat, say: (line: string) => void): Promise<number> {
  const day = (ago: number): string => encodeURIComponent(new Date(Date.now() - ago * 86_400_000).toISOString())
  const { page } = await list(nabat, `deliveries?limit=1&cursor=${idOf(75)}`)
  const ofEvent = (page.items[0] as { id: string; event?: string }).event ?? ''
  const places: readonly (readonly [string, string, string?])[] = [
    ['deliveries, newest', 'deliveries'],
    ['deliveries, 75 days back', 'deliveries', idOf(75)],
    ['deliveries, the oldest', 'deliveries', idOf(149.99)],
    ['deliveries of one event', `deliveries?event=${ofEvent}`],
    ['deliveries that failed', 'deliveries?state=failed'],
    ['deliveries that failed, 75 days back', 'deliveries?state=failed', idOf(75)],
    ['deliveries of a channel', 'deliveries?channel=sink'],
    ['deliveries that wait (none)', 'deliveries?state=waiting'],
    ['events, newest', 'events'],
    ['events of a day 75 days back', `events?from=${day(75)}&to=${day(74)}`],
    ['events of a type', 'events?type=camera.unavailable'],
    ['events of an incident', 'events?incident=camera:cam-7'],
    ['events of a type never seen', 'events?type=call.missed'],
    ['deliveries to somebody never told', 'deliveries?recipient=nobody'],
    ['deliveries with a reason never given', 'deliveries?reason=blocked'],
    ['incidents', 'incidents'],
  ]
  let worst = 0
  for (const [what, path, from] of places) {
    const took = await leaf(nabat, path, from)
    say(`${what}: p50 ${quantile(took, 0.5).toFixed(1)} ms, slowest ${Math.max(...took).toFixed(1)} ms`)
    worst = Math.max(worst, ...took)
  }
  return worst
}

export const bench: Bench = {
  summary: '10,000,000 stored deliveries: pages of the log, a storm on top, bytes each (about 10 minutes)',
  long: true,
  async run({ rounds, quick, say }) {
    const count = quick ? 300_000 : 10_000_000
    const total = quick ? 4_000 : 20_000
    const folder = mkdtempSync(join(tmpdir(), 'nabat-history-'))
    await using sink = await startSink()
    try {
      const { bytesEach } = await fillStore(folder, sink, count, say)
      await using full = await startNabat({ config: stormConfig(sink.url), folder })
      await using empty = await startNabat({ config: stormConfig(sink.url) })
      // The control: what two stores that are alike differ by on this machine.
      await using again = await startNabat({ config: stormConfig(sink.url) })
      const stores = [
        ['empty', empty],
        ['full', full],
        ['again', again],
      ] as const
      const slowest = await pages(full, say)
      const figures: Record<'full' | 'empty' | 'again', number[]> = { full: [], empty: [], again: [] }
      for (let round = -1; round < rounds; round += 1)
        for (const index of stores.keys()) {
          const [name, nabat] = stores[(index + round + 1) % stores.length]!
          const { perSecond } = await storm(nabat, sink, total, withIncident, 2e9 + (round + 1) * total)
          if (round >= 0) figures[name].push(perSecond)
        }
      const share = ratioOf(figures.full, figures.empty)
      const same = ratioOf(figures.again, figures.empty)
      const million = `${(count / 1e6).toLocaleString('en-US')} million stored`
      const rows: Row[] = [
        {
          what: `${million}: slowest page of the log`,
          figure: slowest,
          unit: 'ms',
          digits: 1,
          bounds: { least: 50, aim: 50, better: 'less', unit: 'ms' },
        },
        {
          what: `${million}: storm, of an empty store's`,
          figure: share.median,
          unit: '',
          digits: 2,
          bounds: { least: 0.9, aim: 0.9, better: 'more' },
          note: `${spread(share)}; a second empty store ${same.median.toFixed(2)}, ${spread(same)}`,
        },
        {
          what: `${million}: room for one`,
          figure: bytesEach,
          unit: 'bytes',
          bounds: { least: 400, aim: 400, better: 'less', unit: 'bytes' },
          note: 'with its event, trace and indexes, `data` not counted',
        },
      ]
      return rows
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
