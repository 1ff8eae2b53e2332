import { describe, expect, it } from 'vitest'
import { ask, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer } from '../../test/support/server.ts'

describe('GET /api/v1/counts', () => {
  it('counts what happened and who cannot be reached, by the configuration as it is now', async () => {
    await using server = await startTestServer({
      config: `
users: [{ login: ivan, contacts: [{ channel: inbox }] }, { login: left, enabled: false }]
rules: [{ name: all, types: [camera.*], to: [{ user: ivan }] }]
`,
    })
    await ask(server.call, 'POST', '/api/v1/users', { login: 'petr' })
    const counts = async () => (await ask(server.call, 'GET', '/api/v1/counts')).body
    expect(await counts()).toMatchObject({ openIncidents: 0, unreachable: 1 })
    await server.send({ type: 'camera.unavailable', data: { camera: 'c-1' } })
    expect(await counts()).toMatchObject({ openIncidents: 1, unacknowledgedIncidents: 1 })
    await ask(server.call, 'POST', '/api/v1/incidents/camera%3Ac-1/acknowledge')
    expect(await counts()).toMatchObject({ openIncidents: 1, unacknowledgedIncidents: 0 })
    await ask(server.call, 'DELETE', '/api/v1/users/petr')
    expect(await counts()).toMatchObject({ unreachable: 0 })
    const send = withKey(server, await makeKey(server, 'send'))
    expect((await ask(send, 'GET', '/api/v1/counts')).status).toBe(403)
  })
})
