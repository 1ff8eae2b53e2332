import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock } from '../clock.ts'
import { foldName } from './names.ts'

/** After how many failures there is a wait, and how long it grows. Milliseconds. */
interface Growth {
  readonly free: number
  readonly most: number
}

/*
 * Whoever knows a login can make its owner wait: so that wait stays short, and still leaves 1,500 guesses a day. An address
 * may be a whole office behind one router: it may fail more often, and waits longer then.
 */
const OF_LOGIN: Growth = { free: 5, most: 60_000 }
const OF_ADDRESS: Growth = { free: 20, most: 900_000 }
const FIRST_MS = 1_000
/** Failures count for so long after the last of them. */
const FORGET_MS = 3_600_000
/** The oldest are forgotten before memory is filled. */
const MOST_KEPT = 50_000

/** How long nobody may try after so many failures, since the last. Milliseconds. */
export const waitAfter = (failures: number, { free, most }: Growth): number =>
  failures < free ? 0 : Math.min(most, FIRST_MS * 2 ** Math.min(failures - free, 30))

interface Tries {
  failures: number
  at: number
}

const keyOf = (kind: 'login' | 'address', value: string): string =>
  `${kind}:${createHash('sha256').update(value).digest('hex').slice(0, 24)}`

/** Of IPv6 the network: one house has all the addresses of it. */
const networkOf = (address: string): string =>
  isIPv6(address) && !address.includes('.') ? address.split('::')[0]!.split(':').slice(0, 4).join(':') : address

/** What waits are counted under: nothing in it can be read. */
export const triesOf = (login: string, address: string | null): string[] => [
  keyOf('login', foldName(login)),
  ...(address === null ? [] : [keyOf('address', networkOf(address))]),
]

const growthOf = (key: string): Growth => (key.startsWith('login:') ? OF_LOGIN : OF_ADDRESS)

/** Slows down guessing. A try counts as failed from its beginning, so that many at once gain nothing. */
export class SlowDown {
  readonly #clock: Clock
  readonly #tries = new Map<string, Tries>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Seconds to wait; 0 lets a try begin. */
  begin(keys: readonly string[]): number {
    const now = this.#clock.now()
    const wait = Math.max(...keys.map((key) => this.#until(key, now) - now))
    if (wait > 0) return Math.ceil(wait / 1_000)
    for (const key of keys) this.failed(key, now)
    return 0
  }

  /** The try that has begun was right. */
  succeeded(keys: readonly string[]): void {
    for (const key of keys) {
      const tries = this.#tries.get(key)
      if (tries === undefined) continue
      tries.failures -= 1
      if (key.startsWith('login:') || tries.failures === 0) this.#tries.delete(key)
    }
  }

  /** Counts a failure; on another node perhaps. */
  failed(key: string, at: number): void {
    const before = this.#tries.get(key)
    const failures = before === undefined || at - before.at > FORGET_MS ? 0 : before.failures
    this.#tries.delete(key)
    this.#tries.set(key, { failures: failures + 1, at: Math.max(at, before?.at ?? 0) })
    if (this.#tries.size <= MOST_KEPT) return
    const [oldest] = this.#tries.keys()
    this.#tries.delete(oldest!)
  }

  #until(key: string, now: number): number {
    const tries = this.#tries.get(key)
    if (tries === undefined || now - tries.at > FORGET_MS) return now
    return tries.at + waitAfter(tries.failures, growthOf(key))
  }
}
