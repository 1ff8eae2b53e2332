import { createRequire } from 'node:module'
import type * as Library from 'kysely'
import type { Kysely, RawBuilder } from 'kysely'

/** The tables that lists read, as Kysely knows them. */
export interface Tables {
  events: {
    workspace: number
    id: Uint8Array
    source: string
    event_id: string | null
    type: string
    subject: string | null
    severity: number
    time: number
    actor_user: string | null
    actor_role: string | null
    incident: string | null
    data: string
    attachments: string | null
    trace: string
  }
  event_keys: { workspace: number; source: string; event_id: string; event: Uint8Array }
  deliveries: {
    workspace: number
    id: Uint8Array
    event: Uint8Array
    rule: number
    destination: number | null
    recipient: string | null
    state: number
    reason: string | null
    ended_at: number | null
    attempts: string | null
    instead_of: Uint8Array | null
    digest: Uint8Array | null
    note: string | null
  }
  queue: {
    workspace: number
    delivery: Uint8Array
    due_at: number
    behind: number
    claimed_at: number | null
    digest: number
    expires_at: number
  }
  destinations: {
    workspace: number
    id: number
    channel: number
    address: string
    disabled_at: number | null
    reason: string | null
    detail: string | null
  }
  incidents: {
    workspace: number
    key: string
    state: string
    opened_at: number
    opened_by: Uint8Array
    last_event: Uint8Array
    severity: number
    acknowledged_at: number | null
    acknowledged_by: string | null
    ended_at: number | null
  }
  changes: {
    workspace: number
    version: number
    n: number
    at: number
    by: string
    section: string
    entity: number
    key: string
    before: string | null
    after: string | null
    comment: string | null
  }
  entities: {
    workspace: number
    section: string
    id: number
    key: string
    body: string
    removed: number
  }
  inbox: {
    workspace: number
    login: string
    id: Uint8Array
    incident: string | null
    title: string
    body: string
    changed_at: number
    read_at: number | null
    severity: number
    type: string
    search: string
    updates: number
  }
}

type Queries = Kysely<Tables>

const load = createRequire(import.meta.url)
let made: Queries | undefined

// Kysely is loaded when the first list is read: 300 files, 7 MB at rest and 46 ms that no start and no delivery needs.
function queries(): Queries {
  if (made !== undefined) return made
  const { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } = load(
    'kysely',
  ) as typeof Library
  made = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return made
}

/** Builds the statements of lists; the store runs them beside its writer. Nothing is executed here. */
export const sqliteQueries: Pick<Queries, 'selectFrom'> = {
  get selectFrom() {
    const all = queries()
    return all.selectFrom.bind(all) as Queries['selectFrom']
  },
}

/** A value written into the statement instead of bound to it, so that the planner sees it. */
export const literal = <T extends string | number>(value: T): RawBuilder<T> =>
  (load('kysely') as typeof Library).sql.lit(value)
