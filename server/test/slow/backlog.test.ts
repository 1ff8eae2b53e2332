import { describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { startHouse } from '../support/house.ts'
import { until } from '../until.ts'

const RULES = `
rules:
  - { name: all, types: [camera.unavailable], to: [{ channel: hook }] }
  - { name: watch, types: [system.channel.down, system.channel.back], to: [{ channel: mail, address: admin@example.ru }] }
`
const cameraOf = (body: string): string =>
  (JSON.parse(body) as { data: { event: { data: { camera: string } } } }).data.event.data.camera
const batch = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ type: 'camera.unavailable', id: `c-${from + index}` },
    data: { camera: `c-${from + index}` },
  }))

describe('a critical event', () => {
  it('overtakes two thousand that wait', { timeout: 60_000 }, async () => {
    await using house = await startHouse(RULES)
    // A receiver that takes its time: what waits is in the queue, not on its way.
    house.hook.answer(() => new Promise((resolve) => setTimeout(() => resolve(204), 50)))
    for (let n = 0; n < 2000; n += 1000) await house.server.send(batch(n, 1000))
    await house.hook.waitFor(1)
    const before = house.hook.received.length
    await house.post('camera.unavailable', { camera: 'urgent' }, { severity: 'critical' })
    const place = await until(
      () => {
        const index = house.hook.received.findIndex(({ body }) => cameraOf(body) === 'urgent')
        return index >= 0 && index + 1
      },
      10_000,
      'the critical one',
    )
    // Before it only what had been claimed already: three times the fifty connections at most.
    expect(place - before).toBeLessThan(220)
    expect(house.hook.received.length).toBeLessThan(1_000)
    house.hook.answer(204)
    await until(() => house.hook.received.length >= 2001, 30_000, 'the rest')
    expect(new Set(house.hook.received.map(({ body }) => cameraOf(body))).size).toBe(2001)
  })
})

describe('a receiver that is down', () => {
  it(
    'is asked little while it is, and gets everything once it is back; its fall and rise are told once',
    { timeout: 90_000 },
    async () => {
      await using house = await startHouse(RULES)
      house.hook.answer('drop')
      await house.server.send(batch(0, 300).map((event) => ({ ...event, severity: 'critical' })))
      await until(async () => (await house.events('system.channel.down')).length > 0, 10_000, 'the breaker to open')
      const opened = house.hook.received.length
      // Eight at once are under way before anybody knows; from then on there are probes, five seconds apart and more.
      expect(opened).toBeLessThanOrEqual(30)
      await new Promise((resolve) => setTimeout(resolve, 8_000))
      expect(house.hook.received.length - opened).toBeLessThanOrEqual(3)
      const { body } = await ask(house.server.call, 'GET', '/api/v1/deliveries?state=waiting&channel=hook&limit=500')
      expect((body['items'] as unknown as unknown[]).length).toBeGreaterThan(280)

      const down = house.hook.received.length
      house.hook.answer(204)
      await until(
        () => new Set(house.hook.received.slice(down).map((one) => cameraOf(one.body))).size === 300,
        60_000,
        'all three hundred',
      )
      expect(house.hook.received.length - down).toBe(300)
      await until(async () => (await house.events('system.channel.back')).length > 0, 5_000, 'the news that it is back')
      expect(await house.events('system.channel.down')).toMatchObject([{ data: { channel: 'hook' } }])
      expect(await house.events('system.channel.back')).toHaveLength(1)
      await house.mail.waitFor(2)
    },
  )
})
