import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { join } from 'node:path'
import type { Address } from '../../pipeline/outcome.ts'
import { firstIdOf, idBytes } from '../../ids.ts'
import type { KeyRow, Store } from '../store.ts'
import { Accept } from './accept.ts'
import { accessTables } from './access.ts'
import { botTables } from './bots.ts'
import { linkingTable } from './linking.ts'
import { secondFactorTable } from './second-factor.ts'
import { ConfigurationTables } from './configuration.ts'
import { openDatabase, Writer } from './database.ts'
import { Deliveries } from './deliveries.ts'
import { deviceStore, DeviceTables } from './devices.ts'
import { Destinations } from './destinations.ts'
import { Hours } from './hours.ts'
import { Inbox } from './inbox.ts'
import { Queue } from './queue.ts'
import { Reader } from './reader.ts'
import { ScheduleRuns } from './schedules.ts'
import { WorkspaceTable } from './workspaces.ts'

export interface SqliteOptions {
  /** The most pages the database may have: a disk that is full, for tests. */
  readonly maxPages?: number
  /** In memory, the folder is not used, and reads go over the writer's connection: fast and in one order, for simulations. */
  readonly simulated?: boolean
}

/** The name of the only node. */
const ALONE = 'alone'
/** SQLite takes a negative limit for none. */
const ALL = -1

/** The embedded store: one folder, one process. */
export function openSqliteStore(folder: string, options: SqliteOptions = {}): Store {
  const database = openDatabase(options.simulated === true ? null : folder)
  if (options.maxPages !== undefined) database.exec(`pragma max_page_count = ${options.maxPages}`)
  const writer = new Writer(database)
  const destinations = new Destinations(database)
  writer.onRollback = () => destinations.forget()
  const accept = new Accept(database, destinations)
  const queue = new Queue(database, accept)
  const deliveries = new Deliveries(database, queue)
  const devices = new DeviceTables(database)
  const inbox = new Inbox(database)
  const configuration = new ConfigurationTables(database, devices, inbox)
  const workspaces = new WorkspaceTable(database)
  const schedules = new ScheduleRuns(database)
  const hours = new Hours(database)
  if (options.simulated === true) writer.synchronous = 'off'
  database.exec(`pragma synchronous = ${writer.synchronous}`)
  const reader = options.simulated === true ? inlineReader(database) : new Reader(join(folder, 'nabat.db'))
  const putProbe = database.prepare("insert into marks (name, value) values ('ping', zeroblob(8192))")
  const dropProbe = database.prepare("delete from marks where name = 'ping'")
  const destination = database.prepare('select channel, address from destinations where workspace = ? and id = ?')

  return {
    dialect: async () => 'sqlite',
    // One process, which the lock on the folder sees to.
    holdLeases: async ({ wanted }) => ({ node: ALONE, nodes: [ALONE], held: wanted }),
    leave: async () => {},
    tell: () => {},
    listen: () => {},

    accept: (request) => writer.run(() => accept.accept(request)),
    // A claim that a power cut takes back costs the mark on a repeat and nothing else, so it does not wait for the disk:
    // a third of a storm's commits are claims.
    claim: (wants, now) => writer.run(() => queue.claim(wants, now), false),
    settle: (settlements, raised, now) =>
      writer.run(() => {
        // Raised first: disabling a destination raises the version they were routed by.
        const results = raised.map((request) => accept.accept(request))
        const woken = queue.settle(settlements, now)
        for (const result of results) if (result !== 'stale') woken.push(...result.woken)
        return { woken, stale: raised.filter((_, index) => results[index] === 'stale') }
      }),
    recover: (now) =>
      writer.run(() => {
        const sends = database
          .prepare(
            // What was claimed may have left at any moment until now.
            `select s.at, s.workspace, s.destination, t.channel, t.address from recent_sends s
             join destinations t on t.workspace = s.workspace and t.id = s.destination
             union all
             select max(q.claimed_at, ?), q.workspace, q.destination, t.channel, t.address from queue q
             join destinations t on t.workspace = q.workspace and t.id = q.destination where q.claimed_at is not null
             order by 1`,
          )
          .all(now)
          .map((row) => ({
            at: Number(row['at']),
            workspace: Number(row['workspace']),
            destination: Number(row['destination']),
            channel: Number(row['channel']),
            address: JSON.parse(row['address'] as string) as Address,
          }))
        return { lanes: queue.recover(now), sends }
      }),
    claimExpired: (after, limit, now) => writer.run(() => queue.claimExpired(after, limit, now)),
    async digestEvents(workspace, delivery) {
      return queue.digestEvents(workspace, delivery)
    },
    async destination(workspace, id) {
      const row = destination.get(workspace, id)
      return row && { channel: Number(row['channel']), address: JSON.parse(row['address'] as string) as Address }
    },

    cancelDeliveries: (workspace, ids, reason, now) => writer.run(() => deliveries.cancel(workspace, ids, reason, now)),
    retryDeliveries: (workspace, ids, now, expiresAt) =>
      writer.run(() => {
        const retried = deliveries.retry(workspace, ids, now, expiresAt)
        hours.revive(workspace, retried.waiting)
        return retried
      }),
    acknowledge: (workspace, incident, by, now) =>
      writer.run(() => deliveries.acknowledge(workspace, incident, by, now)),

    workspaces: async () => configuration.workspaces(),
    createWorkspace: (name, settings, made) => writer.run(() => workspaces.create(name, settings, made)),
    setWorkspaceState: (write) => writer.run(() => workspaces.setState(write)),
    deleteWorkspace: (workspace, removedBefore, limit) =>
      writer.run(() => workspaces.delete(workspace, removedBefore, limit)),
    configurationSince: async (workspace, version) => configuration.since(workspace, version),
    writeConfiguration: (write) =>
      writer.run(() => {
        const result = configuration.write(write)
        if (result === 'conflict') return result
        const woken = write.lookAgain.flatMap((which) => queue.lookAgain(write.workspace, which, ALL, write.at))
        return { ...result, woken }
      }),
    lookAgain: (workspace, which, limit, now) => writer.run(() => queue.lookAgain(workspace, which, limit, now)),
    secrets: async (workspace) => configuration.secrets(workspace),
    setDestination: (workspace, id, disabled, now) => writer.run(() => queue.disable(workspace, id, disabled, now)),
    moveDestinations: (workspace, channel, from, to) =>
      writer.run(() => destinations.move(workspace, channel, from, to)),

    addKey: (key) =>
      writer.run(() => {
        database
          .prepare(
            `insert into api_keys (hash, workspace, id, name, rights, per_minute, created_at, made_by)
             values (?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(key.hash, key.workspace, key.id, key.name, key.rights, key.perMinute, key.createdAt, key.by)
      }),
    removeKey: (workspace, id) =>
      writer.run(
        () => database.prepare('delete from api_keys where workspace = ? and id = ?').run(workspace, id).changes > 0,
      ),
    keys: async () =>
      database
        .prepare('select * from api_keys order by created_at')
        .all()
        .map((row) => ({
          hash: row['hash'] as Uint8Array,
          id: row['id'] as string,
          workspace: Number(row['workspace']),
          name: row['name'] as string,
          rights: row['rights'] as KeyRow['rights'],
          perMinute: row['per_minute'] === null ? null : Number(row['per_minute']),
          createdAt: Number(row['created_at']),
          by: row['made_by'] as string | null,
          lastUsedAt: row['last_used_at'] === null ? null : Number(row['last_used_at']),
        })),
    noteKeyUses: (uses) =>
      writer.run(() => {
        const note = database.prepare(
          'update api_keys set last_used_at = max(coalesce(last_used_at, 0), ?) where workspace = ? and id = ?',
        )
        for (const { workspace, id, at } of uses) note.run(at, workspace, id)
      }),

    ...accessTables(database, writer),
    ...botTables(database, writer),
    ...deviceStore(database, writer, devices),
    ...linkingTable(database, writer),
    ...secondFactorTable(database, writer),

    putFile: (workspace, file, content) =>
      writer.run(() => {
        database
          .prepare('insert into files (workspace, id, name, media_type, size, content) values (?, ?, ?, ?, ?, ?)')
          .run(workspace, idBytes(file.id), file.name, file.mediaType, file.size, content)
      }),
    async fileContent(workspace, id) {
      const row = database
        .prepare('select content from files where workspace = ? and id = ?')
        .get(workspace, idBytes(id))
      return row?.['content'] as Uint8Array | undefined
    },
    putInbox: (workspace, login, entry, limit) => writer.run(() => inbox.put(workspace, login, entry, limit)),
    markInbox: (workspace, login, part, readAt) => writer.run(() => inbox.mark(workspace, login, part, readAt)),
    clearInbox: (workspace, login) => writer.run(() => inbox.clear(workspace, login)),

    scheduleRuns: async (workspace) => schedules.all(workspace),
    recordScheduleRun: (workspace, schedule, at) => writer.run(() => schedules.record(workspace, schedule, at)),

    writeHours: (workspace, counted, dropBy) =>
      writer.run(() => {
        hours.write(workspace, counted)
        hours.drop(workspace, dropBy)
      }),

    mark: async (name) =>
      database.prepare('select value from marks where name = ?').get(name)?.['value'] as Uint8Array | undefined,
    setMark: (name, value) =>
      writer.run(() => {
        database
          .prepare('insert into marks (name, value) values (?, ?) on conflict do update set value = excluded.value')
          .run(name, value)
      }),

    read: (query) => reader.read(query),
    forget: (workspace, before, limit) =>
      writer.run(() => {
        queue.forgetSends(before)
        deliveries.forgetLeftovers(workspace, before, limit)
        hours.drop(workspace, before)
        return deliveries.forget(workspace, idBytes(firstIdOf(before)), limit)
      }),
    async backup(path) {
      if (existsSync(path)) throw new Error(`${path} exists already`)
      // SQLite would make it readable for everybody; an empty file of ours it fills.
      closeSync(openSync(path, 'wx', 0o600))
      try {
        await reader.read({ sql: 'vacuum into ?', parameters: [path] })
      } catch (error) {
        rmSync(path, { force: true })
        throw error
      }
    },
    // An empty transaction would pass on a full disk; this one asks for room and gives it back.
    ping: () =>
      writer.run(() => {
        putProbe.run()
        dropProbe.run()
      }),
    async close() {
      writer.flush()
      await reader.close()
      database.close()
    },
  }
}

/** Reads where it writes. */
const inlineReader = (database: DatabaseSync): Pick<Reader, 'read' | 'close'> => ({
  read: async ({ sql, parameters }) => database.prepare(sql).all(...(parameters as SQLInputValue[])),
  close: async () => {},
})
