import { CloudEvent, emitterFor, HTTP, httpTransport, Mode, type Message } from 'cloudevents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, type Answer } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

const EVENTS = '/api/v1/events'
const EXTENSIONS = { severity: 'critical', incident: 'power:north', actoruser: 'petrov', actorrole: 'support' }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

let count = 0
const cloudEvent = (more: object = {}) =>
  new CloudEvent({
    id: `ce-${(count += 1)}`,
    source: '/video/server-2',
    type: 'camera.unavailable',
    subject: 'Вход 3, «Северный парк» 100% + €',
    time: '2026-03-14T09:26:53.000Z',
    data: { camera: 'Вход 3', object: 'Северный парк, 12' },
    ...more,
  })

/** Posts a message of the SDK as it is. */
const post = (message: Message, more: Record<string, string> = {}): Promise<Answer> =>
  ask(server.call, 'POST', EVENTS, message.body as string, { ...(message.headers as Record<string, string>), ...more })

const read = async ({ status, body }: Answer, index = 0): Promise<Answer['body']> => {
  expect({ status, body }).toMatchObject({ status: 202 })
  const { id } = (body['events'] as unknown as { id: string }[])[index]!
  return (await ask(server.call, 'GET', `${EVENTS}/${id}`)).body
}

/** Headers are Latin-1, and the specification has every other character percent-encoded in UTF-8; the SDK leaves that to its caller. */
const percentEncoded = (message: Message): Message => ({
  ...message,
  headers: Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      name.startsWith('ce-')
        ? String(value).replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character))
        : value,
    ]),
  ) as Message['headers'],
})

describe('an event posted with the npm package cloudevents', () => {
  it('is taken in structured mode with every attribute', async () => {
    const event = cloudEvent(EXTENSIONS)
    expect(await read(await post(HTTP.structured(event)))).toMatchObject({
      eventId: event.id,
      source: '/video/server-2',
      type: 'camera.unavailable',
      subject: 'Вход 3, «Северный парк» 100% + €',
      time: '2026-03-14T09:26:53.000Z',
      severity: 'critical',
      incident: 'power:north',
      actor: { user: 'petrov', role: 'support' },
      data: { camera: 'Вход 3', object: 'Северный парк, 12' },
    })
  })

  it('is taken in binary mode, where Cyrillic attributes travel percent-encoded', async () => {
    const event = cloudEvent(EXTENSIONS)
    expect(await read(await post(percentEncoded(HTTP.binary(event))))).toMatchObject({
      eventId: event.id,
      source: '/video/server-2',
      subject: 'Вход 3, «Северный парк» 100% + €',
      time: '2026-03-14T09:26:53.000Z',
      severity: 'critical',
      incident: 'power:north',
      actor: { user: 'petrov', role: 'support' },
      data: { camera: 'Вход 3', object: 'Северный парк, 12' },
    })
  })

  it('is taken in batches, told one by one', async () => {
    const events = [cloudEvent(), cloudEvent({ type: 'camera.available' }), cloudEvent()]
    const headers = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' }
    const answer = await ask(server.call, 'POST', EVENTS, JSON.stringify(events), headers)
    expect(answer.body['events']).toMatchObject(events.map(({ id }) => ({ eventId: id, status: 'accepted' })))
    expect(await read(answer, 1)).toMatchObject({ type: 'camera.available', subject: events[1]!.subject })
  })

  it.each([Mode.STRUCTURED, Mode.BINARY])('is taken from its own emitter, %s', async (mode) => {
    const headers = { authorization: `Bearer ${server.key}` }
    const emit = emitterFor(httpTransport(`${server.url}${EVENTS}`), { mode })
    const event = cloudEvent({ source: '/video', subject: 'door-3' })
    const answer = (await emit(event, { headers })) as { body: string }
    expect(JSON.parse(answer.body)).toMatchObject({ events: [{ eventId: event.id, status: 'accepted' }] })
  })

  it('is the same event in whatever mode it comes', async () => {
    const event = cloudEvent()
    const first = await post(HTTP.structured(event))
    const second = await post(percentEncoded(HTTP.binary(event)))
    expect(second.body['events']).toMatchObject([
      { status: 'duplicate', id: (first.body['events'] as unknown as { id: string }[])[0]!.id },
    ])
  })

  it('may carry its data in base64', async () => {
    const { data, ...rest } = cloudEvent().toJSON() as { data: object }
    const record = { ...rest, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }
    const structured = { 'content-type': 'application/cloudevents+json' }
    expect(await read(await ask(server.call, 'POST', EVENTS, JSON.stringify(record), structured))).toMatchObject({
      data,
    })
  })

  it('may lack data where the type asks for none', async () => {
    const event = cloudEvent({ type: 'workorder.created', subject: '118' }).cloneWith({ data: undefined }, false)
    expect(await read(await post(percentEncoded(HTTP.binary(event))))).toMatchObject({ subject: '118', data: {} })
  })
})

describe('a CloudEvent that is none', () => {
  const structured = { 'content-type': 'application/cloudevents+json' }
  const batch = { 'content-type': 'application/cloudevents-batch+json' }
  const refused = async (body: unknown, headers: Record<string, string>) =>
    expectError(await ask(server.call, 'POST', EVENTS, JSON.stringify(body), headers), 400, 'invalid')

  it('names what its envelope lacks', async () => {
    const details = await refused({ specversion: '0.3', type: 'camera.unavailable' }, structured)
    expect([...details]).toEqual([
      ['/specversion', 'CloudEvents version 1.0 is needed'],
      ['/id', 'The attribute "id" is required'],
      ['/source', 'The attribute "source" is required'],
    ])
  })

  it('is named by its place in a batch, and nothing of the batch is stored', async () => {
    const good = cloudEvent()
    const details = await refused([good, { ...good.toJSON(), specversion: '2.0' }, 7], batch)
    expect([...details.keys()]).toEqual(['/1/specversion', '/2'])
    const { body } = await ask(server.call, 'GET', `${EVENTS}?eventId=${good.id}`)
    expect(body['items']).toEqual([])
  })

  it('a batch that is no list, data that is no JSON', async () => {
    expect([...(await refused(cloudEvent(), batch)).keys()]).toEqual([''])
    const record = cloudEvent().toJSON()
    expect([...(await refused({ ...record, datacontenttype: 'text/xml' }, structured)).keys()]).toContain(
      '/datacontenttype',
    )
    const notJson = { ...record, data: undefined, data_base64: 'AAAA' }
    expect([...(await refused(notJson, structured)).keys()]).toContain('/data_base64')
  })

  it('data the catalogue refuses is refused in every mode', async () => {
    const event = cloudEvent({ data: { object: 'north' } })
    for (const message of [HTTP.structured(event), percentEncoded(HTTP.binary(event))])
      expect([...expectError(await post(message), 400, 'invalid').keys()]).toEqual(['/data/camera'])
  })
})
