import { StoreUnavailable, type AcceptRequest, type AcceptResult } from '../store.ts'

/** Events written by one transaction at most: beyond it the statements only grow, and the first waits for the last. */
const MOST_EVENTS = 1_000

interface Waiting {
  readonly request: AcceptRequest
  readonly resolve: (result: AcceptResult) => void
  readonly reject: (error: unknown) => void
}

type Write = (requests: readonly AcceptRequest[]) => Promise<AcceptResult[]>

/**
 * Group commit. Requests that arrive while a transaction is under way go into the next one together: a hundred
 * connections share a commit and a dozen statements. When what one of them asks for is a mistake, each is written by
 * itself, so that it does not touch the others; when the store refuses, all of them are refused.
 *
 * A save of the configuration stands in the line of the requests (`alone`): what came before it was routed by the version
 * before and is written by it, what comes after is not.
 */
export class Group {
  readonly #write: Write
  /** What gathers for the next transaction; null when nothing does. */
  #gathering: Waiting[] | null = null
  #line: Promise<unknown> = Promise.resolve()

  constructor(write: Write) {
    this.#write = write
  }

  accept(request: AcceptRequest): Promise<AcceptResult> {
    return new Promise((resolve, reject) => {
      this.#gathering ??= this.#next()
      this.#gathering.push({ request, resolve, reject })
    })
  }

  /** Runs between what was asked for before and what is asked for after. */
  alone<T>(write: () => Promise<T>): Promise<T> {
    this.#gathering = null
    const ran = this.#line.then(write)
    this.#line = ran.catch(() => {})
    return ran
  }

  /** Ends when everything that was asked for has its answer. */
  async idle(): Promise<void> {
    let line
    do {
      line = this.#line
      await line
    } while (line !== this.#line)
  }

  /** Opens a group that is written when its turn comes. */
  #next(): Waiting[] {
    const group: Waiting[] = []
    this.#line = this.#line.then(async () => {
      // Those of the same turn of the event loop come along.
      await new Promise(setImmediate)
      if (this.#gathering === group) this.#gathering = null
      await this.#drain(group)
    })
    return group
  }

  async #drain(waiting: readonly Waiting[]): Promise<void> {
    let rest = waiting
    while (rest.length > 0) {
      let events = 0
      const some = rest.filter(({ request }, index) => {
        events += request.events.length
        return index === 0 || events <= MOST_EVENTS
      })
      await this.#together(some)
      const taken = new Set(some)
      rest = rest.filter((one) => !taken.has(one))
    }
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#write(group.map(({ request }) => request))
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!)
    } catch (error) {
      if (error instanceof StoreUnavailable || group.length === 1) for (const { reject } of group) reject(error)
      else for (const one of group) await this.#together([one])
    }
  }
}
