import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'

let receiver: Receiver
let server: TestServer
beforeAll(async () => {
  receiver = await startReceiver()
  server = await startTestServer({ env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' } })
})
afterAll(async () => {
  await server.stop()
  await receiver.close()
})

const made = async (section: string, entity: object): Promise<void> =>
  expect((await ask(server.call, 'POST', `/api/v1/${section}`, entity)).status).toBe(201)
const removed = async (section: string, name: string): Promise<void> =>
  expect((await ask(server.call, 'DELETE', `/api/v1/${section}/${name}`)).status).toBe(204)
const rows = async (path: string): Promise<Body[]> =>
  (await ask(server.call, 'GET', path)).body['items'] as unknown as Body[]

/** Sends an event through a channel and a rule of their own; the id of the event, once it was told. */
async function told(): Promise<string> {
  await made('channels', { name: 'old', kind: 'webhook', url: receiver.url })
  await made('rules', { name: 'to the old', types: ['server.unavailable'], to: [{ channel: 'old' }] })
  const { events } = await server.send({ type: 'server.unavailable', data: { server: 's' } })
  await until(async () => (await rows(`/api/v1/deliveries?event=${events[0]!.id}&state=sent`)).length === 1)
  return events[0]!.id
}

describe('a channel and a rule that were removed', () => {
  it('keep their names in lists and traces, marked, and are found by them together with those named so today', async () => {
    const first = await told()
    expect((await rows(`/api/v1/deliveries?event=${first}`))[0]).not.toHaveProperty('channelRemoved')
    await removed('rules', 'to%20the%20old')
    await removed('channels', 'old')
    const gone = {
      ...{ event: first, rule: 'to the old', ruleRemoved: true, channel: 'old', channelRemoved: true },
      ...{ kind: 'webhook', destination: 'webhook', state: 'sent' },
    }
    for (const query of [`event=${first}`, 'channel=old', 'rule=to%20the%20old', 'channel=old&state=sent'])
      expect(await rows(`/api/v1/deliveries?${query}`), query).toMatchObject([gone])
    const [delivery] = await rows(`/api/v1/deliveries?event=${first}`)
    expect((await ask(server.call, 'GET', `/api/v1/deliveries/${String(delivery!['id'])}`)).body).toMatchObject(gone)
    const { body } = await ask(server.call, 'GET', `/api/v1/events/${first}`)
    expect(body['deliveries']).toMatchObject([gone])
    expect(body['trace']!['rules']).toMatchObject([{ name: 'to the old', removed: true, result: 'matched' }])
    expect(await rows('/api/v1/destinations')).toMatchObject([
      { channel: 'old', channelRemoved: true, kind: 'webhook', destination: 'webhook' },
    ])

    const second = await told()
    const both = await rows('/api/v1/deliveries?channel=old&rule=to%20the%20old')
    expect(both.map((row) => [row['event'], row['channelRemoved']])).toEqual([
      [second, undefined],
      [first, true],
    ])
    expect((await ask(server.call, 'GET', `/api/v1/events/${second}`)).body['trace']!['rules']![0]).not.toHaveProperty(
      'removed',
    )
  })

  it('do not come up under names nothing ever had', async () => {
    expect(await rows('/api/v1/deliveries?channel=ol')).toEqual([])
    expect(await rows('/api/v1/deliveries?rule=old')).toEqual([])
  })
})
