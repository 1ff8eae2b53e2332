/* One event at a time while nothing else goes on: how long until it is answered, and until it has arrived. */
import type { Bench } from './bench.ts'
import { sleep, startNabat, startSink, until, type Nabat, type Sink } from './processes.ts'
import { monotonicMs } from './sink.ts'
import { stormConfig, withoutIncident } from './storm.ts'
import { quantile } from './table.ts'

const EVERY_MS = 20

/** Posts events one by one at a steady pace; milliseconds to the 202 and to the sink, of each. */
export async function oneByOne(
  nabat: Nabat,
  sink: Sink,
  count: number,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ answered: number[]; arrived: number[] }> {
  const name = `one-${count}-${Math.round(monotonicMs())}`
  const postedAt: number[] = []
  const answered: number[] = []
  for (let n = 0; n < count; n += 1) {
    const event = { ...(withoutIncident(n) as object), ...more, id: `${name}-${n}` }
    postedAt[n] = monotonicMs()
    await nabat.post(event)
    answered.push(monotonicMs() - postedAt[n]!)
    await sleep(Math.max(0, EVERY_MS - (monotonicMs() - postedAt[n]!)))
  }
  let arrivals: Record<string, number> = {}
  await until(
    async () => {
      arrivals = await sink.arrivals()
      return postedAt.every((_, n) => arrivals[`${name}-${n}`] !== undefined)
    },
    'the last of them to arrive',
    30_000,
    50,
  )
  return { answered, arrived: postedAt.map((at, n) => arrivals[`${name}-${n}`]! - at) }
}

export const bench: Bench = {
  summary: 'one event every 20 ms: milliseconds to the 202 and to its arrival',
  async run({ quick }) {
    const count = quick ? 100 : 500
    await using sink = await startSink()
    await using nabat = await startNabat({ config: stormConfig(sink.url) })
    await sink.reset({ arrivals: true })
    await oneByOne(nabat, sink, 50)
    const { answered, arrived } = await oneByOne(nabat, sink, count)
    const row = (what: string, figure: number) => ({ what, figure, unit: 'ms', digits: 1 }) as const
    return [
      row('one event, idle: 202, p50', quantile(answered, 0.5)),
      {
        ...row('one event, idle: 202, p99', quantile(answered, 0.99)),
        bounds: { least: 10, aim: 5, better: 'less', unit: 'ms' },
      },
      row('one event, idle: arrival, p50', quantile(arrived, 0.5)),
      {
        ...row('one event, idle: arrival, p99', quantile(arrived, 0.99)),
        bounds: { least: 20, aim: 10, better: 'less', unit: 'ms' },
      },
    ]
  },
}
