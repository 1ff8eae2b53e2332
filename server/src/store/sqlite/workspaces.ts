import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { WorkspaceState, WorkspaceStateWrite } from '../store.ts'

/** Section name under which changes of a workspace's state are listed. */
const STATE_SECTION = 'workspaces'

/** What is deleted of a workspace, in this order: nothing may leave any more once the first has been emptied. */
const DELETE: readonly string[] = [
  'delete from queue where workspace = ? and delivery in (select delivery from queue where workspace = ? limit ?)',
  'delete from digests where workspace = ? and (rule, destination) in (select rule, destination from digests where workspace = ? limit ?)',
  'delete from deliveries where workspace = ? and id in (select id from deliveries where workspace = ? limit ?)',
  'delete from events where workspace = ? and id in (select id from events where workspace = ? limit ?)',
  'delete from event_keys where workspace = ? and (source, event_id) in (select source, event_id from event_keys where workspace = ? limit ?)',
  'delete from incidents where workspace = ? and key in (select key from incidents where workspace = ? limit ?)',
  'delete from told where workspace = ? and (incident, destination) in (select incident, destination from told where workspace = ? limit ?)',
  'delete from throttles where workspace = ? and (rule, destination, key) in (select rule, destination, key from throttles where workspace = ? limit ?)',
  'delete from files where workspace = ? and id in (select id from files where workspace = ? limit ?)',
  'delete from inbox where workspace = ? and (login, id) in (select login, id from inbox where workspace = ? limit ?)',
  'delete from devices where workspace = ? and (card, id) in (select card, id from devices where workspace = ? limit ?)',
  'delete from device_holders where workspace = ? and card in (select card from device_holders where workspace = ? limit ?)',
  'delete from schedule_runs where workspace = ? and schedule in (select schedule from schedule_runs where workspace = ? limit ?)',
  'delete from hourly where workspace = ? and hour in (select hour from hourly where workspace = ? limit ?)',
  'delete from changes where workspace = ? and (version, n) in (select version, n from changes where workspace = ? limit ?)',
  'delete from entities where workspace = ? and (section, id) in (select section, id from entities where workspace = ? limit ?)',
  'delete from secrets where workspace = ? and name in (select name from secrets where workspace = ? limit ?)',
  'delete from destinations where workspace = ? and id in (select id from destinations where workspace = ? limit ?)',
]

/** What of the installation belongs to a workspace, and itself. */
const LAST: readonly string[] = [
  'delete from members where workspace = ?',
  'delete from links where workspace = ?',
  'delete from linking_codes where workspace = ?',
  'delete from sessions where workspace = ?',
  'delete from api_keys where workspace = ?',
  'delete from workspaces where id = ?',
]

/** The life of workspaces: made, blocked, removed, deleted. Runs inside the caller's transaction. */
export class WorkspaceTable {
  readonly #database: DatabaseSync
  #deletes: readonly StatementSync[] | undefined
  /** The greatest id ever given by this process: one that is free again is in its caches. */
  #last = 0

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  create(name: string, settings: string, made?: { readonly by: string; readonly at: number }): number {
    const row = this.#database.prepare('select coalesce(max(id), 0) as last from workspaces').get()!
    const id = Math.max(this.#last, Number(row['last'])) + 1
    this.#database.prepare('insert into workspaces (id, name, settings) values (?, ?, ?)').run(id, name, settings)
    this.#last = id
    if (made !== undefined) this.#change({ workspace: id, version: 0, ...made, key: name, before: null, after: NEW })
    return id
  }

  setState({ workspace, expect, state, by, at }: WorkspaceStateWrite): 'conflict' | 'written' {
    const row = this.#database.prepare('select * from workspaces where id = ?').get(workspace)
    if (row === undefined || Number(row['version']) !== expect) return 'conflict'
    const version = expect + 1
    this.#database
      .prepare('update workspaces set version = ?, blocked_at = ?, blocked_reason = ?, removed_at = ? where id = ?')
      .run(version, state.blocked?.at ?? null, state.blocked?.reason ?? null, state.removedAt, workspace)
    this.#change({ workspace, version, at, by, key: row['name'] as string, before: stateOf(row), after: state })
    return 'written'
  }

  #change({ workspace, version, at, by, key, before, after }: Change): void {
    this.#database
      .prepare(
        `insert into changes (workspace, version, n, at, by, section, entity, key, before, after, comment)
         values (?, ?, 0, ?, ?, ?, 0, ?, ?, ?, null)`,
      )
      .run(
        workspace,
        version,
        at,
        by,
        STATE_SECTION,
        key,
        before === null ? null : JSON.stringify(before),
        JSON.stringify(after),
      )
  }

  /** Deletes at most `limit` rows of a workspace that was removed before a time, or at last the workspace itself. */
  delete(workspace: number, removedBefore: number, limit: number): number | 'kept' | 'gone' {
    const due = this.#database
      .prepare('select 1 from workspaces where id = ? and removed_at < ?')
      .get(workspace, removedBefore)
    if (due === undefined) return 'kept'
    this.#deletes ??= DELETE.map((sql) => this.#database.prepare(sql))
    for (const statement of this.#deletes) {
      const { changes } = statement.run(workspace, workspace, limit)
      if (changes > 0) return Number(changes)
    }
    for (const sql of LAST) this.#database.prepare(sql).run(workspace)
    this.#last = Math.max(this.#last, workspace)
    return 'gone'
  }
}

const NEW: WorkspaceState = { blocked: null, removedAt: null }

interface Change {
  readonly workspace: number
  readonly version: number
  readonly at: number
  readonly by: string
  readonly key: string
  readonly before: WorkspaceState | null
  readonly after: WorkspaceState
}

/** The state in a row of `workspaces`. */
export const stateOf = (row: Record<string, unknown>): WorkspaceState => ({
  blocked:
    row['blocked_at'] === null ? null : { at: Number(row['blocked_at']), reason: row['blocked_reason'] as string },
  removedAt: row['removed_at'] === null ? null : Number(row['removed_at']),
})
