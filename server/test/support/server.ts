import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Role } from '../../src/nodes/roles.ts'

/*
 * The real server for tests, on a folder of its own and a free port: in this process (`startTestServer`), or as the
 * process people run (`startServerProcess`), which can be killed.
 */

const NABAT = fileURLToPath(new URL('../../nabat.mjs', import.meta.url))
/** The key of every test server: all rights in the workspace `default`. */
export const TEST_KEY = 'nabat_test_key_with_all_rights'
/** A process must say that it is ready within this time, on a machine that does other things as well. */
const START_MS = 30_000

export interface TestServerOptions {
  /** YAML, applied before the server is ready. */
  readonly config?: string
  /** Settings beside port, folder and key. */
  readonly env?: Readonly<Record<string, string>>
  /** Another folder than a temporary one; it is not removed at the end. */
  readonly folder?: string
  /** What it is there for; everything when left out. */
  readonly roles?: readonly Role[]
}

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly key: string
  readonly folder: string
  /** A request with the key; `path` begins with a slash. A body that is no text goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  /** Posts events and answers with the parsed body, or throws what the server says is wrong. */
  send(events: unknown): Promise<SentEvents>
  stop(): Promise<void>
}

export interface SentEvents {
  readonly events: readonly { id: string; eventId: string; source: string; status: string; deliveries: number }[]
}

/** Starts the server inside this process; its log is silent. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const place = await preparePlace(options)
  try {
    const config = readConfig(place.env)
    if ('mistakes' in config) throw new Error(config.mistakes.map(({ en }) => en).join('\n'))
    const app = await startApp(config, options.roles === undefined ? {} : { roles: options.roles })
    return testServer(
      app.url,
      place.folder,
      onlyOnce(async () => {
        await app.stop()
        await place.remove()
      }),
    )
  } catch (error) {
    await place.remove()
    throw error
  }
}

export interface ServerProcess extends TestServer {
  readonly process: ChildProcess
  /** All it has written so far, log and errors. */
  output(): string
  /** Ends it at once, as a power cut would; the folder stays until `stop`. */
  kill(): Promise<void>
}

/** Starts the server as people do, `node server/nabat.mjs serve`, and waits until it says that it is ready. */
export async function startServerProcess(options: TestServerOptions = {}): Promise<ServerProcess> {
  const place = await preparePlace(options)
  const roles = options.roles === undefined ? [] : [`--roles=${options.roles.join(',')}`]
  const child = spawn(process.execPath, [NABAT, 'serve', ...roles], {
    env: { ...process.env, ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms: ${output}`)), START_MS)
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
      const ready = /^Nabat is ready on (\S+)$/m.exec(output)
      if (ready === null) return
      clearTimeout(late)
      resolve(ready[1]!)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void ended.then(() => {
      clearTimeout(late)
      reject(new Error(`the server ended before it was ready: ${output}`))
    })
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL')
    await place.remove()
    throw error
  })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return {
    ...testServer(
      url,
      place.folder,
      onlyOnce(async () => {
        await end('SIGTERM')
        await place.remove()
      }),
    ),
    process: child,
    output: () => output,
    kill: () => end('SIGKILL'),
  }
}

interface Place {
  readonly folder: string
  readonly env: Record<string, string>
  remove(): Promise<void>
}

/** The folder, and the settings of a server that lives in it. The configuration file stands beside the data. */
async function preparePlace({ config, env = {}, folder }: TestServerOptions): Promise<Place> {
  const own = folder === undefined ? await mkdtemp(join(tmpdir(), 'nabat-test-')) : undefined
  const data = folder ?? own!
  await mkdir(data, { recursive: true })
  const file = join(data, 'test-config.yaml')
  if (config !== undefined) await writeFile(file, config)
  return {
    folder: data,
    env: {
      NABAT_PORT: '0',
      NABAT_HOST: '127.0.0.1',
      NABAT_DATA: data,
      NABAT_ADMIN_KEY: TEST_KEY,
      NABAT_LOG_LEVEL: 'silent',
      ...(config === undefined ? {} : { NABAT_CONFIG: file }),
      ...env,
    },
    remove: async () => (own === undefined ? undefined : rm(own, { recursive: true, force: true })),
  }
}

function testServer(url: string, folder: string, stop: () => Promise<void>): TestServer {
  const call: TestServer['call'] = (method, path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TEST_KEY}`,
        'accept-language': 'en',
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/yaml' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    url,
    key: TEST_KEY,
    folder,
    call,
    async send(events) {
      const response = await call('POST', '/api/v1/events', events)
      const answer = await response.text()
      if (response.status !== 202) throw new Error(`${response.status} ${answer}`)
      return JSON.parse(answer) as SentEvents
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Stopping twice is stopping once: a test that stops its server still may have said `await using`. */
function onlyOnce(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => (stopped ??= stop())
}
