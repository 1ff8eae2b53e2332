import { afterEach, describe, expect, it } from 'vitest'
import { startCompany, type Company } from '../../test/support/company.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

let company: Company
afterEach(() => company.stop())

const PEOPLE = 10
const people = Array.from({ length: PEOPLE }, (_, n) => `p${n}`)

/** Ten people, each with a private chat, who want to know of every camera. */
const configuration = (settings = '', who = people) => `
workspace: { name: default, title: x${settings} }
channels: [ { name: bot, kind: telegram, token: "1:a" } ]
users: [ ${who.map((login, n) => `{ login: ${login}, contacts: [ { channel: bot, chat: "${n + 1}" } ] }`).join(', ')} ]
rules: [ { name: cameras, types: [camera.unavailable, camera.available], to: [ ${who.map((login) => `{ user: ${login} }`).join(', ')} ] } ]`

const camera = (n: number, some: object = {}) => ({
  type: 'camera.unavailable',
  severity: 'warning',
  subject: `cam-${n}`,
  data: { camera: `cam-${n}`, object: `object ${n % 56}` },
  ...some,
})

/** 2,800 cameras fail within ten seconds, as their servers notice it: 56 requests of 50. */
async function fail(settings = '', who = people): Promise<string[]> {
  company = await startCompany(configuration(settings, who))
  const ids: string[] = []
  for (let batch = 0; batch < 56; batch += 1) {
    ids.push(...(await company.post(...Array.from({ length: 50 }, (_, n) => camera(batch * 50 + n)))))
    await company.pass(178)
  }
  return ids
}

describe('2,800 cameras fail at once', () => {
  it('and each of ten people gets a few messages that tell of all of them', { timeout: 120_000 }, async () => {
    const ids = await fail()
    await company.pass(10 * MINUTE)
    const each = people.map((_, n) => company.arrivals.filter(({ to }) => to === String(n + 1)))
    const folded = each.map((list) => list.length)
    expect(Math.max(...folded)).toBeLessThanOrEqual(5)
    // The detail of each camera is still found: ten deliveries, every one sent.
    for (const id of [ids[0]!, ids[1400]!, ids[2799]!]) {
      const deliveries = await company.deliveries(id)
      expect(deliveries.map(({ state }) => state)).toEqual(Array.from({ length: PEOPLE }, () => 'sent'))
    }
    const states = await company.store.read({
      sql: 'select state, reason, count(*) as n from deliveries group by state, reason order by reason',
      parameters: [],
    })
    expect(states.reduce((sum, row) => sum + Number(row['n']), 0)).toBe(2_800 * PEOPLE)
    expect(states.every((row) => row['state'] === 1)).toBe(true)
    const lastFolded = Math.max(...company.arrivals.map(({ at }) => at)) - company.clock.now() + 10 * MINUTE

    const summary = company.arrivals.find(({ title }) => title.includes('событий'))!
    expect(summary.text).toMatch(/Камера не ?доступна — \d+/)
    expect(summary.text).toMatch(/object \d+ \(\d+\), .* и ещё \d+/)
    await company.stop()

    // One of them is enough to see what it would be otherwise: each has a chat and a budget of their own.
    await fail(', foldAfter: never', ['p0'])
    await company.pass(HOUR)
    const one = company.arrivals.filter(({ to }) => to === '1')
    expect(one).toHaveLength(2_800)
    const took =
      (Math.max(...company.arrivals.map(({ at }) => at)) - Math.min(...company.arrivals.map(({ at }) => at))) / MINUTE
    console.log(
      `2,800 cameras, 10 people: ${Math.max(...folded)} messages a person folded, the last ${Math.round(lastFolded / SECOND)} s after the failure; ` +
        `2,800 not folded, the last after ${took.toFixed(0)} min`,
    )
  })

  it('and what is critical comes at once, by itself', async () => {
    await fail()
    const before = company.arrivals.length
    await company.post({ type: 'server.unavailable', severity: 'critical', subject: 'srv', data: { server: 'srv' } })
    await company.post(camera(9_999, { severity: 'critical' }))
    await company.pass(2 * SECOND)
    const told = company.arrivals.slice(before).filter(({ title }) => title.includes('cam-9999'))
    expect(told).toHaveLength(PEOPLE)
  })

  it('and the end of each is told to those who were told of its beginning in a summary', async () => {
    await fail()
    await company.pass(5 * MINUTE)
    const before = company.arrivals.length
    const [id] = await company.post({
      type: 'camera.available',
      severity: 'info',
      subject: 'cam-77',
      data: { camera: 'cam-77' },
    })
    await company.pass(MINUTE)
    expect((await company.deliveries(id!)).map(({ state }) => state)).toEqual(people.map(() => 'sent'))
    expect(company.arrivals.slice(before)).toHaveLength(PEOPLE)
  })
})

describe('a storm', () => {
  it('goes on as one message a minute, and ends when hardly anything comes', async () => {
    company = await startCompany(configuration())
    let n = 0
    // Five a second for five minutes: five times what a chat takes.
    for (let second = 0; second < 300; second += 1) {
      await company.post(...Array.from({ length: 5 }, () => camera((n += 1))))
      await company.pass(SECOND)
    }
    await company.pass(2 * MINUTE)
    const mine = company.arrivals.filter(({ to }) => to === '1')
    const summaries = mine.filter(({ title }) => title.includes('событ'))
    expect(summaries.length).toBeGreaterThanOrEqual(5)
    expect(summaries.length).toBeLessThanOrEqual(8)
    const told =
      summaries.reduce((sum, { title }) => sum + Number(/\d+/.exec(title)![0]), 0) + mine.length - summaries.length
    expect(told).toBe(1_500)
    const before = company.arrivals.length
    await company.post(camera(5_000))
    await company.pass(2 * SECOND)
    expect(company.arrivals.slice(before).map(({ title }) => title.includes('cam-5000'))).toEqual(
      people.map(() => true),
    )
  })

  it('of things that were told of before is folded as well, where each lives in one message', async () => {
    company = await startCompany(configuration('', ['p0']).replace('to: [', 'messages: living, to: ['))
    const all = Array.from({ length: 200 }, (_, n) => camera(n))
    const arrived = async (...events: object[]): Promise<number> => {
      const before = company.arrivals.length
      await company.post(...events)
      await company.pass(20 * MINUTE)
      return company.arrivals.length - before
    }
    const first = await arrived(...all)
    const ends = all.map((each) => ({ ...each, type: 'camera.available', severity: 'info' }))
    expect(await arrived(...ends)).toBe(first)
    expect(await arrived(...all)).toBe(first)
    expect(first).toBeLessThan(5)
  })

  it('that a group of few does not make: twenty waiting messages of a private chat leave one by one', async () => {
    company = await startCompany(configuration())
    await company.post(...Array.from({ length: 20 }, (_, n) => camera(n)))
    await company.pass(MINUTE)
    expect(company.arrivals.filter(({ to }) => to === '1')).toHaveLength(20)
  })
})
