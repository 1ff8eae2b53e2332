import type { DatabaseSync } from 'node:sqlite'
import { idBytes } from '../../ids.ts'
import { hoursOf, type HourRow } from '../hours.ts'

/** What history comes to, hour by hour. Writes run inside the caller's transaction. */
export class Hours {
  readonly #write
  readonly #revive
  readonly #drop

  constructor(database: DatabaseSync) {
    this.#write = database.prepare(
      `insert into hourly (workspace, hour, counted_at, queued, lead, leads, revived, body) values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set counted_at = excluded.counted_at, queued = excluded.queued, lead = excluded.lead,
         leads = excluded.leads, body = excluded.body
       where hourly.revived = excluded.revived`,
    )
    this.#revive = database.prepare(
      `insert into hourly (workspace, hour, counted_at, queued, lead, leads, revived, body) values (?, ?, 0, 0, null, 0, 1, '')
       on conflict do update set counted_at = 0, revived = hourly.revived + 1`,
    )
    this.#drop = database.prepare('delete from hourly where workspace = ? and hour <= ?')
  }

  /** Keeps what hours came to, but for those of which something was revived while they were counted. */
  write(workspace: number, hours: readonly HourRow[]): void {
    for (const { hour, countedAt, queued, lead, leads, revived, body } of hours)
      this.#write.run(workspace, hour, countedAt, queued, lead === null ? null : idBytes(lead), leads, revived, body)
  }

  /** These deliveries had ended and wait again: their hours are to be counted anew. */
  revive(workspace: number, deliveries: readonly string[]): void {
    for (const hour of hoursOf(deliveries)) this.#revive.run(workspace, hour)
  }

  /** Drops the hours that have begun by a time. */
  drop(workspace: number, by: number): void {
    this.#drop.run(workspace, by)
  }
}
