import type { DatabaseSync } from 'node:sqlite'
import { firstIdOf, idBytes } from '../../ids.ts'
import { keptFile } from '../kept-files.ts'
import type { Priority, Woken } from '../store.ts'
import type { Queue } from './queue.ts'

/** What people do to deliveries and incidents by hand. Every method runs inside the caller's transaction. */
export class Deliveries {
  readonly #database: DatabaseSync
  readonly #queue: Queue

  constructor(database: DatabaseSync, queue: Queue) {
    this.#database = database
    this.#queue = queue
  }

  /** Takes waiting deliveries out of the queue; those in flight or ended stay as they are. */
  cancel(workspace: number, ids: readonly string[], reason: string, now: number): { ended: string[]; woken: Woken[] } {
    const remove = this.#database.prepare(
      'delete from queue where workspace = ? and delivery = ? and claimed_at is null returning destination, incident, suspect',
    )
    const end = this.#database.prepare(
      `update deliveries set state = 4, reason = ?, ended_at = ?, note = case when ? = 1 then 'may_have_arrived' end
       where workspace = ? and id = ?`,
    )
    const endJoined = this.#database.prepare(
      'update deliveries set state = 4, reason = ?, ended_at = ? where workspace = ? and digest = ? and state = 0',
    )
    const ended: string[] = []
    const woken: Woken[] = []
    for (const id of ids) {
      const row = remove.get(workspace, idBytes(id))
      if (row === undefined) continue
      end.run(reason, now, row['suspect'] as number, workspace, idBytes(id))
      endJoined.run(reason, now, workspace, idBytes(id))
      ended.push(id)
      if (row['incident'] !== null)
        this.#queue.unblock(workspace, Number(row['destination']), row['incident'] as string, woken)
    }
    return { ended, woken }
  }

  /** Puts ended, unsent deliveries back into the queue. */
  retry(
    workspace: number,
    ids: readonly string[],
    now: number,
    expiresAt: number,
  ): { waiting: string[]; woken: Woken[] } {
    const wake = this.#database.prepare(
      `update deliveries set state = 0, reason = 'retried', ended_at = null, digest = null
       where workspace = ? and id = ? and state in (2, 3, 4) and destination is not null
       returning destination, event, coalesce(instr(note, 'may_have_arrived'), 0) > 0 as suspect`,
    )
    const event = this.#database.prepare('select severity, incident from events where workspace = ? and id = ?')
    const queue = this.#database.prepare(
      `insert into queue (workspace, delivery, destination, event, priority, due_at, behind, incident, step, living, expires_at, suspect)
       values (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)`,
    )
    const ahead = this.#database.prepare(
      `select 1 from queue where workspace = ? and destination = ? and incident = ?
         and (claimed_at is not null or event < ?) limit 1`,
    )
    // Those that came after it wait behind it again.
    const stepBack = this.#database.prepare(
      `update queue set behind = 1
       where workspace = ? and destination = ? and incident = ? and event > ? and claimed_at is null`,
    )
    const waiting: string[] = []
    const woken: Woken[] = []
    for (const id of ids) {
      const row = wake.get(workspace, idBytes(id))
      if (row === undefined) continue
      const about = event.get(workspace, row['event'] as Uint8Array)!
      const destination = Number(row['destination'])
      const priority = about['severity'] as Priority
      const incident = about['incident'] as string | null
      const told = row['event'] as Uint8Array
      const behind = incident !== null && ahead.get(workspace, destination, incident, told) !== undefined
      if (incident !== null) stepBack.run(workspace, destination, incident, told)
      queue.run(
        workspace,
        idBytes(id),
        destination,
        told,
        priority,
        now,
        behind ? 1 : 0,
        incident,
        expiresAt,
        row['suspect'] as number,
      )
      waiting.push(id)
      if (!behind) woken.push({ workspace, destination, priority, dueAt: now })
    }
    return { waiting, woken }
  }

  acknowledge(workspace: number, incident: string, by: string, now: number): 'acknowledged' | 'ended' | 'unknown' {
    const row = this.#database
      .prepare('select state from incidents where workspace = ? and key = ?')
      .get(workspace, incident)
    if (row === undefined) return 'unknown'
    if (row['state'] === 'ended') return 'ended'
    this.#database
      .prepare(
        `update incidents set state = 'acknowledged', acknowledged_at = ?, acknowledged_by = ?
         where workspace = ? and key = ? and state = 'open'`,
      )
      .run(now, by, workspace, incident)
    return 'acknowledged'
  }

  /** Forgets the oldest events before a time, at most `limit`, with everything that hangs on them and waits no more. */
  forget(workspace: number, before: Uint8Array, limit: number): number {
    const events = this.#database
      .prepare(
        `select id, source, event_id from events e where workspace = ? and id < ? and not exists (
           select 1 from deliveries d where d.workspace = e.workspace and d.event = e.id and d.state = 0)
         order by id limit ?`,
      )
      .all(workspace, before, limit)
    const deliveries = this.#database.prepare('delete from deliveries where workspace = ? and event = ?')
    const key = this.#database.prepare('delete from event_keys where workspace = ? and source = ? and event_id = ?')
    const event = this.#database.prepare('delete from events where workspace = ? and id = ?')
    for (const row of events) {
      deliveries.run(workspace, row['id'] as Uint8Array)
      if (row['event_id'] !== null) key.run(workspace, row['source'] as string, row['event_id'] as string)
      event.run(workspace, row['id'] as Uint8Array)
    }
    return events.length
  }

  /** Forgets what has been over since before a time and hangs on no event, at most `limit` of each kind. */
  forgetLeftovers(workspace: number, before: number, limit: number): void {
    const ended = this.#database
      .prepare(
        'delete from incidents where workspace = ? and ended_at < ? and key in (select key from incidents where workspace = ? and ended_at < ? limit ?) returning key',
      )
      .all(workspace, before, workspace, before, limit)
    const told = this.#database.prepare('delete from told where workspace = ? and incident = ?')
    for (const row of ended) told.run(workspace, row['key'] as string)
    const oldest = idBytes(firstIdOf(before))
    const settings = this.#database.prepare('select settings from workspaces where id = ?').get(workspace)
    this.#database
      .prepare(
        'delete from files where workspace = ? and id < ? and id in (select id from files where workspace = ? and id < ? and id <> ? limit ?)',
      )
      .run(workspace, oldest, workspace, oldest, idBytes(keptFile(settings?.['settings'] as string | undefined)), limit)
    // By the last change: an entry lives as long as its incident does.
    this.#database
      .prepare(
        'delete from inbox where workspace = ? and (login, id) in (select login, id from inbox where workspace = ? and changed_at < ? limit ?)',
      )
      .run(workspace, workspace, before, limit)
    this.#database
      .prepare(
        'delete from throttles where workspace = ? and at < ? and destination in (select destination from throttles where workspace = ? and at < ? limit ?)',
      )
      .run(workspace, before, workspace, before, limit)
  }
}
