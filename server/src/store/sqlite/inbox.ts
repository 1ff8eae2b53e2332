import type { DatabaseSync } from 'node:sqlite'
import { idBytes, idText } from '../../ids.ts'
import { INBOX_LIMIT, INBOX_TOLD, type InboxEntry, type InboxLimit, type InboxPart } from '../store.ts'

/** What is marked: named entries by the key of the table, or all of a person's that have not changed since a time. */
const NAMED = 'workspace = ? and login = ? and id in (select unhex(value) from json_each(?))'
const UNTIL = 'workspace = ? and login = ? and changed_at <= ?'
const TOLD = {
  named: `select id, deliveries from inbox where ${NAMED} and read_at is null`,
  until: `select id, deliveries from inbox where ${UNTIL} and read_at is null`,
}
const READ = {
  named: `update inbox set read_at = ?, deliveries = '[]' where ${NAMED} and read_at is null`,
  until: `update inbox set read_at = ?, deliveries = '[]' where ${UNTIL} and read_at is null`,
}
const UNREAD = {
  named: `update inbox set read_at = null where ${NAMED} and read_at is not null returning id`,
  until: `update inbox set read_at = null where ${UNTIL} and read_at is not null returning id`,
}

/** Entries of people's inboxes; one entry per incident that lives. Runs inside the caller's transaction. */
export class Inbox {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Stores an entry, or brings an earlier one of the same incident up to date: unread again, its id kept. */
  put(workspace: number, login: string, entry: InboxEntry, limit = INBOX_LIMIT): string {
    const { severity, type, title, body, at, delivery } = entry
    const search = title.toLowerCase()
    if (entry.updates !== null) {
      const updated = this.#database
        .prepare(
          `update inbox set severity = ?, type = ?, title = ?, search = ?, body = ?, changed_at = ?, read_at = null,
             updates = updates + 1, deliveries = json_insert(case when json_array_length(deliveries) < ${INBOX_TOLD}
               then deliveries else json_remove(deliveries, '$[0]') end, '$[#]', ?)
           where workspace = ? and login = ? and id = ?`,
        )
        .run(severity, type, title, search, body, at, delivery, workspace, login, idBytes(entry.updates))
      if (updated.changes > 0) return entry.updates
    }
    this.#database
      .prepare(
        `insert into inbox (workspace, login, id, incident, severity, type, title, search, body, changed_at, deliveries)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, json_array(?))`,
      )
      .run(workspace, login, idBytes(entry.id), entry.incident, severity, type, title, search, body, at, delivery)
    this.#trim(workspace, login, limit)
    return entry.id
  }

  /** Marks entries read (a time) or unread (null); the ids of those that changed. */
  mark(workspace: number, login: string, part: InboxPart, readAt: number | null): string[] {
    const by = part !== 'all' && 'ids' in part ? 'named' : 'until'
    const which =
      part === 'all'
        ? Number.MAX_SAFE_INTEGER
        : 'ids' in part
          ? JSON.stringify(part.ids.map((id) => id.replaceAll('-', '')))
          : part.until
    if (readAt === null) {
      const rows = this.#database.prepare(UNREAD[by]).all(workspace, login, which)
      return rows.map(({ id }) => idText(id as Uint8Array))
    }
    const unread = this.#database.prepare(TOLD[by]).all(workspace, login, which)
    // What unread entries tell of has been read: nobody else needs to be told because of it.
    const told = this.#database.prepare('update deliveries set read_at = ? where workspace = ? and id = ?')
    for (const { deliveries } of unread)
      for (const delivery of JSON.parse(deliveries as string) as string[])
        told.run(readAt, workspace, idBytes(delivery))
    this.#database.prepare(READ[by]).run(readAt, workspace, login, which)
    return unread.map(({ id }) => idText(id as Uint8Array))
  }

  /** Deletes everything in a person's inbox; how many entries. */
  clear(workspace: number, login: string): number {
    const { changes } = this.#database
      .prepare('delete from inbox where workspace = ? and login = ?')
      .run(workspace, login)
    return Number(changes)
  }

  /** An inbox that is too long loses some of its oldest entries, those that were read first. */
  #trim(workspace: number, login: string, { most, trimmed }: InboxLimit): void {
    const row = this.#database
      .prepare('select count(*) as held from inbox where workspace = ? and login = ?')
      .get(workspace, login)
    if (Number(row?.['held']) <= most) return
    this.#database
      .prepare(
        `delete from inbox where workspace = ? and login = ? and id in (
           select id from inbox where workspace = ? and login = ? order by read_at is null, changed_at, id limit ?)`,
      )
      .run(workspace, login, workspace, login, trimmed)
  }
}
