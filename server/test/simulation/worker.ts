/* A thread that lives the lives of the seeds it is given (crowd.ts). */
import { parentPort } from 'node:worker_threads'
import { simulate } from './simulation.ts'

/** What a portion of seeds came to. */
export interface Lived {
  readonly lives: number
  readonly events: number
  readonly arrivals: number
  readonly crashes: number
  readonly failed: readonly { readonly seed: number; readonly wrong: readonly string[] }[]
}

async function lived(from: number, until: number): Promise<Lived> {
  const sum = {
    lives: 0,
    events: 0,
    arrivals: 0,
    crashes: 0,
    failed: [] as { seed: number; wrong: readonly string[] }[],
  }
  for (let seed = from; seed < until; seed += 1) {
    const { events, arrivals, crashes, wrong } = await simulate(seed)
    sum.lives += 1
    sum.events += events
    sum.arrivals += arrivals
    sum.crashes += crashes
    if (wrong.length > 0) sum.failed.push({ seed, wrong: wrong.slice(0, 10) })
  }
  return sum
}

parentPort?.on('message', ({ from, until }: { from: number; until: number }) => {
  void lived(from, until).then((sum) => parentPort!.postMessage(sum))
})
