import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { startReceiver, type Receiver } from '../../test/standins/receiver.ts'
import { until } from '../../test/until.ts'

let receiver: Receiver
let server: TestServer
beforeAll(async () => {
  receiver = await startReceiver()
  server = await startTestServer({
    env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' },
    config: `
channels:
  - { name: hook, kind: webhook, url: "${receiver.url}" }
  - { name: off, kind: webhook, url: "${receiver.url}", enabled: false }
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
rules:
  - { name: told, types: [camera.unavailable, camera.available], to: [{ user: ivan }] }
  - { name: hooked, types: [server.unavailable], to: [{ channel: hook }] }
  - { name: waiting, types: [workorder.created], to: [{ channel: 'off' }] }
`,
  })
})
afterAll(async () => {
  await server.stop()
  await receiver.close()
})

interface Row {
  readonly id: string
  readonly state: string
  readonly readAt: string | null
}
const rows = async (path: string): Promise<Row[]> =>
  (await ask(server.call, 'GET', path)).body['items'] as unknown as Row[]
const deliveryOf = (event: string): Promise<Row> =>
  until(async () => (await rows(`/api/v1/deliveries?event=${event}`)).find((row) => row.state !== 'claimed'))
const ended = (event: string): Promise<Row> =>
  until(async () =>
    (await rows(`/api/v1/deliveries?event=${event}`)).find((row) => row.state !== 'claimed' && row.state !== 'waiting'),
  )
const post = async (type: string, data: object): Promise<string> => (await server.send({ type, data })).events[0]!.id

describe('deliveries', () => {
  it('wait, are cancelled once, and may be tried again', async () => {
    const event = await post('workorder.created', {})
    const { id } = await deliveryOf(event)
    const path = `/api/v1/deliveries/${id}`
    expect((await ask(server.call, 'GET', path)).body).toMatchObject({
      ...{ id, event, state: 'waiting', reason: 'channel_off', channel: 'off', rule: 'waiting', attempts: [] },
    })
    const retried = await ask(server.call, 'POST', `${path}/retry`)
    expect(expectError(retried, 409, 'conflict').get('')).toBe('Only what has ended unsent can be tried again')
    expect((await ask(server.call, 'POST', `${path}/cancel`)).body).toMatchObject({ state: 'cancelled' })
    expectError(await ask(server.call, 'POST', `${path}/cancel`), 409, 'conflict')
    const again = await ask(server.call, 'POST', `${path}/retry`)
    expect({ status: again.status, body: again.body }).toMatchObject({ status: 200, body: { reason: 'retried' } })
  })

  it('are cancelled and retried by the many; what cannot be is left out', async () => {
    const events = await Promise.all([1, 2, 3].map(() => post('workorder.created', {})))
    const ids = await Promise.all(events.map(async (event) => (await deliveryOf(event)).id))
    const unknown = '0198d1c0-0000-7000-8000-000000000000'
    const many = (name: string, list: string[]) => ask(server.call, 'POST', `/api/v1/deliveries/${name}`, { ids: list })
    expect((await many('cancel', [...ids, unknown, 'nonsense'])).body).toMatchObject({ ids, done: 3 })
    expect((await many('cancel', ids)).body).toMatchObject({ ids: [], done: 0 })
    expect((await many('retry', ids.slice(1))).body).toMatchObject({ ids: ids.slice(1) })
    expect([...expectError(await many('retry', []), 400, 'invalid').keys()]).toEqual(['/ids'])
    expectError(
      await many(
        'retry',
        Array.from({ length: 1001 }, () => unknown),
      ),
      400,
      'invalid',
    )
    expectError(await ask(server.call, 'POST', '/api/v1/deliveries/cancel'), 400, 'invalid')
  })

  it('that failed are tried again, and arrive once the other side is well', async () => {
    receiver.answer(413)
    const event = await post('server.unavailable', { server: 'retry' })
    const failed = await ended(event)
    expect(failed).toMatchObject({ state: 'failed', reason: 'refused_content' })
    receiver.answer(204)
    await ask(server.call, 'POST', `/api/v1/deliveries/${failed.id}/retry`)
    const sent = await until(async () =>
      (await rows('/api/v1/deliveries?state=sent')).find(({ id }) => id === failed.id),
    )
    expect(sent).toMatchObject({ state: 'sent', attempts: [{ verdict: 'rejected' }, { verdict: 'sent' }] })
    // The same delivery is the same message to the receiver.
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([failed.id, failed.id])
  })

  it('are found by state, event, channel, recipient and reason', async () => {
    const event = await post('camera.unavailable', { camera: 'found' })
    const { id } = await ended(event)
    for (const query of [`event=${event}`, 'state=sent', 'channel=inbox', 'recipient=ivan'])
      expect(
        (await rows(`/api/v1/deliveries?${query}`)).map((row) => row.id),
        query,
      ).toContain(id)
    for (const query of ['state=failed', 'channel=hook', 'recipient=petr', 'reason=throttled', 'channel=none'])
      expect(
        (await rows(`/api/v1/deliveries?${query}`)).map((row) => row.id),
        query,
      ).not.toContain(id)
    expectError(await ask(server.call, 'GET', '/api/v1/deliveries?state=lost'), 400, 'invalid')
  })

  it('say what became of them in the language that is asked for', async () => {
    const { id } = await ended(await post('camera.unavailable', { camera: 'said' }))
    const says = async (language: string) =>
      (await ask(server.call, 'GET', `/api/v1/deliveries/${id}`, undefined, { 'accept-language': language })).body[
        'says'
      ]
    expect([await says('ru'), await says('en')]).toEqual(['отправлено', 'sent'])
  })
})

describe('the trace of an event', () => {
  it('names the rules that matched, the condition that failed, and why an event nobody wants reached nobody', async () => {
    const rule = {
      ...{ name: 'critical ones', types: ['pbx.lost'], to: [{ user: 'ivan' }] },
      when: {
        all: [
          { field: 'severity', op: 'eq', value: 'critical' },
          { field: 'subject', op: 'eq', value: 'pbx-1' },
        ],
      },
    }
    expect((await ask(server.call, 'POST', '/api/v1/rules', { ...rule, types: ['server.created'] })).status).toBe(201)
    const { events } = await server.send({ type: 'server.created', severity: 'critical', data: { server: 's' } })
    const path = `/api/v1/events/${events[0]!.id}`
    const { body } = await ask(server.call, 'GET', path)
    expect(events[0]!.deliveries).toBe(0)
    expect(body['deliveries']).toEqual([])
    const trace = JSON.stringify(body['trace'])
    expect(trace).toContain('critical ones')
    expect(trace).toContain('pbx-1')
    // Rules that name other types are told as well: nobody has to guess.
    expect(trace).toContain('hooked')
    const russian = await ask(server.call, 'GET', path, undefined, { 'accept-language': 'ru' })
    expect(JSON.stringify(russian.body['trace'])).not.toBe(trace)
  })
})

describe('incidents', () => {
  it('open, are acknowledged by name, and end', async () => {
    await post('camera.unavailable', { camera: 'c-1' })
    const path = `/api/v1/incidents/${encodeURIComponent('camera:c-1')}`
    expect((await ask(server.call, 'GET', path)).body).toMatchObject({ state: 'open', severity: 'warning' })
    const { body } = await ask(server.call, 'POST', `${path}/acknowledge`, { by: 'ivan' })
    expect(body).toMatchObject({ key: 'camera:c-1', state: 'acknowledged', acknowledgedBy: 'ivan' })
    const again = await ask(server.call, 'POST', `${path}/acknowledge`)
    expect(again.body).toMatchObject({ acknowledgedBy: 'ivan', acknowledgedAt: body['acknowledgedAt'] })
    expect(await rows('/api/v1/incidents?state=acknowledged')).toHaveLength(1)
    expect(await rows('/api/v1/incidents?state=open')).toEqual(
      expect.arrayContaining([expect.objectContaining({ key: 'camera:c-1' })]),
    )
    await post('camera.available', { camera: 'c-1' })
    expect((await ask(server.call, 'GET', path)).body).toMatchObject({ state: 'ended' })
    expect(expectError(await ask(server.call, 'POST', `${path}/acknowledge`, {}), 409, 'conflict').get('')).toBe(
      'The incident has ended already',
    )
    expectError(await ask(server.call, 'POST', `${path}/acknowledge`, { by: '' }), 400, 'invalid')
    expectError(await ask(server.call, 'GET', '/api/v1/incidents?state=closed'), 400, 'invalid')
  })
})

describe('an inbox', () => {
  const inbox = '/api/v1/users/ivan/inbox'
  it('keeps one entry per incident, unread again with each piece of news', async () => {
    expect((await ask(server.call, 'POST', `${inbox}/read`)).status).toBe(200)
    await ended(await post('camera.unavailable', { camera: 'in-1' }))
    const [entry] = await rows(`${inbox}?read=false`)
    expect(entry).toMatchObject({
      incident: { key: 'camera:in-1', state: 'open' },
      updates: 0,
      readAt: null,
      title: expect.stringContaining('in-1') as string,
    })
    expect((await ask(server.call, 'POST', `${inbox}/read`, { ids: [entry!.id] })).body).toEqual({
      changed: 1,
      ids: [entry!.id],
    })
    expect(await rows(`${inbox}?read=false`)).toEqual([])
    expect((await ask(server.call, 'POST', `${inbox}/unread`, { ids: [entry!.id] })).body).toMatchObject({ changed: 1 })
    expect((await ask(server.call, 'POST', `${inbox}/read`)).body).toMatchObject({ changed: 1 })
    await ended(await post('camera.available', { camera: 'in-1' }))
    const unread = await until(async () => {
      const list = await rows(`${inbox}?read=false`)
      return list.length > 0 && list
    })
    expect(unread).toMatchObject([
      { id: entry!.id, readAt: null, updates: 1, incident: { key: 'camera:in-1', state: 'ended' } },
    ])
  })

  it('400 and 404', async () => {
    expectError(await ask(server.call, 'POST', `${inbox}/read`, { ids: 'all' }), 400, 'invalid')
    expectError(await ask(server.call, 'GET', `${inbox}?read=maybe`), 400, 'invalid')
    expectError(await ask(server.call, 'GET', '/api/v1/users/nobody/inbox'), 404, 'not_found')
    expect((await ask(server.call, 'POST', `${inbox}/read`, { ids: ['nonsense'] })).body).toEqual({
      changed: 0,
      ids: [],
    })
  })
})

describe('keys, channels, destinations', () => {
  it('a key is shown once, and listed without itself', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/keys', { name: 'video', rights: 'send', perMinute: 60 })
    expect(made).toMatchObject({ status: 201, body: { name: 'video', rights: 'send' } })
    const { body } = await ask(server.call, 'GET', '/api/v1/keys')
    expect(body['items']).toMatchObject([{ id: made.body['id'], name: 'video', perMinute: 60 }])
    expect(JSON.stringify(body)).not.toContain(String(made.body['key']))
    const again = await ask(server.call, 'POST', '/api/v1/keys', { name: 'video', rights: 'all' })
    expect(expectError(again, 409, 'conflict').get('/name')).toBe(
      'There is a key "video" already: take another name, or remove that one first',
    )
    const wrong = { name: '', rights: 'everything', perMinute: 0, extra: 1 }
    const details = expectError(await ask(server.call, 'POST', '/api/v1/keys', wrong), 400, 'invalid')
    expect([...details.keys()].sort()).toEqual(['/extra', '/name', '/perMinute', '/rights'])
  })

  it('of keys asked for at once by one name, one is made; removed, it leaves the name free', async () => {
    const make = () => ask(server.call, 'POST', '/api/v1/keys', { name: 'twice', rights: 'send' })
    const made = await Promise.all([make(), make(), make()])
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const id = String(made.find(({ status }) => status === 201)!.body['id'])
    expect((await ask(server.call, 'DELETE', `/api/v1/keys/${id}`)).status).toBe(204)
    expect((await make()).status).toBe(201)
  })

  it('a channel is checked stage by stage, with a test message only when it is asked for', async () => {
    const before = receiver.received.length
    const path = '/api/v1/channels/hook/test'
    for (const nothing of [undefined, null, {}])
      expect((await ask(server.call, 'POST', path, nothing)).body).toMatchObject({ ok: true, posted: false })
    expect(receiver.received.length).toBe(before)
    expect((await ask(server.call, 'POST', `${path}?post=true`)).body).toMatchObject({ ok: true, posted: true })
    expect(receiver.received.length).toBe(before + 1)
    receiver.answer(401)
    const failed = await ask(server.call, 'POST', `${path}?post=true`, undefined, { 'accept-language': 'ru' })
    receiver.answer(204)
    expect(failed.body).toMatchObject({ ok: false, posted: false })
    const stages = failed.body['stages'] as unknown as { ok: boolean; says: string }[]
    expect(stages.at(-1)).toMatchObject({ ok: false, says: expect.stringMatching(/[а-я]{3}/) as string })
  })

  it('a destination that was disabled by hand gets nothing until it is enabled again', async () => {
    const [destination] = (await rows('/api/v1/destinations')).filter((row) => JSON.stringify(row).includes('"hook"'))
    const path = `/api/v1/destinations/${destination!.id}`
    expect((await ask(server.call, 'POST', `${path}/disable`)).status).toBe(200)
    const { events } = await server.send({ type: 'server.unavailable', data: { server: 'disabled' } })
    expect(events[0]!.deliveries).toBe(0)
    expect(await deliveryOf(events[0]!.id)).toMatchObject({ state: 'suppressed', reason: 'destination_disabled' })
    expect(await rows('/api/v1/destinations?disabled=true')).toHaveLength(1)
    expect((await ask(server.call, 'POST', `${path}/enable`)).status).toBe(200)
    expect(await ended(await post('server.unavailable', { server: 'enabled' }))).toMatchObject({ state: 'sent' })
  })
})

describe('what happened', () => {
  it('is told in words, and why it did or did not come to somebody', async () => {
    const event = await post('camera.unavailable', { camera: 'gate' })
    const { id } = await ended(event)
    const shown = await ask(server.call, 'GET', `/api/v1/events/${event}`)
    expect(shown.body).toMatchObject({ title: 'Camera unavailable: gate', deliveries: [{ id, recipient: 'ivan' }] })
    const message = await ask(server.call, 'GET', `/api/v1/deliveries/${id}/message`)
    expect(message.body).toMatchObject({ title: 'Камера недоступна: gate', language: 'ru' })
    const why = async (who: string): Promise<unknown> =>
      (await ask(server.call, 'GET', `/api/v1/events/${event}/why?who=${encodeURIComponent(who)}`)).body
    expect(await why('ivan')).toEqual({ told: true, says: ['inbox ivan: sent'] })
    expect(await why('nobody@example.ru')).toEqual({
      told: false,
      says: ['Nobody here is called that, and no rule names such an address'],
    })
    const empty = await ask(server.call, 'GET', `/api/v1/events/${event}/why`)
    expect(expectError(empty, 400, 'invalid').get('/who')).toBe('Name a person or an address: a login, a name')
    const other = await post('server.unavailable', { server: 'nvr' })
    const answer = await ask(server.call, 'GET', `/api/v1/events/${other}/why?who=ivan`)
    expect(answer.body).toMatchObject({ says: [expect.stringContaining('name other types: "told"')] })
  })
})
