import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startTestServer } from './server.ts'

const CONFIG = `
channels: [{ name: bell, kind: inbox }]
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
rules: [{ name: all, types: [camera.unavailable], to: [{ user: ivan }] }]
`

describe('the test server', () => {
  it('is ready with its configuration, takes events, and leaves nothing behind', async () => {
    const server = await startTestServer({ config: CONFIG })
    const rules = (await (await server.call('GET', '/api/v1/rules')).json()) as { items: { name: string }[] }
    expect(rules.items.map((rule) => rule.name)).toEqual(['all'])
    const { events } = await server.send({ type: 'camera.unavailable', data: { camera: 'cam-1' } })
    expect(events[0]).toMatchObject({ status: 'accepted', source: 'admin', deliveries: 1 })
    await server.stop()
    await server.stop()
    expect(existsSync(server.folder)).toBe(false)
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed')
  })

  it('tells what is wrong with the configuration and leaves nothing behind', async () => {
    await expect(startTestServer({ config: 'rules: [{ name: x }]' })).rejects.toThrow('mistakes, 1 in all')
  })
})
