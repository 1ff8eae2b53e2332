import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rule } from '@nabat/api/rule.ts'
import type { Store } from '../store/store.ts'
import { virtualNode, type VirtualNode } from '../../test/support/virtual-node.ts'
import { DryRuns } from './run.ts'

const BEGIN = Date.parse('2026-06-06T00:00:00Z')
const COMPANY = `
workspace: { name: default }
users: [ { login: anna, contacts: [ { channel: inbox } ] } ]
`
const RULE: Rule = { name: 'tried', types: ['camera.*'], to: [{ user: 'anna' }] }
/** Five slices. */
const EVENTS = 9_000
const SLICES = 5

let node: VirtualNode
beforeAll(async () => {
  node = await virtualNode(BEGIN, COMPANY)
  const event = (n: number): object => ({ type: 'camera.unavailable', data: { camera: `cam-${n}` } })
  for (let n = 0; n < EVENTS; n += 1_000) {
    await node.post(Array.from({ length: 1_000 }, (_, k) => event(n + k)))
    await node.pass(node.clock.now() + 60_000)
  }
})
afterAll(() => node[Symbol.asyncDispose]())

/** The store, with how many slices were read from it; `broken`: from which one on it refuses. */
function watched(broken = Infinity): { store: Store; slices: () => number } {
  let slices = 0
  const read: Store['read'] = (query) => {
    if (query.sql.includes('json_group_array')) slices += 1
    return slices >= broken ? Promise.reject(new Error('the disk is gone')) : node.store.read(query)
  }
  const store = new Proxy(node.store, {
    get: (target, name) => (name === 'read' ? read : (Reflect.get(target, name) as unknown)),
  })
  return { store, slices: () => slices }
}

async function asked(signal = new AbortController().signal) {
  const sources = await node.workspaces.sources(node.view.id)
  const span = { from: BEGIN, to: node.clock.now() }
  return { workspace: node.view.id, rule: RULE, replaces: null, span, sources, signal }
}

async function toItsEnd(run: ReturnType<DryRuns['run']>) {
  const progress: { progress: number; events: number }[] = []
  for (;;) {
    const next = await run.next()
    if (next.done === true) return { report: next.value, progress }
    progress.push(next.value)
  }
}

describe('a dry run over the store', () => {
  it('tells how far it is, always forward, from nothing to all', async () => {
    const { report, progress } = await toItsEnd(new DryRuns(node.store).run(await asked()))
    expect(report).toMatchObject({ events: EVENTS, matched: EVENTS, messages: EVENTS })
    expect(progress[0]).toEqual({ progress: 0, events: 0 })
    expect(progress).toEqual(progress.toSorted((a, b) => a.progress - b.progress || a.events - b.events))
    expect(progress.at(-1)).toEqual({ progress: 1, events: EVENTS })
  })

  it('ends within a slice once nobody waits for it, wherever it is, and lets the next one run', async () => {
    for (let after = 0; after < SLICES; after += 1) {
      const { store, slices } = watched()
      const runs = new DryRuns(store)
      const ended = new AbortController()
      const run = runs.run(await asked(ended.signal))
      for (let n = 0; n <= after; n += 1) await run.next()
      const before = slices()
      ended.abort()
      await expect(toItsEnd(run)).rejects.toThrow(/abort/i)
      expect(slices() - before).toBeLessThanOrEqual(1)
      expect((await toItsEnd(runs.run(await asked()))).report.events).toBe(EVENTS)
    }
  })

  it('ends when it is aborted in the middle of a read, of its thread, or of its waiting', async () => {
    const runs = new DryRuns(node.store)
    for (let ms = 0; ms < 12; ms += 1) {
      const ended = new AbortController()
      const run = toItsEnd(runs.run(await asked(ended.signal)))
      const waits = toItsEnd(runs.run(await asked(ended.signal)))
      // Any moment will do: what must hold is the same at each.
      const aborted = new Promise<void>((resolve) => setTimeout(() => resolve(ended.abort()), ms * 25))
      await Promise.all([Promise.allSettled([run, waits]), aborted])
    }
    expect((await toItsEnd(runs.run(await asked()))).report.events).toBe(EVENTS)
  })

  it('says why when the store refuses in the middle, and lets the next one run', async () => {
    const { store } = watched(3)
    const runs = new DryRuns(store)
    await expect(toItsEnd(runs.run(await asked()))).rejects.toThrow('the disk is gone')
    await expect(toItsEnd(runs.run(await asked()))).rejects.toThrow('the disk is gone')
  })

  it('runs one at a time', async () => {
    const { store, slices } = watched()
    const runs = new DryRuns(store)
    const first = runs.run(await asked())
    await first.next()
    await first.next()
    const second = runs.run(await asked())
    expect((await second.next()).value).toEqual({ progress: 0, events: 0 })
    const waits = second.next()
    const read = slices()
    await new Promise((resolve) => setImmediate(resolve))
    expect(slices()).toBe(read)
    await toItsEnd(first)
    expect(await waits).toMatchObject({ done: false })
    expect((await toItsEnd(second)).report.events).toBe(EVENTS)
  })

  it('says when stored events begin, if the span begins before them', async () => {
    const runs = new DryRuns(node.store)
    const whole = await asked()
    const storedFrom = async (from: number): Promise<string | null> =>
      (await toItsEnd(runs.run({ ...whole, span: { ...whole.span, from } }))).report.storedFrom
    expect(await storedFrom(BEGIN - 86_400_000)).toBe(new Date(BEGIN).toISOString())
    expect(await storedFrom(BEGIN)).toBeNull()
    expect(await storedFrom(whole.span.to)).toBeNull()
  })

  it('takes the place of the rule it would replace, and stands beside the others', async () => {
    const save = (entity: object) =>
      node.configuration.save(
        node.view,
        [{ section: 'rules', id: null, entity: { ...entity }, path: '', origin: 'api' }],
        'test',
      )
    await save({ ...RULE, name: 'saved' })
    await node.workspaces.refresh(node.view.id)
    const saved = node.view.rowByKey('rules', 'saved')!.id
    const runs = new DryRuns(node.store)
    const edit = await toItsEnd(runs.run({ ...(await asked()), rule: { ...RULE, name: 'renamed' }, replaces: saved }))
    expect(edit.report).toMatchObject({ messages: EVENTS, alreadyTold: 0, tookOver: 0 })
    const another = await toItsEnd(runs.run(await asked()))
    expect(another.report).toMatchObject({ matched: EVENTS, messages: 0, alreadyTold: EVENTS })
    const earlier = await toItsEnd(runs.run({ ...(await asked()), rule: { ...RULE, position: 0 } }))
    expect(earlier.report).toMatchObject({ messages: EVENTS, alreadyTold: 0, tookOver: EVENTS })
  })
})
