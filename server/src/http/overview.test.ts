import { describe, expect, it } from 'vitest'
import type { Overview } from '@nabat/api/overview.ts'
import { addPast } from '../../test/support/past.ts'
import { ask, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { person } from '../../test/support/signed-in.ts'
import { startReceiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'

const camera = (subject: string, more: object = {}) => ({
  ...{ type: 'camera.unavailable', subject, source: 'video', data: { camera: subject }, ...more },
})

const overview = async (server: TestServer, hours = 24): Promise<Overview> =>
  (await ask(server.call, 'GET', `/api/v1/overview?hours=${hours}`)).body as unknown as Overview

/** How many a list has, however long it is. */
async function listed(server: TestServer, path: string, filters: Readonly<Record<string, string>>): Promise<number> {
  let count = 0
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ limit: '500', ...filters, ...(cursor === '' ? {} : { cursor }) })
    const { body } = await ask(server.call, 'GET', `/api/v1/${path}?${query.toString()}`)
    const page = body as unknown as { items: unknown[]; next: string | null }
    count += page.items.length
    cursor = page.next
  }
  return count
}

describe('GET /api/v1/overview', () => {
  it('has the numbers that the lists have, hour by hour, by state, channel, rule and object', async () => {
    const receiver = await startReceiver()
    await using server = await startTestServer({
      env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
      config: `
channels: [{ name: hook, kind: webhook, url: "${receiver.origin}/hook" }]
users: [{ login: ivan, contacts: [{ channel: inbox }] }, { login: nemo }]
rules:
  - { name: all, types: [camera.*], to: [{ channel: hook }, { user: ivan }] }
  - { name: nobody, types: [camera.available], to: [{ user: nemo }] }
`,
    })
    await server.send([camera('a'), camera('b', { severity: 'critical' })])
    await until(async () => (await listed(server, 'deliveries', { state: 'sent' })) === 4, 10_000, 'four sent')
    addPast(server.folder, 30 * 24, (ago) => (ago % 5 === 0 ? 4 : 1))
    for (const hours of [24, 168, 720]) {
      const found = await until(async () => {
        const answer = await overview(server, hours)
        return answer.left === 0 && answer
      }, 20_000)
      const { from, to } = found
      for (const state of ['sent', 'failed', 'suppressed'] as const) {
        const sum = found.bins.reduce((count, bin) => count + bin[state], 0)
        expect([found.total[state], sum]).toEqual([await listed(server, 'deliveries', { state, from, to }), sum])
        expect(sum).toBe(found.total[state])
      }
      for (const bin of found.bins.slice(-3))
        expect(bin.sent).toBe(await listed(server, 'deliveries', { state: 'sent', from: bin.from, to: bin.to }))
      for (const { name, sent } of found.channels.filter((channel) => channel.sent > 0))
        expect(sent).toBe(await listed(server, 'deliveries', { channel: name!, state: 'sent', from, to }))
      for (const { rule, count } of found.rules)
        expect(count).toBe(await listed(server, 'deliveries', { rule, from, to }))
      for (const { subject, count } of found.subjects)
        expect(count).toBe(await listed(server, 'events', { subject, from, to }))
      expect(found.all.count).toBe(found.total.sent)
      expect(found.critical.count).toBeGreaterThan(0)
      expect(found.critical.count).toBeLessThan(found.all.count)
    }
    await receiver.close()
  })

  it('says what is now: a channel that is down and what waits for it, who is not reached, what nobody has taken on', async () => {
    await using server = await startTestServer({
      env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
      config: `
channels: [{ name: hook, kind: webhook, url: "http://127.0.0.1:1/hook" }]
users: [{ login: nemo }]
rules: [{ name: all, types: [camera.*], to: [{ channel: hook }] }]
`,
    })
    expect(await overview(server)).toMatchObject({ empty: true, left: 0, total: { sent: 0 }, waiting: { count: 0 } })
    await server.send(Array.from({ length: 8 }, (_, n) => camera(`c-${n}`)))
    const found = await until(async () => {
      const answer = await overview(server)
      return answer.channels[0]?.down != null && answer
    }, 20_000)
    expect(found.channels[0]).toMatchObject({ name: 'hook', kind: 'webhook', removed: false })
    const inRussian = await ask(server.call, 'GET', '/api/v1/overview', undefined, { 'accept-language': 'ru' })
    const said = [found, inRussian.body as unknown as typeof found].map(({ channels }) => channels[0]!.down!.says)
    expect(said).toEqual(['no connection', 'нет соединения'])
    expect(found.waiting.count).toBe(await listed(server, 'deliveries', { state: 'waiting' }))
    expect(found.channels[0]!.behind).toBe(found.waiting.count)
    expect(found).toMatchObject({ empty: false, people: { people: 1, unreachable: 1, partly: 0 } })
    // Eight cameras, and the channel itself.
    expect(found.incidents).toMatchObject({ open: 9, unacknowledged: 9, oldest: { key: 'camera:c-0' } })
  })

  it('is for those who may look at the log, and tells who cannot be reached to those who may see it', async () => {
    await using server = await startTestServer()
    const send = withKey(server, await makeKey(server, 'send'))
    expect((await ask(send, 'GET', '/api/v1/overview')).status).toBe(403)
    const installer = await person(server, 'petr', ['installer'])
    expect((await ask(installer.call, 'GET', '/api/v1/overview')).status).toBe(403)
    const { status, body } = await ask(server.call, 'GET', '/api/v1/overview?hours=25')
    expect([status, body['error']!['details']![0]!['path']]).toEqual([400, '/hours'])
  })
})
