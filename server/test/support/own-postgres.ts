/*
 * A PostgreSQL for one test alone, which may be restarted and filled up: what the others share must not be. It is stopped
 * and removed at the end, also when the run is killed.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { until } from '../until.ts'
import { postgresPrograms } from '../needs.ts'
import { FOLDER, query, startServer } from './postgres.ts'
import setup from './postgres-setup.ts'

const run = promisify(execFile)
const OWNER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** A server of its own. */
export interface OwnPostgres extends AsyncDisposable {
  /** An empty database: postgres://…/nabat. */
  readonly url: string
  readonly port: number
  /** Runs one statement in the database. */
  query(sql: string): Promise<Record<string, unknown>[]>
  /** Stops it as `systemctl restart` does, connections and all, and starts it again. */
  restart(): Promise<void>
  /** Takes every connection there is from those who have it, until the function that it gives is called. */
  exhaust(): Promise<() => Promise<void>>
}

/** Starts it; `connections`: as many as it lets in. */
export async function startOwnPostgres(connections: number): Promise<OwnPostgres> {
  const end = await setup()
  const folder = process.env[FOLDER]!
  const server = await startServer(folder, [
    `max_connections = ${connections}`,
    'superuser_reserved_connections = 0',
    'shared_buffers = 64MB',
    'autovacuum_naptime = 30s',
  ])
  const url = `${server}nabat`
  await query(`${server}postgres`, 'create database nabat')
  const copied = join(folder, 'programs', 'bin')
  const programs = existsSync(copied) ? copied : postgresPrograms()
  const data = join(folder, 'data')
  return {
    url,
    port: Number(new URL(server).port),
    query: (sql) => query(url, sql),
    async restart() {
      await run(join(programs, 'pg_ctl'), ['-D', data, '-l', join(data, 'log'), '-w', '-m', 'fast', 'restart'], {
        ...OWNER,
        cwd: data,
      })
    },
    exhaust: () => exhaust(url, connections),
    [Symbol.asyncDispose]: end,
  }
}

async function exhaust(url: string, connections: number): Promise<() => Promise<void>> {
  const held: Client[] = []
  let released = false
  const take = async (): Promise<void> => {
    const client = new Client({ connectionString: url, application_name: 'somebody else' })
    client.on('error', () => {})
    try {
      await client.connect()
      held.push(client)
    } catch {
      // Full, for the moment.
    }
  }
  await take()
  const [first] = held
  const others = `from pg_stat_activity where application_name like 'nabat%'`
  await until(
    async () => {
      await first!.query(`select pg_terminate_backend(pid) ${others}`)
      while (held.length < connections) {
        const before = held.length
        await Promise.all(Array.from({ length: connections - before }, take))
        if (held.length === before) break
      }
      const { rows } = await first!.query<{ n: number }>(`select count(*)::int as n ${others}`)
      return rows[0]!.n === 0
    },
    20_000,
    'all connections to be taken',
  )
  return async () => {
    if (released) return
    released = true
    await Promise.all(held.map((client) => client.end()))
  }
}
