import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../test/support/answers.ts'
import { liveIn, LIVED_IN_KEY, type LivedIn } from '../../test/support/lived-in.ts'
import { runNabat, type Ended } from '../../test/support/nabat.ts'
import { giveBack, query, takeDatabase } from '../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'
import { systemRandom } from '../clock.ts'
import { secretBox } from '../configuration/secret-box.ts'
import { move, type Moved, type Step } from './move.ts'
import { openEnds } from './open.ts'
import { isSame } from './sums.ts'
import { TABLES } from './tables.ts'

const NABAT = fileURLToPath(new URL('../../nabat.mjs', import.meta.url))
const SLOW_MS = 60_000
const KEY = { NABAT_SECRET_KEY: LIVED_IN_KEY }

let lived: LivedIn
let folder: string
const databases: string[] = []
beforeAll(async () => {
  lived = await liveIn()
  folder = await mkdtemp(join(tmpdir(), 'nabat-move-'))
}, SLOW_MS)
afterAll(async () => {
  for (const database of databases) await giveBack(database)
  await lived[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}, SLOW_MS)

async function newDatabase(): Promise<string> {
  const database = await takeDatabase()
  databases.push(database)
  return database
}

let folders = 0
const newFolder = (): string => join(folder, `data-${(folders += 1)}`)

/** A copy of the folder that was lived in, to do something to. */
async function copyOfData(): Promise<string> {
  const data = newFolder()
  await cp(lived.data, data, { recursive: true })
  return data
}

const nabatMove = (args: readonly string[], data: string, env: Record<string, string> = KEY): Promise<Ended> =>
  runNabat(['move', ...args], { env: { NABAT_DATA: data, NABAT_LANGUAGE: 'en', ...env } })

/** Every row of a data folder, as stored; `behind` is worked out at every start. */
function rowsOf(data: string): Record<string, unknown[]> {
  const database = new DatabaseSync(join(data, 'nabat.db'))
  const rows = TABLES.map(({ name }) => {
    const all = database.prepare(`select * from ${name}`).all()
    return [name, all.map((row) => JSON.stringify({ ...row, behind: undefined })).toSorted()] as const
  })
  database.close()
  return Object.fromEntries(rows)
}

async function pages(server: TestServer, path: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  for (let cursor = ''; ;) {
    const { status, body } = await ask(server.call, 'GET', `${path}?limit=100${cursor}`)
    expect({ path, status }).toEqual({ path, status: 200 })
    all.push(...(body['items'] as unknown as Record<string, unknown>[]))
    const next = body['next'] as unknown as string | null
    if (next === null) return all
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

/** What a server on that data tells of everything that was ever stored. */
async function everythingTold(data: string, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  await using server = await startTestServer({
    folder: data,
    env: { ...KEY, NABAT_ALLOW_PRIVATE_ADDRESSES: 'true', ...env },
  })
  // The one that was in flight when the server died is so again, and stays: nobody answers it.
  const inFlight = async (): Promise<boolean> =>
    (await pages(server, '/api/v1/deliveries')).some(({ state }) => state === 'claimed')
  await until(inFlight, 20_000, 'the delivery that was under way')
  const told: Record<string, unknown> = {}
  for (const list of ['events', 'deliveries', 'incidents', 'changes', 'keys', 'destinations', 'users', 'rules'])
    told[list] = await pages(server, `/api/v1/${list}`)
  for (const path of ['/api/v1/users/ivan/inbox', '/api/v1/users/olga/inbox']) told[path] = await pages(server, path)
  const whole = async (path: string): Promise<void> => {
    const response = await server.call('GET', path)
    expect({ path, status: response.status }).toEqual({ path, status: 200 })
    told[path] = Buffer.from(await response.arrayBuffer()).toString('utf8')
  }
  for (const { id } of told['events'] as { id: string }[]) await whole(`/api/v1/events/${id}`)
  for (const { id } of told['deliveries'] as { id: string }[]) await whole(`/api/v1/deliveries/${id}`)
  for (const { key } of told['incidents'] as { key: string }[])
    await whole(`/api/v1/incidents/${encodeURIComponent(key)}`)
  for (const { attachments } of told['events'] as { attachments?: { file: string }[] }[])
    for (const { file } of attachments ?? []) await whole(`/api/v1/files/${file}`)
  for (const path of ['/api/v1/export', '/api/v1/workspace', '/api/v1/schedules']) await whole(path)
  lived.letGo()
  return told
}

describe('a system that is moved', () => {
  it('has rows of every kind', () => {
    for (const [table, rows] of Object.entries(rowsOf(lived.data))) expect(rows.length, table).toBeGreaterThan(0)
    const deliveries = rowsOf(lived.data)['deliveries']!.map((row) => JSON.parse(row as string) as { state: number })
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set([0, 1, 2, 3, 4]))
  })

  it(
    'there and back is the same row by row, and tells the same of everything in both places',
    async () => {
      const database = await newDatabase()
      const there = await nabatMove(['--to', database], lived.data)
      expect(there).toMatchObject({ code: 0 })
      expect(there.out).toMatch(/^table +rows +sum\nworkspaces +1 +[0-9a-f]{12} {2}=\n/)
      const back = newFolder()
      expect(await nabatMove(['--from', database], back)).toMatchObject({ code: 0 })
      expect(rowsOf(back)).toEqual(rowsOf(lived.data))

      const before = await everythingTold(await copyOfData())
      expect(Object.keys(before).length).toBeGreaterThan(50)
      expect(await everythingTold(back)).toEqual(before)
      expect(await everythingTold(newFolder(), { NABAT_DATABASE_URL: database })).toEqual(before)
    },
    SLOW_MS,
  )

  it('leaves nothing in the partition that is never dropped', async () => {
    const database = await newDatabase()
    const old = await copyOfData()
    // As if it had been accepted years ago.
    const sqlite = new DatabaseSync(join(old, 'nabat.db'))
    sqlite.exec(`insert into events select workspace, unhex('0178000000007000800000000000beef'), source, null, type, subject,
      severity, time, actor_user, actor_role, incident, data, attachments, trace from events limit 1`)
    sqlite.close()
    expect(await nabatMove(['--to', database], old)).toMatchObject({ code: 0 })
    expect(await query(database, 'select 1 from events_other union all select 1 from deliveries_other')).toEqual([])
    expect(await query(database, 'select count(*)::int as n from events_2021_03')).toEqual([{ n: 1 }])
  })
})

class BrokenOff extends Error {}

/** Moves in this process, and breaks off after so many slices; null when it did. */
async function moveOnce(direction: 'to' | 'from', data: string, database: string, most: number): Promise<Moved | null> {
  await using ends = await openEnds(direction, data, database)
  let left = most
  const tell = ({ stage }: Step): void => {
    if (stage === 'copy' && left === 0) throw new BrokenOff()
    if (stage === 'copy') left -= 1
  }
  try {
    const moved = await move({ ...ends, box: secretBox(LIVED_IN_KEY, systemRandom), tell, resumes: () => {} })
    await ends.target.release()
    return moved
  } catch (error) {
    if (error instanceof BrokenOff) return null
    throw error
  }
}

/** A data folder with more events than two slices hold, posted to a server. */
async function manyEvents(): Promise<string> {
  const data = newFolder()
  await using server = await startTestServer({ folder: data, env: KEY })
  for (let batch = 0; batch < 12; batch += 1)
    await server.send(
      Array.from({ length: 1000 }, (_, n) => ({
        type: 'camera.unavailable',
        source: 'video',
        id: `${batch} ${n}`,
        data: { camera: `${n}` },
      })),
    )
  return data
}

describe('a move that is broken off', () => {
  it(
    'by SIGKILL in the middle of a table goes on from there; until it is whole nobody starts on it',
    async () => {
      const data = await manyEvents()
      const database = await newDatabase()
      const [late] = new DatabaseSync(join(data, 'nabat.db'))
        .prepare('select lower(hex(id)) as id from events order by id limit 1 offset 7000')
        .all()
      // Somebody else has a row of the second slice and has not made up his mind: the move waits for him.
      const other = new Client({ connectionString: database })
      await other.connect()
      await other.query('begin')
      await other.query(
        `insert into events (workspace, version, id, source, type, severity, time, data, trace)
          values (1, 0, $1, '', '', 0, 0, '', '{}')`,
        [late!['id']],
      )
      const child = spawn(process.execPath, [NABAT, 'move', '--to', database], {
        env: { PATH: process.env['PATH'], NABAT_DATA: data, ...KEY },
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await until(async () => (await query(database, waiting)).length > 0, 20_000, 'the move to be in the middle')
      child.kill('SIGKILL')
      await ended
      await other.query('rollback')
      await other.end()

      const { n } = (await query(database, 'select count(*)::int as n from events'))[0]!
      expect(n).toBeGreaterThan(0)
      expect(n).toBeLessThan(12_000)
      await expect(startTestServer({ env: { ...KEY, NABAT_DATABASE_URL: database } })).rejects.toThrow(
        /not all of it is here: give the command nabat move again/,
      )
      const again = await nabatMove(['--to', database], data)
      expect(again).toMatchObject({ code: 0 })
      expect(again.err).toMatch(/^Going on with a move that was broken off; rows there already: [\d,]+\.\n/)
      expect(again.out).toMatch(/\nevents +12,000 +[0-9a-f]{12} {2}=\n/)
      await using server = await startTestServer({ env: { ...KEY, NABAT_DATABASE_URL: database } })
      expect((await server.call('GET', '/api/v1/events')).status).toBe(200)
    },
    SLOW_MS,
  )

  it.each(['to', 'from'] as const)(
    'after any slice on the way %s PostgreSQL is whole in the end, and copies nothing twice',
    async (direction) => {
      const database = await newDatabase()
      const data = direction === 'to' ? await copyOfData() : newFolder()
      if (direction === 'from') await moveOnce('to', lived.data, database, Infinity)
      let slices = 0
      let moved: Moved | null = null
      while (moved === null) {
        slices += 1
        // Each try gets one slice further, so that it breaks off once after every one of them.
        moved = await moveOnce(direction, data, database, 0)
      }
      expect(slices).toBeGreaterThan(TABLES.length)
      expect(moved.tables.filter(({ source, target }) => !isSame(source, target))).toEqual([])
      if (direction === 'from') expect(rowsOf(data)).toEqual(rowsOf(lived.data))
    },
    SLOW_MS,
  )
})

describe('a move is refused', () => {
  const refused = async (move: Promise<Ended>, why: RegExp): Promise<void> => {
    const { code, out, err } = await move
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(why)
  }
  const isEmpty = async (database: string): Promise<boolean> =>
    (await query(database, 'select 1 from workspaces union all select 1 from marks')).length === 0

  it('with another secret key, or none', async () => {
    const database = await newDatabase()
    await refused(
      nabatMove(['--to', database], lived.data, { NABAT_SECRET_KEY: 'another' }),
      /^The secret key is not the one/,
    )
    await refused(
      nabatMove(['--to', database], lived.data, {}),
      /^There is no secret key of this data: set NABAT_SECRET_KEY/,
    )
    expect(await isEmpty(database)).toBe(true)
  })

  it('while a server runs on the folder, or a node on the database', async () => {
    const database = await newDatabase()
    const empty = await newDatabase()
    const data = await copyOfData()
    await using server = await startTestServer({ folder: data, env: KEY })
    await refused(nabatMove(['--to', empty], data), /^Another Nabat runs on /)
    await refused(nabatMove(['--from', database], data), /^Another Nabat runs on |nothing to move/)
    await server.stop()
    await using node = await startTestServer({ env: { ...KEY, NABAT_DATABASE_URL: database } })
    const target = newFolder()
    await refused(nabatMove(['--from', database], target), /^A Nabat runs on this database: stop all nodes/)
    expect(existsSync(target)).toBe(false)
    await refused(nabatMove(['--to', database], data), /^A Nabat runs on this database: stop all nodes/)
    await node.stop()
    expect(await isEmpty(empty)).toBe(true)
  })

  it('to a place that holds something, which stays as it was', async () => {
    const database = await newDatabase()
    await using node = await startTestServer({ env: { ...KEY, NABAT_DATABASE_URL: database } })
    await node.stop()
    await refused(nabatMove(['--to', database], lived.data), /something here already \(table workspaces\)/)
    const before = rowsOf(lived.data)
    await refused(nabatMove(['--from', database], await copyOfData()), /something here already \(table workspaces\)/)
    expect(rowsOf(lived.data)).toEqual(before)
  })

  it('from nowhere, and names no password when a server does not answer', async () => {
    const none = newFolder()
    await refused(nabatMove(['--to', await newDatabase()], none), /^There is no nabat\.db in /)
    expect(existsSync(none)).toBe(false)
    const { code, err } = await nabatMove(['--to', 'postgres://nabat:hunter2@127.0.0.1:1/nabat'], lived.data)
    expect(code).toBe(1)
    expect(err).toMatch(/^PostgreSQL \(127\.0\.0\.1:1\/nabat\) does not let us in: .*ECONNREFUSED/)
    expect(err).not.toContain('hunter2')
  })

  it('without saying where to', async () => {
    for (const args of [[], ['--to', 'mysql://x'], ['--to', 'postgres://a/b', '--from', 'postgres://a/b']])
      expect(await nabatMove(args, lived.data)).toMatchObject({ code: 2, out: '' })
  })
})

describe('a source that changed between two attempts', () => {
  it('is found at the end, with the name of the table, and the place stays unfinished', async () => {
    const database = await newDatabase()
    const data = await copyOfData()
    expect(await moveOnce('to', data, database, TABLES.length - 1)).toBeNull()
    const source = new DatabaseSync(join(data, 'nabat.db'))
    source.exec("update changes set comment = 'later' where n = 1")
    source.close()
    const { code, out, err } = await nabatMove(['--to', database], data)
    expect(code).toBe(1)
    expect(err).toMatch(/\nNot the same: changes\. The data changed while it was moved/)
    expect(out).toMatch(/\nchanges +\d+ +[0-9a-f]{12} {2}source\n +\d+ +[0-9a-f]{12} {2}target\n/)
    await expect(startTestServer({ env: { ...KEY, NABAT_DATABASE_URL: database } })).rejects.toThrow(/not all of it/)
  })
})
