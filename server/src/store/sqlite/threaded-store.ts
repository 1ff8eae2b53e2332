import { parentPort, workerData } from 'node:worker_threads'
import { StoreUnavailable, type Store } from '../store.ts'
import { startThread } from './thread.ts'
import { openSqliteStore, type SqliteOptions } from './sqlite-store.ts'

/*
 * The embedded store in a thread of its own. SQLite answers synchronously, and a third of a storm's time is spent waiting
 * for it (most of that in fsync); here the event loop goes on meanwhile. Calls that arrive together still share a commit:
 * the thread takes what has gathered in its port before it commits.
 */

interface Call {
  readonly id: number
  readonly method: keyof Store
  readonly parameters: readonly unknown[]
}

type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string } }
)

/** Opens the store of a folder in a thread; rejects when it cannot be opened. */
export async function openThreadedStore(folder: string, options: SqliteOptions = {}): Promise<Store> {
  const worker = startThread(import.meta.url, { folder, options })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  const opened = Promise.withResolvers<void>()
  worker.on('message', (answer: Answer) => {
    if (answer.id === 0) return opened.resolve()
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) call?.reject(errorOf(answer.error))
    else call?.resolve(answer.value)
  })
  let dead: Error | undefined
  const die = (error: Error): void => {
    dead ??= error
    opened.reject(error)
    for (const { reject } of waiting.values()) reject(new StoreUnavailable(error.message))
    waiting.clear()
  }
  worker.on('error', (error) => die(error as Error))
  worker.on('exit', () => die(new Error('the thread of the store has ended')))
  await opened.promise
  const call = (method: keyof Store, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead !== undefined) return reject(new StoreUnavailable(dead.message))
      last += 1
      waiting.set(last, { resolve, reject })
      worker.postMessage({ id: last, method, parameters } satisfies Call)
    })
  const close = async (): Promise<void> => {
    if (dead !== undefined) return
    await call('close', [])
    die(new Error('the store is closed'))
    await worker.terminate()
  }
  return new Proxy({} as Store, {
    get: (_target, name) => {
      if (name === 'close') return close
      return name === 'then' ? undefined : (...parameters: unknown[]) => call(name as keyof Store, parameters)
    },
  })
}

function errorOf({ name, message }: { name: string; message: string }): Error {
  return name === 'StoreUnavailable' ? new StoreUnavailable(message) : Object.assign(new Error(message), { name })
}

/** The thread's side: the same store, its answers posted back. */
function serve(folder: string, options: SqliteOptions): void {
  const port = parentPort!
  const store = openSqliteStore(folder, options)
  port.on('message', ({ id, method, parameters }: Call) => {
    const act = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>
    act(...parameters).then(
      (value) => port.postMessage({ id, value } satisfies Answer),
      (error: Error) => port.postMessage({ id, error: { name: error.name, message: error.message } } satisfies Answer),
    )
  })
  port.postMessage({ id: 0, value: null } satisfies Answer)
}

const data = workerData as { folder?: string; options?: SqliteOptions } | null
if (parentPort !== null && data?.folder !== undefined) serve(data.folder, data.options ?? {})
