import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, makeKey, withKey, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'
import { until } from '../../test/until.ts'

const DRY_RUN = '/api/v1/rules/dry-run'

let server: TestServer
/** The clock of Moscow so many hours from now. */
const hoursFromNow = (hours: number): string =>
  new Date(Date.now() + hours * 3_600_000).toLocaleTimeString('en-GB', { timeZone: 'Europe/Moscow' }).slice(0, 5)

beforeAll(async () => {
  server = await startTestServer({
    config: `
workspace: { name: default, language: en }
channels: [{ name: bot, kind: telegram, token: "1000:AAHtoken", enabled: false }]
users:
  - { login: ivan, roles: [dispatcher], contacts: [{ channel: inbox }] }
  - { login: anna, roles: [dispatcher], contacts: [{ channel: inbox }], quietHours: { from: "${hoursFromNow(-1)}", to: "${hoursFromNow(3)}" } }
  - { login: boris, roles: [dispatcher] }
`,
  })
})
afterAll(() => server.stop())

const RULE = { name: 'tried', types: ['camera.*'], to: [{ role: 'dispatcher' }] }

const CAMERAS = Array.from({ length: 20 }, (_, n) => `cam-${n}`)
const CRITICAL = { type: 'camera.unavailable', subject: 'x', severity: 'critical', data: { camera: 'x' } }
/** A storm: twenty cameras go down and come back, one of them critical, and something else happens. */
const STORM = Array.from({ length: 60 }, (_, n) => ({
  type: n % 3 === 2 ? 'camera.available' : 'camera.unavailable',
  subject: `cam-${n % 20}`,
  data: { camera: `cam-${n % 20}` },
})).concat([CRITICAL as never, { type: 'server.unavailable', subject: 's', data: { server: 's' } } as never])

const dryRun = (rule: object, more: object = {}) => ask(server.call, 'POST', DRY_RUN, { rule, ...more })

describe('POST /api/v1/rules/dry-run', () => {
  it.each([
    ['a plain rule', {}],
    ['a condition', { when: { field: 'data.camera', op: 'in', value: ['cam-1', 'cam-2', 'cam-5'] } }],
    ['a throttle', { throttle: { per: '1h' } }],
    ['two recipients and one person twice', { to: [{ user: 'ivan' }, { user: 'ivan', channel: 'inbox' }] }],
    ['a digest of an hour', { digest: { every: '1h' } }],
    ['closings alone', { types: ['camera.available'] }],
  ])('says what then happens when the rule is saved and the events come again: %s', async (_, part) => {
    const rule = { ...RULE, ...part, name: `same ${JSON.stringify(part)}`.slice(0, 100) }
    const from = new Date().toISOString()
    await server.send(STORM)
    const { status, body } = await dryRun(rule, { from })
    expect({ status, events: body['events'] }).toEqual({ status: 200, events: STORM.length })

    // What the storm left open would be known when it comes again.
    await server.send(
      [...CAMERAS, 'x'].map((camera) => ({ type: 'camera.available', subject: camera, data: { camera } })),
    )
    const saved = await ask(server.call, 'POST', '/api/v1/rules', rule)
    expect(saved.status).toBe(201)
    const { events } = await server.send(STORM)
    const counted = await countsOf(events.map(({ id }) => id))
    await server.call('DELETE', `/api/v1/rules/${String(saved.body['id'])}`)
    expect(counted.told.size + counted.held.size).toBeGreaterThan(0)
    // Later than now: of what waits until the morning, the dry run knows already what will be over by then.
    const {
      incident_ended = 0,
      never_told = 0,
      ...suppressed
    } = body['suppressed'] as unknown as Record<string, number>
    expect(suppressed).toEqual(Object.fromEntries(counted.suppressed))
    expect(body['matched']).toBe(counted.matched)
    expect(body['held']).toEqual(Object.fromEntries(counted.held))
    expect(Number(body['messages']) + incident_ended + never_told).toBe(counted.messages)
  })

  it('tells for whom, when, and in which words', async () => {
    const from = new Date().toISOString()
    const { events } = await server.send(STORM.slice(0, 3))
    const { body } = await dryRun({ ...RULE, to: [{ user: 'ivan' }] }, { from })
    expect(body).toMatchObject({
      ...{ events: 3, matched: 3, messages: 3, held: {}, suppressed: {}, overBudget: 0 },
      perRecipient: [{ destination: 'inbox ivan', recipient: 'ivan', messages: 3 }],
    })
    const sum = (name: string) => (body[name] as unknown as number[]).reduce((all, each) => all + each, 0)
    expect([sum('perHour'), sum('perWeekday')]).toEqual([3, 3])
    const first = body['first'] as unknown as { event: string; title: string; text: string }[]
    expect(first.map(({ event }) => event)).toEqual(events.map(({ id }) => id))
    expect(first[0]!.title).toContain('cam-0')
  })

  it('looks at the span that is given, by when events were accepted', async () => {
    const events = async (span: object) => (await dryRun(RULE, span)).body['events']
    await server.send({ ...STORM[0]!, time: '2001-01-01T00:00:00Z' })
    const all = await events({})
    expect(all).toBeGreaterThan(0)
    expect(await events({ to: new Date(Date.now() - 3_600_000).toISOString() })).toBe(0)
    expect(await events({ from: '2001-01-01T00:00:00Z' })).toBe(all)
    expect(await events({ from: new Date(Date.now() + 1).toISOString(), to: '2999-01-01T00:00:00Z' })).toBe(0)
  })

  it('tries a rule that is saved already, or switched off, in its changed form', async () => {
    const made = await ask(server.call, 'POST', '/api/v1/rules', { ...RULE, name: 'kept', enabled: false })
    expect(made.status).toBe(201)
    const { status, body } = await dryRun({ ...(made.body as object), types: ['server.*'] })
    expect({ status, messages: Number(body['messages']) > 0 }).toEqual({ status: 200, messages: true })
    await server.call('DELETE', '/api/v1/rules/kept')
  })

  it('streams its progress when asked to, and the same answer last', async () => {
    await server.send(STORM)
    const span = { to: new Date().toISOString() }
    const answer = await server.call('POST', DRY_RUN, { rule: RULE, ...span }, { accept: 'application/x-ndjson' })
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await answer.text()).trimEnd().split('\n')
    const parsed = lines.map((line) => JSON.parse(line) as { progress?: number; result?: unknown })
    expect(parsed.length).toBeGreaterThan(1)
    for (const { progress } of parsed.slice(0, -1)) expect(progress! >= 0 && progress! <= 1).toBe(true)
    expect(parsed.at(-1)!.result).toEqual((await dryRun(RULE, span)).body)
  })

  it('tells the mistakes of a rule as saving does, by their path in the request', async () => {
    const wrong = [
      { ...RULE, to: [{ channel: 'inbx' }] },
      { ...RULE, types: ['camra.*'], when: { field: 'data.x', op: 'like', value: 1 } },
      { name: 'x' },
    ]
    for (const rule of wrong) {
      const saving = expectError(await ask(server.call, 'POST', '/api/v1/rules', rule), 400, 'invalid')
      const trying = expectError(await dryRun(rule), 400, 'invalid')
      expect(saving.size).toBeGreaterThan(0)
      expect([...trying]).toEqual([...saving].map(([path, words]) => [`/rule${path}`, words]))
    }
  })

  it('tells what is wrong with the request', async () => {
    const paths = async (body: unknown) => [
      ...expectError(await ask(server.call, 'POST', DRY_RUN, body), 400, 'invalid').keys(),
    ]
    expect(await paths({})).toEqual(['/rule'])
    expect(await paths({ rule: [] })).toEqual(['/rule'])
    expect(await paths({ rule: RULE, from: 'yesterday' })).toEqual(['/from'])
    expect(await paths({ rule: RULE, since: '2026-01-01T00:00:00Z' })).toEqual(['/since'])
    expect(await paths({ rule: RULE, from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' })).toEqual(['/from'])
  })

  it('takes the right to write: it shows what messages say', async () => {
    const as = async (rights: 'send' | 'read' | 'all') => {
      const call = withKey(server, await makeKey(server, rights))
      return ask(call, 'POST', DRY_RUN, { rule: RULE })
    }
    expectError(await ask(withKey(server, ''), 'POST', DRY_RUN, { rule: RULE }), 401, 'unauthorized')
    expectError(await as('send'), 403, 'forbidden')
    expectError(await as('read'), 403, 'forbidden')
    expect((await as('all')).status).toBe(200)
  })

  it('saves nothing', async () => {
    const rules = async () => (await ask(server.call, 'GET', '/api/v1/rules')).body
    const before = await rules()
    await dryRun({ ...RULE, name: 'never saved' })
    expect(await rules()).toEqual(before)
  })
})

/** What became of the deliveries of these events, once nothing is on its way but what hold keeps back. */
async function countsOf(ids: readonly string[]) {
  const seen = async () => {
    const events = await Promise.all(
      ids.map(async (id) => (await ask(server.call, 'GET', `/api/v1/events/${id}`)).body),
    )
    const deliveries = events.flatMap((each) => each['deliveries'] as unknown as Body[])
    return { events, deliveries }
  }
  let last = await seen()
  const rests = ({ state, reason }: Body): boolean =>
    /sent|suppressed/.test(String(state)) || /quiet_hours|digest|joined/.test(String(reason))
  await until(async () => (last = await seen()).deliveries.every(rests), 10_000, 'the storm to be delivered')
  const tally = {
    told: new Map<string, number>(),
    held: new Map<string, number>(),
    suppressed: new Map<string, number>(),
  }
  const add = (map: Map<string, number>, name: unknown) => map.set(String(name), (map.get(String(name)) ?? 0) + 1)
  let messages = 0
  for (const each of last.deliveries) {
    const [state, reason] = [String(each['state']), String(each['reason'])]
    if (state === 'sent') add(tally.told, 'sent')
    else if (state === 'suppressed') add(tally.suppressed, reason)
    else add(tally.held, reason === 'joined' ? 'digest' : reason)
    if (state === 'sent' || (state === 'waiting' && reason !== 'joined')) messages += 1
  }
  const trace = (each: Body): Body[] => each['trace']!['rules'] as unknown as Body[]
  const matched = last.events.filter((each) => trace(each).some(({ result }) => String(result) === 'matched')).length
  return { ...tally, messages, matched }
}
