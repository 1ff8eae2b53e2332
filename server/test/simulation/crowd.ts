import { Worker } from 'node:worker_threads'
import { availableParallelism } from 'node:os'
import type { Lived } from './worker.ts'

/** What many lives came to. */
export interface Crowd {
  lives: number
  events: number
  arrivals: number
  crashes: number
  /** Seeds that failed, each with what was wrong. */
  readonly failed: { readonly seed: number; readonly wrong: readonly string[] }[]
}

/** Seeds a worker gets at once. */
const PORTION = 20

/** Lives the lives of many seeds on all cores; `told` hears of each portion as it is done. */
export async function liveMany(from: number, seeds: number, told: (crowd: Crowd) => void = () => {}): Promise<Crowd> {
  const crowd: Crowd = { lives: 0, events: 0, arrivals: 0, crashes: 0, failed: [] }
  let next = from
  const end = from + seeds
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url))
      const more = (): void => {
        if (next >= end) return void worker.terminate()
        worker.postMessage({ from: next, until: Math.min(end, next + PORTION) })
        next += PORTION
      }
      worker.on('message', ({ events, arrivals, crashes, lives, failed }: Lived) => {
        crowd.lives += lives
        crowd.events += events
        crowd.arrivals += arrivals
        crowd.crashes += crashes
        crowd.failed.push(...failed)
        told(crowd)
        more()
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve())
      more()
    })
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), Math.ceil(seeds / PORTION)) }, one))
  crowd.failed.sort((a, b) => a.seed - b.seed)
  return crowd
}
