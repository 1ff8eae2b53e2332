import {
  StoreUnavailable,
  type AcceptRequest,
  type ClaimedRow,
  type ClaimResult,
  type ConfigurationWrite,
  type Store,
} from '../../src/store/store.ts'
import type { World } from './world.ts'

/** Calls that a store which takes no writes refuses. */
const WRITES = new Set([
  'accept',
  'claim',
  'settle',
  'recover',
  'claimExpired',
  'writeConfiguration',
  'moveDestinations',
  'putInbox',
  'markInbox',
  'clearInbox',
  'cancelDeliveries',
  'retryDeliveries',
  'acknowledge',
])

/** The store itself: it refuses when the world says so, and what had an effect is written down there. */
export function recordedStore(inner: Store, world: World): Store {
  const store = { ...inner }
  for (const name of WRITES) {
    const method = Reflect.get(inner, name) as Method | undefined
    if (method === undefined) continue
    const refusing: Method = async (...all) => {
      if (world.refuses(name)) throw new StoreUnavailable('simulated')
      const value = await method(...all)
      world.wrote()
      return value
    }
    Reflect.set(store, name, refusing)
  }
  const recorded = {
    accept: async (request: AcceptRequest) => {
      const result = await store.accept(request)
      if (result !== 'stale') world.stored(request)
      return result
    },
    settle: async (...all: Parameters<Store['settle']>) => {
      const result = await store.settle(...all)
      world.settled(all[0])
      return result
    },
    claim: async (...all: Parameters<Store['claim']>) => {
      const result = await store.claim(...all)
      noteFolds(world, result)
      return result
    },
    retryDeliveries: async (...all: Parameters<Store['retryDeliveries']>) => {
      const result = await store.retryDeliveries(...all)
      world.triedAgain(result.waiting)
      return result
    },
    markInbox: async (...all: Parameters<Store['markInbox']>) => {
      const result = await store.markInbox(...all)
      world.reads.push(world.clock.now())
      return result
    },
    writeConfiguration: async (write: ConfigurationWrite) => {
      const result = await store.writeConfiguration(write)
      if (result !== 'conflict') world.saved(result.version, write.by)
      return result
    },
  }
  return { ...store, ...recorded }
}

/** What a process asks of its store; `call` decides whether the process lives to ask and to hear the answer. */
export interface Asker {
  readonly call: <T>(act: () => Promise<T>) => Promise<T>
  /** Makes a call as far as the store is reached: a refusal before its effect, or instead of the answer. */
  readonly reach: <T>(act: () => Promise<T>) => Promise<T>
}

type Method = (...parameters: unknown[]) => Promise<unknown>

/** A store with its faults, as one process sees it. */
export function faultyStore(inner: Store, world: World, asker: Asker): Store {
  const made = new Map<string, Method>()
  return new Proxy(inner, {
    get(target, name) {
      const known = made.get(String(name))
      if (known !== undefined) return known
      const method = (Reflect.get(target, name) as Method).bind(target)
      // Neither is answered.
      if (name === 'tell' || name === 'listen') return method
      const faulty: Method =
        name === 'claimExpired'
          ? (...all) =>
              sleepyWalk(world, all, () => asker.call(() => ask(() => asker.reach(() => method(...all)), world)))
          : (...all) => asker.call(() => ask(() => asker.reach(() => method(...all)), world))
      made.set(String(name), faulty)
      return faulty
    },
  })
}

async function ask(method: () => Promise<unknown>, world: World): Promise<unknown> {
  world.asked += 1
  world.asking += 1
  try {
    return await method()
  } finally {
    world.asking -= 1
  }
}

/**
 * The walk for what has outlived its use comes every 5 s of virtual time, mostly for nothing. Its answer waits until
 * there is something, or anything has been written: otherwise nine tenths of a simulation would be these walks.
 */
async function sleepyWalk(world: World, [after, , now]: unknown[], walk: () => Promise<unknown>): Promise<unknown> {
  if (after !== null) return walk()
  const first = await world.firstExpiry()
  if (first <= (now as number)) return walk()
  await world.somethingWritten(first)
  return { rows: [], after: null }
}

/** Which deliveries leave in the message of another. */
function noteFolds(world: World, { rows }: ClaimResult): void {
  for (const row of rows as readonly (ClaimedRow & { folded?: readonly ClaimedRow[] })[]) {
    const folded = row.folded ?? []
    if (folded.length === 0) world.folds.delete(row.delivery)
    else world.folds.set(row.delivery, [row.delivery, ...folded.map(({ delivery }) => delivery)])
  }
}
