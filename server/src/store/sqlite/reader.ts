import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData, type Worker } from 'node:worker_threads'
import type { ReadQuery } from '../store.ts'
import { StoreUnavailable } from '../store.ts'
import { startThread } from './thread.ts'

type Rows = readonly Record<string, unknown>[]

/** A thread that nobody asked anything for so long ends: it holds 12 MB, and the next question starts one in 30 ms. */
const REST_MS = 60_000

/**
 * Console queries, dry runs and exports run in a worker with a connection of its own: the embedded store answers
 * synchronously, and a scan of a million events would hold the event loop for seconds. The worker is there while it is
 * asked; one that broke is replaced by the next question.
 */
export class Reader {
  readonly #path: string
  readonly #restMs: number
  readonly #waiting = new Map<number, { resolve: (rows: Rows) => void; reject: (error: Error) => void }>()
  #worker: Worker | null = null
  #rest: NodeJS.Timeout | undefined
  #last = 0
  #closed = false

  /** `restMs`: how long the thread stays after the last answer. */
  constructor(path: string, restMs = REST_MS) {
    this.#path = path
    this.#restMs = restMs
  }

  /** Whether the thread is there. */
  get awake(): boolean {
    return this.#worker !== null
  }

  read(query: ReadQuery): Promise<Rows> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new StoreUnavailable('the store is closed'))
      this.#worker ??= this.#start()
      clearTimeout(this.#rest)
      this.#last += 1
      this.#waiting.set(this.#last, { resolve, reject })
      this.#worker.postMessage({ id: this.#last, query })
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#rest)
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = startThread(import.meta.url, { path: this.#path })
    worker.unref()
    worker.on('message', ({ id, rows, error }: { id: number; rows?: Rows; error?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (rows !== undefined) waiting?.resolve(rows)
      else waiting?.reject(new StoreUnavailable(error))
      if (this.#waiting.size === 0) this.#rest = setTimeout(() => this.#end(), this.#restMs).unref()
    })
    worker.on('error', (error) => this.#lost(worker, (error as Error).message))
    worker.on('exit', () => this.#lost(worker, 'the reading thread has ended'))
    return worker
  }

  /** Lets a thread that rests go. */
  #end(): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
  }

  #lost(worker: Worker, why: string): void {
    if (worker !== this.#worker) return
    this.#worker = null
    for (const { reject } of this.#waiting.values()) reject(new StoreUnavailable(why))
    this.#waiting.clear()
  }
}

if (parentPort !== null && typeof (workerData as { path?: unknown } | null)?.path === 'string') {
  const port = parentPort
  const database = new DatabaseSync((workerData as { path: string }).path, { readOnly: true, timeout: 5000 })
  port.on('message', ({ id, query }: { id: number; query: ReadQuery }) => {
    try {
      const rows = database.prepare(query.sql).all(...(query.parameters as (string | number | null | Uint8Array)[]))
      port.postMessage({ id, rows })
    } catch (error) {
      port.postMessage({ id, error: (error as Error).message })
    }
  })
}
