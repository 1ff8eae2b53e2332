import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { TOPICS } from '@nabat/api/live.ts'
import { VirtualClock } from '../../test/simulation/virtual-clock.ts'
import { Live } from './live.ts'
import { Streams, type Listener } from './streams.ts'

const START = 1_800_000_000_000
const EVERYTHING: Listener = { workspace: 1, topics: new Set(TOPICS), login: 'ivan' }

function opened(listener: Listener = EVERYTHING) {
  const clock = new VirtualClock(START)
  const live = new Live(clock, null)
  const streams = new Streams({ live, clock, version: 'v1' })
  const found: { listener: Listener | null; error?: Error } = { listener }
  const stream = streams.open(listener, async () => {
    if (found.error !== undefined) throw found.error
    return found.listener
  })
  /** Lets time pass, with what hangs on it. */
  const pass = async (ms: number): Promise<void> => {
    const until = clock.now() + ms
    do await new Promise(setImmediate)
    while (clock.step(until))
  }
  return { live, streams, stream, found, pass }
}

/** What has come since it was asked last. */
const read = (stream: Readable): string => (stream.read() as Buffer | null)?.toString() ?? ''

describe('a stream of changes', () => {
  it('begins with what is running, and says what has changed', () => {
    const { live, stream } = opened()
    live.changed(1, ['events', 'deliveries'])
    expect(read(stream)).toBe(
      'retry: 2000\nevent: hello\ndata: {"version":"v1"}\n\nevent: changed\ndata: {"topics":["events","deliveries"]}\n\n',
    )
  })

  it('says nothing of what its listener may not look at', () => {
    const { live, stream } = opened({ ...EVERYTHING, topics: new Set(['inbox']) })
    read(stream)
    live.changed(1, ['events'])
    live.changed(1, ['inbox'])
    expect(read(stream)).toBe('')
  })

  it('tells somebody of their own inbox alone, and a key of all', async () => {
    for (const [login, said] of [
      ['ivan', 'data: {"topics":["inbox"]}'],
      ['olga', ''],
      [null, 'data: {"topics":["inbox"]}'],
    ] as const) {
      const { live, stream, pass } = opened({ ...EVERYTHING, login })
      read(stream)
      live.changed(1, ['inbox:ivan'])
      expect(read(stream), String(login)).toContain(said)
      if (said === '') expect(read(stream)).toBe('')
      await pass(300)
      live.changed(1, ['inbox'])
      expect(read(stream), `everybody's, ${String(login)}`).toContain('"inbox"')
    }
  })

  it('shows every fifteen seconds that it is alive', async () => {
    const { stream, pass } = opened()
    read(stream)
    await pass(14_900)
    expect(read(stream)).toBe('')
    await pass(200)
    expect(read(stream)).toBe(':\n\n')
    await pass(15_000)
    expect(read(stream)).toBe(':\n\n')
  })

  it('ends within fifteen seconds once its listener may not listen any more, or looks at another workspace', async () => {
    for (const then of [null, { ...EVERYTHING, workspace: 2 }, { ...EVERYTHING, login: 'olga' }]) {
      const { live, stream, found, pass } = opened()
      stream.resume()
      found.listener = then
      const ended = once(stream, 'end')
      await pass(15_000)
      await ended
      expect(live.watchers).toBe(0)
    }
  })

  it('tells from then on what the listener may hear by what he may do now', async () => {
    const { live, stream, found, pass } = opened()
    found.listener = { ...EVERYTHING, topics: new Set(['inbox']) }
    await pass(15_000)
    read(stream)
    live.changed(1, ['events'])
    expect(read(stream)).toBe('')
  })

  it('goes on when it cannot be found out who listens', async () => {
    const { live, stream, found, pass } = opened()
    found.error = new Error('the store is away')
    await pass(15_000)
    read(stream)
    live.changed(1, ['events'])
    expect(read(stream)).toContain('event: changed')
  })

  it('of somebody who takes nothing in is dropped, and costs nothing from then on', async () => {
    const { live, stream, pass } = opened()
    const closed = once(stream, 'close')
    for (let said = 0; said < 2_000 && !stream.destroyed; said += 1) {
      live.changed(1, TOPICS)
      await pass(250)
    }
    await closed
    expect(live.watchers).toBe(0)
  })

  it('ends when the server stops, and none begins after that', async () => {
    const { live, streams, stream } = opened()
    stream.resume()
    const ended = once(stream, 'end')
    streams.close()
    await ended
    expect(live.watchers).toBe(0)
    const late = streams.open(EVERYTHING, async () => EVERYTHING)
    late.resume()
    await once(late, 'end')
    expect(live.watchers).toBe(0)
  })
})
