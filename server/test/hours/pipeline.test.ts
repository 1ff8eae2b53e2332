import { describe, expect, test } from 'vitest'
import { startCompany } from '../support/company.ts'
import { camera, companyOf } from './company.ts'
import { hoursOf, scheduleOf } from './hours.ts'
import { BACK, DIGESTS, FORWARD, NIGHTS, SCHEDULES, WORK, type Row } from './rows.ts'

const MINUTE = 60_000
const iso = (ms: number): string => new Date(ms).toISOString()

/** Every second of the clock costs work: of the rows that wait longer one is enough, the one that is put off twice. */
const LONG_MS = 15 * 60 * MINUTE
const waitsMs = ([, , event, release]: Row): number => (release === '—' ? 0 : Date.parse(release) - Date.parse(event))
const ROWS = [...NIGHTS, ...FORWARD, ...BACK, ...WORK, ...DIGESTS].filter(
  (row) => waitsMs(row) <= LONG_MS || row[1].includes(', work'),
)

describe('what the table says happens, to the minute, and what is critical at once', () => {
  test.each(ROWS.map((row) => [...row] as unknown as Row))(
    '%s, %s: of %s leaves %s (%s)',
    async (timeZone, hours, event, release) => {
      const { person, daily } = hoursOf(hours)
      const now = Date.parse(event)
      const due = release === '—' ? now : Date.parse(release)
      const company = await startCompany(
        companyOf({ timeZone, ...person }, daily === null ? {} : { digest: { daily } }),
        iso(now),
      )
      await company.post(camera('held'), camera('urgent', 'critical'))
      await company.pass(due - now + 10 * MINUTE)
      const urgent = company.arrivals.filter(({ title }) => title.includes('urgent'))
      const held = company.arrivals.filter((each) => !urgent.includes(each))
      expect(urgent.map(({ at }) => iso(at))).toEqual([iso(now)])
      expect(held.map(({ at }) => iso(at))).toEqual([iso(due)])
      await company.stop()
    },
  )
})

describe('a schedule', () => {
  test.each(SCHEDULES.map((row) => [...row] as [string, string, boolean, string]))(
    '%s at %s: the rule with it tells %s, the silence with it keeps back %s (%s)',
    async (text, event, holds) => {
      const schedule = scheduleOf(text)
      const rule = await startCompany(companyOf({}, { schedule }), event)
      await rule.post(camera('one'))
      await rule.pass(MINUTE)
      expect(rule.arrivals.map(({ at }) => at)).toEqual(holds ? [Date.parse(event)] : [])
      await rule.stop()

      const works = { name: 'works', comment: 'c', when: { field: 'subject', op: 'eq', value: 'one' }, schedule }
      const silences = [{ ...works, until: '2100-01-01T00:00:00Z' }]
      const silence = await startCompany(companyOf({}, {}, { silences }), event)
      const [one, other] = await silence.post(camera('one', 'critical'), camera('other', 'critical'))
      await silence.pass(MINUTE)
      const reasons = async (id: string) => (await silence.deliveries(id)).map(({ state, reason }) => reason ?? state)
      expect(await reasons(one!)).toEqual([holds ? 'silence' : 'sent'])
      expect(await reasons(other!)).toEqual(['sent'])
      await silence.stop()
    },
  )
})
