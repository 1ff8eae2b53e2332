import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReceiver, type Receiver } from '../../server/test/standins/receiver.ts'
import { startTestServer, type TestServer } from '../../server/test/support/server.ts'
import { until } from '../../server/test/until.ts'
import { NabatClient, NabatError } from './client.ts'

let hook: Receiver
let server: TestServer
let nabat: NabatClient

beforeAll(async () => {
  hook = await startReceiver()
  const config = `
workspace: { name: default, language: en }
channels: [{ name: hook, kind: webhook, url: "${hook.url}" }]
users: [{ login: ivan, contacts: [{ channel: inbox }] }]
rules:
  - { name: to ivan, types: [camera.unavailable], to: [{ user: ivan }] }
  - { name: to the hook, types: [server.unavailable], to: [{ channel: hook }] }
`
  server = await startTestServer({ config, env: { NABAT_ALLOW_PRIVATE_ADDRESSES: 'true' } })
  nabat = new NabatClient({ url: `${server.url}/`, key: server.key, language: 'en' })
})
afterAll(async () => {
  await server.stop()
  await hook.close()
})

const camera = (id: string, source = 'cameras') => ({
  id,
  source,
  type: 'camera.unavailable',
  data: { camera: `cam-${id}` },
})

/** What a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<NabatError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  )
  if (error instanceof NabatError) return error
  throw error
}

describe('events', () => {
  it('are sent one by one or together, once, and found by either id with their trace', async () => {
    const one = await nabat.events.send(camera('a'))
    expect(one).toMatchObject({ eventId: 'a', source: 'cameras', status: 'accepted', deliveries: 1 })
    const many = await nabat.events.send([camera('a'), camera('b')])
    expect(many.map((event) => event.status)).toEqual(['duplicate', 'accepted'])

    expect(await nabat.events.find({ source: 'cameras', eventId: 'a' })).toMatchObject({ id: one.id })
    expect(await nabat.events.find({ source: 'elsewhere', eventId: 'a' })).toBeUndefined()
    const { trace, deliveries } = await nabat.events.get(one.id)
    expect(trace.rules.map(({ name, result }) => [name, result])).toEqual([
      ['to ivan', 'matched'],
      ['to the hook', 'refused'],
    ])
    expect(deliveries).toMatchObject([{ recipient: 'ivan', channel: 'inbox' }])
  })

  it('are listed over all pages, the newest first', async () => {
    const sent = await nabat.events.send(['1', '2', '3', '4', '5'].map((id) => camera(id, 'paging')))
    const listed: string[] = []
    for await (const { id } of nabat.events.list({ source: 'paging', limit: 2 })) listed.push(id)
    expect(listed).toEqual(sent.map(({ id }) => id).toReversed())
    const first = await nabat.events.list({ source: 'paging', limit: 2 }).page()
    expect(first.items).toHaveLength(2)
    expect(await nabat.events.list({ source: 'paging', limit: 5 }).all()).toHaveLength(5)
  })

  it('carry files under the name people gave them', async () => {
    const bytes = new TextEncoder().encode('снимок')
    const file = await nabat.files.upload('Камера, вход №1.txt', 'text/plain', bytes)
    expect(file).toMatchObject({ name: 'Камера, вход №1.txt', mediaType: 'text/plain', size: bytes.length })
    const { id } = await nabat.events.send({
      ...camera('with a file'),
      attachments: [{ file: file.id, name: file.name }],
    })
    expect((await nabat.events.get(id)).attachments).toMatchObject([{ file: file.id, name: file.name }])
  })
})

describe('the configuration', () => {
  it('is made, changed and removed entity by entity', async () => {
    const made = await nabat.groups.create({ name: 'смена/1', users: [] })
    expect(made).toMatchObject({ name: 'смена/1', origin: 'api' })
    const got = await nabat.groups.get('смена/1')
    expect(await nabat.groups.update(got.id, { ...got, users: ['ivan'] })).toMatchObject({ users: ['ivan'] })
    expect((await nabat.groups.list().all()).map(({ name }) => name)).toEqual(['смена/1'])
    await nabat.groups.remove('смена/1')
    expect(await refusal(nabat.groups.get('смена/1'))).toMatchObject({ code: 'not_found', status: 404 })
    expect((await nabat.channels.get('hook')).status).toBe('ready')
  })

  it('comes out as a file and goes in again without a change', async () => {
    const yaml = await nabat.export()
    expect(yaml).toContain('to the hook')
    const dry = await nabat.apply(`${yaml}silences: []\n`, { dryRun: true })
    expect(dry).toMatchObject({ dryRun: true, created: [], changed: [], removed: [] })
    const without = yaml.replace(/ {2}- name: to the hook[^]*/, '')
    expect(await nabat.apply(without, { dryRun: true })).toMatchObject({ removed: ['rules/to the hook'] })
    expect((await nabat.rules.get('to the hook')).origin).toBe('file')
  })

  it('is refused with every mistake and its line', async () => {
    const error = await refusal(nabat.apply('rules:\n  - name: x\n    to: []\n  - name: y\n    too: []\n'))
    expect(error).toMatchObject({ code: 'invalid', status: 400 })
    expect(error.details.length).toBeGreaterThan(1)
    expect(error.details).toContainEqual(expect.objectContaining({ path: '/rules/0/to', line: 3 }))
  })

  it('remembers who changed what', async () => {
    await nabat.silences.create({
      name: 'works',
      comment: 'repair',
      until: '2999-01-01T00:00:00Z',
      when: { field: 'type', op: 'eq', value: 'none' },
    })
    const [change] = (await nabat.changes.list({ section: 'silences' }).page()).items
    expect(change).toMatchObject({ by: 'admin', key: 'works', before: null, after: { comment: 'repair' } })
    await nabat.silences.remove('works')
  })

  it('has a catalogue of types to which own ones belong', async () => {
    await nabat.types.create({ name: 'pump.stopped', title: { ru: 'Насос встал' } })
    const names = (await nabat.catalog()).map(({ name }) => name)
    expect(names).toContain('camera.unavailable')
    expect(names).toContain('pump.stopped')
    await nabat.types.remove('pump.stopped')
  })
})

describe('what happened', () => {
  it('deliveries are stopped and tried again, one or many', async () => {
    hook.answer(503)
    const [one, two] = await nabat.events.send([
      { type: 'server.unavailable', data: { server: 'a' } },
      { type: 'server.unavailable', data: { server: 'b' } },
    ])
    const deliveriesOf = (event: string) => nabat.deliveries.list({ event }).all()
    const waits = async (event: string): Promise<string> => {
      const [delivery] = await until(async () => {
        const found = await deliveriesOf(event)
        return found[0]?.state === 'waiting' && found[0].attempts.length > 0 && found
      })
      return delivery!.id
    }
    const [first, second] = [await waits(one!.id), await waits(two!.id)]
    expect(await nabat.deliveries.cancel(first)).toMatchObject({ state: 'cancelled' })
    expect(await refusal(nabat.deliveries.cancel(first))).toMatchObject({ code: 'conflict', status: 409 })
    expect(await nabat.deliveries.cancelMany([first, second])).toEqual([second])
    hook.answer(204)
    expect(await nabat.deliveries.retry(first)).toMatchObject({ id: first })
    expect(await nabat.deliveries.retryMany([second])).toEqual([second])
    await until(async () => (await nabat.deliveries.get(first)).state === 'sent', 10_000, 'the first retry')
    await until(async () => (await nabat.deliveries.get(second)).state === 'sent', 10_000, 'the second retry')
  })

  it('incidents are acknowledged by name', async () => {
    await nabat.events.send(camera('incident'))
    const open = await nabat.incidents.list({ state: 'open' }).all()
    const incident = open.find(({ key }) => key.includes('cam-incident'))!
    expect(await nabat.incidents.acknowledge(incident.key, 'Иван')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Иван',
    })
    expect((await nabat.incidents.get(incident.key)).acknowledgedAt).not.toBeNull()
  })

  it('entries of an inbox are read and unread', async () => {
    const { eventId } = await nabat.events.send(camera('for the inbox'))
    const entry = await until(async () =>
      (await nabat.inbox.list('ivan', { unread: true }).all()).find((each) => each.eventId === eventId),
    )
    expect(await nabat.inbox.read('ivan', [entry.id])).toBe(1)
    const unread = await nabat.inbox.list('ivan', { unread: true }).all()
    expect(unread.map((each) => each.id)).not.toContain(entry.id)
    expect(await nabat.inbox.unread('ivan', [entry.id])).toBe(1)
  })

  it('people are told with the ways to them, page by page', async () => {
    await nabat.users.create({ login: 'anna' })
    const first = await nabat.reachability({ limit: 1 })
    expect(first).toMatchObject({
      people: { items: [{ login: 'anna', says: 'there are no contacts' }], next: 'anna' },
      rules: [],
    })
    const { people } = await nabat.reachability({ cursor: 'anna' })
    expect(people).toMatchObject({
      items: [{ login: 'ivan', reachable: true, contacts: [{ works: true }] }],
      next: null,
    })
    expect((await nabat.reachability({ unreachable: true })).people.items.map(({ login }) => login)).toEqual(['anna'])
    await nabat.users.remove('anna')
  })

  it('a rule is tried before it is saved', async () => {
    const rule = { name: 'tried', types: ['camera.*'], to: [{ user: 'ivan' }] }
    // The rule that is saved tells him of the same already.
    const { matched, messages, alreadyTold } = await nabat.rules.dryRun(rule)
    expect(matched).toBeGreaterThan(0)
    expect({ messages, alreadyTold }).toEqual({ messages: 0, alreadyTold: matched })
    expect(await nabat.rules.dryRun(rule, { to: '2001-01-01T00:00:00Z' })).toMatchObject({ events: 0, messages: 0 })
  })

  it('a channel is checked, with a message when it is told where to', async () => {
    hook.answer(204)
    const { ok, stages } = await nabat.channels.test('hook', { channel: 'hook' })
    expect({ ok, last: stages.at(-1)?.stage }).toEqual({ ok: true, last: 'message' })
  })
})

describe('keys', () => {
  it('open what they were made for, until they are removed', async () => {
    const { id, key } = await nabat.keys.make({ name: 'robot', rights: 'send', perMinute: 1 })
    const robot = nabat.with({ key })
    expect(await robot.events.send({ type: 'camera.unavailable', data: { camera: '1' } })).toMatchObject({
      source: 'robot',
    })
    const limited = await refusal(robot.events.send(camera('over the limit')))
    expect(limited).toMatchObject({ code: 'too_many_requests', status: 429 })
    expect(limited.retryAfterSeconds).toBeGreaterThan(30)
    expect(await refusal(robot.events.list().page())).toMatchObject({ code: 'forbidden', status: 403 })
    expect((await nabat.keys.list().all()).map((each) => each.name)).toContain('robot')
    await nabat.keys.remove(id)
    expect(await refusal(robot.events.send(camera('late')))).toMatchObject({ code: 'unauthorized', status: 401 })
  })
})

describe('failures', () => {
  it('name every mistake of a batch in the language asked for', async () => {
    const batch = [camera('good'), { type: 'no.such.type' }, { type: 'camera.unavailable', data: {} }]
    const error = await refusal(nabat.events.send(batch))
    expect(error).toMatchObject({ name: 'NabatError', code: 'invalid', status: 400 })
    expect(error.details.map(({ path }) => path)).toEqual(['/1/type', '/2/data/camera'])
    expect(error.message).toBe('The request has mistakes, nothing was stored')
    const russian = await refusal(nabat.with({ language: 'ru' }).events.send(batch))
    expect(russian.message).toBe('В запросе есть ошибки, ничего не сохранено')
    expect(await nabat.events.find({ source: 'cameras', eventId: 'good' })).toBeUndefined()
  })

  it('tell no answer, a late answer and a foreign answer apart', async () => {
    const strange = await startReceiver()
    const lost = nabat.with({ url: strange.origin, timeoutMs: 200 })
    strange.answer('never')
    expect(await refusal(lost.catalog())).toMatchObject({ code: 'timeout', status: 0 })
    strange.answer({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' })
    expect(await refusal(lost.catalog())).toMatchObject({ code: 'unexpected', status: 502, message: '502 Bad Gateway' })
    await strange.close()
    await refusal(lost.catalog()) // The connection that was kept open ends first.
    const gone = await refusal(lost.catalog())
    expect(gone).toMatchObject({ code: 'network', status: 0 })
    expect(gone.message).toContain('ECONNREFUSED')
    expect(gone.message).not.toContain(server.key)
  })

  it('do not follow a redirect with the key', async () => {
    const strange = await startReceiver()
    strange.answer({ status: 307, headers: { location: hook.url } })
    const before = hook.received.length
    expect((await refusal(nabat.with({ url: strange.origin }).events.send(camera('redirected')))).code).toBe('network')
    expect(hook.received).toHaveLength(before)
    await strange.close()
  })

  it('end with the reason of the signal that ended the call', async () => {
    const strange = await startReceiver()
    strange.answer('never')
    const stop = new AbortController()
    const call = nabat.with({ url: strange.origin, signal: stop.signal }).catalog()
    await strange.waitFor(1)
    stop.abort(new Error('the page was left'))
    await expect(call).rejects.toThrow('the page was left')
    await strange.close()
  })
})

describe('sending again', () => {
  const accepted = {
    status: 202,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [{ id: '1', eventId: 'a', source: 's', status: 'accepted', deliveries: 0 }] }),
  }
  const busy = { status: 503, headers: { 'retry-after': '0' } }

  it('happens for events with ids, after the time the server asked for', async () => {
    const shaky = await startReceiver()
    const answers = ['drop', busy, busy, accepted] as const
    shaky.answer(() => answers[shaky.received.length - 1]!)
    const patient = nabat.with({ url: shaky.origin, retries: 3 })
    expect(await patient.events.send(camera('a'))).toMatchObject({ status: 'accepted' })
    expect(shaky.received.map(({ body }) => body)).toEqual(Array(4).fill(JSON.stringify(camera('a'))))
    await shaky.close()
  })

  it('does not happen without an id, beyond the number allowed, or for what stays wrong', async () => {
    const shaky = await startReceiver()
    shaky.answer(busy)
    const patient = nabat.with({ url: shaky.origin, retries: 2 })
    const { id: _id, ...nameless } = camera('a')
    await refusal(patient.events.send([camera('b'), nameless]))
    expect(shaky.received).toHaveLength(1)
    expect(await refusal(patient.events.send(camera('c')))).toMatchObject({ status: 503, retryAfterSeconds: 0 })
    expect(shaky.received).toHaveLength(4)
    shaky.answer(400)
    await refusal(patient.events.send(camera('d')))
    expect(shaky.received).toHaveLength(5)
    await shaky.close()
  })
})
