import type { DatabaseSync } from 'node:sqlite'
import { idBytes } from '../../ids.ts'
import type { InboxEntry } from '../store.ts'

/** Entries of people's inboxes; one entry per incident that lives. Runs inside the caller's transaction. */
export class Inbox {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Stores an entry, or brings an earlier one of the same incident up to date: unread again, its id kept. */
  put(workspace: number, login: string, entry: InboxEntry): string {
    if (entry.updates !== null) {
      const updated = this.#database
        .prepare(
          `update inbox set title = ?, body = ?, changed_at = ?, read_at = null, deliveries = json_insert(deliveries, '$[#]', ?)
           where workspace = ? and login = ? and id = ?`,
        )
        .run(entry.title, entry.body, entry.at, entry.delivery, workspace, login, idBytes(entry.updates))
      if (updated.changes > 0) return entry.updates
    }
    this.#database
      .prepare(
        `insert into inbox (workspace, login, id, incident, title, body, changed_at, deliveries)
         values (?, ?, ?, ?, ?, ?, ?, json_array(?))`,
      )
      .run(workspace, login, idBytes(entry.id), entry.incident, entry.title, entry.body, entry.at, entry.delivery)
    return entry.id
  }

  /** Marks entries read (a time) or unread (null); how many changed. */
  mark(workspace: number, login: string, ids: readonly string[] | 'all', readAt: number | null): number {
    const mine = 'update inbox set read_at = ? where workspace = ? and login = ? and (read_at is null) <> (? is null)'
    if (ids === 'all') {
      this.#read(workspace, login, null, readAt)
      return Number(this.#database.prepare(mine).run(readAt, workspace, login, readAt).changes)
    }
    const one = this.#database.prepare(`${mine} and id = ?`)
    let changed = 0
    for (const id of ids) {
      this.#read(workspace, login, idBytes(id), readAt)
      changed += Number(one.run(readAt, workspace, login, readAt, idBytes(id)).changes)
    }
    return changed
  }

  /** What unread entries tell of has been read: nobody else needs to be told because of it. */
  #read(workspace: number, login: string, entry: Uint8Array | null, readAt: number | null): void {
    if (readAt === null) return
    const told = this.#database
      .prepare(
        `select e.value as delivery from inbox i, json_each(i.deliveries) e
         where i.workspace = ? and i.login = ? and i.read_at is null and (? is null or i.id = ?)`,
      )
      .all(workspace, login, entry, entry)
    const read = this.#database.prepare('update deliveries set read_at = ? where workspace = ? and id = ?')
    for (const { delivery } of told) read.run(readAt, workspace, idBytes(delivery as string))
    this.#database
      .prepare(
        `update inbox set deliveries = '[]' where workspace = ? and login = ? and read_at is null and (? is null or id = ?)`,
      )
      .run(workspace, login, entry, entry)
  }
}
