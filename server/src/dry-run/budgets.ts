import type { Budget } from '../channels/channel.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import { Pace } from '../pipeline/pace.ts'
import type { Address } from '../pipeline/outcome.ts'
import { Timeline } from './timeline.ts'

/** A message that leaves this much later than it was due did not fit. */
const LATE_MS = 60_000

/** An address nobody has: what it draws on, every destination of the channel draws on. */
const NOBODY: Address = { chat: '0' }

/** What all destinations of a bot draw on, and the messages that wait for it: their times of being due. */
interface Shared {
  readonly budgets: readonly Budget[]
  readonly line: Timeline<number>
}

interface Allowances {
  readonly own: readonly Budget[]
  readonly shared: Shared
}

/**
 * How many messages the limits of the ways out would have kept back. A message waits in the line of its destination first
 * and then in that of the bot, so that a busy chat does not make others late that the bot had room for.
 */
export class Budgets {
  readonly #pace = new Pace()
  readonly #allowances = new Map<string, Allowances | null>()
  readonly #shared = new Map<string, Shared>()
  #now = 0
  #late = 0

  /** A message is due at `at`; times do not go back. `key` names the destination. */
  add(channel: ChannelView, address: Address, key: string, at: number): void {
    let allowances = this.#allowances.get(key)
    if (allowances === undefined) this.#allowances.set(key, (allowances = this.#allowancesOf(channel, address)))
    if (allowances === null) return
    const free = this.#pace.freeAt(allowances.own, at)
    this.#pace.take(allowances.own, free)
    if (free - at > LATE_MS) this.#late += 1
    const { shared } = allowances
    shared.line.put(free, at)
    this.#now = at
    this.#advance(shared, at)
  }

  /** How many were late in the end. What leaves later than this is counted already. */
  end(): number {
    for (const shared of this.#shared.values()) this.#advance(shared, this.#now + LATE_MS)
    return this.#late
  }

  #advance({ budgets, line }: Shared, until: number): void {
    for (let next = line.take(until); next !== undefined; next = line.take(until)) {
      const dueAt = next.value
      const at = this.#pace.freeAt(budgets, next.at)
      this.#pace.take(budgets, at)
      if (at - dueAt > LATE_MS && next.at - dueAt <= LATE_MS) this.#late += 1
    }
  }

  /** Null where there is no limit, and where the channel is not ready to be asked. */
  #allowancesOf(channel: ChannelView, address: Address): Allowances | null {
    if (channel.missing.length > 0 || channel.problems.length > 0) return null
    const all = channel.kind.budgets(channel.settings, address)
    if (all.length === 0) return null
    const everybody = new Set(channel.kind.budgets(channel.settings, NOBODY).map(({ key }) => key))
    const budgets = all.filter(({ key }) => everybody.has(key))
    const name = budgets.map(({ key }) => key).join(' ')
    let shared = this.#shared.get(name)
    if (shared === undefined) this.#shared.set(name, (shared = { budgets, line: new Timeline<number>() }))
    return { shared, own: all.filter((budget) => !budgets.includes(budget)) }
  }
}
