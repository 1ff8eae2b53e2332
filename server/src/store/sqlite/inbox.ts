import type { DatabaseSync } from 'node:sqlite'
import { idBytes } from '../../ids.ts'

/** Entries of people's inboxes; one entry per incident that lives. Runs inside the caller's transaction. */
export class Inbox {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Stores an entry, or brings an earlier one of the same incident up to date: unread again, its id kept. */
  put(
    workspace: number,
    login: string,
    entry: { id: string; updates: string | null; incident: string | null; title: string; body: string; at: number },
  ): string {
    if (entry.updates !== null) {
      const updated = this.#database
        .prepare(
          'update inbox set title = ?, body = ?, changed_at = ?, read_at = null where workspace = ? and login = ? and id = ?',
        )
        .run(entry.title, entry.body, entry.at, workspace, login, idBytes(entry.updates))
      if (updated.changes > 0) return entry.updates
    }
    this.#database
      .prepare(
        'insert into inbox (workspace, login, id, incident, title, body, changed_at) values (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(workspace, login, idBytes(entry.id), entry.incident, entry.title, entry.body, entry.at)
    return entry.id
  }

  /** Marks entries read (a time) or unread (null); how many changed. */
  mark(workspace: number, login: string, ids: readonly string[] | 'all', readAt: number | null): number {
    if (ids === 'all')
      return Number(
        this.#database
          .prepare(
            'update inbox set read_at = ? where workspace = ? and login = ? and (read_at is null) <> (? is null)',
          )
          .run(readAt, workspace, login, readAt).changes,
      )
    const one = this.#database.prepare(
      `update inbox set read_at = ?
       where workspace = ? and login = ? and id = ? and (read_at is null) <> (? is null)`,
    )
    return ids.reduce((sum, id) => sum + Number(one.run(readAt, workspace, login, idBytes(id), readAt).changes), 0)
  }
}
