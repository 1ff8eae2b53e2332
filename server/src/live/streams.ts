import { PassThrough, type Readable } from 'node:stream'
import type { Changed, Hello, Topic } from '@nabat/api/live.ts'
import type { Clock } from '../clock.ts'
import type { Live } from './live.ts'
import { heardBy } from './notes.ts'

/** So often a stream shows that it is alive, and whoever listens is looked at again. */
const BEAT_MS = 15_000
/** A browser that lost the stream comes back after this long. */
const BACK_AFTER_MS = 2_000

/** Who listens, and to what. */
export interface Listener {
  readonly workspace: number
  readonly topics: ReadonlySet<Topic>
  /** Whose inbox they hear of; null for a key, which hears of all that it may look into. */
  readonly login: string | null
}

/** Looks again who listens; null once he may not any more. A rejection is taken for "still the same". */
export type Look = () => Promise<Listener | null>

interface Parts {
  readonly live: Live
  readonly clock: Clock
  /** Names what is running. */
  readonly version: string
}

/** The streams of server-sent events that are open: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class Streams {
  readonly #parts: Parts
  readonly #open = new Set<PassThrough>()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A stream for somebody: what changes, from now until he goes, may not listen any more, or takes nothing in. */
  open(listener: Listener, look: Look): Readable {
    const { live, clock, version } = this.#parts
    const stream = new PassThrough()
    if (this.#closed) return stream.end()
    let { topics } = listener
    let endBeat = (): void => {}
    const say = (text: string): void => {
      // What is sent is small and not often: whoever has left a full buffer of it does not read.
      if (!stream.destroyed && !stream.writableEnded && !stream.write(text)) stream.destroy()
    }
    const unwatch = live.watch(listener.workspace, (changed) => {
      const heard = heardBy({ topics, login: listener.login }, changed)
      if (heard.length > 0) say(message('changed', { topics: heard } satisfies Changed))
    })
    const beat = async (): Promise<void> => {
      const found = await look().catch(() => listener)
      if (found?.workspace !== listener.workspace || found.login !== listener.login) return void stream.end()
      ;({ topics } = found)
      say(':\n\n')
      if (this.#open.has(stream)) endBeat = clock.after(BEAT_MS, () => void beat())
    }
    this.#open.add(stream)
    stream.once('close', () => {
      this.#open.delete(stream)
      unwatch()
      endBeat()
    })
    say(`retry: ${BACK_AFTER_MS}\n${message('hello', { version } satisfies Hello)}`)
    endBeat = clock.after(BEAT_MS, () => void beat())
    return stream
  }

  /** Ends all of them, and any that is opened from now on. */
  close(): void {
    this.#closed = true
    for (const stream of this.#open) stream.end()
  }
}

const message = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
