import { describe, expect, it } from 'vitest'
import { ask } from '../support/answers.ts'
import { startHouse } from '../support/house.ts'

describe('a mail channel whose sender is not filled in', () => {
  it(
    'keeps its letters as channel_incomplete, and they leave once it is, over the API',
    { timeout: 60_000 },
    async () => {
      await using house = await startHouse('')
      const settings = { name: 'new mail', kind: 'smtp', host: '127.0.0.1', port: house.mail.port, encryption: 'none' }
      const made = await ask(house.server.call, 'POST', '/api/v1/channels', settings)
      expect(made.body).toMatchObject({ status: 'incomplete', missing: ['from.address', 'from.name', 'replyTo'] })
      const rule = { name: 'r', types: ['task.created'], to: [{ channel: 'new mail', address: 'boss@example.ru' }] }
      expect((await ask(house.server.call, 'POST', '/api/v1/rules', rule)).status).toBe(201)
      const event = await house.post('task.created', { task: '1' })
      expect(await house.deliveries(event)).toMatchObject([
        { state: 'waiting', reason: 'channel_incomplete', attempts: [] },
      ])
      const complete = { ...settings, from: { address: 'n@example.ru', name: 'Набат' }, replyTo: 'help@example.ru' }
      expect((await ask(house.server.call, 'PUT', '/api/v1/channels/new%20mail', complete)).body).toMatchObject({
        status: 'ready',
      })
      await house.deliveriesWhen(event, ([one]) => one?.state === 'sent', 30_000)
      expect(house.mail.letters).toHaveLength(1)
    },
  )
})
