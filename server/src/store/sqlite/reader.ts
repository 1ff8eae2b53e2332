import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData, type Worker } from 'node:worker_threads'
import type { ReadQuery } from '../store.ts'
import { StoreUnavailable } from '../store.ts'
import { startThread } from './thread.ts'

type Rows = readonly Record<string, unknown>[]

/**
 * Console queries, dry runs and exports run in a worker with a connection of its own: the embedded store answers
 * synchronously, and a scan of a million events would hold the event loop for seconds.
 */
export class Reader {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (rows: Rows) => void; reject: (error: Error) => void }>()
  #last = 0
  #dead: string | null = null

  constructor(path: string) {
    this.#worker = startThread(import.meta.url, { path })
    this.#worker.unref()
    this.#worker.on('message', ({ id, rows, error }: { id: number; rows?: Rows; error?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (rows !== undefined) waiting?.resolve(rows)
      else waiting?.reject(new StoreUnavailable(error))
    })
    this.#worker.on('error', (error) => this.#die((error as Error).message))
    this.#worker.on('exit', () => this.#die('the reading thread has ended'))
  }

  #die(why: string): void {
    this.#dead ??= why
    for (const { reject } of this.#waiting.values()) reject(new StoreUnavailable(why))
    this.#waiting.clear()
  }

  read(query: ReadQuery): Promise<Rows> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== null) return reject(new StoreUnavailable(this.#dead))
      this.#last += 1
      this.#waiting.set(this.#last, { resolve, reject })
      this.#worker.postMessage({ id: this.#last, query })
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
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
