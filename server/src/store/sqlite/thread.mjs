// The entry of the store's threads. Plain JavaScript, so that the compile cache is on before any TypeScript is loaded: a
// thread that strips types itself costs 30 MB.
import module from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache !== undefined) module.enableCompileCache(workerData.compileCache)
await import(workerData.entry)
