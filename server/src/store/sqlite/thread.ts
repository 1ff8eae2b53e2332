import module from 'node:module'
import { Worker } from 'node:worker_threads'

/** A thread of the store needs little: rows come and go, nothing of it lives long. Megabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 8 }

/** Starts a thread that runs the module `entry` with this data. */
export const startThread = (entry: string, data: object): Worker =>
  new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: { ...data, entry, compileCache: module.getCompileCacheDir() },
    resourceLimits: LIMITS,
  })
