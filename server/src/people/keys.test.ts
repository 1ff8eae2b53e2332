import { expect, it } from 'vitest'
import { dice } from '../../test/simulation/random.ts'
import { VirtualClock } from '../../test/simulation/virtual-clock.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { StoreUnavailable, type Store } from '../store/store.ts'
import { Keys } from './keys.ts'

const NOW = 1_800_000_000_000

it.each(STORES)(
  'when keys were used is written now and then, not at each call, and nothing is lost by a refusal, $name',
  async (kind) => {
    const { store, workspace } = await freshStore(kind)
    let writes = 0
    let refuses = true
    const observed: Store = {
      ...store,
      noteKeyUses: async (uses) => {
        writes += 1
        if (refuses) throw new StoreUnavailable('full')
        await store.noteKeyUses(uses)
      },
    }
    const clock = new VirtualClock(NOW)
    const keys = new Keys(observed, clock, dice(1))
    const made = await keys.make(workspace, 'robot', 'send', null, 'olga')
    if (made === 'taken') throw new Error('taken')
    for (let n = 0; n < 100; n += 1) expect(keys.caller(made.key)?.name).toBe('robot')
    expect(keys.caller('nabat_unknown')).toBe(undefined)
    expect([writes, keys.list(workspace)[0]?.lastUsedAt]).toEqual([0, NOW])
    await expect(keys.noteUses()).rejects.toThrow('full')
    refuses = false
    await keys.noteUses()
    await keys.noteUses()
    expect(writes).toBe(2)
    const again = new Keys(store, clock, dice(2))
    await again.load()
    expect(again.list(workspace)).toMatchObject([{ name: 'robot', by: 'olga', lastUsedAt: NOW }])
  },
)
