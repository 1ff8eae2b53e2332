/*
 * Taking up what waits: at the start, when owners become this node's, and now and then in case a notice was lost. Owners
 * that are new were another's: what was sent through them in the last minute is read before anything is begun, so that
 * their budgets hold. What becomes due there meanwhile is kept, since nobody serves them yet and who looks has looked.
 */
import type { Clock } from '../clock.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { Store, Woken } from '../store/store.ts'
import { ownerOf } from './lanes.ts'
import type { Pace } from './pace.ts'

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly pace: Pace
  readonly channel: (workspace: number, id: number) => ChannelView | undefined
  /** Left out where there is one node. */
  readonly serves?: (owner: string) => boolean
  readonly wake: (woken: readonly Woken[]) => void
}

export class TakeUp {
  readonly #parts: Parts
  /** What is being taken up, and what was woken there meanwhile. */
  readonly #under = new Set<{ readonly isNew: (owner: string) => boolean; readonly woken: Woken[] }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Calls `begin` once budgets are known: from then on this node serves the owners that are new. */
  async run(isNew: (owner: string) => boolean, begin: () => void): Promise<void> {
    const { store, clock, channel, serves, wake } = this.#parts
    const taking = { isNew, woken: [] as Woken[] }
    this.#under.add(taking)
    try {
      const { lanes, sends } = await store.recover(clock.now())
      this.#learn(sends, isNew)
      begin()
      taking.woken.unshift(...lanes.map((lane) => ({ ...lane, to: lane })))
    } finally {
      this.#under.delete(taking)
    }
    // What others serve they look at themselves.
    wake(
      taking.woken.filter(({ workspace, to }) => {
        const id = to?.channel
        return id === undefined || (serves?.(ownerOf(channel(workspace, id), id)) ?? true)
      }),
    )
  }

  /** Something of an owner became due: kept when it is just being taken up. */
  note(owner: string, woken: Woken): void {
    for (const taking of this.#under) if (taking.isNew(owner)) taking.woken.push(woken)
  }

  /** What was sent through owners that are new, and nothing else, is what their budgets know. */
  #learn(sends: Awaited<ReturnType<Store['recover']>>['sends'], isNew: (owner: string) => boolean): void {
    const { channel, pace } = this.#parts
    const forgotten = new Set<string>()
    for (const { at, workspace, channel: id, address } of sends) {
      const view = channel(workspace, id)
      if (view === undefined || !isNew(ownerOf(view, id))) continue
      const budgets = view.kind.budgets(view.settings, address)
      for (const { key } of budgets) {
        if (!forgotten.has(key)) pace.forget(key)
        forgotten.add(key)
      }
      pace.take(budgets, at)
    }
  }
}
