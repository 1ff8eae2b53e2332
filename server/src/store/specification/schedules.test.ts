import { describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { NOW } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const WEEKLY = { section: 'schedules', key: 'weekly', origin: 'api' } as const

/** Makes (`id` null), changes or removes a schedule, and answers with its id. */
async function save(store: Store, version: number, at: number, id: number | null, body: string | null = '{}') {
  const result = await store.writeConfiguration({
    ...{ workspace: 1, expect: version, at, by: 'test', comment: null, settings: null, secrets: [], file: null },
    lookAgain: [],
    entities: [{ ...WEEKLY, id, body }],
  })
  if (result === 'conflict') throw new Error('the version is another one')
  return result.ids[0]!
}

describe.each(STORES)('the runs of schedules, $name', (kind) => {
  it('say when each was saved and raised last; what never was has no time, 0 is the workspace itself', async () => {
    const { store } = await freshStore(kind)
    expect(await store.scheduleRuns(1)).toEqual([{ schedule: 0, savedAt: 0, raisedAt: null }])
    const id = await save(store, 0, NOW, null)
    expect(await store.scheduleRuns(1)).toEqual([
      { schedule: id, savedAt: NOW, raisedAt: null },
      { schedule: 0, savedAt: 0, raisedAt: null },
    ])
    await store.recordScheduleRun(1, id, NOW + 5)
    await save(store, 1, NOW + 9, id, '{"enabled":false}')
    expect((await store.scheduleRuns(1))[0]).toEqual({ schedule: id, savedAt: NOW + 9, raisedAt: NOW + 5 })
    await save(store, 2, NOW + 10, id, null)
    expect((await store.scheduleRuns(1)).map(({ schedule }) => schedule)).toEqual([0])
  })

  it('say when the settings of the workspace were changed last', async () => {
    const { store } = await freshStore(kind)
    const settings = '{"title":"Новое"}'
    await store.writeConfiguration({
      ...{ workspace: 1, expect: 0, at: NOW, by: 'test', comment: null, settings, secrets: [], file: null },
      ...{ lookAgain: [], entities: [] },
    })
    await store.recordScheduleRun(1, 0, NOW + 1)
    expect(await store.scheduleRuns(1)).toEqual([{ schedule: 0, savedAt: NOW, raisedAt: NOW + 1 }])
  })

  it('only go forward: of two nodes the one that is behind changes nothing', async () => {
    const fresh = await freshStore(kind)
    await fresh.store.recordScheduleRun(1, 0, NOW + 2)
    await fresh.store.recordScheduleRun(1, 0, NOW + 1)
    const { store } = await fresh.reopen()
    expect(await store.scheduleRuns(1)).toEqual([{ schedule: 0, savedAt: 0, raisedAt: NOW + 2 }])
  })

  it('belong to their workspace', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    await store.recordScheduleRun(other, 0, NOW)
    await save(store, 0, NOW, null)
    expect(await store.scheduleRuns(other)).toEqual([{ schedule: 0, savedAt: 0, raisedAt: NOW }])
    expect((await store.scheduleRuns(1)).at(-1)).toEqual({ schedule: 0, savedAt: 0, raisedAt: null })
  })
})
