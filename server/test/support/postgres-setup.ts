import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FOLDER } from './postgres.ts'

/*
 * Before the tests: names the folder in which the first test that needs it starts PostgreSQL. A shell stands by to stop it
 * and to remove the folder. It waits for the end of a pipe that only this process holds, so that it does so as well when
 * the run is killed and nobody is left to ask for it.
 */

const WATCH = `
  read _
  pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid" &&
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -rf "$0"
`

/** Called by vitest before the first test; gives what is to be called after the last. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-postgres-'))
  process.env[FOLDER] = folder
  const watch = spawn('/bin/sh', ['-c', WATCH, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const ended = once(watch, 'exit')
  watch.unref()
  return async () => {
    watch.stdin.end()
    watch.ref()
    await ended
  }
}
