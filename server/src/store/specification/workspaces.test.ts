import { describe, expect, it } from 'vitest'
import { TABLES } from '../../move/tables.ts'
import type { Store, WorkspaceState, WorkspaceStateWrite } from '../store.ts'
import { claim, delivery, event, HOUR, makeId, NOW, request } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const OPEN: WorkspaceState = { blocked: null, removedAt: null }
const BLOCKED: WorkspaceState = { blocked: { at: NOW, reason: 'долг' }, removedAt: null }
const REMOVED: WorkspaceState = { blocked: null, removedAt: NOW }

const write = (some: Partial<WorkspaceStateWrite>): WorkspaceStateWrite => ({
  workspace: 1,
  expect: 0,
  state: BLOCKED,
  by: 'olga',
  at: NOW,
  ...some,
})

const stateOf = async (store: Store, workspace = 1): Promise<WorkspaceState> => {
  const { blocked, removedAt } = (await store.configurationSince(workspace, 0)).workspace
  return { blocked, removedAt }
}

/** Rows of a workspace, by table; tables without any are left out. */
async function rowsOf(store: Store, workspace: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name, columns } of TABLES) {
    if (!('workspace' in columns) || name === 'recent_sends') continue
    const sql = `select count(*) as n from ${name} where workspace = ?`
    const n = Number((await store.read({ sql, parameters: [workspace] }))[0]!['n'])
    if (n > 0) counts[name] = n
  }
  return counts
}

/** Something in every table that a workspace has of its own. */
async function fill(store: Store, workspace: number): Promise<void> {
  const saved = await store.writeConfiguration({
    workspace,
    expect: 0,
    at: NOW,
    by: 'olga',
    comment: null,
    entities: ['ivan', 'olga'].map((key) => ({ section: 'users', id: null, key, body: '{}', origin: 'api' as const })),
    settings: null,
    secrets: [{ name: 'token', sealed: Buffer.from('sealed') }],
    file: null,
    lookAgain: [],
  })
  expect(saved).not.toBe('conflict')
  const told = [
    delivery({ throttle: { key: 'k', perMs: HOUR }, step: 1 }),
    delivery({ rule: 2, digest: true, held: 'digest', dueAt: NOW + HOUR }, 'b'),
  ]
  const events = [0, 1].map((n) =>
    event({ eventId: `e${n}`, incident: `i${n}`, step: 1, deliveries: n === 0 ? told : [] }),
  )
  expect(await store.accept(request(events, { workspace, version: 1 }))).not.toBe('stale')
  const [row] = await claim(store, { workspace })
  const { destination, claimedBy = null } = row!
  const key = { workspace, delivery: row!.delivery, destination, digest: false, claimedBy, event: row!.event.id }
  const end = { ...key, kind: 'end', state: 'sent', reason: null, note: null, attempt: null, told: ['m'] } as const
  const settled = { ...end, foldedInto: null, instead: null, disable: null, budgeted: false, family: false }
  await store.settle([{ ...settled, incidentKey: 'i0' }], [], NOW)
  await store.putFile(workspace, { id: makeId(), name: 'a', mediaType: 'text/plain', size: 1 }, Buffer.from('a'))
  const entry = { id: makeId(), delivery: told[0]!.id, updates: null, incident: null, title: 't', body: '{}', at: NOW }
  await store.putInbox(workspace, 'ivan', { ...entry, severity: 2, type: 't' })
  await store.recordScheduleRun(workspace, 1, NOW)
  const granted = { workspace, name: 'k', rights: 'all', perMinute: null, createdAt: NOW, by: null } as const
  await store.addKey({ ...granted, id: `k${workspace}`, hash: Buffer.from([workspace]) })
  const card = saved === 'conflict' ? 0 : saved.ids[0]!
  const link = { for: { kind: 'invitation', workspace, card } } as const
  await store.addLink(Buffer.from(`link ${workspace}`), { ...link, madeAt: NOW, expiresAt: NOW + HOUR })
  await store.addSession({
    ...{ id: `s${workspace}`, hash: Buffer.from(`session ${workspace}`), account: 1, workspace, signedInAt: NOW },
    ...{ expiresAt: NOW + HOUR, address: null, agent: null },
  })
  const code = { workspace, card, channel: 1, madeAt: NOW, expiresAt: NOW + HOUR }
  await store.addLinkingCode({ ...code, hash: Buffer.from(`code ${workspace}`) })
  const device = { id: makeId(), account: 1, session: 's', endpoint: 'https://push.example/1', p256dh: 'k' }
  // The first of a person: the configuration has another version.
  await store.putDevice({
    ...{ workspace, card, title: null, named: 'browser', replaces: null, most: 20 },
    device: { ...device, auth: Buffer.from('sealed'), agent: null, addedAt: NOW, usedAt: NOW },
  })
}

/** The tables that `fill` fills. */
const OWN = TABLES.filter(({ name, columns }) => 'workspace' in columns && !['recent_sends', 'members'].includes(name))

describe.each(STORES)('the state of a workspace, $name', (kind) => {
  it('is open at first; blocked and removed are told with its configuration', async () => {
    const { store } = await freshStore(kind)
    expect(await stateOf(store)).toEqual(OPEN)
    for (const [expected, state] of [BLOCKED, { ...BLOCKED, removedAt: NOW + 1 }, OPEN].entries()) {
      expect(await store.setWorkspaceState(write({ expect: expected, state }))).toBe('written')
      expect(await stateOf(store)).toEqual(state)
      expect((await store.workspaces())[0]).toMatchObject({ id: 1, version: expected + 1, ...state })
    }
  })

  it('leaves a change that names who did it, and raises the version of this workspace alone', async () => {
    const { store } = await freshStore(kind)
    await store.createWorkspace('other', '{}')
    await store.setWorkspaceState(write({}))
    const sql = 'select workspace, version, n, at, by, section, entity, key, before, after from changes'
    const [row, ...more] = await store.read({ sql, parameters: [] })
    expect(row).toEqual({
      ...{ workspace: 1, version: 1, n: 0, at: NOW, by: 'olga', section: 'workspaces', entity: 0, key: 'default' },
      ...{ before: JSON.stringify(OPEN), after: JSON.stringify(BLOCKED) },
    })
    expect(more).toEqual([])
    expect((await store.workspaces()).map(({ version }) => version)).toEqual([1, 0])
  })

  it('begins with a change that names who made the workspace, where that is told', async () => {
    const { store } = await freshStore(kind)
    const id = await store.createWorkspace('second', '{}', { by: 'olga', at: NOW })
    const sql = 'select workspace, version, n, at, by, section, key, before, after from changes'
    expect(await store.read({ sql, parameters: [] })).toEqual([
      {
        ...{ workspace: id, version: 0, n: 0, at: NOW, by: 'olga', section: 'workspaces', key: 'second' },
        ...{ before: null, after: JSON.stringify(OPEN) },
      },
    ])
  })

  it('is not written over a version that is not the latest', async () => {
    const { store } = await freshStore(kind)
    expect(await store.setWorkspaceState(write({ expect: 1 }))).toBe('conflict')
    expect(await store.setWorkspaceState(write({ workspace: 99 }))).toBe('conflict')
    expect(await stateOf(store)).toEqual(OPEN)
  })

  it('makes what was routed before stale', async () => {
    const { store } = await freshStore(kind)
    const [written, accepted] = await Promise.all([
      store.setWorkspaceState(write({})),
      store.accept(request([event()])),
    ])
    expect([written, accepted]).toEqual(['written', 'stale'])
  })
})

describe.each(STORES)('a removed workspace, $name', (kind) => {
  it('is deleted in slices, its keys, links and sessions with it, and nothing of another', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    for (const workspace of [1, other]) await fill(store, workspace)
    const before = await rowsOf(store, other)
    expect(Object.keys(before).toSorted()).toEqual(OWN.map(({ name }) => name).toSorted())
    await store.setWorkspaceState(write({ expect: 2, state: REMOVED }))
    let slices = 0
    for (;;) {
      const deleted = await store.deleteWorkspace(1, NOW + 1, 1)
      if (deleted === 'gone') break
      expect(deleted).toBe(1)
      slices += 1
    }
    expect(slices).toBeGreaterThan(OWN.length)
    expect(await rowsOf(store, 1)).toEqual({})
    expect((await store.workspaces()).map(({ name }) => name)).toEqual(['other'])
    expect(await rowsOf(store, other)).toEqual(before)
    expect(await store.deleteWorkspace(1, NOW + 1, 1)).toBe('kept')
  })

  it('is kept until its time has come, and when it was restored', async () => {
    const { store } = await freshStore(kind)
    await fill(store, 1)
    const before = await rowsOf(store, 1)
    expect(await store.deleteWorkspace(1, NOW + HOUR, 100)).toBe('kept')
    await store.setWorkspaceState(write({ expect: 2, state: REMOVED }))
    expect(await store.deleteWorkspace(1, NOW, 100)).toBe('kept')
    await store.setWorkspaceState(write({ expect: 3, state: OPEN }))
    expect(await store.deleteWorkspace(1, NOW + HOUR, 100)).toBe('kept')
    expect(await rowsOf(store, 1)).toEqual({ ...before, changes: before['changes']! + 2 })
  })

  it('gives its name free, and its number to nobody while the process lives', async () => {
    const { store } = await freshStore(kind)
    const second = await store.createWorkspace('second', '{}')
    await store.setWorkspaceState(write({ workspace: second, state: REMOVED }))
    await expect(store.createWorkspace('second', '{}')).rejects.toThrow()
    while ((await store.deleteWorkspace(second, NOW + 1, 10)) !== 'gone');
    expect(await store.createWorkspace('second', '{}')).toBeGreaterThan(second)
  })

  it('settles nothing of what was claimed when it was deleted', async () => {
    const { store } = await freshStore(kind)
    await store.accept(request([event()]))
    const [row] = await claim(store)
    await store.setWorkspaceState(write({ state: REMOVED }))
    while ((await store.deleteWorkspace(1, NOW + 1, 10)) !== 'gone');
    const { delivery: id, destination, claimedBy = null } = row!
    const key = { workspace: 1, delivery: id, destination, digest: false, claimedBy, event: row!.event.id }
    const defer = { ...key, kind: 'defer', dueAt: NOW, expiresAt: NOW + HOUR, reason: 'timeout' } as const
    const more = { suspect: false, attempt: null, budgeted: false, instead: null, incidentKey: null, family: false }
    await store.settle([{ ...defer, ...more }], [], NOW)
    expect(await rowsOf(store, 1)).toEqual({})
  })
})
