import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const NABAT = fileURLToPath(new URL('../../nabat.mjs', import.meta.url))

/** How a command ended and what it said. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs `nabat …` as people do. Settings of the surroundings do not reach it, `env` does. */
export async function runNabat(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [NABAT, ...args], {
    env: { PATH: process.env['PATH'], NABAT_LANGUAGE: 'ru', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that reads no input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, out, err }
}
