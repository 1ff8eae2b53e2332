/*
 * `npm run simulate -- --seeds 100000 [--from 1]`: many lives on all cores; a seed that fails is told at once, and the
 * first of them in the end as the smallest life that fails like it. `--seed 28` lives one again, makes it smaller and
 * tells it.
 */
import { parseArgs } from 'node:util'
import { liveMany } from './crowd.ts'
import { shrink, tell } from './shrink.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
})

/** Lives between two lines of progress. */
const PROGRESS = 500

async function one(seed: number): Promise<void> {
  const smallest = await shrink(seed)
  console.log(smallest === null ? `seed ${seed}: nothing is wrong` : tell(smallest))
  process.exitCode = smallest === null ? 0 : 1
}

async function many(from: number, seeds: number): Promise<void> {
  let told = 0
  let next = PROGRESS
  const crowd = await liveMany(from, seeds, ({ lives, failed }) => {
    for (const { seed, wrong } of failed.slice(told)) console.log(`seed ${seed}:\n  ${wrong.join('\n  ')}`)
    told = failed.length
    if (lives < next) return
    next = lives + PROGRESS
    console.log(`${lives} of ${seeds} seeds, ${failed.length} failed`)
  })
  const { lives, events, arrivals, crashes, failed } = crowd
  console.log(`${lives} lives, ${events} events, ${arrivals} messages, ${crashes} crashes, ${failed.length} failed`)
  if (failed.length > 0) await one(failed[0]!.seed)
}

await (values.seed === undefined ? many(Number(values.from), Number(values.seeds)) : one(Number(values.seed)))
