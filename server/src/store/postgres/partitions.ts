import { firstIdOf } from '../../ids.ts'
import type { Connections, Session, Statement } from './connection.ts'

/*
 * Events and deliveries lie in a partition for each month (UTC) of the time in their ids: events_2026_11. They are made
 * ahead, at the start and whenever something is forgotten, so that nobody who accepts meets a month without one; if it
 * comes to that, the default partition takes it.
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

/** A month as the number of months since the year 0. */
const monthOf = (ms: number): number => {
  const date = new Date(ms)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
const startOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12)
const nameOf = (table: string, month: number): string =>
  `${table}_${Math.floor(month / 12)}_${String((month % 12) + 1).padStart(2, '0')}`
/** The smallest value with the time of the start of a month; smaller than every id of it. */
const boundOf = (month: number): string => `${firstIdOf(startOf(month)).slice(0, 14)}0000-0000-000000000000`

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
    const [row] = await this.#connections.one('writes', NOW)
    const month = monthOf(row!['now'] as number)
    if (this.#until >= month + AHEAD) return
    await this.#connections.transaction(async (session) => {
      await session.query(LOCK)
      const there = new Set((await session.query(THERE)).map((found) => found['name'] as string))
      for (let next = month; next <= month + AHEAD; next += 1)
        for (const table of TABLES) if (!there.has(nameOf(table, next))) await make(session, table, next)
    })
    this.#until = month + AHEAD
  }
}

const make = (session: Session, table: string, month: number): Promise<unknown> =>
  session.query({
    name: '',
    text: `create table ${nameOf(table, month)} partition of ${table}
      for values from ('${boundOf(month)}') to ('${boundOf(month + 1)}')`,
  })
