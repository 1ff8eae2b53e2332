/*
 * Connections to PostgreSQL. Three pools, so that one kind of work never waits for another: writes, claims (whose commits
 * need not wait for the disk) and lists that people read. Every call ends: a statement by the server's clock, an answer
 * that does not come (a half-open connection) by ours.
 *
 * What goes wrong is one of three things. A race with somebody else (deadlock, serialization, a unique index that two
 * nodes met at once): the transaction is done again. The connection or the server: StoreUnavailable, nothing has changed
 * (or, when the answer to a commit was lost, perhaps it has). Anything else is a mistake of what was asked, and is told as it is.
 */
import { Pool, types, type ClientBase, type PoolClient, type PoolConfig } from 'pg'
import { StoreUnavailable } from '../store.ts'
import { arrayBytes, arrayTypes } from './arrays.ts'
import { storable } from './storable.ts'

export type Row = Record<string, unknown>

/** SQL with the name under which a connection keeps it prepared. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** A transaction's connection. */
export interface Session {
  query(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** Called once it is committed: what was learned in it may be remembered then, and not before. */
  onCommit(call: () => void): void
}

/** A write that takes longer is stuck behind something; milliseconds. */
const WRITE_TIMEOUT_MS = 10_000
/** Lists and slices of exports. */
const READ_TIMEOUT_MS = 30_000
/** Waiting for somebody's lock; shorter than a whole statement. */
const LOCK_TIMEOUT_MS = 5_000
/**
 * The server ends a transaction that a frozen process has left open: its locks hold up everybody. Before the process counts
 * as dead (nodes/duties.ts), or those who bury it would wait for what it had locked and be late themselves.
 */
const IDLE_TRANSACTION_MS = 5_000
/** For a connection, made or free in the pool. */
const CONNECT_TIMEOUT_MS = 5_000
const ANSWER_GRACE_MS = 3_000
/** A race that is lost so often is no race. */
const TRIES = 10

/** SQLSTATE classes and codes after which the store counts as unavailable: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const UNAVAILABLE = [
  '08', // connection
  '25006', // only reads
  '25P03', // idle in a transaction for too long
  '28', // not let in any more
  '3D000', // the database is gone
  '53', // disk full, out of memory, too many connections
  '55P03', // a lock was not to be had
  '57', // shut down, crashed, starting, cancelled by its deadline
  '58', // input and output
  'XX001', // corrupted
  'XX002',
]
const RACES = new Set(['40001', '40P01'])
/** Unique indexes that only somebody else's transaction of the same moment can make us meet. */
const RACED = new Set(['queue_head', 'incidents_pkey', 'throttles_pkey', 'destinations_address'])

/** A transaction that has to be done again. */
class Raced extends Error {}

const { INT8, BYTEA } = types.builtins
const UUID = 2950
/** Times and counts fit a number; nothing else is a bigint. */
const parsers = new Map<number, (text: string) => unknown>([[INT8, Number]])
/** Lists read ids as bytes, as the other store gives them; other bytes in memory that nobody else holds. */
const listParsers = new Map<number, (text: string) => unknown>([
  [INT8, Number],
  [UUID, (text) => Buffer.from(text.replaceAll('-', ''), 'hex')],
  [BYTEA, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
])
type Types = NonNullable<PoolConfig['types']>

/** `own` before the driver's. */
const typesFrom = (own: ReadonlyMap<number, (text: string) => unknown>): Types => {
  const getTypeParser: Types['getTypeParser'] = (oid: number) => own.get(oid) ?? types.getTypeParser(oid as never)
  return { getTypeParser }
}

/** Of each statement, which of its parameters are arrays, and of what. */
const typesOf = new WeakMap<Statement, ReturnType<typeof arrayTypes>>()

/** What a statement is given, as it is sent. */
function encoded(statement: Statement, values: readonly unknown[]): unknown[] {
  let types = typesOf.get(statement)
  if (types === undefined) typesOf.set(statement, (types = arrayTypes(statement.text)))
  return values.map((value, index) => {
    if (typeof value === 'string') return storable(value)
    const type = types[index]
    if (!Array.isArray(value)) return value
    return type === undefined
      ? value.map((one) => (typeof one === 'string' ? storable(one) : one))
      : arrayBytes(type, value)
  })
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? ''

/** What became of a call, as the caller should see it. */
function refusal(error: unknown): Error {
  const code = codeOf(error)
  const told = error as Error & { constraint?: string }
  if (RACES.has(code) || (code === '23505' && RACED.has(told.constraint ?? ''))) return new Raced(told.message)
  // Without a SQLSTATE it does not come from the server: the connection is lost, or was not to be had.
  if (code.length !== 5 || code.startsWith('E') || UNAVAILABLE.some((start) => code.startsWith(start)))
    return new StoreUnavailable(`PostgreSQL: ${told.message}`, { cause: error })
  return told
}

/*
 * Every statement of ours finds its rows by keys, a few hundred at most. A planner that has no statistics yet, as of an
 * empty database or a month that has just begun, would rather read a table it takes for small as a whole, and keep to that
 * plan while the table grows [20,000 events: a claim in 450 ms, 9 ms like this]. So it is told that pages cost nothing,
 * which leaves the number of rows to decide, and to plan once for each connection.
 */
const BY_KEYS = [
  'random_page_cost = 0',
  'seq_page_cost = 0',
  // Nor does the height of an index: the queue is empty most of the time, every index of it leads to "one row" then, and
  // the lowest was taken, its key, by the workspace alone [a claim beside 8,000 waiting: 51 ms]. Of equals the last made is.
  'cpu_operator_cost = 0',
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'material'].map((way) => `enable_${way} = off`),
  'plan_cache_mode = force_generic_plan',
  // What is switched off counts as dear, and what is dear would be compiled: 240 ms for a statement of 0.2.
  'jit = off',
]

interface PoolKind {
  readonly most: number
  readonly timeoutMs: number
  readonly settings: readonly string[]
  readonly types: Types
}

const KINDS = {
  writes: { most: 6, timeoutMs: WRITE_TIMEOUT_MS, settings: BY_KEYS, types: typesFrom(parsers) },
  // What a crash of the database takes back of a claim costs the mark on a repeat, and nothing else.
  claims: {
    most: 2,
    timeoutMs: WRITE_TIMEOUT_MS,
    settings: [...BY_KEYS, 'synchronous_commit = off'],
    types: typesFrom(parsers),
  },
  reads: {
    most: 4,
    timeoutMs: READ_TIMEOUT_MS,
    settings: ['default_transaction_read_only = on'],
    types: typesFrom(listParsers),
  },
} satisfies Record<string, PoolKind>

export type PoolName = keyof typeof KINDS

/** Deadlines, for tests of them. Milliseconds. */
export interface Deadlines {
  readonly connectMs: number
  readonly writeMs: number
  readonly lockMs: number
  /** Our own deadline comes after the server's, which leaves the connection usable. */
  readonly graceMs: number
}

const DEADLINES: Deadlines = {
  connectMs: CONNECT_TIMEOUT_MS,
  writeMs: WRITE_TIMEOUT_MS,
  lockMs: LOCK_TIMEOUT_MS,
  graceMs: ANSWER_GRACE_MS,
}

/** The connections of one store. */
export class Connections {
  readonly #pools: Readonly<Record<PoolName, Pool>>

  /** `url`: postgres://…; nothing is connected before it is needed. */
  constructor(url: string, deadlines: Deadlines = DEADLINES) {
    this.#pools = {
      writes: poolOf(url, { ...KINDS.writes, timeoutMs: deadlines.writeMs }, deadlines),
      claims: poolOf(url, { ...KINDS.claims, timeoutMs: deadlines.writeMs }, deadlines),
      reads: poolOf(url, KINDS.reads, deadlines),
    }
  }

  /** One statement that is a transaction by itself. */
  async one(pool: PoolName, statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#again(() => this.#with(pool, (client) => ask(client, statement, values)))
  }

  /** Runs `work` in a transaction; again from the start when a race with another was lost. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#again(() => this.#with('writes', (client) => inTransaction(client, work, BEGIN)))
  }

  /** Reads several things as of one moment. */
  async snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#again(() => this.#with('writes', (client) => inTransaction(client, work, BEGIN_SNAPSHOT)))
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()))
  }

  async #again<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof Raced)) throw error
        if (tries === TRIES) throw new StoreUnavailable(`PostgreSQL: ${error.message}`, { cause: error })
      }
    }
  }

  /** Lends a connection; one that has failed is not given back. */
  async #with<T>(pool: PoolName, use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pools[pool].connect().catch((error: unknown) => {
      throw refusal(error)
    })
    // A connection that breaks while it is lent out says so to the query under way; the event must not end the process.
    const broken = (): void => {}
    client.on('error', broken)
    let failed = false
    try {
      return await use(client)
    } catch (error) {
      failed = error instanceof StoreUnavailable
      throw error
    } finally {
      client.off('error', broken)
      client.release(failed)
    }
  }
}

function poolOf(url: string, kind: PoolKind, deadlines: Deadlines): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'nabat',
    max: kind.most,
    connectionTimeoutMillis: deadlines.connectMs,
    query_timeout: kind.timeoutMs + deadlines.graceMs,
    keepAlive: true,
    types: kind.types,
    // Set here and not among the parameters of the connection, which a pooler between us would refuse.
    onConnect: (client) => prepare(client, kind, deadlines) as unknown as undefined,
  })
  // A connection that breaks while nobody uses it is replaced when it is needed.
  pool.on('error', () => {})
  return pool
}

/** The pool waits for it, though its types do not say so. */
async function prepare(client: ClientBase, { timeoutMs, settings }: PoolKind, { lockMs }: Deadlines): Promise<void> {
  const all = [
    `statement_timeout = ${timeoutMs}`,
    `lock_timeout = ${lockMs}`,
    `idle_in_transaction_session_timeout = ${IDLE_TRANSACTION_MS}`,
    ...settings,
  ]
  await client.query(all.map((setting) => `set ${setting}`).join('; '))
}

async function ask(client: PoolClient, statement: Statement, given: readonly unknown[]): Promise<Row[]> {
  const { name, text } = statement
  const values = encoded(statement, given)
  try {
    const { rows } = await client.query<Row>({ name, text, values })
    return rows
  } catch (error) {
    throw refusal(error)
  }
}

const BEGIN: Statement = { name: 'begin', text: 'begin' }
const BEGIN_SNAPSHOT: Statement = {
  name: 'begin_snapshot',
  text: 'begin isolation level repeatable read, read only',
}
const COMMIT: Statement = { name: 'commit', text: 'commit' }

async function inTransaction<T>(
  client: PoolClient,
  work: (session: Session) => Promise<T>,
  begin: Statement,
): Promise<T> {
  const learned: (() => void)[] = []
  await ask(client, begin, [])
  let result: T
  try {
    result = await work({
      query: (statement, values = []) => ask(client, statement, values),
      onCommit: (call) => void learned.push(call),
    })
  } catch (error) {
    // A connection that is lost has rolled back by itself, and is thrown away.
    if (!(error instanceof StoreUnavailable)) await ask(client, { name: 'rollback', text: 'rollback' }, [])
    throw error
  }
  await ask(client, COMMIT, [])
  for (const call of learned) call()
  return result
}

/** The columns of rows, as parameters for `unnest`. */
export const columns = <T>(rows: readonly T[], ...names: readonly (keyof T)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]))
