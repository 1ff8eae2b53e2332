import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../store.ts'

const MIGRATIONS = new URL('../../../migrations/sqlite/', import.meta.url)

/** Result codes after which nothing of the transaction can be trusted to be written: everybody in it is refused. */
const REFUSALS = new Set([
  5, // BUSY
  6, // LOCKED
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
])

const primaryCode = (error: unknown): number => Number((error as { errcode?: number }).errcode ?? 0) & 0xff

/**
 * A checkpoint stops the writer while pages are copied and the disk confirms them, and what every commit touches is copied
 * each time: with SQLite's own 1,000, a hundred connections spend a fifth of the commits' time in it. 16 MB of log.
 */
const CHECKPOINT_PAGES = 4000

/**
 * Opens the database of a data folder for writing. WAL, and synchronous=FULL: what was committed survives a power cut.
 * Without a folder it is in memory.
 */
export function openDatabase(folder: string | null): DatabaseSync {
  if (folder !== null) mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(folder === null ? ':memory:' : join(folder, 'nabat.db'), { timeout: 5000 })
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma temp_store = memory;
    pragma cache_size = -32000;
    pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma journal_size_limit = 67108864;
  `)
  migrate(database)
  return database
}

/** Applies the migrations that are new; `user_version` counts them. They are only ever appended to. */
function migrate(database: DatabaseSync): void {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const done = Number(database.prepare('pragma user_version').get()?.['user_version'])
  if (done > files.length)
    throw new Error(`The database was written by a newer Nabat (${done} migrations, this one knows ${files.length}).`)
  for (const [index, name] of files.entries()) {
    if (index < done) continue
    database.exec('begin immediate')
    database.exec(readFileSync(new URL(name, MIGRATIONS), 'utf8'))
    database.exec(`pragma user_version = ${index + 1}`)
    database.exec('commit')
  }
}

/**
 * Group commit. Writes that are asked for in the same turn of the event loop share one transaction, each in a savepoint
 * of its own: a mistake of one does not touch the others, a refusal of the store reaches all of them. One fsync then
 * serves them all, which is what lets a hundred connections be answered only after the commit and stay fast.
 */
export class Writer {
  readonly database: DatabaseSync
  /** What durable commits wait for: `full` the disk, `off` (simulations) nothing. */
  synchronous: 'full' | 'off' = 'full'
  /** Called after a rollback: what was remembered of the lost transaction must be forgotten. */
  onRollback: () => void = () => {}
  #queue: {
    operation: () => unknown
    durable: boolean
    resolve: (value: unknown) => void
    reject: (error: unknown) => void
  }[] = []
  #scheduled = false
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #undo: StatementSync

  constructor(database: DatabaseSync) {
    this.database = database
    this.#begin = database.prepare('begin immediate')
    this.#commit = database.prepare('commit')
    this.#rollback = database.prepare('rollback')
    this.#savepoint = database.prepare('savepoint one')
    this.#release = database.prepare('release one')
    this.#undo = database.prepare('rollback to one')
  }

  /**
   * Runs `operation` inside the next transaction; settles only after the commit. With `durable` false the commit need not
   * wait for the disk: it survives the end of the process, and a power cut may take it back.
   */
  run<T>(operation: () => T, durable = true): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ operation, durable, resolve: resolve as (value: unknown) => void, reject })
      if (this.#scheduled) return
      this.#scheduled = true
      setImmediate(() => this.flush())
    })
  }

  /** Commits what has gathered. */
  flush(): void {
    this.#scheduled = false
    const group = this.#queue
    if (group.length === 0) return
    this.#queue = []
    const results: ({ value: unknown } | { error: unknown })[] = []
    const durable = group.some((each) => each.durable)
    try {
      // Not prepared: this pragma acts when it is compiled.
      if (!durable) this.database.exec('pragma synchronous = normal')
      this.#begin.run()
      for (const { operation } of group) results.push(this.#inSavepoint(operation))
      this.#commit.run()
    } catch (error) {
      if (this.database.isTransaction) this.#rollback.run()
      this.onRollback()
      const refusal = new StoreUnavailable(String((error as Error).message), { cause: error })
      for (const { reject } of group) reject(refusal)
      return
    } finally {
      if (!durable) this.database.exec(`pragma synchronous = ${this.synchronous}`)
    }
    for (const [index, result] of results.entries()) {
      const { resolve, reject } = group[index]!
      if ('error' in result) reject(result.error)
      else resolve(result.value)
    }
  }

  #inSavepoint(operation: () => unknown): { value: unknown } | { error: unknown } {
    this.#savepoint.run()
    try {
      const value = operation()
      this.#release.run()
      return { value }
    } catch (error) {
      if (REFUSALS.has(primaryCode(error)) || !this.database.isTransaction) throw error
      this.#undo.run()
      this.#release.run()
      this.onRollback()
      return { error }
    }
  }
}
