import { describe, expect, it, test } from 'vitest'
import type { User } from '@nabat/api/configuration.ts'
import { startCompany, type Company } from '../support/company.ts'
import { camera, companyOf } from './company.ts'
import { scheduleOf } from './hours.ts'

const HOUR = 3_600_000
const iso = (ms: number): string => new Date(ms).toISOString()

/*
 * Something waits for Ivan's morning in Moscow (UTC+3, quiet from 22:00 to 08:00, so until 05:00Z) when his hours change.
 * The event comes at 20:00Z (23:00 in Moscow), the change at 21:00Z. Yekaterinburg is UTC+5, Kaliningrad UTC+2, New York
 * UTC-4, Kathmandu UTC+5:45.
 */
const EVENT = '2026-03-18T20:00:00Z'
const CHANGE = '2026-03-18T21:00:00Z'
const NIGHT = { from: '22:00', to: '08:00' }

/** Lets something wait, changes the file, and tells when what waited arrived, and how it ended. */
async function arrivesAfter(
  before: string,
  after: string,
): Promise<{ company: Company; arrivals: string[]; end: string }> {
  const company = await startCompany(before, EVENT)
  const [event] = await company.post(camera('held'))
  await company.pass(HOUR)
  expect(company.arrivals).toEqual([])
  expect(iso(company.clock.now())).toBe(iso(Date.parse(CHANGE)))
  await company.apply(after)
  await company.pass(11 * HOUR)
  const [delivery] = await company.deliveries(event!)
  const end = delivery!.reason ?? delivery!.state
  return { company, arrivals: company.arrivals.map(({ at }) => iso(at)), end }
}

describe('a person whose hours change while something waits', () => {
  test.each<[string, Partial<User>, Partial<User>, string]>([
    [
      'moves east: the morning comes sooner',
      { quietHours: NIGHT },
      { quietHours: NIGHT, timeZone: 'Asia/Yekaterinburg' },
      '2026-03-19T03:00:00Z',
    ],
    [
      'moves to Kathmandu',
      { quietHours: NIGHT },
      { quietHours: NIGHT, timeZone: 'Asia/Kathmandu' },
      '2026-03-19T02:15:00Z',
    ],
    [
      'moves west: the morning comes later',
      { quietHours: NIGHT },
      { quietHours: NIGHT, timeZone: 'Europe/Kaliningrad' },
      '2026-03-19T06:00:00Z',
    ],
    ['moves to where it is day', { quietHours: NIGHT }, { quietHours: NIGHT, timeZone: 'America/New_York' }, CHANGE],
    ['gives up quiet hours', { quietHours: NIGHT }, {}, CHANGE],
    ['rises earlier', { quietHours: NIGHT }, { quietHours: { from: '22:00', to: '06:00' } }, '2026-03-19T03:00:00Z'],
    ['sleeps longer', { quietHours: NIGHT }, { quietHours: { from: '22:00', to: '10:00' } }, '2026-03-19T07:00:00Z'],
    [
      'has quiet hours that do not begin yet',
      { quietHours: NIGHT },
      { quietHours: { from: '01:00', to: '08:00' } },
      CHANGE,
    ],
    [
      'begins to keep working hours',
      { quietHours: NIGHT },
      { quietHours: NIGHT, workingHours: scheduleOf('mon-fri 09:00-18:00') },
      '2026-03-19T06:00:00Z',
    ],
    [
      'works at another time',
      { workingHours: scheduleOf('mon-fri 09:00-18:00') },
      { workingHours: scheduleOf('mon-fri 07:00-16:00') },
      '2026-03-19T04:00:00Z',
    ],
    [
      'works at night from now on',
      { workingHours: scheduleOf('mon-fri 09:00-18:00') },
      { workingHours: scheduleOf('mon-fri 22:00-06:00') },
      CHANGE,
    ],
  ])('%s', async (_what, before, after, release) => {
    const { company, arrivals } = await arrivesAfter(companyOf(before), companyOf(after))
    expect(arrivals).toEqual([iso(Date.parse(release))])
    await company.stop()
  })

  it('whose workspace moves moves with it, one with a zone of their own does not', async () => {
    const moved = { workspace: { name: 'default', timeZone: 'Asia/Yekaterinburg' } }
    const whole = await arrivesAfter(companyOf({ quietHours: NIGHT }), companyOf({ quietHours: NIGHT }, {}, moved))
    expect(whole.arrivals).toEqual(['2026-03-19T03:00:00.000Z'])
    await whole.company.stop()
    const own = { quietHours: NIGHT, timeZone: 'Europe/Moscow' }
    const stays = await arrivesAfter(companyOf(own), companyOf(own, {}, moved))
    expect(stays.arrivals).toEqual(['2026-03-19T05:00:00.000Z'])
    await stays.company.stop()
  })

  it('whose digest gathers already gets it at the hour it was to leave at', async () => {
    const daily = { digest: { daily: '09:00' } }
    const moved = companyOf({ timeZone: 'Asia/Yekaterinburg' }, daily)
    const { company, arrivals } = await arrivesAfter(companyOf({}, daily), moved)
    expect(arrivals).toEqual(['2026-03-19T06:00:00.000Z'])
    await company.stop()
  })

  it('who leaves gets nothing of what waits', async () => {
    const { company, arrivals, end } = await arrivesAfter(
      companyOf({ quietHours: NIGHT }),
      companyOf({ enabled: false }),
    )
    expect({ arrivals, end }).toEqual({ arrivals: [], end: 'person_left' })
    await company.stop()
  })
})

describe('a silence and what waits', () => {
  const works = { name: 'works', comment: 'c', when: { field: 'subject', op: 'eq', value: 'held' } }
  const silent = (silence: object): string =>
    companyOf({ quietHours: NIGHT }, {}, { silences: [{ ...works, ...silence }] })
  const plain = companyOf({ quietHours: NIGHT })

  it('that is over, or lifted, before its turn comes changes nothing', async () => {
    const over = await arrivesAfter(plain, silent({ until: '2026-03-19T04:59:00Z' }))
    expect(over.arrivals).toEqual(['2026-03-19T05:00:00.000Z'])
    await over.company.stop()
  })

  it('that holds when its turn comes suppresses it', async () => {
    const holds = await arrivesAfter(
      plain,
      silent({ until: '2026-04-01T00:00:00Z', schedule: { from: '07:00', to: '08:01' } }),
    )
    expect(holds).toMatchObject({ arrivals: [], end: 'silence' })
    await holds.company.stop()
  })

  it('that suppressed it is lifted in vain', async () => {
    const lifted = await arrivesAfter(silent({ until: '2026-04-01T00:00:00Z' }), plain)
    expect(lifted).toMatchObject({ arrivals: [], end: 'silence' })
    await lifted.company.stop()
  })
})
