import { describe, expect, it, onTestFinished } from 'vitest'
import { giveBack, takeDatabase } from '../../../test/support/postgres.ts'
import { startTestServer } from '../../../test/support/server.ts'
import { until } from '../../../test/until.ts'

/* What people read is written once for both stores: each list is asked for here, by a server on PostgreSQL. */

const CONFIG = `
workspace: { name: default, title: ООО Пример, timeZone: Europe/Moscow, language: ru }
users: [ { login: ivan, name: Иван Петров, roles: [installer], contacts: [ { channel: box } ] } ]
channels: [ { name: box, kind: inbox } ]
rules: [ { name: cameras, types: [camera.unavailable, camera.available], to: [ { user: ivan } ] } ]
`

async function server() {
  const url = await takeDatabase()
  const started = await startTestServer({
    config: CONFIG,
    env: { NABAT_DATABASE_URL: url, NABAT_SECRET_KEY: 'a key that is long enough for everybody' },
  })
  onTestFinished(async () => {
    await started.stop()
    await giveBack(url)
  })
  const get = async (path: string): Promise<{ items: Record<string, unknown>[] } & Record<string, unknown>> => {
    const response = await started.call('GET', `/api/v1${path}`)
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { items: Record<string, unknown>[] }
  }
  return { ...started, get }
}

describe('a server on PostgreSQL', () => {
  it('delivers, and shows what has happened in every list', { timeout: 40_000 }, async () => {
    const { send, get } = await server()
    const from = new Date(Date.now() - 60_000).toISOString()
    const { events } = await send([
      { type: 'camera.unavailable', id: 'e1', data: { camera: 'cam-1' } },
      { type: 'camera.available', id: 'e2', data: { camera: 'cam-1' } },
    ])
    await until(async () => (await get('/deliveries?state=sent')).items.length === 2, 20_000, 'both to be delivered')
    const ids = events.map(({ id }) => id)
    const idsOf = async (path: string): Promise<unknown[]> => (await get(path)).items.map(({ id }) => id)
    expect(await idsOf('/events')).toEqual(ids.toReversed())
    expect(await idsOf(`/events?type=camera.available&from=${from}`)).toEqual([ids[1]])
    expect(await idsOf('/events?eventId=e1')).toEqual([ids[0]])
    expect(await idsOf(`/events?limit=1`)).toEqual([ids[1]])
    expect((await get('/deliveries?recipient=ivan&channel=box')).items).toHaveLength(2)
    for (const state of ['waiting', 'failed', 'suppressed'])
      expect(await idsOf(`/deliveries?state=${state}`)).toEqual([])
    const [delivery] = (await get('/deliveries')).items
    expect(await get(`/deliveries/${delivery!['id'] as string}`)).toMatchObject({ state: 'sent', kind: 'inbox' })
    const whole = await get(`/events/${ids[0]!}`)
    expect(whole['deliveries']).toHaveLength(1)
    expect((await get('/incidents')).items).toMatchObject([{ key: 'camera:cam-1', state: 'ended' }])
    expect((await get('/destinations')).items).toMatchObject([{ kind: 'inbox', disabled: false }])
    expect((await get('/changes?section=rules')).items).toMatchObject([{ key: 'cameras', by: 'file' }])
    expect((await get('/users/ivan/inbox?read=false')).items.length).toBeGreaterThan(0)
  })

  it('tries a rule on the stored events', async () => {
    const { send, call } = await server()
    await send(Array.from({ length: 5 }, (_, n) => ({ type: 'camera.unavailable', data: { camera: `cam-${n}` } })))
    const rule = { name: 'tried', types: ['camera.unavailable'], to: [{ user: 'ivan' }] }
    const [from, to] = [-60_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString())
    const response = await call('POST', '/api/v1/rules/dry-run', { rule, from, to })
    expect([response.status, await response.json()]).toMatchObject([200, { events: 5, matched: 5 }])
  })
})
