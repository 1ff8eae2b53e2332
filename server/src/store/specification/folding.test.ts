import { describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { claim, destinationOf, ended, NOW, tell } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const CAMERAS = ['x', 'y', 'z']
const OPENS = { step: 1 } as const
const CLOSES = { step: 3, type: 'camera.available' } as const

/** One message of each incident, where each lives in one. */
async function raise(store: Store, step: { readonly step: 1 | 2 | 3; readonly type?: string }): Promise<void> {
  for (const camera of CAMERAS) await tell(store, camera, step, { living: true })
}

/** All that is due leaves; `told`: the ids it has at its destination, none of those that left in a summary. */
async function leave(store: Store, state: 'sent' | 'failed', told: readonly string[] | null): Promise<void> {
  const rows = await claim(store)
  expect(rows).toHaveLength(CAMERAS.length)
  await store.settle(
    rows.map((row) => ended(row, { state, told })),
    [],
    NOW,
  )
}

/** Whether what is due now leaves as one message, and how much of it. */
async function folded(store: Store): Promise<readonly [boolean, number]> {
  const want = { workspace: 1, destination: await destinationOf(store), limit: 10, foldOver: 1 }
  const { rows, folded: together } = await store.claim([want], NOW)
  return [together[0]!, rows.length]
}

describe.each(STORES)('what leaves as one message, $name', (kind) => {
  it('is not what has a message of its own that is edited', async () => {
    const { store } = await freshStore(kind)
    await raise(store, OPENS)
    await leave(store, 'sent', ['m1'])
    await raise(store, { step: 2 })
    expect(await folded(store)).toEqual([false, 3])
  })

  it('is what was told in a summary alone, which is nothing to edit', async () => {
    const { store } = await freshStore(kind)
    await raise(store, OPENS)
    await leave(store, 'sent', [])
    await raise(store, { step: 2 })
    expect(await folded(store)).toEqual([true, 3])
  })

  it('is what could not be told before', async () => {
    const { store } = await freshStore(kind)
    await raise(store, OPENS)
    await leave(store, 'failed', null)
    await raise(store, { step: 2 })
    expect(await folded(store)).toEqual([true, 3])
  })

  it('is what begins anew: the message of the life before is left as it is', async () => {
    const { store } = await freshStore(kind)
    await raise(store, OPENS)
    await leave(store, 'sent', ['m1'])
    await raise(store, CLOSES)
    await leave(store, 'sent', null)
    await raise(store, OPENS)
    expect(await folded(store)).toEqual([true, 3])
  })

  it('is not what is left of the life before, when the next has begun: its message is edited', async () => {
    const { store } = await freshStore(kind)
    await raise(store, OPENS)
    await leave(store, 'sent', ['m1'])
    await raise(store, CLOSES)
    await raise(store, OPENS)
    expect(await folded(store)).toEqual([false, 3])
  })
})
