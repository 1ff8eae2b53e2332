/*
 * What is moved: every table and column of both stores, in one place. A test compares it with the two schemas, so that a
 * new column cannot be forgotten here.
 */

/**
 * How a value is stored, and how it looks on its way between the stores (side.ts):
 *
 * | kind | SQLite | PostgreSQL | on its way |
 * |---|---|---|---|
 * | integer | integer | smallint, integer, bigint | number |
 * | text | text | text | string |
 * | bytes | blob | bytea | hexadecimal |
 * | id | blob of 16 bytes | uuid | text of a UUID |
 * | ids | text, a JSON list | uuid[] | list of UUIDs |
 */
export type Kind = 'integer' | 'text' | 'bytes' | 'id' | 'ids'

export type StoreName = 'sqlite' | 'postgres'

/**
 * A column that each store works out for itself: it is neither copied nor compared. For a store that has it, the SQL it is
 * filled with when its row arrives (`r`: the row), null for the column's default; side.ts says what is done at the end.
 */
export type Own = Readonly<Partial<Record<StoreName, string | null>>>

export interface Table {
  readonly name: string
  /** The columns slices go by: its primary key. None: it has no key, and is copied in one piece. */
  readonly key: readonly string[]
  readonly columns: Readonly<Record<string, Kind>>
  readonly own?: Readonly<Record<string, Own>>
  /** Rows of the first slice; later ones are as long as their size allows. */
  readonly slice?: number
  /** Which rows are meant. */
  readonly where?: string
}

/** The mark of a move that is not finished, in the target: how far it came. Nabat does not start beside it. */
export const MOVE_MARK = 'move'

/** In this order, so that what is referred to is there first. */
export const TABLES: readonly Table[] = [
  {
    name: 'workspaces',
    key: ['id'],
    columns: {
      id: 'integer',
      name: 'text',
      settings: 'text',
      version: 'integer',
      file: 'text',
      blocked_at: 'integer',
      blocked_reason: 'text',
      removed_at: 'integer',
    },
    // Numbers of entities are given by workspace in one store, by a sequence in the other: Side.finish. How far has been
    // forgotten is noted again within the hour.
    own: { last_number: { sqlite: null }, forgotten_to: { postgres: null } },
  },
  {
    name: 'marks',
    key: ['name'],
    columns: { name: 'text', value: 'bytes' },
    where: `name not in ('${MOVE_MARK}', 'ping')`,
  },
  {
    name: 'api_keys',
    key: ['hash'],
    columns: {
      hash: 'bytes',
      workspace: 'integer',
      id: 'text',
      name: 'text',
      rights: 'text',
      per_minute: 'integer',
      created_at: 'integer',
      made_by: 'text',
      last_used_at: 'integer',
    },
  },
  {
    name: 'accounts',
    key: ['id'],
    columns: {
      id: 'integer',
      login: 'text',
      email: 'text',
      name: 'text',
      password: 'text',
      operator: 'integer',
      created_at: 'integer',
      disabled_at: 'integer',
    },
  },
  {
    name: 'bots',
    key: ['bot'],
    columns: {
      bot: 'text',
      next_update: 'integer',
      taken_at: 'integer',
      wanted_until: 'integer',
      reason: 'text',
      detail: 'text',
    },
  },
  {
    name: 'chats',
    key: ['bot', 'chat'],
    columns: {
      bot: 'text',
      chat: 'text',
      title: 'text',
      kind: 'text',
      username: 'text',
      member: 'integer',
      can_post: 'integer',
      seen_at: 'integer',
    },
  },
  {
    name: 'second_factors',
    key: ['account'],
    columns: { account: 'integer', secret: 'bytes', since: 'integer', last_step: 'integer', recovery: 'text' },
  },
  {
    name: 'account_names',
    key: ['name'],
    columns: { name: 'text', account: 'integer' },
  },
  {
    name: 'members',
    key: ['account', 'workspace'],
    columns: { account: 'integer', workspace: 'integer', card: 'integer' },
  },
  {
    name: 'sessions',
    key: ['hash'],
    columns: {
      hash: 'bytes',
      id: 'text',
      account: 'integer',
      workspace: 'integer',
      signed_in_at: 'integer',
      seen_at: 'integer',
      expires_at: 'integer',
      address: 'text',
      agent: 'text',
    },
  },
  {
    name: 'links',
    key: ['hash'],
    columns: {
      hash: 'bytes',
      kind: 'text',
      account: 'integer',
      workspace: 'integer',
      card: 'integer',
      made_at: 'integer',
      expires_at: 'integer',
    },
  },
  {
    name: 'linking_codes',
    key: ['hash'],
    columns: {
      hash: 'bytes',
      workspace: 'integer',
      card: 'integer',
      channel: 'integer',
      made_at: 'integer',
      expires_at: 'integer',
      used_at: 'integer',
      chat: 'text',
    },
  },
  {
    name: 'recent_sends',
    key: [],
    columns: { at: 'integer', workspace: 'integer', destination: 'integer' },
  },
  {
    name: 'entities',
    key: ['workspace', 'section', 'id'],
    columns: {
      workspace: 'integer',
      section: 'text',
      id: 'integer',
      key: 'text',
      body: 'text',
      origin: 'text',
      version: 'integer',
      removed: 'integer',
    },
  },
  {
    name: 'secrets',
    key: ['workspace', 'name'],
    columns: { workspace: 'integer', name: 'text', sealed: 'bytes' },
  },
  {
    name: 'changes',
    key: ['workspace', 'version', 'n'],
    columns: {
      workspace: 'integer',
      version: 'integer',
      n: 'integer',
      at: 'integer',
      by: 'text',
      section: 'text',
      entity: 'integer',
      key: 'text',
      before: 'text',
      after: 'text',
      comment: 'text',
    },
  },
  {
    name: 'destinations',
    key: ['workspace', 'id'],
    columns: {
      workspace: 'integer',
      id: 'integer',
      channel: 'integer',
      address: 'text',
      disabled_at: 'integer',
      reason: 'text',
      detail: 'text',
      version: 'integer',
    },
  },
  {
    name: 'events',
    key: ['workspace', 'id'],
    columns: {
      workspace: 'integer',
      id: 'id',
      source: 'text',
      event_id: 'text',
      type: 'text',
      subject: 'text',
      severity: 'integer',
      time: 'integer',
      actor_user: 'text',
      actor_role: 'text',
      incident: 'text',
      data: 'text',
      attachments: 'text',
      trace: 'text',
    },
    // SQLite reads it from the trace whenever it is asked for.
    own: { version: { postgres: "coalesce((r.trace::json ->> 'v')::integer, 0)" } },
  },
  {
    name: 'event_keys',
    key: ['workspace', 'source', 'event_id'],
    columns: { workspace: 'integer', source: 'text', event_id: 'text', event: 'id' },
  },
  {
    name: 'deliveries',
    key: ['workspace', 'id'],
    columns: {
      workspace: 'integer',
      id: 'id',
      event: 'id',
      rule: 'integer',
      destination: 'integer',
      recipient: 'text',
      state: 'integer',
      follows: 'integer',
      reason: 'text',
      ended_at: 'integer',
      attempts: 'text',
      instead_of: 'id',
      digest: 'id',
      note: 'text',
      read_at: 'integer',
    },
  },
  {
    name: 'queue',
    key: ['workspace', 'delivery'],
    columns: {
      workspace: 'integer',
      delivery: 'id',
      event: 'id',
      destination: 'integer',
      priority: 'integer',
      due_at: 'integer',
      expires_at: 'integer',
      claimed_at: 'integer',
      step: 'integer',
      living: 'integer',
      suspect: 'integer',
      digest: 'integer',
      attempts: 'integer',
      incident: 'text',
    },
    own: {
      // Who is first in a line: lined up anew, by PostgreSQL in Side.finish, by SQLite at every start.
      behind: { sqlite: '0', postgres: '(r.incident is not null)::integer' },
      // Follows from the reason of the delivery: Side.finish.
      held: { postgres: null },
      // No node of the store that was left lives on here.
      claimed_by: { postgres: null },
    },
  },
  {
    name: 'incidents',
    key: ['workspace', 'key'],
    columns: {
      workspace: 'integer',
      key: 'text',
      state: 'text',
      opened_at: 'integer',
      opened_by: 'id',
      last_event: 'id',
      severity: 'integer',
      acknowledged_at: 'integer',
      acknowledged_by: 'text',
      ended_at: 'integer',
    },
  },
  {
    name: 'told',
    key: ['workspace', 'incident', 'destination'],
    columns: {
      workspace: 'integer',
      incident: 'text',
      destination: 'integer',
      message_ids: 'text',
      event: 'id',
      at: 'integer',
    },
  },
  {
    name: 'digests',
    key: ['workspace', 'rule', 'destination'],
    columns: { workspace: 'integer', rule: 'integer', destination: 'integer', delivery: 'id', ends_at: 'integer' },
  },
  {
    name: 'throttles',
    key: ['workspace', 'rule', 'destination', 'key'],
    columns: { workspace: 'integer', rule: 'integer', destination: 'integer', key: 'text', at: 'integer' },
  },
  {
    name: 'files',
    key: ['workspace', 'id'],
    columns: {
      workspace: 'integer',
      id: 'id',
      name: 'text',
      media_type: 'text',
      size: 'integer',
      content: 'bytes',
    },
    // One may have 20 MB.
    slice: 2,
  },
  {
    name: 'inbox',
    key: ['workspace', 'login', 'id'],
    columns: {
      workspace: 'integer',
      login: 'text',
      id: 'id',
      incident: 'text',
      title: 'text',
      body: 'text',
      changed_at: 'integer',
      read_at: 'integer',
      deliveries: 'ids',
      severity: 'integer',
      type: 'text',
      search: 'text',
      updates: 'integer',
    },
  },
  {
    name: 'devices',
    key: ['workspace', 'card', 'id'],
    columns: {
      workspace: 'integer',
      card: 'integer',
      id: 'id',
      account: 'integer',
      session: 'text',
      endpoint: 'text',
      p256dh: 'text',
      auth: 'bytes',
      title: 'text',
      agent: 'text',
      added_at: 'integer',
      used_at: 'integer',
    },
  },
  {
    name: 'device_holders',
    key: ['workspace', 'card'],
    columns: { workspace: 'integer', card: 'integer', holds: 'integer', version: 'integer' },
  },
  {
    name: 'schedule_runs',
    key: ['workspace', 'schedule'],
    columns: { workspace: 'integer', schedule: 'integer', at: 'integer' },
  },
]

/** Tables that stay where they are, each with its reason. */
export const LEFT: Readonly<Record<StoreName, Readonly<Record<string, string>>>> = {
  sqlite: {
    sqlite_stat1: "what SQLite's planner assumes, from a migration",
    hourly: 'what history comes to: counted anew where it is looked at',
  },
  postgres: {
    migrations: 'what has been done to this schema',
    nodes: 'processes that live; none does while data is moved',
    leases: 'what these processes do',
    hourly: 'what history comes to: counted anew where it is looked at',
  },
}

/** Names for SQL: some, such as `by` and `key`, are words of it. */
export const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
