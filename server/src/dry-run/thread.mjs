// The entry of a dry run's thread. Plain JavaScript, so that the compile cache is on before any TypeScript is loaded.
import module from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache !== undefined) module.enableCompileCache(workerData.compileCache)
await import(workerData.entry)
