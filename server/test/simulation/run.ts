/* `npm run simulate -- --seeds 100000 [--from 1]`: many lives, one after another; a seed that fails is told at once. */
import { parseArgs } from 'node:util'
import { simulate } from './simulation.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' } },
})
const from = Number(values.from)
const seeds = Number(values.seeds)
let failed = 0
let events = 0
let arrivals = 0
for (let seed = from; seed < from + seeds; seed += 1) {
  const report = await simulate(seed)
  events += report.events
  arrivals += report.arrivals
  if (report.wrong.length > 0) {
    failed += 1
    console.log(`seed ${seed}:\n  ${report.wrong.slice(0, 10).join('\n  ')}`)
  }
  if ((seed - from + 1) % 100 === 0) console.log(`${seed - from + 1} of ${seeds} seeds, ${failed} failed`)
}
console.log(`${seeds} lives, ${events} events, ${arrivals} messages, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
