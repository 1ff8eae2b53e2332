/*
 * The PostgreSQL of a bench: a server of its own in a temporary folder, as durable as a real one; it ends with the bench,
 * also when that is killed. Memory and checkpoints are set as an administrator sets them on a small machine; everything
 * else is as it comes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FOLDER, nameFolder, query, startServer } from '../server/test/support/postgres.ts'

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
  const end = await nameFolder()
  const folder = process.env[FOLDER]!
  const server = await startServer(folder, [...SETTINGS, ...more])
  const pid = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
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
    [Symbol.asyncDispose]: end,
  }
}
