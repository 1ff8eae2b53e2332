/*
 * The PostgreSQL of a bench: a server of its own in a temporary folder, as durable as a real one. Memory and checkpoints
 * are set as an administrator sets them on a small machine; everything else is as it comes.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query, startServer } from '../server/test/support/postgres.ts'
import { until } from './processes.ts'

const SETTINGS = [
  'fsync = on',
  'synchronous_commit = on',
  'max_connections = 200',
  'shared_buffers = 512MB',
  'max_wal_size = 4GB',
  'checkpoint_timeout = 15min',
  // A minute by default, which is longer than a storm: the queue would never be vacuumed while it is measured.
  'autovacuum_naptime = 5s',
]

export interface Postgres extends AsyncDisposable {
  /** The process that starts all others of the server. */
  readonly pid: number
  /** What it has logged. */
  readonly log: string
  /** The address of a database, which is made when it is not there yet. */
  database(name: string): Promise<string>
}

/** Starts a server with nothing in it; `more`: settings besides, as lines of postgresql.conf. */
export async function startPostgres(more: readonly string[] = []): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'nabat-bench-postgres-'))
  const server = await startServer(folder, [...SETTINGS, ...more])
  const pidFile = join(folder, 'data/postmaster.pid')
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const made = new Set<string>()
  return {
    pid,
    log: join(folder, 'data/log'),
    async database(name) {
      if (!made.has(name)) {
        await query(`${server}postgres`, `create database "${name}"`)
        made.add(name)
      }
      return server + name
    },
    async [Symbol.asyncDispose]() {
      // Whoever is still connected is not waited for.
      process.kill(pid, 'SIGINT')
      await until(() => !existsSync(pidFile), 'PostgreSQL to stop', 60_000, 50)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
