import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError, withKey, type Body } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

const HOUR = 3_600_000
/** RFC 3339, so far from now. */
const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString()

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    config: `
silences:
  - { name: of the file, comment: c, until: "2020-01-01T00:00:00Z", when: { field: subject, op: eq, value: x } }
rules: [{ name: all, types: [server.created], to: [{ role: admin }] }]
users: [{ login: anna, roles: [admin], contacts: [{ channel: inbox }] }]
`,
  })
})
afterAll(() => server.stop())

const PATH = '/api/v1/silences'
const silence = (name: string, some: object = {}): object => ({
  ...{ name, comment: 'works', until: fromNow(HOUR) },
  when: { field: 'subject', op: 'eq', value: name },
  ...some,
})

describe('a silence over the API', () => {
  it('says who made it and who changed it last, and when', async () => {
    const begun = Date.now()
    const key = async (name: string) => {
      const { body } = await ask(server.call, 'POST', '/api/v1/keys', { name, rights: 'all' })
      return withKey(server, String(body['key']))
    }
    const [anna, boris] = [await key('anna'), await key('boris')]
    const made = (await ask(anna, 'POST', PATH, silence('authors'))).body
    expect(made).toMatchObject({ madeBy: 'anna', changedBy: 'anna' })
    expect(made['changedAt']).toBe(made['madeAt'])
    expect(Date.parse(String(made['madeAt']))).toBeGreaterThanOrEqual(begun)
    // What was read is sent back as it is, with a change.
    const changed = (await ask(boris, 'PUT', `${PATH}/authors`, { ...(made as object), comment: 'other' })).body
    expect(changed).toMatchObject({ comment: 'other', madeBy: 'anna', madeAt: made['madeAt'], changedBy: 'boris' })
    expect(Date.parse(String(changed['changedAt']))).toBeGreaterThanOrEqual(Date.parse(String(made['madeAt'])))
    expect((await ask(server.call, 'GET', `${PATH}/authors`)).body).toEqual(changed)
    // A later one of the same name is another.
    await ask(server.call, 'DELETE', `${PATH}/authors`)
    expect((await ask(boris, 'POST', PATH, silence('authors'))).body).toMatchObject({ madeBy: 'boris' })
  })

  it('is listed with its state and when that changes: active, to come, and ended ones too', async () => {
    const [from, until] = [fromNow(HOUR), fromNow(2 * HOUR)]
    await ask(server.call, 'POST', PATH, silence('now', { until }))
    await ask(server.call, 'POST', PATH, silence('to come', { from, until }))
    const { body } = await ask(server.call, 'GET', PATH)
    const listed = new Map((body['items'] as unknown as Body[]).map((each) => [String(each['name']), each]))
    expect(listed.get('now')).toMatchObject({ status: 'active', changesAt: until })
    expect(listed.get('to come')).toMatchObject({ status: 'pending', changesAt: from })
    expect(listed.get('of the file')).toMatchObject({
      status: 'ended',
      changesAt: null,
      madeBy: 'file',
      origin: 'file',
    })
  })

  it('with a schedule says when its hours come next', async () => {
    // The hour that begins between one and two hours from now, by the clock of UTC.
    const begins = new Date(Date.now() + 2 * HOUR - (Date.now() % HOUR))
    const clock = (hours: number): string => new Date(begins.getTime() + hours * HOUR).toISOString().slice(11, 16)
    const schedule = { from: clock(0), to: clock(1), timeZone: 'UTC' }
    const asked = silence('hours', { until: fromNow(48 * HOUR), schedule })
    expect((await ask(server.call, 'POST', PATH, asked)).body).toMatchObject({
      status: 'pending',
      changesAt: begins.toISOString(),
    })
  })

  it('is lifted by setting its end to now: what it suppressed stays so, the next event is told', async () => {
    const made = (await ask(server.call, 'POST', PATH, silence('lifted'))).body
    const post = async (): Promise<Body> => {
      const event = { type: 'server.created', subject: 'lifted', data: { server: 's' } }
      const { events } = await server.send(event)
      return (await ask(server.call, 'GET', `/api/v1/events/${events[0]!.id}`)).body['deliveries']![0]!
    }
    const kept = await post()
    expect(kept).toMatchObject({ state: 'suppressed', reason: 'silence', silence: 'lifted' })
    const lifted = await ask(server.call, 'PUT', `${PATH}/lifted`, { ...(made as object), until: fromNow(0) })
    expect(lifted.body).toMatchObject({ status: 'ended', changesAt: null })
    expect((await post())['state']).not.toBe('suppressed')
    const { body } = await ask(server.call, 'GET', `/api/v1/deliveries/${String(kept['id'])}`)
    expect(body).toMatchObject({ state: 'suppressed', reason: 'silence' })
    // It stays listed, and may get another comment.
    const noted = await ask(server.call, 'PUT', `${PATH}/lifted`, { ...(lifted.body as object), comment: 'done early' })
    expect(noted.body).toMatchObject({ status: 'ended', comment: 'done early' })
  })

  it('that would never hold is refused, in both languages', async () => {
    const past = silence('late', { until: fromNow(-HOUR) })
    const details = expectError(await ask(server.call, 'POST', PATH, past), 400, 'invalid')
    expect([...details]).toEqual([['/until', expect.stringContaining('has passed')]])
    const russian = await ask(server.call, 'POST', PATH, past, { 'accept-language': 'ru' })
    expect(expectError(russian, 400, 'invalid').get('/until')).toContain('уже прошёл')
    const backwards = silence('late', { from: fromNow(2 * HOUR) })
    expect([...expectError(await ask(server.call, 'POST', PATH, backwards), 400, 'invalid').keys()]).toEqual(['/until'])
    expectError(await ask(server.call, 'GET', `${PATH}/late`), 404, 'not_found')
  })
})
