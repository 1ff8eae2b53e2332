import { describe, expect, it } from 'vitest'
import type { DeviceWrite } from '../devices.ts'
import type { Store } from '../store.ts'
import { accept, delivery, event, NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const ID = '01890a5d-ac96-774b-bcce-b302099a80'
const ANN = 11
const BOB = 12

/** Device number `n` of somebody. */
const device = (n: number, more: Partial<DeviceWrite['device']> = {}): DeviceWrite['device'] => ({
  id: `${ID}${String(n).padStart(2, '0')}`,
  account: 1,
  session: 'session-1',
  endpoint: `https://push.example/${n}`,
  p256dh: 'key',
  auth: Buffer.from('sealed'),
  agent: 'Mozilla/5.0',
  addedAt: NOW + n,
  usedAt: NOW + n,
  ...more,
})
const put = (store: Store, n: number, more: Partial<DeviceWrite> = {}) =>
  store.putDevice({
    ...{ workspace: 1, card: ANN, device: device(n), title: null, named: `browser ${n}`, replaces: null, most: 20 },
    ...more,
  })
const titles = async (store: Store, card = ANN): Promise<string[]> =>
  (await store.devicesOf(1, card)).map(({ title }) => title)
/** The version of the configuration and who has devices, as somebody sees it who knows nothing yet. */
const known = async (store: Store, since = 0) => {
  const { workspace, holders } = await store.configurationSince(1, since)
  return { version: workspace.version, holders }
}

describe.each(STORES)('devices, $name', (kind) => {
  it('are listed for their person, the one used last first', async () => {
    const fresh = await freshStore(kind)
    expect(await put(fresh.store, 1, { title: 'Phone' })).toMatchObject({ made: true, device: { title: 'Phone' } })
    await put(fresh.store, 2)
    await put(fresh.store, 3, { card: BOB })
    const { store } = await fresh.reopen()
    expect(await titles(store)).toEqual(['browser 2', 'Phone'])
    expect(await titles(store, BOB)).toEqual(['browser 3'])
    const [, first] = await store.devicesOf(1, ANN)
    expect({ ...first, auth: Buffer.from(first!.auth).toString() }).toEqual({
      ...device(1),
      title: 'Phone',
      auth: 'sealed',
    })
    expect(await store.devicesOf(2, ANN)).toEqual([])
  })

  it('stay the same ones when the browser comes again, or gets another endpoint', async () => {
    const { store } = await freshStore(kind)
    await put(store, 1, { title: 'Phone' })
    const again = { ...device(7, { endpoint: device(1).endpoint, usedAt: NOW + 50, session: 'session-2' }) }
    expect(await put(store, 7, { device: again })).toMatchObject({
      made: false,
      device: { id: device(1).id, title: 'Phone', addedAt: NOW + 1, usedAt: NOW + 50, session: 'session-2' },
    })
    const moved = await put(store, 8, { replaces: device(1).endpoint })
    expect(moved).toMatchObject({ made: false, device: { id: device(1).id, endpoint: device(8).endpoint } })
    expect(await titles(store)).toEqual(['Phone'])
    expect(await put(store, 9, { replaces: 'https://push.example/unknown' })).toMatchObject({ made: true })
  })

  it('belong to whoever was there last', async () => {
    const { store } = await freshStore(kind)
    await put(store, 1)
    await put(store, 2, { card: BOB, device: device(2, { endpoint: device(1).endpoint }) })
    expect(await titles(store)).toEqual([])
    expect(await titles(store, BOB)).toEqual(['browser 2'])
    expect((await known(store)).holders.filter(({ holds }) => holds)).toEqual([{ card: BOB, holds: true }])
  })

  it('are so many at most: the one used longest ago goes', async () => {
    const { store } = await freshStore(kind)
    for (const n of [2, 1, 3]) await put(store, n, { most: 2 })
    expect(await titles(store)).toEqual(['browser 3', 'browser 2'])
  })

  it('are renamed and removed by their person alone', async () => {
    const { store } = await freshStore(kind)
    await put(store, 1)
    expect(await store.renameDevice(1, BOB, device(1).id, 'mine')).toBe(false)
    expect(await store.removeDevices(1, BOB, [device(1).id])).toBe(0)
    expect(await store.renameDevice(1, ANN, device(1).id, 'mine')).toBe(true)
    expect(await titles(store)).toEqual(['mine'])
    expect(await store.removeDevices(1, ANN, [device(1).id, device(2).id])).toBe(1)
    expect(await titles(store)).toEqual([])
  })

  it('raise the version of the configuration with the first and the last of a person', async () => {
    const { store } = await freshStore(kind)
    const before = (await known(store)).version
    await put(store, 1)
    await put(store, 2)
    expect(await known(store, before)).toEqual({ version: before + 1, holders: [{ card: ANN, holds: true }] })
    await store.removeDevices(1, ANN, [device(1).id])
    expect(await known(store, before + 1)).toEqual({ version: before + 1, holders: [] })
    await store.removeDevices(1, ANN, [device(2).id])
    expect(await known(store, before + 1)).toEqual({ version: before + 2, holders: [{ card: ANN, holds: false }] })
  })

  it('that come and go at once leave it known whether there is one', async () => {
    const { store } = await freshStore(kind)
    await Promise.all([1, 2, 3, 4].map((n) => put(store, n)))
    await Promise.all([1, 2, 3, 4].map((n) => store.removeDevices(1, ANN, [device(n).id])))
    expect((await known(store)).holders).toEqual([{ card: ANN, holds: false }])
    await Promise.all([put(store, 5), store.removeDevices(1, ANN, [device(5).id]), put(store, 6)])
    expect((await known(store)).holders).toEqual([{ card: ANN, holds: true }])
  })

  it('go with the session in which they came, and with all others that are ended', async () => {
    const { store } = await freshStore(kind)
    const hash = Buffer.from('link')
    await store.addLink(hash, {
      for: { kind: 'invitation', workspace: 1, card: ANN },
      madeAt: NOW,
      expiresAt: NOW + 1000,
    })
    const session = { workspace: 1, signedInAt: NOW, expiresAt: NOW + 1000, address: null, agent: null }
    const account = await store.useLink({
      ...{ hash, now: NOW, member: { workspace: 1, card: ANN }, endOthers: false },
      account: { login: 'ann', email: null, name: null, password: 'x', operator: false, names: ['ann'] },
      session: { ...session, hash: Buffer.from('s1'), id: 'one' },
    })
    if (typeof account !== 'number') throw new Error(account)
    const of = (n: number, session: string) => ({ device: device(n, { account, session }) })
    await put(store, 1, of(1, 'one'))
    await put(store, 2, of(2, 'two'))
    await put(store, 3, of(3, 'three'))
    await store.endSessions(account, { only: 'one' })
    expect(await titles(store)).toEqual(['browser 3', 'browser 2'])
    await store.setPassword(account, 'y', 'two')
    expect(await titles(store)).toEqual(['browser 2'])
    await store.endSessions(account, { except: null })
    expect(await titles(store)).toEqual([])
    expect((await known(store)).holders).toEqual([{ card: ANN, holds: false }])
  })

  it('go with the card of their person', async () => {
    const { store } = await freshStore(kind)
    const write = {
      workspace: 1,
      at: NOW,
      by: 'test',
      comment: null,
      settings: null,
      secrets: [],
      file: null,
      lookAgain: [],
    }
    const user = { section: 'users', key: 'ann', origin: 'api' } as const
    const made = await store.writeConfiguration({
      ...write,
      expect: (await known(store)).version,
      entities: [{ ...user, id: null, body: '{"login":"ann"}' }],
    })
    if (made === 'conflict') throw new Error(made)
    const card = made.ids[0]!
    await put(store, 1, { card })
    const { version } = await known(store)
    await store.writeConfiguration({ ...write, expect: version, entities: [{ ...user, id: card, body: null }] })
    expect(await titles(store, card)).toEqual([])
    expect((await known(store, version)).holders).toEqual([{ card, holds: false }])
  })
})

describe.each(STORES)('what was told, $name', (kind) => {
  it('counts as read when the one it was told to says so', async () => {
    const { store } = await freshStore(kind)
    const one = delivery({ recipient: 'ann' })
    await accept(store, [event({ deliveries: [one] })])
    expect(await store.markRead(1, 'bob', one.id, NOW)).toBe(false)
    expect(await store.markRead(1, 'ann', one.id, NOW)).toBe(true)
    expect(await store.markRead(1, 'ann', one.id, NOW)).toBe(false)
  })

  it('counts as read with what told of the beginning', async () => {
    const { store } = await freshStore(kind)
    const [first, second, other] = [{ recipient: 'ann' }, { recipient: 'ann' }, { recipient: 'bob' }].map((one) =>
      delivery(one),
    )
    const about = { incident: 'camera:1' }
    await accept(store, [
      event({
        ...about,
        step: 1,
        deliveries: [
          { ...first!, step: 1 },
          { ...other!, step: 1 },
        ],
      }),
    ])
    await accept(store, [event({ ...about, step: 2, deliveries: [{ ...second!, step: 2 }] })])
    expect(await store.markRead(1, 'ann', second!.id, NOW)).toBe(true)
    expect(await store.markRead(1, 'ann', first!.id, NOW)).toBe(false)
    expect(await store.markRead(1, 'bob', other!.id, NOW)).toBe(true)
  })
})

describe.each(STORES)('a mark, $name', (kind) => {
  it('that is kept is one for all who come with theirs at once', async () => {
    const { store } = await freshStore(kind)
    const kept = await Promise.all(['a', 'b', 'c'].map((value) => store.keepMark('pair', Buffer.from(value))))
    const values = new Set(kept.map((value) => Buffer.from(value).toString()))
    expect(values.size).toBe(1)
    expect(Buffer.from((await store.mark('pair'))!).toString()).toBe([...values][0])
  })
})
