import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { virtualNode, type VirtualNode } from '../../test/support/virtual-node.ts'
import { sent } from '../pipeline/outcome.ts'
import { silentLog } from '../log.ts'
import type { WorkspaceState } from '../store/store.ts'
import { Keys } from './keys.ts'
import { decideState, KEPT_MS, WorkspaceLife, type Act } from './workspace-life.ts'
import { dice } from '../../test/simulation/random.ts'

const NOW = Date.parse('2026-03-18T12:00:00Z')
const HOUR = 3_600_000
const OPEN: WorkspaceState = { blocked: null, removedAt: null }

describe('what the operator asks for', () => {
  const decide = (state: WorkspaceState, act: Act, isHome = false, now = NOW): unknown => {
    const decided = decideState({ state, isHome }, act, now)
    return 'path' in decided ? decided.message.en : decided
  }
  const blocked = { at: NOW - 5, reason: 'debt' }
  const CASES: readonly [WorkspaceState, Act, WorkspaceState | RegExp][] = [
    [OPEN, { kind: 'block', reason: 'debt' }, { blocked: { at: NOW, reason: 'debt' }, removedAt: null }],
    [
      { ...OPEN, blocked },
      { kind: 'block', reason: 'more' },
      { ...OPEN, blocked: { at: NOW - 5, reason: 'more' } },
    ],
    [{ ...OPEN, blocked }, { kind: 'unblock' }, OPEN],
    [OPEN, { kind: 'unblock' }, OPEN],
    [OPEN, { kind: 'remove' }, { blocked: null, removedAt: NOW }],
    [{ blocked, removedAt: NOW - 5 }, { kind: 'remove' }, { blocked, removedAt: NOW - 5 }],
    [{ blocked, removedAt: NOW - 5 }, { kind: 'restore' }, { blocked, removedAt: null }],
    [OPEN, { kind: 'restore' }, OPEN],
    [{ ...OPEN, removedAt: NOW - 5 }, { kind: 'block', reason: 'x' }, /restore it first/],
    [{ ...OPEN, removedAt: NOW - 5 }, { kind: 'unblock' }, /restore it first/],
    [{ ...OPEN, removedAt: NOW - KEPT_MS }, { kind: 'restore' }, /being deleted/],
    [{ ...OPEN, removedAt: NOW - KEPT_MS + 1 }, { kind: 'restore' }, OPEN],
  ]
  it.each(CASES)('of %j: %j', (state, act, wanted) => {
    if (wanted instanceof RegExp) expect(decide(state, act)).toMatch(wanted)
    else expect(decide(state, act)).toEqual(wanted)
  })

  it('is never to shut his own', () => {
    for (const act of [{ kind: 'block', reason: 'x' }, { kind: 'remove' }] as const)
      expect(decide(OPEN, act, true)).toMatch(/own workspace/)
  })

  it('never restores what may be deleted in part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * KEPT_MS }), (since) => {
        const restored = decide({ ...OPEN, removedAt: NOW - since }, { kind: 'restore' })
        // The store deletes what was removed before this moment.
        const isDue = NOW - since < NOW - KEPT_MS
        if (isDue) expect(restored).toMatch(/being deleted/)
      }),
    )
  })
})

const COMPANY = `
channels: [{ name: hook, kind: webhook, url: 'https://example.ru/hook' }]
users:
  - { login: olga, timeZone: UTC, quietHours: { from: '11:00', to: '14:00' }, contacts: [{ channel: hook }] }
rules:
  - { name: to olga, types: [camera.unavailable], to: [{ user: olga }] }
  - { name: of the block, types: [workspace.blocked], to: [{ channel: hook }] }
`

/** A company in which a message to Olga waits for the end of her quiet hours, and whose operator has a hand on it. */
async function company(): Promise<VirtualNode & { readonly life: WorkspaceLife; readonly arrived: string[] }> {
  const arrived: string[] = []
  const node = await virtualNode(NOW, COMPANY, () => ({
    attempt: async ({ event }) => {
      arrived.push(String(event['type']))
      return sent(['m'])
    },
    async *check() {},
    close: async () => {},
  }))
  await node.start()
  await node.post([{ type: 'camera.unavailable', data: { camera: 'a' }, incident: 'x' }])
  await node.pass(NOW)
  const { store, clock } = node
  const life = new WorkspaceLife({ ...node, keys: new Keys(store, clock, dice(1)), log: silentLog, home: -1 })
  return { ...node, life, arrived, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() as Promise<void> }
}

describe('a blocked workspace', () => {
  it('delivers nothing but that it is blocked, and keeps what waits for longer than it would have lived', async () => {
    await using node = await company()
    const { life, view, arrived } = node
    expect(await life.act(view, { kind: 'block', reason: 'долг' }, 'anna')).toBe(null)
    await node.pass(NOW + 48 * HOUR)
    expect(arrived).toEqual(['workspace.blocked'])
    const sql = 'select reason, state from deliveries where workspace = 1 and recipient is not null'
    expect(await node.store.read({ sql, parameters: [] })).toEqual([{ reason: 'workspace_blocked', state: 0 }])
    expect(await life.act(view, { kind: 'unblock' }, 'anna')).toBe(null)
    await node.pass(NOW + 48 * HOUR + 3 * HOUR)
    expect(arrived).toEqual(['workspace.blocked', 'camera.unavailable'])
  })

  it('accepts nothing and raises nothing', async () => {
    await using node = await company()
    const { life, view, pipeline } = node
    await life.act(view, { kind: 'block', reason: 'долг' }, 'anna')
    const posted = await pipeline.accept(view, [{ type: 'camera.unavailable', data: { camera: 'b' } }], 's', String)
    expect(posted).toEqual({ closed: { reason: 'workspace_blocked', says: 'долг' } })
    const count = { sql: 'select count(*) as n from events', parameters: [] }
    const [before] = await node.store.read(count)
    expect(await pipeline.raise(view.id, 'system.disk.low', { path: '/' })).toBe(true)
    expect((await node.store.read(count))[0]).toEqual(before)
  })
})

describe('a removed workspace', () => {
  it('delivers nothing until it is restored', async () => {
    await using node = await company()
    const { life, view, arrived } = node
    await life.act(view, { kind: 'remove' }, 'anna')
    await node.pass(NOW + 5 * HOUR)
    expect(arrived).toEqual([])
    await life.act(view, { kind: 'restore' }, 'anna')
    await node.pass(NOW + 5 * HOUR + 3 * HOUR)
    expect(arrived).toEqual(['camera.unavailable'])
  })

  it('is deleted whole once its time is over, and not before', async () => {
    await using node = await company()
    const { life, view, workspaces, store } = node
    const removed = async (removedAt: number): Promise<void> => {
      const state = { blocked: null, removedAt }
      await store.setWorkspaceState({ workspace: view.id, expect: view.version, state, by: 'anna', at: NOW })
      await workspaces.refresh(view.id)
      await life.deleteRemoved(() => false)
    }
    await removed(NOW - KEPT_MS)
    expect(workspaces.get(view.id)).toBe(view)
    await removed(NOW - KEPT_MS - 1)
    expect([workspaces.get(view.id), await store.workspaces()]).toEqual([undefined, []])
    // What a node still has in its memory of it leads nowhere, and nothing of it is left.
    await node.pass(NOW + 3 * HOUR)
    expect(await store.read({ sql: 'select * from queue', parameters: [] })).toEqual([])
    expect(node.arrived).toEqual([])
  })
})
