/*
 * A careful sender: posts events at a steady rate to several nodes in turn, gives up on a node that does not answer and
 * posts the same to another, and keeps an account of what was promised to arrive and what did.
 */
import { TEST_KEY } from './server.ts'

/** A way a promised message takes. */
export type Medium = 'webhook' | 'mail' | 'telegram'
const MEDIA: readonly Medium[] = ['webhook', 'mail', 'telegram']

/** An event that is posted, and where it must arrive. */
export interface Planned {
  readonly id: string
  readonly event: object
  readonly media: readonly Medium[]
}

const POST_MS = 2_000
/** A node that has not answered is left alone for so long. */
const AVOID_MS = 10_000
/** What was late by so much is made up for. */
const MADE_UP_MS = 3_000

export class SteadyLoad {
  readonly #urls: () => readonly string[]
  readonly #plan: (n: number) => Planned
  readonly #everyMs: number
  readonly #avoid = new Map<string, number>()
  /** How often each message arrived: `webhook event-1`. */
  readonly arrived = new Map<string, number>()
  /** What was promised and has not arrived, with the moment of the promise. */
  readonly missing = new Map<string, number>()
  /** Moments at which events were accepted. */
  readonly acceptedAt: number[] = []
  repeats = 0
  #next = 0
  #paused = true
  #ended = false
  #resume = (): void => {}
  readonly #posters: Promise<void>[]

  /** Posts `batch` events every `everyMs` from as many posters as there are urls. */
  constructor(urls: () => readonly string[], everyMs: number, batch: number, plan: (n: number) => Planned) {
    this.#urls = urls
    this.#everyMs = everyMs
    this.#plan = plan
    this.#posters = urls().map((_, poster) => this.#post(poster, batch))
  }

  /** A message came in at a stand-in. */
  arrive(medium: Medium, id: string): void {
    const key = `${medium} ${id}`
    const times = (this.arrived.get(key) ?? 0) + 1
    this.arrived.set(key, times)
    this.missing.delete(key)
    if (times > 1) this.repeats += 1
  }

  go(): void {
    this.#paused = false
    this.#resume()
  }

  pause(): void {
    this.#paused = true
  }

  async end(): Promise<void> {
    this.#ended = true
    this.go()
    await Promise.all(this.#posters)
  }

  /** How long the oldest of what should have arrived by these ways has been due, ms. */
  oldestMs(media: readonly Medium[]): number {
    const now = performance.now()
    for (const [key, at] of this.missing) if (media.some((medium) => key.startsWith(medium))) return now - at
    return 0
  }

  /** Events accepted within the last so many ms. */
  acceptedWithin(ms: number): number {
    const from = performance.now() - ms
    return this.acceptedAt.length - (this.acceptedAt.findLastIndex((at) => at < from) + 1)
  }

  async #post(poster: number, count: number): Promise<void> {
    let dueAt = performance.now()
    while (!this.#ended) {
      if (this.#paused) {
        await new Promise<void>((resolve) => {
          const before = this.#resume
          this.#resume = () => {
            before()
            resolve()
          }
        })
        dueAt = performance.now()
        continue
      }
      const batch = Array.from({ length: count }, () => this.#plan((this.#next += 1)))
      await this.#accepted(batch, poster)
      // Steady: what was late is made up for, but a long stop is not answered by a flood.
      dueAt = Math.max(dueAt + this.#everyMs, performance.now() - MADE_UP_MS)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
    }
  }

  /** Posts until a node has taken it; the same again changes nothing. */
  async #accepted(batch: readonly Planned[], poster: number): Promise<void> {
    for (let turn = poster; ; turn += 1) {
      const urls = this.#urls()
      const url = urls[turn % urls.length]!
      if ((this.#avoid.get(url) ?? 0) > performance.now() && turn < poster + urls.length) continue
      try {
        const response = await fetch(`${url}/api/v1/events`, {
          method: 'POST',
          headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify(batch.map(({ event }) => event)),
          signal: AbortSignal.timeout(POST_MS),
        })
        const text = await response.text()
        if (response.status === 202) return this.#promise(batch)
        if (response.status !== 503) throw new Refused(`${response.status} ${text}`)
      } catch (error) {
        if (error instanceof Refused) throw error
      }
      this.#avoid.set(url, performance.now() + AVOID_MS)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  #promise(batch: readonly Planned[]): void {
    const now = performance.now()
    for (const { id, media } of batch) {
      this.acceptedAt.push(now)
      for (const medium of media) {
        const key = `${medium} ${id}`
        if (!this.arrived.has(key)) this.missing.set(key, now)
      }
    }
  }
}

/** A server said no to what was posted: a mistake of the test. */
class Refused extends Error {}

/** What is missing, by medium. */
export const missingBy = (load: SteadyLoad): Record<Medium, number> =>
  Object.fromEntries(
    MEDIA.map((medium) => [medium, [...load.missing.keys()].filter((key) => key.startsWith(medium)).length]),
  ) as Record<Medium, number>
