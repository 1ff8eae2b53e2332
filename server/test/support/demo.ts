import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../until.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** A fortnight is lived through before it is ready, on a machine that does other things as well. */
const START_MS = 60_000

/** A demonstration as people start it. */
export interface DemoProcess {
  /** Lets the visitor in. */
  readonly link: string
  readonly url: string
  /** Stops it as Ctrl+C does; all it has written. */
  stop(): Promise<string>
}

/** Starts `npm run demo` on a free port and a folder of its own. */
export async function startDemoProcess(): Promise<DemoProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-demo-'))
  // A group of its own: Ctrl+C reaches every process of a terminal at once.
  const child = spawn('npm', ['run', '--silent', 'demo', '--', '--port=0', `--data=${join(folder, 'data')}`], {
    cwd: ROOT,
    env: { ...process.env, NABAT_LANGUAGE: 'ru' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  // npm may be gone before the server: what it writes ends with the last of them.
  const ended = once(child, 'close')
  const stop = async (): Promise<string> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT')
    await ended
    await rm(folder, { recursive: true, force: true })
    return output
  }
  try {
    const link = await until(
      () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output}`)
        return /http:\S+\/demo\/enter\/\S+/.exec(output)?.[0]
      },
      START_MS,
      'the printed link',
    )
    return { link, url: new URL(link).origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
