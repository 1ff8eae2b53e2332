/* What it costs to have Nabat there: memory while nothing happens, time until it is ready. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { residentMb, sleep, startNabat, startSink } from './processes.ts'
import { stormConfig } from './storm.ts'
import { median } from './table.ts'

/** Long enough for what the start left behind to be collected. */
const REST_MS = 5_000

export const bench: Bench = {
  summary: 'memory of an idle server, time from the start of the process to /readyz',
  async run({ rounds, quick, say }) {
    await using sink = await startSink()
    const folder = mkdtempSync(join(tmpdir(), 'nabat-bench-'))
    const ready: number[] = []
    const memory: number[] = []
    // The first start makes the database, and after a change of the code the compile cache.
    for (let round = -1; round < rounds; round += 1) {
      await using nabat = await startNabat({ config: stormConfig(sink.url), folder })
      if (round < 0) continue
      ready.push(nabat.readyAfterMs)
      if (quick && round > 0) continue
      await sleep(REST_MS)
      memory.push(residentMb(nabat.pid))
      say(`ready after ${Math.round(nabat.readyAfterMs)} ms, ${Math.round(residentMb(nabat.pid))} MB`)
    }
    rmSync(folder, { recursive: true, force: true })
    return [
      {
        what: 'idle: resident memory',
        figure: median(memory),
        unit: 'MB',
        bounds: { least: 150, aim: 100, better: 'less', unit: 'MB' },
      },
      {
        what: 'ready after',
        figure: median(ready) / 1000,
        unit: 's',
        digits: 2,
        bounds: { least: 1.5, aim: 0.7, better: 'less', unit: 's' },
      },
    ]
  },
}
