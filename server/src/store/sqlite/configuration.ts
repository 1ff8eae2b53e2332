import type { DatabaseSync } from 'node:sqlite'
import type { Section } from '@nabat/api/configuration.ts'
import type { ConfigurationChanges, ConfigurationWrite, EntityRow, WorkspaceRow } from '../store.ts'
import { numberMaker } from './destinations.ts'
import type { DeviceTables } from './devices.ts'
import type { Inbox } from './inbox.ts'
import { stateOf } from './workspaces.ts'

type Row = Record<string, unknown>

/** Section name under which changes of the workspace's own settings are listed. */
const WORKSPACE_SECTION = 'workspace'

/** Reads and writes the configuration; writes run inside the caller's transaction. */
export class ConfigurationTables {
  readonly #database: DatabaseSync
  readonly #devices: DeviceTables
  readonly #inbox: Inbox
  readonly #number
  readonly #entity
  readonly #insert
  readonly #giveUpName
  readonly #update
  readonly #change

  constructor(database: DatabaseSync, devices: DeviceTables, inbox: Inbox) {
    this.#database = database
    this.#devices = devices
    this.#inbox = inbox
    this.#number = numberMaker(database)
    this.#entity = database.prepare(
      'select * from entities where workspace = ? and section = ? and id = ? and removed = 0',
    )
    this.#insert = database.prepare(
      'insert into entities (workspace, section, id, key, body, origin, version) values (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#giveUpName = database.prepare(
      'update entities set removed = 1 where workspace = ? and section = ? and id = ?',
    )
    this.#update = database.prepare(
      `update entities set key = ?, body = ?, origin = ?, version = ?, removed = ?
       where workspace = ? and section = ? and id = ?`,
    )
    this.#change = database.prepare(
      `insert into changes (workspace, version, n, at, by, section, entity, key, before, after, comment)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  workspaces(): WorkspaceRow[] {
    return this.#database.prepare('select * from workspaces order by id').all().map(workspaceRow)
  }

  since(workspace: number, version: number): ConfigurationChanges {
    const row = this.#database.prepare('select * from workspaces where id = ?').get(workspace)
    if (row === undefined) throw new Error(`no workspace ${workspace}`)
    return {
      workspace: workspaceRow(row),
      entities: this.#database
        .prepare('select * from entities where workspace = ? and version > ? and (removed = 0 or ? > 0)')
        .all(workspace, version, version)
        .map(entityRow),
      destinations: this.#database
        .prepare('select * from destinations where workspace = ? and version > ? and version > 0')
        .all(workspace, version)
        .map((found) => ({
          id: Number(found['id']),
          channel: Number(found['channel']),
          address: found['address'] as string,
          disabled:
            found['disabled_at'] === null
              ? null
              : {
                  at: Number(found['disabled_at']),
                  reason: found['reason'] as string,
                  detail: found['detail'] as string,
                },
        })),
      holders: this.#devices.holdersSince(workspace, version),
    }
  }

  write(write: ConfigurationWrite): { version: number; ids: number[] } | 'conflict' {
    const { workspace } = write
    const row = this.#database.prepare('select * from workspaces where id = ?').get(workspace)
    if (row === undefined || Number(row['version']) !== write.expect) return 'conflict'
    const version = write.expect + 1
    const ids: number[] = []
    const change = (section: string, id: number, key: string, before: string | null, after: string | null, n: number) =>
      this.#change.run(workspace, version, n, write.at, write.by, section, id, key, before, after, write.comment)
    if (write.settings !== null && write.settings !== row['settings'])
      change(WORKSPACE_SECTION, 0, row['name'] as string, row['settings'] as string, write.settings, 0)
    const befores = write.entities.map(({ section, id }) =>
      id === null ? undefined : this.#entity.get(workspace, section, id),
    )
    // A name is free for others of this write, so that two may change names with each other.
    for (const [index, { section, id, key }] of write.entities.entries())
      if (befores[index] !== undefined && befores[index]['key'] !== key) this.#giveUpName.run(workspace, section, id)
    for (const [index, entity] of write.entities.entries()) {
      const before = befores[index]
      const id = entity.id ?? this.#number(workspace)
      ids.push(id)
      if (entity.id === null)
        this.#insert.run(workspace, entity.section, id, entity.key, entity.body, entity.origin, version)
      else {
        const body = entity.body ?? (before?.['body'] as string)
        this.#update.run(
          entity.key,
          body,
          entity.origin,
          version,
          entity.body === null ? 1 : 0,
          workspace,
          entity.section,
          id,
        )
        if (entity.section === 'users' && entity.body === null) {
          this.#devices.forgetCard(workspace, id, version)
          this.#inbox.clear(workspace, entity.key)
        }
      }
      if (before?.['body'] !== entity.body)
        change(entity.section, id, entity.key, (before?.['body'] as string | undefined) ?? null, entity.body, index + 1)
    }
    for (const { name, sealed } of write.secrets)
      this.#database
        .prepare(
          `insert into secrets (workspace, name, sealed) values (?, ?, ?)
           on conflict do update set sealed = excluded.sealed`,
        )
        .run(workspace, name, sealed)
    this.#database
      .prepare(
        'update workspaces set version = ?, settings = coalesce(?, settings), file = coalesce(?, file) where id = ?',
      )
      .run(version, write.settings, write.file, workspace)
    return { version, ids }
  }

  secrets(workspace: number): { name: string; sealed: Uint8Array }[] {
    return this.#database
      .prepare('select name, sealed from secrets where workspace = ?')
      .all(workspace)
      .map((row) => ({ name: row['name'] as string, sealed: row['sealed'] as Uint8Array }))
  }
}

const workspaceRow = (row: Row): WorkspaceRow => ({
  id: Number(row['id']),
  name: row['name'] as string,
  settings: row['settings'] as string,
  version: Number(row['version']),
  file: row['file'] as string | null,
  ...stateOf(row),
})

const entityRow = (row: Row): EntityRow => ({
  section: row['section'] as Section,
  id: Number(row['id']),
  key: row['key'] as string,
  body: row['body'] as string,
  origin: row['origin'] as 'file' | 'api',
  version: Number(row['version']),
  removed: row['removed'] === 1,
})
