/* Thirty days of history, one and ten million deliveries: counting them for the first time, and the overview after that. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Overview } from '@nabat/api/overview.ts'
import type { Bench } from './bench.ts'
import { fillStore } from './filled-store.ts'
import { ADMIN_KEY, startNabat, startSink, type Nabat, type Sink } from './processes.ts'
import { stormConfig } from './storm.ts'
import { quantile, type Row } from './table.ts'

const SPAN_MS = 29 * 86_400_000
const LOOKS = 20

async function overview(nabat: Nabat, hours: number): Promise<{ answer: Overview; ms: number }> {
  const startedAt = performance.now()
  const answer = await nabat.pool.request({
    method: 'GET',
    path: `/api/v1/overview?hours=${hours}`,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`)
  return { answer: JSON.parse(text) as Overview, ms: performance.now() - startedAt }
}

/** Seconds until everything is counted, and the milliseconds of looks at each period. */
async function measure(
  sink: Sink,
  count: number,
  say: (line: string) => void,
): Promise<{ counting: number; looks: Record<24 | 168 | 720, number[]> }> {
  const folder = mkdtempSync(join(tmpdir(), 'nabat-overview-'))
  try {
    await fillStore(folder, sink, count, say, SPAN_MS)
    await using nabat = await startNabat({ config: stormConfig(sink.url), folder })
    const startedAt = performance.now()
    for (;;) {
      const { answer } = await overview(nabat, 720)
      if (answer.left === 0) break
      say(`${answer.left} hours left to count`)
    }
    const counting = (performance.now() - startedAt) / 1000
    const looks: Record<24 | 168 | 720, number[]> = { 24: [], 168: [], 720: [] }
    for (let look = 0; look < LOOKS; look += 1)
      for (const hours of [24, 168, 720] as const) looks[hours].push((await overview(nabat, hours)).ms)
    return { counting, looks }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const bench: Bench = {
  summary: 'The overview over 1,000,000 and 10,000,000 deliveries of thirty days (about 10 minutes)',
  long: true,
  async run({ quick, say }) {
    await using sink = await startSink()
    const rows: Row[] = []
    for (const count of quick ? [100_000] : [1_000_000, 10_000_000]) {
      const { counting, looks } = await measure(sink, count, say)
      const stored = `${(count / 1e6).toLocaleString('en-US')} million of thirty days`
      rows.push({ what: `${stored}: counted once`, figure: counting, unit: 's', digits: 1 })
      for (const hours of [24, 168, 720] as const)
        rows.push({
          what: `${stored}: overview of ${hours} hours`,
          figure: quantile(looks[hours], 0.5),
          unit: 'ms',
          digits: 0,
          note: `slowest of ${LOOKS}: ${Math.max(...looks[hours]).toFixed(0)} ms`,
        })
    }
    return rows
  },
}
