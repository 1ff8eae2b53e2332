import { describe, expect, it } from 'vitest'
import { WorkspaceView } from '../configuration/view.ts'
import { accept, delivery, event } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { History } from './history.ts'
import type { Row } from './views.ts'

const view = new WorkspaceView(1)
const PAGE = { limit: 50, after: undefined }

describe.each(STORES)('incidents on $name', (kind) => {
  const told = (incident: string, step: 1 | 2 | 3) =>
    event({ incident, step, type: 'camera.unavailable', subject: incident, deliveries: [delivery()] })

  it('tell their story: the events from the opening one to the last, and what was told of them', async () => {
    const { store } = await freshStore(kind)
    const history = new History(store)
    const [opens, updates, ends] = [told('camera:1', 1), told('camera:1', 2), told('camera:1', 3)]
    await accept(store, [opens, told('camera:2', 1)])
    await accept(store, [updates, event({ deliveries: [delivery()] })])
    await accept(store, [ends])
    await accept(store, [told('camera:2', 2)])
    const incident = (await history.incident(view, 'camera:1', 'ru'))!
    expect(incident).toMatchObject({
      ...{ key: 'camera:1', state: 'ended', type: 'camera.unavailable', title: 'Камера недоступна' },
      ...{ subject: 'camera:1', moreEvents: false },
    })
    expect((incident['events'] as Row[]).map((row) => row['id'])).toEqual([ends.id, updates.id, opens.id])
    expect((incident['told'] as Row[]).map((row) => [row['event'], row['type'], row['subject']])).toEqual(
      [ends, updates, opens].map(({ id }) => [id, 'camera.unavailable', 'camera:1']),
    )
    expect(await history.incident(view, 'camera:3', 'ru')).toBeUndefined()
  })

  it('of which there is more than anybody reads shows the latest events and the first', async () => {
    const { store } = await freshStore(kind)
    const history = new History(store)
    const opens = told('camera:1', 1)
    const more = Array.from({ length: 60 }, () => told('camera:1', 2))
    await accept(store, [opens, ...more])
    const incident = (await history.incident(view, 'camera:1', 'en'))!
    expect(incident['moreEvents']).toBe(true)
    const shown = (incident['events'] as Row[]).map((row) => row['id'])
    expect(shown).toEqual([...more.toReversed().slice(0, 50), opens].map(({ id }) => id))
  })

  it('are listed by state, key and time, the newest first, with what they are about', async () => {
    const { store } = await freshStore(kind)
    const history = new History(store)
    await accept(store, [told('camera:1', 1), told('server:1', 1), told('camera:2', 1)])
    await accept(store, [told('camera:1', 3)])
    const keys = async (query: Record<string, string>): Promise<unknown[]> =>
      (await history.incidents(view, query, PAGE, 'en')).map((row) => row['key'])
    expect(await keys({})).toEqual(['camera:2', 'server:1', 'camera:1'])
    expect(await keys({ key: 'camera:' })).toEqual(['camera:2', 'camera:1'])
    expect(await keys({ state: 'open', key: 'cam' })).toEqual(['camera:2'])
    await store.acknowledge(1, 'server:1', 'olga', 1)
    expect(await keys({ state: 'unacknowledged' })).toEqual(['camera:2'])
    expect(await keys({ state: 'acknowledged' })).toEqual(['server:1'])
    expect(await keys({ state: 'open' })).toEqual(['camera:2', 'server:1'])
    expect(await keys({ from: '2999-01-01T00:00:00Z' })).toEqual([])
    expect(await keys({ to: '2000-01-01T00:00:00Z' })).toEqual([])
    const [newest] = await history.incidents(view, {}, PAGE, 'en')
    expect(newest).toMatchObject({ type: 'camera.unavailable', subject: 'camera:2', title: 'Camera unavailable' })
  })

  it('and events in a list say how their deliveries stand', async () => {
    const { store } = await freshStore(kind)
    const history = new History(store)
    const one = event({
      type: 'camera.unavailable',
      deliveries: [delivery(), delivery({ suppressed: 'silence' }, 'b')],
    })
    const none = event({ deliveries: [] })
    await accept(store, [one, none])
    const { rows } = await history.events(view, { counts: 'true' }, PAGE, 'en')
    expect(rows.map((row) => row['deliveries'])).toEqual([{}, { waiting: 1, suppressed: 1 }])
    const plain = (await history.events(view, {}, PAGE, 'en')).rows[1]
    expect(plain).toMatchObject({ typeTitle: 'Camera unavailable' })
    expect(plain).not.toHaveProperty('deliveries')
  })
})
