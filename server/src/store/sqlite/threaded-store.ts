import { parentPort, workerData } from 'node:worker_threads'
import { StoreUnavailable, type Store } from '../store.ts'
import { startThread } from './thread.ts'
import { openSqliteStore, type SqliteOptions } from './sqlite-store.ts'

/*
 * The embedded store in a thread of its own. SQLite answers synchronously, and a third of a storm's time is spent waiting
 * for it (most of that in fsync); here the event loop goes on meanwhile. Calls that arrive together still share a commit:
 * the thread takes what has gathered in its port before it commits.
 *
 * A message costs as much as what is in it, so calls cross a few at a time: all of one turn of the event loop would leave
 * the thread idle while a hundred requests are read. Answers of one commit cross as one message.
 */

/** Calls go when so many have gathered, or when the turn of the event loop ends. [4, 8, 16 tried on 100 connections] */
const CALLS_TOGETHER = 8

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
  worker.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) {
      if (answer.id === 0) opened.resolve()
      const call = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('error' in answer) call?.reject(errorOf(answer.error))
      else call?.resolve(answer.value)
    }
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
  const post = gathering<Call>((calls) => worker.postMessage(calls), setImmediate, CALLS_TOGETHER)
  const call = (method: keyof Store, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead !== undefined) return reject(new StoreUnavailable(dead.message))
      last += 1
      waiting.set(last, { resolve, reject })
      post({ id: last, method, parameters })
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
      // It has one node: there is nobody to tell, and a function cannot cross.
      if (name === 'listen' || name === 'tell') return () => {}
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
  // What a commit resolves is answered by microtasks in a row; one that begins with the first of them ends with the last.
  const post = gathering<Answer>((answers) => port.postMessage(answers), queueMicrotask, Infinity)
  port.on('message', (calls: readonly Call[]) => {
    for (const { id, method, parameters } of calls) {
      const act = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>
      act(...parameters).then(
        (value) => post({ id, value }),
        ({ name, message }: Error) => post({ id, error: { name, message } }),
      )
    }
  })
  post({ id: 0, value: null })
}

/** Hands on together what comes until `soon` calls back, or at once when so many have come. */
function gathering<T>(
  send: (all: readonly T[]) => void,
  soon: (callback: () => void) => unknown,
  enough: number,
): (one: T) => void {
  let gathered: T[] = []
  let waits = false
  const hand = (): void => {
    if (gathered.length === 0) return
    const all = gathered
    gathered = []
    send(all)
  }
  return (one) => {
    gathered.push(one)
    if (gathered.length >= enough) return hand()
    if (waits) return
    waits = true
    soon(() => {
      waits = false
      hand()
    })
  }
}

const data = workerData as { folder?: string; options?: SqliteOptions } | null
if (parentPort !== null && data?.folder !== undefined) serve(data.folder, data.options ?? {})
