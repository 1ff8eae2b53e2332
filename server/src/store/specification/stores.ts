/*
 * The stores that must pass the specification. Another adapter is one line in STORES; what it cannot be made to do
 * (a full disk, a store that only reads) it leaves out of its faults.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { giveBack, query, takeDatabase } from '../../../test/support/postgres.ts'
import { openPostgresStore } from '../postgres/postgres-store.ts'
import { openSqliteStore } from '../sqlite/sqlite-store.ts'
import { openThreadedStore } from '../sqlite/threaded-store.ts'
import type { Store } from '../store.ts'

/** What can be done to a store to see how it takes it. */
export interface Faults {
  /** No room for anything new until it is lifted; left out where it cannot be had. */
  fullDisk?(on: boolean): Promise<void> | void
  /** Nothing may be written until it is lifted. */
  readOnly(on: boolean): Promise<void> | void
}

export interface OpenStore {
  readonly store: Store
  readonly faults: Faults | null
}

export interface StoreKind {
  readonly name: string
  /** Opens the store of a folder; the same folder again has the same content. */
  open(folder: string): Promise<OpenStore>
  /** How many transactions have been committed since the store was opened. */
  commits(folder: string): Promise<number> | number
  /** Removes what a folder stands for elsewhere. */
  remove?(folder: string): Promise<void>
  /** A copy is a folder's file that can be opened as another store; a server has tools of its own for that. */
  readonly copies: boolean
  /** What tests may do to a store so as to see how it takes it. */
  readonly faults: readonly (keyof Faults)[]
}

const sqlite: StoreKind = {
  name: 'sqlite',
  open: (folder) => {
    const { value: store, connection } = capturing(() => openSqliteStore(folder))
    const pages = (): number => Number(connection.prepare('pragma page_count').get()!['page_count'])
    return Promise.resolve({
      store,
      faults: {
        fullDisk: (on) => connection.exec(`pragma max_page_count = ${on ? pages() : 4_294_967_294}`),
        readOnly: (on) => connection.exec(`pragma query_only = ${on ? 1 : 0}`),
      },
    })
  },
  commits: commitFrames,
  copies: true,
  faults: ['fullDisk', 'readOnly'],
}

/** The database that stands for a folder. */
const databases = new Map<string, string>()

const postgres: StoreKind = {
  name: 'postgres',
  open: async (folder) => {
    const url = databases.get(folder) ?? (await takeDatabase())
    databases.set(folder, url)
    const store = await openPostgresStore(url)
    return { store, faults: { readOnly: (on) => readOnly(url, on) } }
  },
  // Rows know the transaction that wrote them.
  commits: async (folder) => {
    const [row] = await query(databases.get(folder)!, 'select count(distinct xmin::text)::int as n from events')
    return row!['n'] as number
  },
  remove: async (folder) => {
    const url = databases.get(folder)!
    databases.delete(folder)
    await readOnly(url, false)
    await giveBack(url)
  },
  copies: false,
  faults: ['readOnly'],
}

/** As after a failover to a server that only reads: those who are connected have to come again. */
async function readOnly(url: string, on: boolean): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  const [row] = await query(url, 'show default_transaction_read_only')
  if ((row!['default_transaction_read_only'] === 'on') === on) return
  const server = new URL('/postgres', url).href
  await query(server, `alter database ${name} set default_transaction_read_only = ${on ? 'on' : 'off'}`)
  await query(server, `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`)
}

/** The same store in a thread: what is its own is tested in sqlite/threaded-store.test.ts, the rest is the same code. */
export const threaded: StoreKind = {
  name: 'sqlite in a thread',
  open: async (folder) => ({ store: await openThreadedStore(folder), faults: null }),
  commits: commitFrames,
  copies: true,
  faults: [],
}

export const STORES: readonly StoreKind[] = [sqlite, postgres]

/** Runs something that opens a database on this thread, and gives the connection it opened. */
function capturing<T>(open: () => T): { value: T; connection: DatabaseSync } {
  let connection: DatabaseSync | undefined
  // oxlint-disable-next-line typescript/unbound-method -- put back, and called on its own connection
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    // oxlint-disable-next-line typescript/no-this-alias -- the connection is what is looked for
    connection = this
    exec.call(this, sql)
  }
  try {
    const value = open()
    return { value, connection: connection! }
  } finally {
    DatabaseSync.prototype.exec = exec
  }
}

/**
 * Commits in SQLite's log: the last frame of each carries the size of the database, the others nought
 * (https://www.sqlite.org/fileformat2.html#walformat). Right until the log is checkpointed at a thousand pages.
 */
function commitFrames(folder: string): number {
  const file = openSync(join(folder, 'nabat.db-wal'), 'r')
  try {
    const header = Buffer.alloc(32)
    readSync(file, header, 0, 32, 0)
    const frame = 24 + header.readUInt32BE(8)
    let commits = 0
    for (let at = 32; at + frame <= fstatSync(file).size; at += frame) {
      readSync(file, header, 0, 24, at)
      if (header.readUInt32BE(4) !== 0) commits += 1
    }
    return commits
  } finally {
    closeSync(file)
  }
}

const open = new Set<() => Promise<void>>()
afterEach(async () => {
  for (const close of [...open]) await close()
})

export interface FreshStore extends OpenStore {
  readonly folder: string
  /** The workspace every test has. */
  readonly workspace: number
  /** Closes it and opens the same folder again, as after a restart. */
  reopen(): Promise<OpenStore>
  /** Closes and removes it before the test ends. */
  close(): Promise<void>
}

/** A new store with one workspace; closed and removed when the test ends. */
export async function freshStore(kind: StoreKind): Promise<FreshStore> {
  const folder = await mkdtemp(join(tmpdir(), 'nabat-store-'))
  let current = await kind.open(folder)
  const close = async (): Promise<void> => {
    open.delete(close)
    await current.store.close()
    await kind.remove?.(folder)
    await rm(folder, { recursive: true, force: true })
  }
  open.add(close)
  const workspace = await current.store.createWorkspace('default', '{}')
  return {
    ...current,
    folder,
    workspace,
    close,
    async reopen() {
      await current.store.close()
      current = await kind.open(folder)
      return current
    },
  }
}
