import type { TestServer } from './server.ts'
import { until } from '../until.ts'

/** Somebody who follows the changes of a workspace. */
export interface Listening extends AsyncDisposable {
  readonly response: Response
  /** Resolves once all of these topics have been told since the last call; the topics that were. */
  hears(...topics: readonly string[]): Promise<Set<string>>
  /** All that has been told since the last call of `hears`. */
  readonly heard: ReadonlySet<string>
  /** Whether the stream has ended. */
  readonly ended: boolean
  /** Everything that has come, as it came. */
  readonly text: string
}

/** Follows GET /api/v1/live until it is disposed of. */
export async function listenTo(server: Pick<TestServer, 'call'>, headers: Record<string, string> = {}) {
  const response = await server.call('GET', '/api/v1/live', undefined, headers)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const state = { text: '', ended: false, heard: new Set<string>(), parsed: 0 }
  const take = (): void => {
    for (let end = state.text.indexOf('\n\n', state.parsed); end >= 0; end = state.text.indexOf('\n\n', state.parsed)) {
      const [, topics] = /^event: changed\ndata: (.*)$/m.exec(state.text.slice(state.parsed, end)) ?? []
      state.parsed = end + 2
      if (topics !== undefined)
        for (const topic of (JSON.parse(topics) as { topics: string[] }).topics) state.heard.add(topic)
    }
  }
  const reading = (async () => {
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        state.text += part.value
        take()
      }
    } catch {
      // Cut off: ended all the same.
    }
    state.ended = true
  })()
  const listening: Listening = {
    response,
    async hears(...topics) {
      await until(() => topics.every((topic) => state.heard.has(topic)), 10_000, `${topics.join(', ')} to be told`)
      const heard = state.heard
      state.heard = new Set()
      return heard
    },
    get heard() {
      return state.heard
    },
    get ended() {
      return state.ended
    },
    get text() {
      return state.text
    },
    async [Symbol.asyncDispose]() {
      await reader.cancel().catch(() => {})
      await reading
    },
  }
  return listening
}
