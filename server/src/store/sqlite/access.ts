import type { DatabaseSync } from 'node:sqlite'
import type {
  AccessStore,
  AccountRow,
  CardAccess,
  LinkFor,
  LinkRow,
  LinkUse,
  Membership,
  NewAccount,
  NewSession,
  SessionRow,
} from '../access.ts'
import type { Writer } from './database.ts'
import { DeviceTables } from './devices.ts'

type Row = Record<string, unknown>

/** Undoes what a use of a link has written so far: a name or the card is somebody else's. */
class Taken extends Error {}

/** Accounts, sessions and links. */
export function accessTables(database: DatabaseSync, writer: Writer): AccessStore {
  const one = (sql: string) => database.prepare(sql)
  const account = one('select * from accounts where id = ?')
  const byName = one('select a.* from account_names n join accounts a on a.id = n.account where n.name = ?')
  const members = one('select workspace, card from members where account = ? order by workspace')
  const known = one('select * from sessions where hash = ? and expires_at > ?')
  const link = one('select * from links where hash = ? and expires_at > ?')
  const tables = new AccessWrites(database)
  const membershipsOf = (id: number): Membership[] =>
    members.all(id).map((row) => ({ workspace: Number(row['workspace']), card: Number(row['card']) }))
  return {
    accountByName: async (name) => accountRow(byName.get(name)),
    account: async (id) => accountRow(account.get(id)),
    memberships: async (id) => membershipsOf(id),
    hasOperator: async () =>
      one('select 1 from accounts where operator = 1 and disabled_at is null limit 1').get() !== undefined,
    cardAccess: async (workspace, cards, now) => cardAccess(database, workspace, cards, now),

    addSession: (session) => writer.run(() => tables.addSession(session.account, session)),
    async session(hash, now) {
      const row = known.get(hash, now)
      const owner = row === undefined ? undefined : accountRow(account.get(Number(row['account'])))
      return row === undefined || owner === undefined
        ? undefined
        : { session: sessionRow(row), account: owner, memberships: membershipsOf(owner.id) }
    },
    sessionsOf: async (id, now) =>
      one('select * from sessions where account = ? and expires_at > ? order by seen_at desc, id')
        .all(id, now)
        .map(sessionRow),
    touchSession: (hash, { seenAt, expiresAt, address, agent }) =>
      writer.run(
        () =>
          void one('update sessions set seen_at = ?, expires_at = ?, address = ?, agent = ? where hash = ?').run(
            seenAt,
            expiresAt,
            address,
            agent,
            hash,
          ),
      ),
    switchWorkspace: (id, session, workspace) =>
      writer.run(
        () => void one('update sessions set workspace = ? where account = ? and id = ?').run(workspace, id, session),
      ),
    endSessions: (id, which) => writer.run(() => tables.endSessions(id, which)),

    setPassword: (id, password, keep) =>
      writer.run(() => {
        tables.setPassword(id, password)
        tables.endSessions(id, { except: keep })
      }),
    rehash: (id, from, to) =>
      writer.run(() => void one('update accounts set password = ? where id = ? and password = ?').run(to, id, from)),

    addLink: (hash, row) => writer.run(() => tables.addLink(hash, row)),
    async link(hash, now) {
      const row = link.get(hash, now)
      return row && { for: linkFor(row), madeAt: Number(row['made_at']), expiresAt: Number(row['expires_at']) }
    },
    async lastReset(id, now) {
      const row = one('select max(made_at) as at from links where account = ? and expires_at > ?').get(id, now)
      return row === undefined || row['at'] === null ? undefined : Number(row['at'])
    },
    useLink: (use) =>
      writer
        .run(() => tables.useLink(use))
        .catch((error: unknown) => {
          if (error instanceof Taken) return 'taken' as const
          throw error
        }),
    forgetExpired: (now) =>
      writer.run(() => {
        one('delete from sessions where expires_at <= ?').run(now)
        one('delete from links where expires_at <= ?').run(now)
      }),
  }
}

/** The writes that are parts of others; each runs inside the caller's transaction. */
class AccessWrites {
  readonly #database: DatabaseSync
  readonly #devices: DeviceTables

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#devices = new DeviceTables(database)
  }

  #run(sql: string, ...values: (string | number | Uint8Array | null)[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes)
  }

  addSession(account: number, session: NewSession): void {
    const { hash, id, workspace, signedInAt, expiresAt, address, agent } = session
    this.#run(
      `insert into sessions (hash, id, account, workspace, signed_in_at, seen_at, expires_at, address, agent)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[hash, id, account, workspace, signedInAt, signedInAt, expiresAt, address, agent],
    )
  }

  endSessions(account: number, which: Parameters<AccessStore['endSessions']>[1]): number {
    this.#devices.endSessions(account, which)
    return 'only' in which
      ? this.#run('delete from sessions where account = ? and id = ?', account, which.only)
      : this.#run('delete from sessions where account = ? and id is not ?', account, which.except)
  }

  setPassword(account: number, password: string): void {
    this.#run('update accounts set password = ? where id = ?', password, account)
    this.#run('delete from links where account = ?', account)
  }

  addLink(hash: Uint8Array, { for: purpose, madeAt, expiresAt }: LinkRow): void {
    const { account, workspace, card } = columnsOf(purpose)
    if (purpose.kind === 'invitation') this.#forgetInvitations(purpose)
    this.#run(
      'insert into links (hash, kind, account, workspace, card, made_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)',
      ...[hash, purpose.kind, account, workspace, card, madeAt, expiresAt],
    )
  }

  #forgetInvitations({ workspace, card }: Membership): void {
    this.#run('delete from links where workspace = ? and card = ?', workspace, card)
  }

  useLink({ hash, now, account, member, session, endOthers }: LinkUse): number | 'gone' {
    const row = this.#database.prepare('select * from links where hash = ? and expires_at > ?').get(hash, now)
    if (row === undefined) return 'gone'
    this.#run('delete from links where hash = ?', hash)
    if (row['kind'] === 'setup') this.#run("delete from links where kind = 'setup'")
    const id = 'names' in account ? this.#addAccount(account, now) : account.id
    if (!('names' in account)) {
      if (account.password !== null) this.setPassword(id, account.password)
      if (account.operator !== null) this.#run('update accounts set operator = 1 where id = ?', id)
    }
    if (member !== null) this.#join(id, member)
    if (endOthers) this.endSessions(id, { except: null })
    this.addSession(id, session)
    return id
  }

  #addAccount({ login, email, name, password, operator, names }: NewAccount, now: number): number {
    const made = this.#database
      .prepare('insert into accounts (login, email, name, password, operator, created_at) values (?, ?, ?, ?, ?, ?)')
      .run(login, email, name, password, operator ? 1 : 0, now)
    const id = Number(made.lastInsertRowid)
    for (const each of new Set(names))
      if (this.#run('insert into account_names (name, account) values (?, ?) on conflict do nothing', each, id) === 0)
        throw new Taken()
    return id
  }

  #join(account: number, { workspace, card }: Membership): void {
    const holder = this.#database
      .prepare('select account from members where card = ? and workspace = ?')
      .get(card, workspace)
    if (holder !== undefined && Number(holder['account']) !== account) throw new Taken()
    this.#forgetInvitations({ workspace, card })
    this.#run(
      `insert into members (account, workspace, card) values (?, ?, ?)
       on conflict (account, workspace) do update set card = excluded.card`,
      ...[account, workspace, card],
    )
  }
}

function cardAccess(database: DatabaseSync, workspace: number, cards: readonly number[], now: number): CardAccess[] {
  const list = JSON.stringify(cards)
  return database
    .prepare(
      `select c.value as card, m.account, l.until
       from json_each(?) c
         left join members m on m.card = c.value and m.workspace = ?
         left join (select card, max(expires_at) as until from links
           where workspace = ? and card in (select value from json_each(?)) and expires_at > ? group by card) l
           on l.card = c.value
       where m.account is not null or l.until is not null`,
    )
    .all(list, workspace, workspace, list, now)
    .map((row) => ({
      card: Number(row['card']),
      account: row['account'] === null ? null : Number(row['account']),
      invitedUntil: row['until'] === null ? null : Number(row['until']),
    }))
}

const columnsOf = (
  purpose: LinkFor,
): { readonly account: number | null; readonly workspace: number | null; readonly card: number | null } => ({
  account: purpose.kind === 'reset' ? purpose.account : null,
  workspace: purpose.kind === 'invitation' ? purpose.workspace : null,
  card: purpose.kind === 'invitation' ? purpose.card : null,
})

function linkFor(row: Row): LinkFor {
  if (row['kind'] === 'setup') return { kind: 'setup' }
  if (row['kind'] === 'reset') return { kind: 'reset', account: Number(row['account']) }
  return { kind: 'invitation', workspace: Number(row['workspace']), card: Number(row['card']) }
}

const accountRow = (row: Row | undefined): AccountRow | undefined =>
  row && {
    id: Number(row['id']),
    login: row['login'] as string,
    email: row['email'] as string | null,
    name: row['name'] as string | null,
    password: row['password'] as string,
    operator: row['operator'] === 1,
    createdAt: Number(row['created_at']),
    disabledAt: row['disabled_at'] === null ? null : Number(row['disabled_at']),
  }

const sessionRow = (row: Row): SessionRow => ({
  id: row['id'] as string,
  account: Number(row['account']),
  workspace: Number(row['workspace']),
  signedInAt: Number(row['signed_in_at']),
  seenAt: Number(row['seen_at']),
  expiresAt: Number(row['expires_at']),
  address: row['address'] as string | null,
  agent: row['agent'] as string | null,
})
