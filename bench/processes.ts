/* The processes a bench starts: Nabat as it is run by people, the sink, the raw limit. Each ends with its scope. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = dirname(HERE)
/** The key every Nabat of a bench is started with. */
export const ADMIN_KEY = 'bench-key-of-the-administrator'
const READY_WITHIN_MS = 30_000
/** Characters of its log that are shown of a server that ended by itself. */
const LAST_WORDS = 2_000
/** How `npm start` starts Node. */
const AS_STARTED = ['--max-semi-space-size=8']

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Looks every few milliseconds until the condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 120_000,
  everyMs = 2,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await sleep(everyMs)
  }
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(hard)
}

export interface Sink extends AsyncDisposable {
  readonly url: string
  count(): Promise<number>
  arrivals(): Promise<Record<string, number>>
  /** Starts over. `delayMs`: how long it takes to answer; `arrivals`: remember when which event came. */
  reset(options?: { delayMs?: number; arrivals?: boolean }): Promise<void>
  /** The first body since the reset and its headers. */
  sample(): Promise<{ body: string; headers: Record<string, string> }>
}

/** Starts the counting receiver. */
export async function startSink(): Promise<Sink> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(HERE, 'sink.ts'), String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${port}`
  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).json()
  return {
    url,
    count: async () => ((await get('/count')) as { count: number }).count,
    arrivals: async () => (await get('/arrivals')) as Record<string, number>,
    async reset({ delayMs = 0, arrivals = false } = {}) {
      await get(`/reset?delay=${delayMs}${arrivals ? '&arrivals' : ''}`)
    },
    sample: async () => (await get('/last')) as Awaited<ReturnType<Sink['sample']>>,
    [Symbol.asyncDispose]: () => end(child),
  }
}

/** Starts a Fastify with nothing behind it. */
export async function startEmptyRoute(): Promise<AsyncDisposable & { readonly port: number }> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(HERE, 'empty-route.ts'), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return { port, [Symbol.asyncDispose]: () => end(child) }
}

/** Posts a second of the raw limit with this body. */
export async function rawLimit(
  sink: Sink,
  total: number,
  sample: { body: string; headers: Record<string, string> },
): Promise<number> {
  await sink.reset()
  const skip = new Set(['host', 'connection', 'content-length'])
  const headers = Object.fromEntries(Object.entries(sample.headers).filter(([name]) => !skip.has(name)))
  const child = spawn(process.execPath, [join(HERE, 'raw-limit.ts'), sink.url, String(total)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify({ body: sample.body, headers }))
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  await once(child, 'close')
  return (JSON.parse(output) as { perSecond: number }).perSecond
}

export interface Nabat extends AsyncDisposable {
  readonly url: string
  readonly folder: string
  readonly pid: number
  /** From the start of the process to the first 200 of /readyz. */
  readonly readyAfterMs: number
  /** Connections to it, kept alive. */
  readonly pool: Pool
  /** Posts one event or a list; throws unless it is answered 202. */
  post(events: unknown): Promise<void>
  stop(): Promise<void>
}

export interface NabatOptions {
  /** The configuration file, YAML. */
  readonly config: string
  /** An existing data folder; otherwise a fresh one that is removed at the end. */
  readonly folder?: string
  readonly connections?: number
  /** Arguments for Node, such as --cpu-prof. */
  readonly nodeArguments?: readonly string[]
  /** A node of this PostgreSQL; otherwise the embedded store. */
  readonly databaseUrl?: string
}

/** Starts `nabat serve` and waits until it is ready. */
export async function startNabat(options: NabatOptions): Promise<Nabat> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'nabat-bench-'))
  const config = join(folder, 'bench.yaml')
  writeFileSync(config, options.config)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const node = [...AS_STARTED, ...(options.nodeArguments ?? [])]
  const log = join(folder, 'log')
  const logFile = openSync(log, 'w')
  const child = spawn(process.execPath, [...node, join(ROOT, 'server/nabat.mjs'), 'serve'], {
    stdio: ['ignore', logFile, 'inherit'],
    env: {
      ...process.env,
      NABAT_PORT: String(port),
      NABAT_DATA: join(folder, 'data'),
      NABAT_CONFIG: config,
      NABAT_ADMIN_KEY: ADMIN_KEY,
      NABAT_ALLOW_PRIVATE_ADDRESSES: 'true',
      ...(options.databaseUrl !== undefined && {
        NABAT_DATABASE_URL: options.databaseUrl,
        NABAT_SECRET_KEY: 'bench-secret-key-of-all-nodes',
      }),
    },
  })
  closeSync(logFile)
  let stopping = false
  child.once('exit', (code, signal) => {
    if (!stopping)
      console.error(`nabat ended by itself (${code ?? signal}):\n${readFileSync(log, 'utf8').slice(-LAST_WORDS)}`)
  })
  const pool = new Pool(url, { connections: options.connections ?? 4 })
  const ready = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`nabat ended with ${child.exitCode} before it was ready`)
    try {
      const answer = await pool.request({ method: 'GET', path: '/readyz' })
      await answer.body.dump()
      return answer.statusCode === 200
    } catch {
      return false
    }
  }
  await until(ready, 'nabat to be ready', READY_WITHIN_MS)
  const readyAfterMs = performance.now() - startedAt
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' }
  const stop = async (): Promise<void> => {
    stopping = true
    await pool.destroy()
    await end(child)
  }
  return {
    url,
    folder,
    pid: child.pid!,
    readyAfterMs,
    pool,
    async post(events) {
      const answer = await pool.request({
        method: 'POST',
        path: '/api/v1/events',
        headers,
        body: JSON.stringify(events),
      })
      const said = await answer.body.text()
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${said}`)
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resident memory of a process, MB. */
export function residentMb(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)
  return Number(line?.[1] ?? 0) / 1024
}

/** Runs a script of a folder to its end; what it printed. */
export async function runScript(file: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: dirname(file),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${file} ended with ${code}`)
  return output
}
