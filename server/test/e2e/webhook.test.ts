import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOOK_SECRET, startHouse, type House } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await startHouse(`rules: [{ name: all, types: [camera.*], to: [{ channel: hook }] }]`)
})
afterAll(() => house[Symbol.asyncDispose]())

describe('a webhook', () => {
  it('verifies with the npm package standardwebhooks, and says what it is about', async () => {
    const more = { subject: 'Вход 3', severity: 'critical', actor: { user: 'petrov', role: 'support' } }
    const event = await house.post('camera.unavailable', { camera: 'Вход 3' }, more)
    const [received] = await house.hook.waitFor(1)
    const { headers, body } = received!
    const verified = new Webhook(HOOK_SECRET).verify(body, headers as Record<string, string>)
    expect(verified).toMatchObject({
      type: 'camera.unavailable',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      data: {
        event: {
          ...{
            specversion: '1.0',
            type: 'camera.unavailable',
            source: 'admin',
            subject: 'Вход 3',
            severity: 'critical',
          },
          ...{ actoruser: 'petrov', actorrole: 'support', incident: 'camera:Вход 3', data: { camera: 'Вход 3' } },
        },
        incident: { key: 'camera:Вход 3', state: 'open' },
        title: expect.stringContaining('Вход 3') as string,
        text: expect.any(String) as string,
        links: expect.any(Array) as unknown[],
      },
    })
    const [delivery] = await house.settled(event)
    expect(headers['webhook-id']).toBe(delivery!.id)
  })

  it('does not verify with another secret, or once it was changed', async () => {
    const { headers, body } = house.hook.received[0]!
    const other = new Webhook(`whsec_${Buffer.alloc(24, 7).toString('base64')}`)
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow()
    expect(() => new Webhook(HOOK_SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow()
  })

  it('is repeated under the same id, and signed anew', async () => {
    const before = house.hook.received.length
    let count = 0
    house.hook.answer(() => ((count += 1) === 1 ? { status: 503, headers: { 'retry-after': '0' } } : 204))
    const event = await house.post('camera.unavailable', { camera: 'Вход 5' }, { severity: 'critical' })
    const [delivery] = await house.settled(event)
    expect(delivery).toMatchObject({ state: 'sent', attempts: [{ verdict: 'deferred' }, { verdict: 'sent' }] })
    const repeated = house.hook.received.slice(before)
    expect(repeated.map(({ headers }) => headers['webhook-id'])).toEqual([delivery!.id, delivery!.id])
    for (const { body, headers } of repeated)
      expect(() => new Webhook(HOOK_SECRET).verify(body, headers as Record<string, string>)).not.toThrow()
  })

  it('that says 410 is disabled, and used again once somebody enables it', async () => {
    house.hook.answer(410)
    const event = await house.post('camera.unavailable', { camera: 'Вход 6' })
    expect(await house.settled(event)).toMatchObject([{ state: 'failed', reason: 'no_such_destination' }])
    const before = house.hook.received.length
    const next = await house.post('camera.unavailable', { camera: 'Вход 7' })
    expect(await house.settled(next)).toMatchObject([{ state: 'suppressed', reason: 'destination_disabled' }])
    expect(house.hook.received.length).toBe(before)
  })
})
