import { firstIdOf } from '../../ids.ts'
import { StoreUnavailable } from '../store.ts'
import type { Connections, Session, Statement } from './connection.ts'

/*
 * Events and deliveries lie in a partition for each month (UTC) of the time in their ids: events_2026_11. They are made
 * ahead, at the start and whenever something is forgotten, so that nobody who accepts meets a month without one; if it
 * comes to that, the default partition takes it.
 *
 * A month that no workspace has to keep any longer is dropped whole, which costs nothing, leaves nothing to vacuum, and
 * gives the disk its space back. Until then a workspace whose time is over early deletes its own, row by row (forget.ts);
 * within a day of the end of a month it does not begin to, as the others will follow.
 */

const TABLES = ['events', 'deliveries'] as const
/** Months beyond the present one; a node that is up for so long without forgetting anything is none of ours. */
const AHEAD = 2

// Nodes that do it at the same moment take turns.
const LOCK: Statement = { name: 'partition_lock', text: 'select pg_advisory_xact_lock(474013557109)' }
const NOW: Statement = {
  name: 'database_time',
  text: 'select (extract(epoch from now()) * 1000)::bigint as now',
}
const THERE: Statement = {
  name: 'partitions',
  text: `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = any(array['events'::regclass, 'deliveries'::regclass])`,
}
// Written once an hour at most: everybody who accepts shares this row.
const FORGET_TO: Statement = {
  name: 'forget_to',
  text: 'update workspaces set forgotten_to = $2::bigint where id = $1 and forgotten_to < $2::bigint - 3600000',
}
const FORGOTTEN_TO: Statement = {
  name: 'forgotten_to',
  text: 'select min(forgotten_to) as until from workspaces',
}
// The queue is small, and this is asked once a month.
const WAITING: Statement = {
  name: 'waiting_in_month',
  text: 'select 1 from queue where event < $1::uuid or delivery < $1::uuid limit 1',
}
const LOCK_TIMEOUT: Statement = { name: 'drop_lock_timeout', text: "set local lock_timeout = '1s'" }

/** A month as the number of months since the year 0. */
const monthOf = (ms: number): number => {
  const date = new Date(ms)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
const startOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12)
const DAY_MS = 86_400_000
/** Keys of so many events are forgotten in one transaction. */
const SLICE = 5_000
const LEAST_ID = '00000000-0000-0000-0000-000000000000'

const nameOf = (table: string, month: number): string =>
  `${table}_${Math.floor(month / 12)}_${String((month % 12) + 1).padStart(2, '0')}`
/** The smallest value with the time of the start of a month; smaller than every id of it. */
const boundOf = (month: number): string => `${firstIdOf(startOf(month)).slice(0, 14)}0000-0000-000000000000`

/** The month of a partition of events, null for the default one. */
const monthIn = (name: string): number | null => {
  const [, year, month] = /^events_(\d+)_(\d\d)$/.exec(name) ?? []
  return year === undefined ? null : Number(year) * 12 + Number(month) - 1
}

/** The partitions of a database. */
export class Partitions {
  readonly #connections: Connections
  /** The last month known to have one. */
  #until = 0

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Makes the partitions of this month and the next ones, by the database's clock. */
  async ahead(): Promise<void> {
    const month = await this.#month()
    if (this.#until >= month + AHEAD) return
    const months = Array.from({ length: AHEAD + 1 }, (_, later) => startOf(month + later))
    await this.#connections.transaction((session) => makeMonths(session, months))
    this.#until = month + AHEAD
  }

  /**
   * Notes that a workspace need not keep what happened before a time, and drops the months that none has to keep. Gives
   * the least id from which on the workspace should delete its own, up to that time.
   */
  async forget(workspace: number, before: number): Promise<string> {
    await this.#connections.one('writes', FORGET_TO, [workspace, before])
    const present = await this.#month()
    const rows = await this.#connections.one('writes', THERE)
    const old = rows
      .flatMap((row) => monthIn(row['name'] as string) ?? [])
      .filter((month) => month < present && startOf(month + 1) <= before)
    if (old.length === 0) return LEAST_ID
    const [all] = await this.#connections.one('writes', FORGOTTEN_TO)
    for (const month of old) if (startOf(month + 1) <= (all!['until'] as number)) await this.#drop(month)
    const last = Math.max(...old)
    return before - startOf(last + 1) < DAY_MS ? boundOf(last + 1) : LEAST_ID
  }

  async #month(): Promise<number> {
    const [row] = await this.#connections.one('writes', NOW)
    return monthOf(row!['now'] as number)
  }

  /** Drops a month, unless something of it still waits. */
  async #drop(month: number): Promise<void> {
    if ((await this.#connections.one('writes', WAITING, [boundOf(month + 1)])).length > 0) return
    await this.#forgetKeys(month)
    await this.#connections
      .transaction(async (session) => {
        await session.query(LOCK_TIMEOUT)
        await session.query(LOCK)
        for (const table of TABLES)
          await session.query({ name: '', text: `drop table if exists ${nameOf(table, month)}` })
      })
      .catch((error: unknown) => {
        // Somebody reads it, and everybody else would wait behind us: another time.
        if (!(error instanceof StoreUnavailable)) throw error
      })
  }

  /** Keys of events are not partitioned: they are deleted, in slices. */
  async #forgetKeys(month: number): Promise<void> {
    const statement: Statement = {
      name: '',
      text: `with slice as (
          select workspace, id, source, event_id from ${nameOf('events', month)}
          where (workspace, id) > ($1::int, $2::uuid) order by workspace, id limit $3
        ), gone as (
          delete from event_keys k using slice s where s.event_id is not null
            and k.workspace = s.workspace and k.source = s.source and k.event_id = s.event_id and k.event = s.id
        )
        select workspace, id from slice order by workspace desc, id desc limit 1`,
    }
    let after: unknown[] = [0, LEAST_ID]
    for (;;) {
      const [last] = await this.#connections.one('writes', statement, [...after, SLICE])
      if (last === undefined) return
      after = [last['workspace'], last['id']]
    }
  }
}

/** Makes the partitions of the months that these times (milliseconds since 1970) are in, where they are missing. */
export async function makeMonths(session: Session, times: Iterable<number>): Promise<void> {
  await session.query(LOCK)
  const there = new Set((await session.query(THERE)).map((found) => found['name'] as string))
  for (const month of new Set(Array.from(times, monthOf)))
    for (const table of TABLES) if (!there.has(nameOf(table, month))) await make(session, table, month)
}

const make = (session: Session, table: string, month: number): Promise<unknown> =>
  session.query({
    name: '',
    text: `create table ${nameOf(table, month)} partition of ${table}
      for values from ('${boundOf(month)}') to ('${boundOf(month + 1)}')`,
  })
