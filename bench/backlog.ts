/*
 * Critical events behind 100,000 that wait. The backlog is made by posting faster than the sink, which takes 5 ms for each,
 * lets them go; it goes on leaving at full speed while the critical ones come.
 */
import type { Bench } from './bench.ts'
import { oneByOne } from './latency.ts'
import { startNabat, startSink } from './processes.ts'
import { stormConfig, waiting, withoutIncident } from './storm.ts'
import { quantile } from './table.ts'

const BATCH = 500
const AT_ONCE = 4

export const bench: Bench = {
  summary: '100,000 wait for a sink that answers in 5 ms; 200 critical ones come one by one',
  async run({ quick, say }) {
    const backlog = quick ? 20_000 : 100_000
    await using sink = await startSink()
    await using nabat = await startNabat({ config: stormConfig(sink.url), connections: AT_ONCE + 1 })
    await sink.reset({ delayMs: 5, arrivals: true })
    using queue = waiting(nabat)
    let posted = 0
    while (queue.count() < backlog)
      await Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          nabat.post(Array.from({ length: BATCH }, () => withoutIncident((posted += 1)))),
        ),
      )
    say(`${queue.count()} wait, ${posted} posted`)
    const { arrived } = await oneByOne(nabat, sink, quick ? 50 : 200, { severity: 'critical' })
    const left = queue.count()
    say(`${left} still wait`)
    if (left < backlog / 10) throw new Error('the backlog was gone before the critical ones had all come')
    const what = `critical behind ${backlog.toLocaleString('en-US')}: arrival`
    return [
      { what: `${what}, p50`, figure: quantile(arrived, 0.5), unit: 'ms', digits: 1 },
      {
        what: `${what}, p99`,
        figure: quantile(arrived, 0.99),
        unit: 'ms',
        digits: 1,
        bounds: { least: 100, aim: 30, better: 'less', unit: 'ms' },
        note: `${left.toLocaleString('en-US')} still waited at the end`,
      },
    ]
  },
}
