import { describe, expect, it } from 'vitest'
import { WorkspaceView } from '../configuration/view.ts'
import { idTime } from '../ids.ts'
import { accept, claim, delivery, ended, event, NOW } from '../store/specification/rows.ts'
import { freshStore, STORES } from '../store/specification/stores.ts'
import { countsOf } from './counts.ts'

const view = new WorkspaceView(1)

describe.each(STORES)('what calls for attention on $name', (kind) => {
  it('is counted: what is open, what waits, what failed today, channels that do not answer', async () => {
    const { store } = await freshStore(kind)
    expect(await countsOf(store, view, NOW)).toEqual({
      ...{ openIncidents: 0, unacknowledgedIncidents: 0, waiting: 0, failedToday: 0, channelsDown: 0 },
    })
    const opens = (incident: string) => event({ incident, step: 1, deliveries: [delivery()] })
    await accept(store, [opens('camera:1'), opens('camera:2'), opens('channel:mail')])
    await store.acknowledge(1, 'camera:2', 'ivan', NOW)
    const claimed = await claim(store)
    const first = claimed[0]!
    await store.settle([ended(first, { state: 'failed', reason: 'expired' })], [], NOW)
    const today = idTime(first.delivery)
    expect(await countsOf(store, view, today)).toEqual({
      ...{ openIncidents: 3, unacknowledgedIncidents: 2, waiting: 2, failedToday: 1, channelsDown: 1 },
    })
    const tomorrow = await countsOf(store, view, today + 86_400_000)
    expect(tomorrow).toMatchObject({ failedToday: 0, waiting: 2 })
  })
})

describe('on SQLite', () => {
  it('nothing that is counted is looked for in a whole table', async () => {
    const { store } = await freshStore(STORES[0]!)
    const asked: string[] = []
    const explaining = Object.assign(Object.create(store) as typeof store, {
      read: async (query: Parameters<typeof store.read>[0]) => {
        const steps = await store.read({ ...query, sql: `explain query plan ${query.sql}` })
        asked.push(...steps.map((step) => String(step['detail'])))
        return store.read(query)
      },
    })
    await countsOf(explaining, view, NOW)
    const tables = asked.filter((step) => /^(SEARCH|SCAN) (?!CONSTANT|[ouwfc]$)/.test(step))
    expect(tables.map((step) => step.replace(/ \(.*/, ''))).toEqual([
      ...['SEARCH incidents USING INDEX incidents_open', 'SEARCH incidents USING INDEX incidents_open'],
      expect.stringMatching(/^SEARCH queue USING (COVERING )?INDEX|^SEARCH queue USING PRIMARY KEY/),
      expect.stringMatching(/^SEARCH deliveries USING (COVERING )?INDEX deliveries_failed/),
      'SEARCH incidents USING PRIMARY KEY',
    ])
  })
})
