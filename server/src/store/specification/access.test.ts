import { describe, expect, it } from 'vitest'
import type { LinkUse, NewAccount, NewSession } from '../access.ts'
import type { Store } from '../store.ts'
import { HOUR, NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

let made = 0
const hash = (n = (made += 1)): Uint8Array => Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? n % 256 : n >> 8))

const newSession = (some: Partial<NewSession> = {}): NewSession => ({
  hash: hash(),
  id: `s${(made += 1)}`,
  workspace: 1,
  signedInAt: NOW,
  expiresAt: NOW + HOUR,
  address: '10.0.0.1',
  agent: 'Firefox',
  ...some,
})

const newAccount = (login: string, some: Partial<NewAccount> = {}): NewAccount => ({
  login,
  email: null,
  name: null,
  password: '$argon2id$x',
  operator: false,
  names: [login.toLowerCase()],
  ...some,
})

/** Uses a link that was just made. */
async function use(store: Store, some: Partial<LinkUse> = {}, kind: 'setup' | 'invitation' = 'setup') {
  const link = hash()
  const purpose = kind === 'setup' ? { kind } : { kind, workspace: 1, card: 7 }
  await store.addLink(link, { for: purpose, madeAt: NOW, expiresAt: NOW + HOUR })
  return store.useLink({
    hash: link,
    now: NOW,
    account: newAccount('ivan'),
    member: null,
    session: newSession(),
    endOthers: false,
    ...some,
  })
}

describe.each(STORES)('accounts, $name', (kind) => {
  it('are found by each of their names, and by their number', async () => {
    const { store } = await freshStore(kind)
    const email = 'Ivan@пример.рф'
    const account = newAccount('Иван', {
      email,
      name: 'Иван Петров',
      operator: true,
      names: ['иван', 'ivan@пример.рф'],
    })
    expect(await store.hasOperator()).toBe(false)
    const id = (await use(store, { account })) as number
    const { names: _names, ...row } = account
    const stored = { id, ...row, createdAt: NOW, disabledAt: null }
    expect(await store.accountByName('иван')).toEqual(stored)
    expect(await store.accountByName('ivan@пример.рф')).toEqual(stored)
    expect(await store.account(id)).toEqual(stored)
    expect(await store.accountByName('Иван')).toBeUndefined()
    expect(await store.account(id + 1)).toBeUndefined()
    expect(await store.hasOperator()).toBe(true)
  })

  it('share no name: one that meets another’s changes nothing, and its link stays good', async () => {
    const { store } = await freshStore(kind)
    await use(store, { account: newAccount('ivan', { names: ['ivan', 'ivan@example.ru'] }) })
    const link = hash()
    await store.addLink(link, { for: { kind: 'setup' }, madeAt: NOW, expiresAt: NOW + HOUR })
    const session = newSession()
    const wanted = { hash: link, now: NOW, member: { workspace: 1, card: 3 }, session, endOthers: false }
    for (const names of [['ivan'], ['olga', 'ivan@example.ru']])
      expect(await store.useLink({ ...wanted, account: newAccount('olga', { names }) })).toBe('taken')
    expect(await store.accountByName('olga')).toBeUndefined()
    expect(await store.session(session.hash, NOW)).toBeUndefined()
    expect(await store.link(link, NOW)).toBeDefined()
    // A login that is one's own address is one name.
    const both = newAccount('o@example.ru', { email: 'o@example.ru', names: ['o@example.ru', 'o@example.ru'] })
    expect(await store.useLink({ ...wanted, account: both })).toEqual(expect.any(Number))
  })

  it('get another password, which ends their other sessions and the links to set one; hashed anew it ends nothing', async () => {
    const { store } = await freshStore(kind)
    const mine = newSession()
    const account = (await use(store, { session: mine })) as number
    const other = newSession()
    await store.addSession({ ...other, account })
    const reset = hash()
    await store.addLink(reset, { for: { kind: 'reset', account }, madeAt: NOW, expiresAt: NOW + HOUR })
    expect(await store.lastReset(account, NOW)).toBe(NOW)
    await store.rehash(account, '$another', '$rehashed')
    await store.rehash(account, '$argon2id$x', '$anew')
    expect((await store.account(account))!.password).toBe('$anew')
    expect(await store.session(other.hash, NOW)).toBeDefined()
    await store.setPassword(account, '$changed', mine.id)
    expect((await store.account(account))!.password).toBe('$changed')
    expect([await store.session(other.hash, NOW), await store.link(reset, NOW)]).toEqual([undefined, undefined])
    expect(await store.lastReset(account, NOW)).toBeUndefined()
    expect(await store.session(mine.hash, NOW)).toBeDefined()
    await store.setPassword(account, '$again', null)
    expect(await store.session(mine.hash, NOW)).toBeUndefined()
  })
})

describe.each(STORES)('sessions, $name', (kind) => {
  it('are known by their hash until they expire, with whose they are and where he is whom', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    const session = newSession()
    const account = (await use(store, { session, member: { workspace: other, card: 9 } })) as number
    await use(store, {
      account: { id: account, password: null, operator: null },
      member: { workspace: 1, card: 4 },
    })
    const { hash: own, ...row } = session
    expect(await store.session(own, NOW)).toEqual({
      session: { ...row, account, seenAt: NOW },
      account: await store.account(account),
      memberships: [
        { workspace: 1, card: 4 },
        { workspace: other, card: 9 },
      ],
    })
    expect(await store.memberships(account)).toHaveLength(2)
    expect(await store.session(own, NOW + HOUR)).toBeUndefined()
    expect(await store.session(hash(), NOW)).toBeUndefined()
  })

  it('are seen again, look at another workspace, and end one by one or all but one', async () => {
    const { store } = await freshStore(kind)
    const [a, b, c] = [newSession({ id: 'a' }), newSession({ id: 'b' }), newSession({ id: 'c' })]
    const account = (await use(store, { session: a })) as number
    for (const one of [b, c]) await store.addSession({ ...one, account })
    const stranger = newSession({ id: 'x' })
    const olga = (await use(store, { account: newAccount('olga'), session: stranger })) as number
    await store.touchSession(b.hash, { seenAt: NOW + 5, expiresAt: NOW + 9, address: null, agent: 'Chrome' })
    await store.switchWorkspace(account, 'b', 2)
    await store.switchWorkspace(olga, 'c', 3)
    expect(await store.sessionsOf(account, NOW + 8)).toMatchObject([
      { id: 'b', seenAt: NOW + 5, expiresAt: NOW + 9, address: null, agent: 'Chrome', workspace: 2 },
      { id: 'a', seenAt: NOW },
      { id: 'c', workspace: 1 },
    ])
    expect((await store.sessionsOf(account, NOW + 9)).map(({ id }) => id)).toEqual(['a', 'c'])
    expect(await store.endSessions(olga, { only: 'a' })).toBe(0)
    expect(await store.endSessions(account, { only: 'b' })).toBe(1)
    expect(await store.endSessions(account, { except: 'c' })).toBe(1)
    expect((await store.sessionsOf(account, NOW)).map(({ id }) => id)).toEqual(['c'])
    expect(await store.endSessions(account, { except: null })).toBe(1)
    expect(await store.session(stranger.hash, NOW)).toBeDefined()
  })

  it('and links are forgotten when they have expired', async () => {
    const { store } = await freshStore(kind)
    const account = (await use(store)) as number
    await store.addSession({ ...newSession({ expiresAt: NOW + 2 * HOUR }), account })
    await store.addLink(hash(), { for: { kind: 'setup' }, madeAt: NOW, expiresAt: NOW + HOUR })
    await store.forgetExpired(NOW + HOUR)
    const counts = await store.read({
      sql: 'select (select count(*) from sessions) as sessions, (select count(*) from links) as links',
      parameters: [],
    })
    expect({ ...counts[0] }).toEqual({ sessions: 1, links: 0 })
  })
})

describe.each(STORES)('links, $name', (kind) => {
  it('are good once, and until they expire', async () => {
    const { store } = await freshStore(kind)
    const link = hash()
    const row = { for: { kind: 'invitation', workspace: 1, card: 7 }, madeAt: NOW, expiresAt: NOW + HOUR } as const
    await store.addLink(link, row)
    expect(await store.link(link, NOW)).toEqual(row)
    expect(await store.link(link, NOW + HOUR)).toBeUndefined()
    const wanted = { hash: link, member: { workspace: 1, card: 7 }, endOthers: false }
    const uses = await Promise.all(
      ['ivan', 'olga', 'petr'].map((login) =>
        store.useLink({ ...wanted, now: NOW, account: newAccount(login), session: newSession() }),
      ),
    )
    expect(uses.filter((one) => typeof one === 'number')).toHaveLength(1)
    expect(uses.filter((one) => one === 'gone')).toHaveLength(2)
    expect(await store.link(link, NOW)).toBeUndefined()
    await store.addLink(link, row)
    expect(
      await store.useLink({ ...wanted, now: NOW + HOUR, account: newAccount('late'), session: newSession() }),
    ).toBe('gone')
  })

  it('to make the first administrator are all gone with the first that was used', async () => {
    const { store } = await freshStore(kind)
    const earlier = hash()
    await store.addLink(earlier, { for: { kind: 'setup' }, madeAt: NOW, expiresAt: NOW + HOUR })
    await use(store)
    expect(await store.link(earlier, NOW)).toBeUndefined()
  })

  it('to a card: the last that was made is good, until the card is somebody’s', async () => {
    const { store } = await freshStore(kind)
    const [first, second, others] = [hash(), hash(), hash()]
    const to = (card: number, expiresAt = NOW + HOUR) =>
      ({ for: { kind: 'invitation', workspace: 1, card }, madeAt: NOW, expiresAt }) as const
    await store.addLink(first, to(7))
    await store.addLink(others, to(8, NOW + 5))
    await store.addLink(second, to(7, NOW + 2 * HOUR))
    expect(await store.link(first, NOW)).toBeUndefined()
    expect((await store.cardAccess(1, [7, 8, 9], NOW)).toSorted((a, b) => a.card - b.card)).toEqual([
      { card: 7, account: null, invitedUntil: NOW + 2 * HOUR },
      { card: 8, account: null, invitedUntil: NOW + 5 },
    ])
    expect(await store.cardAccess(2, [7, 8], NOW)).toEqual([])
    expect(await store.cardAccess(1, [8], NOW + 5)).toEqual([])
    const account = await store.useLink({
      hash: second,
      now: NOW,
      account: newAccount('ivan'),
      member: { workspace: 1, card: 7 },
      session: newSession(),
      endOthers: false,
    })
    expect(await store.cardAccess(1, [7], NOW)).toEqual([{ card: 7, account, invitedUntil: null }])
    expect(
      await use(store, { account: newAccount('olga'), member: { workspace: 1, card: 7 } }, 'invitation'),
      'somebody else’s card',
    ).toBe('taken')
    expect(await store.accountByName('olga')).toBeUndefined()
  })

  it('change an account there is, and end its other sessions when asked', async () => {
    const { store } = await freshStore(kind)
    const old = newSession()
    const id = (await use(store, { session: old })) as number
    await use(store, { account: { id, password: null, operator: null }, member: { workspace: 1, card: 5 } })
    expect(await store.session(old.hash, NOW)).toBeDefined()
    expect(await store.account(id)).toMatchObject({ password: '$argon2id$x', operator: false })
    const fresh = newSession()
    await use(store, { account: { id, password: '$new', operator: true }, session: fresh, endOthers: true })
    expect(await store.account(id)).toMatchObject({ password: '$new', operator: true })
    expect(await store.session(old.hash, NOW)).toBeUndefined()
    expect(await store.session(fresh.hash, NOW)).toBeDefined()
    // Another card of the same workspace takes the place of the first.
    await use(store, { account: { id, password: null, operator: null }, member: { workspace: 1, card: 6 } })
    expect(await store.memberships(id)).toEqual([{ workspace: 1, card: 6 }])
  })
})
