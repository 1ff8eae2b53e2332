import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectError } from '../../test/support/answers.ts'
import { startTestServer, type TestServer } from '../../test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: 'types: [{ name: shift.begins, title: { ru: Смена } }]' })
})
afterAll(() => server.stop())

const PATH = '/api/v1/schedules'
const WEEKLY = { name: 'weekly', cron: '0 9 * * mon', type: 'summary.scheduled', summary: { types: ['camera.*'] } }

/** The mistakes with which a schedule is refused, by path. */
async function refusal(some: object, language = 'en'): Promise<Map<string, string>> {
  const answer = await ask(server.call, 'POST', PATH, { ...WEEKLY, ...some }, { 'accept-language': language })
  return expectError(answer, 400, 'invalid')
}

describe('/api/v1/schedules', () => {
  it('shows when a schedule comes next, by the clock of its zone; never when it is off', async () => {
    const made = await ask(server.call, 'POST', PATH, { ...WEEKLY, timeZone: 'Asia/Kathmandu' })
    expect(made.status).toBe(201)
    const next = String(made.body['next'])
    expect(next).toMatch(/T03:15:00\.000Z$/)
    const inMs = Date.parse(next) - Date.now()
    expect(inMs).toBeGreaterThan(0)
    expect(inMs).toBeLessThanOrEqual(7 * 86_400_000)
    expect(new Date(next).getUTCDay()).toBe(1)
    const times = (made.body['nextTimes'] as unknown as string[]).map((at) => Date.parse(at))
    expect(times).toEqual([0, 1, 2, 3, 4].map((weeks) => Date.parse(next) + weeks * 7 * 86_400_000))
    // What was read may be sent back.
    const off = await ask(server.call, 'PUT', `${PATH}/weekly`, { ...(made.body as object), enabled: false })
    expect({ status: off.status, body: off.body }).toMatchObject({ status: 200, body: { next: null, nextTimes: [] } })
    const listed = await ask(server.call, 'GET', PATH)
    expect(listed.body['items']).toMatchObject([{ name: 'weekly', next: null }])
    expect((await ask(server.call, 'DELETE', `${PATH}/weekly`)).status).toBe(204)
  })

  it.each([
    [{ cron: '0 9 * *' }, '/cron', 'Five fields are needed'],
    [{ cron: '0 25 * * *' }, '/cron', 'Field 2 (hours) is "25"; it takes 0-23'],
    [{ cron: '0 9 30 2 *' }, '/cron', 'never comes'],
    [{ timeZone: 'Mars/North' }, '/timeZone', 'No such time zone'],
    [{ type: 'summary.shceduled' }, '/type', 'did you mean "summary.scheduled"?'],
    [{ summary: { types: ['camera.*', 'pump.stopped'] } }, '/summary/types/1', 'pump.stopped'],
    [{ summary: { when: { field: 'data.x', op: 'is', value: 1 } } }, '/summary/when/op', 'The operator is one of'],
    [{ type: 'camera.unavailable', data: { object: 'north' } }, '/data/camera', 'The field "camera" is required'],
    [{ summary: { type: 'camera.*' } }, '/summary/type', 'did you mean "types"?'],
  ])('refuses %j at %s', async (some, path, words) => {
    const found = await refusal(some)
    expect([...found.keys()]).toEqual([path])
    expect(found.get(path)).toContain(words)
  })

  it('says the same in Russian', async () => {
    const found = await refusal({ cron: '0 9 30 2 *', timeZone: 'Mars/North', type: 'сводка' }, 'ru')
    expect([...found.keys()].sort()).toEqual(['/cron', '/timeZone', '/type'])
    for (const words of found.values()) expect(words).toMatch(/[а-я]/)
  })

  it('keeps the type it raises, and checks data against a type that comes with it', async () => {
    const types = (schema: string): string => `
types: [{ name: shift.begins, title: { ru: Смена }, data: { type: object, required: [gate], ${schema} } }]
schedules: [{ name: shift, cron: "0 8 * * *", type: shift.begins, data: { gate: 3 } }]
`
    const apply = (yaml: string) => ask(server.call, 'POST', '/api/v1/apply', yaml)
    const wrong = expectError(await apply(types('properties: { gate: { type: string } }')), 400, 'invalid')
    expect([...wrong.keys()]).toEqual(['/schedules/0/data/gate'])
    const applied = await apply(types('properties: { gate: { type: integer } }'))
    expect(applied.body).toMatchObject({ created: ['schedules/shift'], changed: ['types/shift.begins'] })
    const { body } = await ask(server.call, 'GET', '/api/v1/export')
    expect(String(body)).toContain('schedules:')
    expect((await apply(String(body))).body).toMatchObject({ created: [], changed: [], removed: [] })
    const without = await apply('schedules: [{ name: shift, cron: "0 8 * * *", type: shift.begins }]')
    expect([...expectError(without, 400, 'invalid').keys()]).toEqual(['/schedules/0/type'])
    expect((await apply('types: [{ name: shift.begins, title: { ru: Смена } }]')).body).toMatchObject({
      removed: ['schedules/shift'],
    })
  })
})

describe('the hour of the daily statistics', () => {
  it('is nine unless the workspace says otherwise, and is an hour or false', async () => {
    const shown = await ask(server.call, 'GET', '/api/v1/workspace')
    expect(shown.body['dailyStatistics']).toBe('09:00')
    for (const dailyStatistics of ['07:30', false] as const) {
      const saved = await ask(server.call, 'PUT', '/api/v1/workspace', { ...(shown.body as object), dailyStatistics })
      expect({ status: saved.status, body: saved.body }).toMatchObject({ status: 200, body: { dailyStatistics } })
    }
    const answer = await ask(server.call, 'PUT', '/api/v1/workspace', { dailyStatistics: '9' })
    const found = expectError(answer, 400, 'invalid')
    expect([...found.keys()]).toEqual(['/dailyStatistics'])
    expect(found.get('/dailyStatistics')).toContain('HH:MM')
  })
})
