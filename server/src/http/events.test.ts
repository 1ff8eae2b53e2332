import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

const CONFIG = `
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
rules:
  - { name: north, types: [camera.unavailable], when: { field: data.object, op: eq, value: north }, to: [{ user: ivan }] }
`
const EVENTS = '/api/v1/events'
const good = (data: object = {}) => ({ type: 'camera.unavailable', data: { camera: 'cam-1', ...data } })

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: CONFIG })
})
afterAll(() => server.stop())

const stored = async (): Promise<number> => {
  const { body } = await ask(server.call, 'GET', `${EVENTS}?limit=500`)
  return (body['items'] as unknown as unknown[]).length
}

describe('POST /api/v1/events', () => {
  it('answers 202 with what became of each event, and the event can be read at once', async () => {
    const { status, body } = await ask(server.call, 'POST', EVENTS, { ...good({ object: 'north' }), subject: 'Вход 3' })
    expect(status).toBe(202)
    const [event] = body['events'] as unknown as { id: string }[]
    expect(event).toMatchObject({ eventId: event!.id, source: 'admin', status: 'accepted', deliveries: 1 })
    const read = await ask(server.call, 'GET', `${EVENTS}/${event!.id}`)
    expect(read.body).toMatchObject({ subject: 'Вход 3', data: { camera: 'cam-1', object: 'north' } })
  })

  it('takes a list, and counts suppressed messages as none', async () => {
    const { events } = await server.send([good({ object: 'north' }), good({ object: 'south' })])
    expect(events.map((event) => event.deliveries)).toEqual([1, 0])
  })

  it('says duplicate to the same source and id, gives the first id back and stores nothing', async () => {
    const event = { ...good(), id: 'same', source: 'video' }
    const first = await server.send(event)
    const before = await stored()
    const second = await server.send({ ...event, data: { camera: 'another' } })
    expect(second.events[0]).toMatchObject({ id: first.events[0]!.id, status: 'duplicate', eventId: 'same' })
    expect(await stored()).toBe(before)
    expect((await server.send({ ...event, source: 'another' })).events[0]!.status).toBe('accepted')
  })

  it('knows a duplicate inside one batch', async () => {
    const { events } = await server.send([
      { ...good(), id: 'twin' },
      { ...good(), id: 'twin' },
    ])
    expect(events.map((event) => event.status)).toEqual(['accepted', 'duplicate'])
    expect(events[1]!.id).toBe(events[0]!.id)
  })

  it('takes the same event twice when it has no id: there is nothing to compare', async () => {
    const first = await server.send(good())
    const second = await server.send(good())
    expect(second.events[0]!.status).toBe('accepted')
    expect(second.events[0]!.id).not.toBe(first.events[0]!.id)
  })

  it('names every mistake of a bad batch by path and stores none of its good events', async () => {
    const before = await stored()
    const batch = [good(), { ...good(), type: 'camera.unavailabel' }, good(), { type: 'camera.unavailable', data: {} }]
    const details = expectError(await ask(server.call, 'POST', EVENTS, batch), 400, 'invalid')
    expect([...details]).toEqual([
      ['/1/type', 'The type "camera.unavailabel" is not in the catalogue; did you mean "camera.unavailable"?'],
      ['/3/data/camera', 'The field "camera" is required'],
    ])
    expect(await stored()).toBe(before)
  })

  it('speaks Russian unless English is asked for', async () => {
    const body = [{ type: 'camera.unavailable', data: {}, severty: 'info' }]
    const russian = await ask(server.call, 'POST', EVENTS, body, { 'accept-language': '' })
    expect(Object.fromEntries(expectError(russian, 400, 'invalid'))).toEqual({
      '/0/severty': 'Неизвестное поле «severty»; может быть, «severity»?',
      '/0/data/camera': 'Нет обязательного поля «camera»',
    })
    expect(russian.body['error']!['message']).toBe('В запросе есть ошибки, ничего не сохранено')
    const english = await ask(server.call, 'POST', EVENTS, body, { 'accept-language': 'en-GB,ru;q=0.5' })
    expect(expectError(english, 400, 'invalid').get('/0/data/camera')).toBe('The field "camera" is required')
  })

  it.each([
    ['no type', { data: {} }, '/type'],
    ['a severity that there is not', { ...good(), severity: 'fatal' }, '/severity'],
    ['a time that is none', { ...good(), time: 'yesterday' }, '/time'],
    ['an actor with more than user and role', { ...good(), actor: { name: 'x' } }, '/actor/name'],
    ['an empty id', { ...good(), id: '' }, '/id'],
    ['data that is a list', { ...good(), data: [] }, '/data'],
    ['a field of data of the wrong type', good({ camera: {} }), '/data/camera'],
    ['null for an event', [null], '/0'],
    ['a number for an event', [7], '/0'],
    ['a text for the whole body', 'hello', ''],
  ])('refuses %s and says where', async (_name, body, path) => {
    const headers = { 'content-type': 'application/json' }
    const sent = typeof body === 'string' ? JSON.stringify(body) : body
    const details = expectError(await ask(server.call, 'POST', EVENTS, sent, headers), 400, 'invalid')
    expect([...details.keys()]).toContain(path)
  })

  it('refuses JSON that cannot be parsed, and a body that is not there', async () => {
    const json = { 'content-type': 'application/json' }
    expectError(await ask(server.call, 'POST', EVENTS, '{"type":', json), 400, 'malformed')
    expectError(await ask(server.call, 'POST', EVENTS, undefined, json), 400, 'invalid')
  })

  it('takes a leap second, text of any kind, and data nested deeply', async () => {
    const json = { 'content-type': 'application/json' }
    const leap = await ask(server.call, 'POST', EVENTS, { ...good(), time: '2016-12-31T23:59:60.5Z' })
    const { id } = (leap.body['events'] as unknown as { id: string }[])[0]!
    expect((await ask(server.call, 'GET', `${EVENTS}/${id}`)).body['time']).toBe('2016-12-31T23:59:59.500Z')
    const odd = '{"type":"camera.unavailable","subject":"\\u0000\\ud800","data":{"camera":"c","__proto__":{"x":1}}}'
    expect((await ask(server.call, 'POST', EVENTS, odd, json)).status).toBe(202)
    const nested = `{"type":"camera.unavailable","data":{"camera":"c","deep":${'['.repeat(1000)}${']'.repeat(1000)}}}`
    expect((await ask(server.call, 'POST', EVENTS, nested, json)).status).toBe(202)
  })

  it('takes an empty list for what it is', async () => {
    expect((await ask(server.call, 'POST', EVENTS, [])).body).toEqual({ events: [] })
  })
})

describe('the limits of a request', () => {
  it('415 for another content type', async () => {
    for (const type of [
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/yaml',
    ])
      expectError(
        await ask(server.call, 'POST', EVENTS, 'a=1', { 'content-type': type }),
        415,
        'unsupported_media_type',
      )
  })

  it('413 for more than 1 MiB, and a body just under it is read', async () => {
    const padded = (bytes: number) => {
      const event = JSON.stringify({ ...good(), subject: 'x' })
      return event + ' '.repeat(bytes - event.length)
    }
    const json = { 'content-type': 'application/json' }
    expectError(await ask(server.call, 'POST', EVENTS, padded(1024 * 1024 + 1), json), 413, 'too_large')
    expect((await ask(server.call, 'POST', EVENTS, padded(1024 * 1024), json)).status).toBe(202)
  })

  it('413 for 1,001 events, and 1,000 are taken', async () => {
    const before = await stored()
    const many = Array.from({ length: 1001 }, () => ({ type: 'camera.available', data: { camera: 'c' } }))
    const details = expectError(await ask(server.call, 'POST', EVENTS, many), 413, 'too_large')
    expect(details.get('')).toBe('At most 1000 events at a time')
    expect(await stored()).toBe(before)
    expect((await server.send(many.slice(1))).events).toHaveLength(1000)
  })

  it('413 for data over 64 KiB, counted in bytes, and names the event', async () => {
    const cyrillic = good({ note: 'ж'.repeat(33_000) })
    expect([
      ...expectError(await ask(server.call, 'POST', EVENTS, [good(), cyrillic]), 413, 'too_large').keys(),
    ]).toEqual(['/1/data'])
    expect((await server.send(good({ note: 'z'.repeat(65_000) }))).events[0]!.status).toBe('accepted')
  })

  it('429 with Retry-After for a key that may send so many a minute, and nothing is stored', async () => {
    const limited = withKey(server, await makeKey(server, 'send', { name: 'meter', perMinute: 3 }))
    const send = (count: number) =>
      ask(
        limited,
        'POST',
        EVENTS,
        Array.from({ length: count }, () => good()),
      )
    expect((await send(2)).status).toBe(202)
    const before = await stored()
    const refused = await send(2)
    expectError(refused, 429, 'too_many_requests')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(20)
    expect(await stored()).toBe(before)
    expect((await send(1)).status).toBe(202)
    expectError(await send(1), 429, 'too_many_requests')
    expect((await server.send(good())).events).toHaveLength(1)
  })
})

describe('GET /api/v1/events', () => {
  it('finds an event by its source and id', async () => {
    const { events } = await server.send({ ...good(), id: 'needle', source: 'haystack' })
    const { body } = await ask(server.call, 'GET', `${EVENTS}?source=haystack&eventId=needle`)
    expect(body['items']).toMatchObject([{ id: events[0]!.id, eventId: 'needle', source: 'haystack' }])
    expect((await ask(server.call, 'GET', `${EVENTS}?source=straw&eventId=needle`)).body['items']).toEqual([])
  })

  it('gives pages that join without a gap or a repeat', async () => {
    const source = 'pages'
    await server.send(Array.from({ length: 7 }, (_, index) => ({ ...good(), source, id: `p${index}` })))
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 5; page += 1) {
      const { body } = await ask(server.call, 'GET', `${EVENTS}?source=${source}&limit=3${cursor}`)
      seen.push(...(body['items'] as unknown as { eventId: string }[]).map((event) => event.eventId))
      if (body['next'] === null) break
      cursor = `&cursor=${String(body['next'])}`
    }
    expect(seen).toEqual(['p6', 'p5', 'p4', 'p3', 'p2', 'p1', 'p0'])
  })

  it('filters by type, incident and time', async () => {
    await server.send({ type: 'server.unavailable', data: { server: 'video-9' } })
    const items = async (query: string) => (await ask(server.call, 'GET', `${EVENTS}?${query}`)).body['items']
    expect(await items('type=server.unavailable')).toMatchObject([{ type: 'server.unavailable' }])
    expect(await items('incident=server:video-9')).toHaveLength(1)
    expect(await items('type=server.unavailable&to=2020-01-01T00:00:00Z')).toEqual([])
    expect(await items('type=server.unavailable&from=2020-01-01T00:00:00Z')).toHaveLength(1)
  })

  it('400 for a query that means nothing, 404 for an event that is not there', async () => {
    const query = await ask(server.call, 'GET', `${EVENTS}?limit=-1&from=soon`, undefined, { 'accept-language': 'ru' })
    const details = expectError(query, 400, 'invalid')
    expect([...details.keys()].sort()).toEqual(['/from', '/limit'])
    expect(details.get('/from')).toContain('время по RFC 3339')
    for (const id of ['0198d1c0-0000-7000-8000-000000000000', 'nonsense', '%00', "'; drop table events"])
      expectError(await ask(server.call, 'GET', `${EVENTS}/${id}`), 404, 'not_found')
  })
})
