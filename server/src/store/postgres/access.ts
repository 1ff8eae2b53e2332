import type {
  AccessStore,
  AccountRow,
  LinkFor,
  LinkUse,
  Membership,
  NewAccount,
  NewSession,
  SessionRow,
} from '../access.ts'
import type { Connections, Row, Session, Statement } from './connection.ts'
import { endDevices } from './devices.ts'

const ACCOUNT: Statement = { name: 'account', text: 'select * from accounts where id = $1' }
const BY_NAME: Statement = {
  name: 'account_by_name',
  text: 'select a.* from account_names n join accounts a on a.id = n.account where n.name = $1',
}
const MEMBERSHIPS: Statement = {
  name: 'memberships',
  text: 'select workspace, card from members where account = $1 order by workspace',
}
const OPERATOR: Statement = {
  name: 'has_operator',
  text: 'select 1 from accounts where operator = 1 and disabled_at is null limit 1',
}
const CARDS: Statement = {
  name: 'card_access',
  text: `select c.card, m.account, l.until
    from unnest($2::int[]) as c (card)
      left join members m on m.card = c.card and m.workspace = $1
      left join lateral (select max(expires_at) as until from links
        where workspace = $1 and card = c.card and expires_at > $3) l on true
    where m.account is not null or l.until is not null`,
}
const ADD_SESSION: Statement = {
  name: 'add_session',
  text: `insert into sessions (hash, id, account, workspace, signed_in_at, seen_at, expires_at, address, agent)
    values ($1, $2, $3, $4, $5, $5, $6, $7, $8)`,
}
// Asked at requests of people, for as long as it is not in memory: one way to the server and back.
const SESSION: Statement = {
  name: 'session',
  text: `select s.*, to_jsonb(a) as owner, (select coalesce(jsonb_agg(to_jsonb(m) order by m.workspace), '[]')
      from members m where m.account = a.id) as memberships
    from sessions s join accounts a on a.id = s.account where s.hash = $1 and s.expires_at > $2`,
}
const SESSIONS: Statement = {
  name: 'sessions_of',
  text: 'select * from sessions where account = $1 and expires_at > $2 order by seen_at desc, id',
}
const TOUCH: Statement = {
  name: 'touch_session',
  text: 'update sessions set seen_at = $2, expires_at = $3, address = $4, agent = $5 where hash = $1',
}
const SWITCH: Statement = {
  name: 'switch_session',
  text: 'update sessions set workspace = $3 where account = $1 and id = $2',
}
const END_ONE: Statement = {
  name: 'end_session',
  text: 'delete from sessions where account = $1 and id = $2 returning id',
}
const END_OTHERS: Statement = {
  name: 'end_sessions',
  text: 'delete from sessions where account = $1 and id is distinct from $2 returning id',
}
const PASSWORD: Statement = { name: 'set_password', text: 'update accounts set password = $2 where id = $1' }
const REHASH: Statement = {
  name: 'rehash',
  text: 'update accounts set password = $3 where id = $1 and password = $2',
}
const MAKE_OPERATOR: Statement = { name: 'make_operator', text: 'update accounts set operator = 1 where id = $1' }
const ADD_LINK: Statement = {
  name: 'add_link',
  text: 'insert into links (hash, kind, account, workspace, card, made_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)',
}
const LINK: Statement = { name: 'link', text: 'select * from links where hash = $1 and expires_at > $2' }
const LAST_RESET: Statement = {
  name: 'last_reset',
  text: 'select max(made_at) as at from links where account = $1 and expires_at > $2',
}
const TAKE_LINK: Statement = {
  name: 'take_link',
  text: 'delete from links where hash = $1 and expires_at > $2 returning kind',
}
const FORGET_SETUPS: Statement = { name: 'forget_setups', text: "delete from links where kind = 'setup'" }
const FORGET_RESETS: Statement = { name: 'forget_resets', text: 'delete from links where account = $1' }
const FORGET_INVITATIONS: Statement = {
  name: 'forget_invitations',
  text: 'delete from links where workspace = $1 and card = $2',
}
const ADD_ACCOUNT: Statement = {
  name: 'add_account',
  text: `insert into accounts (login, email, name, password, operator, created_at) values ($1, $2, $3, $4, $5, $6)
    returning id`,
}
const ADD_NAMES: Statement = {
  name: 'add_account_names',
  text: `insert into account_names (name, account) select n.name, $1 from unnest($2::text[]) as n (name)
    on conflict (name) do nothing returning name`,
}
// Of two who join by the same card at once, the second sees whose it has become.
const JOIN: Statement = {
  name: 'join_workspace',
  text: `insert into members (account, workspace, card) values ($1, $2, $3)
    on conflict (account, workspace) do update set card = excluded.card`,
}
const FORGET_SESSIONS: Statement = { name: 'forget_sessions', text: 'delete from sessions where expires_at <= $1' }
const FORGET_LINKS: Statement = { name: 'forget_links', text: 'delete from links where expires_at <= $1' }

/** Undoes what a use of a link has written so far: a name or the card is somebody else's. */
class Taken extends Error {}

/** The card of a user is in this unique index once. */
const isOfAnother = (error: unknown): boolean => (error as { constraint?: string }).constraint === 'members_card'

/** Accounts, sessions and links. */
export function accessTable(connections: Connections): AccessStore {
  const read = (statement: Statement, ...values: unknown[]) => connections.one('writes', statement, values)
  const write = async (statement: Statement, ...values: unknown[]): Promise<void> =>
    void (await connections.one('writes', statement, values))
  return {
    accountByName: async (name) => accountRow((await read(BY_NAME, name))[0]),
    account: async (id) => accountRow((await read(ACCOUNT, id))[0]),
    memberships: async (id) => (await read(MEMBERSHIPS, id)).map(membership),
    hasOperator: async () => (await read(OPERATOR)).length > 0,
    cardAccess: async (workspace, cards, now) =>
      (await read(CARDS, workspace, cards, now)).map((row) => ({
        card: row['card'] as number,
        account: row['account'] as number | null,
        invitedUntil: row['until'] as number | null,
      })),

    addSession: (session) => connections.transaction((within) => addSession(within, session.account, session)),
    async session(hash, now) {
      const [row] = await read(SESSION, hash, now)
      return (
        row && {
          session: sessionRow(row),
          account: accountRow(row['owner'] as Row)!,
          memberships: (row['memberships'] as Row[]).map(membership),
        }
      )
    },
    sessionsOf: async (id, now) => (await read(SESSIONS, id, now)).map(sessionRow),
    touchSession: (hash, { seenAt, expiresAt, address, agent }) =>
      write(TOUCH, hash, seenAt, expiresAt, address, agent),
    switchWorkspace: (id, session, workspace) => write(SWITCH, id, session, workspace),
    endSessions: (id, which) => connections.transaction((within) => endSessions(within, id, which)),

    setPassword: (id, password, keep) =>
      connections.transaction(async (within) => {
        await setPassword(within, id, password)
        await endSessions(within, id, { except: keep })
      }),
    rehash: (id, from, to) => write(REHASH, id, from, to),

    addLink: (hash, { for: purpose, madeAt, expiresAt }) =>
      connections.transaction(async (within) => {
        if (purpose.kind === 'invitation') await within.query(FORGET_INVITATIONS, [purpose.workspace, purpose.card])
        await within.query(ADD_LINK, [hash, purpose.kind, ...columnsOf(purpose), madeAt, expiresAt])
      }),
    async link(hash, now) {
      const [row] = await read(LINK, hash, now)
      return row && { for: linkFor(row), madeAt: row['made_at'] as number, expiresAt: row['expires_at'] as number }
    },
    lastReset: async (id, now) => ((await read(LAST_RESET, id, now))[0]?.['at'] as number | null) ?? undefined,
    async useLink(use) {
      try {
        return await connections.transaction((within) => useLink(within, use))
      } catch (error) {
        if (error instanceof Taken || isOfAnother(error)) return 'taken'
        throw error
      }
    },
    async forgetExpired(now) {
      await write(FORGET_SESSIONS, now)
      await write(FORGET_LINKS, now)
    },
  }
}

async function addSession(within: Session, account: number, session: NewSession): Promise<void> {
  const { hash, id, workspace, signedInAt, expiresAt, address, agent } = session
  await within.query(ADD_SESSION, [hash, id, account, workspace, signedInAt, expiresAt, address, agent])
}

async function endSessions(
  within: Session,
  account: number,
  which: Parameters<AccessStore['endSessions']>[1],
): Promise<number> {
  await endDevices(within, account, which)
  const [statement, session] = 'only' in which ? [END_ONE, which.only] : [END_OTHERS, which.except]
  return (await within.query(statement, [account, session])).length
}

async function setPassword(within: Session, account: number, password: string): Promise<void> {
  await within.query(PASSWORD, [account, password])
  await within.query(FORGET_RESETS, [account])
}

async function useLink(within: Session, use: LinkUse): Promise<number | 'gone'> {
  const { hash, now, account, member, session, endOthers } = use
  const [taken] = await within.query(TAKE_LINK, [hash, now])
  if (taken === undefined) return 'gone'
  if (taken['kind'] === 'setup') await within.query(FORGET_SETUPS)
  const id = 'names' in account ? await addAccount(within, account, now) : account.id
  if (!('names' in account)) {
    if (account.password !== null) await setPassword(within, id, account.password)
    if (account.operator !== null) await within.query(MAKE_OPERATOR, [id])
  }
  if (member !== null) {
    await within.query(FORGET_INVITATIONS, [member.workspace, member.card])
    await within.query(JOIN, [id, member.workspace, member.card])
  }
  if (endOthers) await endSessions(within, id, { except: null })
  await addSession(within, id, session)
  return id
}

async function addAccount(within: Session, account: NewAccount, now: number): Promise<number> {
  const { login, email, name, password, operator, names } = account
  const [row] = await within.query(ADD_ACCOUNT, [login, email, name, password, operator ? 1 : 0, now])
  const id = row!['id'] as number
  // In one order, so that two who come at once wait for each other and never both.
  const added = await within.query(ADD_NAMES, [id, [...new Set(names)].toSorted()])
  if (added.length < new Set(names).size) throw new Taken()
  return id
}

const columnsOf = (purpose: LinkFor): [account: number | null, workspace: number | null, card: number | null] => [
  purpose.kind === 'reset' ? purpose.account : null,
  purpose.kind === 'invitation' ? purpose.workspace : null,
  purpose.kind === 'invitation' ? purpose.card : null,
]

function linkFor(row: Row): LinkFor {
  if (row['kind'] === 'setup') return { kind: 'setup' }
  if (row['kind'] === 'reset') return { kind: 'reset', account: row['account'] as number }
  return { kind: 'invitation', workspace: row['workspace'] as number, card: row['card'] as number }
}

const membership = (row: Row): Membership => ({ workspace: row['workspace'] as number, card: row['card'] as number })

const accountRow = (row: Row | undefined): AccountRow | undefined =>
  row && {
    id: row['id'] as number,
    login: row['login'] as string,
    email: row['email'] as string | null,
    name: row['name'] as string | null,
    password: row['password'] as string,
    operator: row['operator'] === 1,
    createdAt: row['created_at'] as number,
    disabledAt: row['disabled_at'] as number | null,
  }

const sessionRow = (row: Row): SessionRow => ({
  id: row['id'] as string,
  account: row['account'] as number,
  workspace: row['workspace'] as number,
  signedInAt: row['signed_in_at'] as number,
  seenAt: row['seen_at'] as number,
  expiresAt: row['expires_at'] as number,
  address: row['address'] as string | null,
  agent: row['agent'] as string | null,
})
