/*
 * Table hygiene on PostgreSQL. A steady load (50 events ten times a second over eight destinations, claimed and settled at
 * once) goes through the store itself; what is measured is the claim. First on an empty history, then on millions of
 * rows, then while another connection holds an old snapshot open, as a long dump does, so that nothing dead since then
 * can be removed; then after it has ended.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { openPostgresStore } from '../server/src/store/postgres/postgres-store.ts'
import type { Store } from '../server/src/store/store.ts'
import { accept, delivery, ended, event } from '../server/src/store/specification/rows.ts'
import type { Bench } from './bench.ts'
import { startPostgres } from './postgres.ts'
import { quantile, type Row } from './table.ts'

const TICK_MS = 100
const PER_TICK = 50
const PLACES = 8
const WARM_UP_MS = 20_000
/** Rows of history written by one statement. */
const SLICE = 500_000
const HOUR_MS = 3_600_000

/** The claims of one phase. */
interface Phase {
  readonly name: string
  /** Milliseconds of each claim, with the moment of it from the start of the phase. */
  readonly claims: readonly { readonly at: number; readonly took: number }[]
  readonly state: TableState
}

interface TableState {
  readonly dead: number
  /** Bytes of the queue and of its indexes. */
  readonly table: number
  readonly indexes: number
}

const STATE = `select (select n_dead_tup from pg_stat_user_tables where relname = 'queue')::int as dead,
  pg_table_size('queue')::int as table, pg_indexes_size('queue')::int as indexes`

/** An id as of a time: a UUIDv7 whose random part comes from a number. */
const idOf = (ms: string, salt: string): string =>
  `(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || substr(md5(n::text || '${salt}'), 1, 3) || '8' || substr(md5(n::text || '${salt}'), 4, 15))::uuid`

/** Writes delivered events, one delivery each, over the present month: copies of one that the store wrote itself. */
async function fill(client: Client, count: number, say: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ have: number }>('select count(*)::int as have from events')
  const now = new Date()
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth())
  const at = `${start} + (${now.getTime() - start - 1000}::float8 * n / ${count})`
  const columnsOf = async (table: string, except: readonly string[]): Promise<string> => {
    const found = await client.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
      [table],
    )
    return found.rows
      .map(({ name }) => name)
      .filter((name) => !except.includes(name))
      .join(', ')
  }
  const events = await columnsOf('events', ['id', 'time'])
  const deliveries = await columnsOf('deliveries', ['id', 'event', 'ended_at'])
  for (let from = rows[0]!.have; from < count; from += SLICE) {
    const numbers = `generate_series(${from + 1}, ${Math.min(count, from + SLICE)}) as n`
    await client.query(
      `insert into events (id, time, ${events}) select ${idOf(at, 'e')}, ${at}, ${events}
        from (select * from events limit 1) as one, ${numbers}`,
    )
    await client.query(
      `insert into deliveries (id, event, ended_at, ${deliveries}) select ${idOf(at, 'd')}, ${idOf(at, 'e')}, ${at}, ${deliveries}
        from (select * from deliveries where state = 1 limit 1) as one, ${numbers}`,
    )
    say(`${Math.min(count, from + SLICE).toLocaleString('en-US')} of ${count.toLocaleString('en-US')} rows written`)
  }
  // What autovacuum would get to in its own time.
  await client.query('vacuum (analyze) events')
  await client.query('vacuum (analyze) deliveries')
}

/** The steady load. */
class Load {
  readonly #store: Store
  readonly #workspace: number
  readonly #destinations = new Set<number>()
  #n = 0

  constructor(store: Store, workspace: number) {
    this.#store = store
    this.#workspace = workspace
  }

  /** Runs for so long; what each claim took. */
  async run(forMs: number): Promise<Phase['claims']> {
    const claims: { at: number; took: number }[] = []
    const startedAt = performance.now()
    for (let tick = 0; performance.now() - startedAt < forMs; tick += 1) {
      await this.#arrive()
      for (let more = true; more;) {
        const at = performance.now()
        more = await this.#leave((took) => claims.push({ at: at - startedAt, took }))
      }
      await wait(Math.max(0, startedAt + (tick + 1) * TICK_MS - performance.now()))
    }
    return claims
  }

  async #arrive(): Promise<void> {
    const at = Date.now()
    const events = Array.from({ length: PER_TICK }, () => {
      this.#n += 1
      const planned = { dueAt: at, expiresAt: at + HOUR_MS, step: 1 as const }
      return event({
        time: at,
        incident: `camera:${this.#n}`,
        step: 1,
        deliveries: [delivery(planned, `chat-${this.#n % PLACES}`)],
      })
    })
    const { woken } = await accept(this.#store, events, { workspace: this.#workspace, at })
    for (const { destination } of woken) this.#destinations.add(destination)
  }

  async #leave(claimed: (took: number) => void): Promise<boolean> {
    const now = Date.now()
    const wants = [...this.#destinations].map((destination) => ({
      workspace: this.#workspace,
      destination,
      limit: PER_TICK,
    }))
    const startedAt = performance.now()
    const { rows } = await this.#store.claim(wants, now)
    claimed(performance.now() - startedAt)
    if (rows.length > 0)
      await this.#store.settle(
        rows.map((row) => ended(row, { attempt: [now, 5, 'sent', null, null] })),
        [],
        Date.now(),
      )
    return rows.length > 0
  }
}

export const bench: Bench = {
  summary: 'claims beside 1 and 10 million rows of history and under a snapshot of ten minutes (about 30 minutes)',
  long: true,
  async run({ quick, say }) {
    const phaseMs = quick ? 30_000 : 120_000
    const heldMs = quick ? 120_000 : 600_000
    await using postgres = await startPostgres()
    const url = await postgres.database('nabat')
    await using stack = new AsyncDisposableStack()
    const store = stack.adopt(await openPostgresStore(url), (opened) => opened.close())
    const client = stack.adopt(new Client({ connectionString: url }), (one) => one.end())
    const reader = stack.adopt(new Client({ connectionString: url }), (one) => one.end())
    await client.connect()
    await reader.connect()
    const load = new Load(store, await store.createWorkspace('default', '{}'))
    const phases: Phase[] = []
    const measure = async (name: string, forMs: number): Promise<void> => {
      const claims = await load.run(forMs)
      const { rows } = await client.query<TableState>(STATE)
      const phase = { name, claims, state: rows[0]! }
      phases.push(phase)
      say(shown(phase))
    }
    await load.run(WARM_UP_MS)
    await measure('empty history', phaseMs)
    for (const count of quick ? [1e6] : [1e6, 1e7]) {
      await fill(client, count, say)
      await measure(`${count / 1e6} million rows of history`, phaseMs)
    }
    await reader.query('begin isolation level repeatable read')
    await reader.query('select count(*) from queue')
    await measure(`a snapshot held for ${heldMs / 60_000} minutes`, heldMs)
    await reader.query('commit')
    await measure('after it has ended', phaseMs)
    return phases.map(rowOf)
  },
}

const took = (claims: Phase['claims']): number[] => claims.map((one) => one.took)

/** How much longer a claim takes with every minute, ms: the least squares' line through all of them. */
function slope(claims: Phase['claims']): number {
  const middle = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const minutes = claims.map(({ at }) => at / 60_000)
  const x = middle(minutes)
  const y = middle(took(claims))
  const across = claims.reduce((sum, one, index) => sum + (minutes[index]! - x) * (one.took - y), 0)
  return across / minutes.reduce((sum, value) => sum + (value - x) ** 2, 0)
}

function shown({ name, claims, state }: Phase): string {
  const all = took(claims)
  const last = took(claims.slice(-Math.ceil(claims.length / 10)))
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`
  return (
    `${name}: a claim p50 ${ms(quantile(all, 0.5))}, p99 ${ms(quantile(all, 0.99))}, ` +
    `in the last tenth p50 ${ms(quantile(last, 0.5))}, ${slope(claims).toFixed(2)} ms more each minute; ` +
    `${state.dead} dead rows, queue ${mb(state.table)}, its indexes ${mb(state.indexes)}`
  )
}

function rowOf(phase: Phase): Row {
  const { name, claims, state } = phase
  const last = took(claims.slice(-Math.ceil(claims.length / 10)))
  return {
    what: `claim, ${name}`,
    figure: quantile(took(claims), 0.5),
    unit: 'ms',
    digits: 1,
    note:
      `p99 ${quantile(took(claims), 0.99).toFixed(1)}, last tenth p50 ${quantile(last, 0.5).toFixed(1)}, ` +
      `${slope(claims).toFixed(2)} a minute; ${state.dead} dead, indexes ${(state.indexes / 2 ** 20).toFixed(1)} MB`,
  }
}
