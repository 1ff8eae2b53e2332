/*
 * A PostgreSQL of the tests' own: one server for a run, in a temporary folder, as durable as a real one (fsync is on); a
 * database for each store that a test opens, copied from a template. The first test that needs it starts it, in whatever
 * process it runs; the others wait for that. `postgres-setup.ts` stops it when the run has ended, also when it was killed.
 *
 * As root the server runs as another user, since PostgreSQL refuses to be root.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { until } from '../until.ts'
import { postgresPrograms } from '../needs.ts'

const run = promisify(execFile)

/** Where the server of this run lives; set by postgres-setup.ts for every process of the run. */
export const FOLDER = 'NABAT_TEST_POSTGRES'
/** initdb and the first start, on a machine that does other things as well. */
const START_MS = 60_000
const TEMPLATE = 'nabat_template'
const USER = 'nabat'

const SETTINGS = [
  'max_connections = 200',
  'shared_buffers = 64MB',
  // Noticed within a second, and hundreds of databases that nobody has changed are not looked at all the time.
  'deadlock_timeout = 200ms',
  'autovacuum_naptime = 30s',
]

/** Nobody, when we are root. */
const OWNER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

const WATCH = `
  read _
  pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid" &&
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -rf "$0"
`

/**
 * Names a folder for the server of this process and of those it starts. A shell stands by to stop the server and to remove
 * the folder: it waits for the end of a pipe that only this process holds, so that it does so as well when the process is
 * killed. The returned function asks for it at once.
 */
export async function nameFolder(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-postgres-'))
  process.env[FOLDER] = folder
  const watch = spawn('/bin/sh', ['-c', WATCH, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const ended = once(watch, 'exit')
  watch.unref()
  const pipe = watch.stdin as Socket
  pipe.unref()
  return async () => {
    pipe.end()
    watch.ref()
    await ended
  }
}

/** The folder of the run's server: from postgres-setup.ts, or one of this process's own. */
async function folderOfRun(): Promise<string> {
  if (process.env[FOLDER] === undefined) await nameFolder()
  return process.env[FOLDER]!
}

let url: Promise<string> | undefined

/** The server's address without a database, postgres://…/; started when nobody has done so yet. */
export function postgresUrl(): Promise<string> {
  return (url ??= started())
}

async function started(): Promise<string> {
  const folder = await folderOfRun()
  const address = join(folder, 'url')
  const failure = join(folder, 'failure')
  // Making a folder is atomic: one process starts the server, the others wait for its address.
  const mine = await mkdir(join(folder, 'starting')).then(
    () => true,
    () => false,
  )
  if (mine) {
    try {
      const server = await startServer(folder, SETTINGS)
      await query(`${server}postgres`, `create database ${TEMPLATE}`)
      await (await openPostgresStore(`${server}${TEMPLATE}`)).close()
      await writeWhole(address, server)
    } catch (error) {
      await writeWhole(failure, String((error as Error).stack))
    }
  }
  await until(() => existsSync(address) || existsSync(failure), START_MS, 'the PostgreSQL of the tests')
  if (existsSync(failure)) throw new Error(await readFile(failure, 'utf8'))
  return readFile(address, 'utf8')
}

/** Written under another name first, so that whoever waits for it finds it whole. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/** Makes a server in a folder that is there and starts it; gives its address without a database. Who started it stops it. */
export async function startServer(folder: string, given: readonly string[]): Promise<string> {
  const programs = await runnable(postgresPrograms(), folder)
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  if (OWNER.uid !== undefined) {
    await chmod(folder, 0o711)
    await chown(data, OWNER.uid, OWNER.gid)
  }
  const options = { ...OWNER, cwd: data, env: { ...process.env, LC_ALL: 'C' } }
  await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    options,
  )
  const port = await freePort()
  const settings = [...given, `port = ${port}`, `listen_addresses = '127.0.0.1'`, `unix_socket_directories = '${data}'`]
  await writeFile(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
  await run(join(programs, 'pg_ctl'), ['-D', data, '-l', join(data, 'log'), '-w', '-t', '50', 'start'], options)
  return `postgres://${USER}@127.0.0.1:${port}/`
}

/** Programs in a folder that the server's user may not enter are copied to one that he may. */
async function runnable(programs: string, folder: string): Promise<string> {
  if (OWNER.uid === undefined) return programs
  try {
    await run(join(programs, 'postgres'), ['--version'], { ...OWNER, cwd: '/' })
    return programs
  } catch {
    await cp(join(programs, '..'), join(folder, 'programs'), { recursive: true, verbatimSymlinks: true })
    await chmod(folder, 0o711)
    return join(folder, 'programs', 'bin')
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs one statement on a connection of its own. */
export async function query(database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Databases of this process that nobody uses at the moment, with nothing in them. */
const spare: string[] = []
let made = 0

/** A database with the present schema and nothing in it; gives its address. */
export async function takeDatabase(): Promise<string> {
  const server = await postgresUrl()
  const again = spare.pop()
  if (again !== undefined) return again
  made += 1
  const name = `nabat_${process.pid}_${made}`
  await query(`${server}postgres`, `create database ${name} template ${TEMPLATE}`)
  return `${server}${name}`
}

// Dropping a database makes the server write out everything there is, which takes longer than most tests.
const EMPTY = `do $$
  declare one record;
  begin
    set local session_replication_role = replica;
    for one in select c.oid::regclass as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> 'migrations' loop
      execute 'delete from ' || one.name;
    end loop;
    for one in select c.oid::regclass as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' loop
      execute 'alter sequence ' || one.name || ' restart';
    end loop;
  end $$`

/** Takes a database back when its store is closed. */
export async function giveBack(database: string): Promise<void> {
  await query(database, EMPTY)
  spare.push(database)
}

/** Drops a database that cannot be given back, connections to it and all. */
export async function dropDatabase(database: string): Promise<void> {
  await query(new URL('/postgres', database).href, `drop database ${new URL(database).pathname.slice(1)} with (force)`)
}
