import { describe, expect, it, test } from 'vitest'
import type { Silence, User } from '@nabat/api/configuration.ts'
import { CHECK_WORLD, idOf, viewOf, type ViewParts } from '../../test/support/view.ts'
import { planEdits } from './plan.ts'

/** What saving an entity says, as path and words; `id` of the stored one it changes. */
function said(
  section: 'users' | 'silences',
  entity: object,
  { parts = {}, origin = 'api' }: { parts?: ViewParts; origin?: 'file' | 'api' } = {},
): [string, string][] {
  const view = viewOf(parts)
  const id = parts[section] === undefined ? null : idOf(view, section, section === 'users' ? 'ivan' : 'repair')
  const edit = { section, id, entity: entity as Record<string, unknown>, path: '', origin }
  return planEdits([edit], view, CHECK_WORLD).problems.map(({ path, message }) => [path, message.en])
}

const paths = (...all: Parameters<typeof said>): string[] => said(...all).map(([path]) => path)

describe('the hours of a person', () => {
  const ivan = (some: Partial<User>): User => ({ login: 'ivan', ...some })
  const NIGHT = { from: '22:00', to: '08:00' }

  test.each<[string, Partial<User>, string[]]>([
    ['quiet day and night', { quietHours: { from: '00:00', to: '00:00' } }, ['/quietHours']],
    ['quiet from nine to nine', { quietHours: { from: '09:00', to: '09:00' } }, ['/quietHours']],
    ['quiet all day but a minute', { quietHours: { from: '00:01', to: '00:00' } }, []],
    ['working in a zone there is not', { workingHours: { timeZone: 'Mars/North' } }, ['/workingHours/timeZone']],
    ['living in one', { timeZone: 'Mars/North', quietHours: NIGHT, workingHours: {} }, ['/timeZone']],
    ['working on no day', { workingHours: { days: [] } }, ['/workingHours/days']],
    [
      'working only at quiet hours',
      { quietHours: NIGHT, workingHours: { from: '22:00', to: '06:00' } },
      ['/workingHours'],
    ],
    [
      'working a minute longer than it is quiet',
      { quietHours: NIGHT, workingHours: { from: '22:00', to: '08:01' } },
      [],
    ],
    [
      'working from a minute before it is quiet',
      { quietHours: NIGHT, workingHours: { from: '21:59', to: '06:00' } },
      [],
    ],
    ['working day and night', { quietHours: NIGHT, workingHours: { from: '09:00', to: '09:00' } }, []],
    ['working by day', { quietHours: NIGHT, workingHours: { days: ['mon'], from: '09:00', to: '18:00' } }, []],
    [
      'working the night of Monday into Tuesday, both days',
      { quietHours: NIGHT, workingHours: { days: ['mon'], from: '23:00', to: '09:00' } },
      [],
    ],
    // 17:00 in New York is 01:00 in Moscow in winter, and 00:00 in summer.
    [
      'working only when it is quiet, for half of the year',
      {
        timeZone: 'America/New_York',
        quietHours: { from: '17:15', to: '17:00' },
        workingHours: { from: '00:15', timeZone: 'Europe/Moscow' },
      },
      ['/workingHours'],
    ],
    // 08:00 to 18:00 in Kamchatka is 23:00 to 09:00 in Moscow (nine hours apart); an hour is left.
    [
      'working in a zone far away',
      { quietHours: NIGHT, workingHours: { from: '08:00', to: '18:00', timeZone: 'Asia/Kamchatka' } },
      [],
    ],
    [
      'and an hour less',
      { quietHours: NIGHT, workingHours: { from: '08:00', to: '17:00', timeZone: 'Asia/Kamchatka' } },
      ['/workingHours'],
    ],
  ])('%s', (_what, some, wrong) => {
    expect(paths('users', ivan(some))).toEqual(wrong)
  })

  it('that are wrong are told with the way out', () => {
    const [[, words]] = said('users', ivan({ quietHours: { from: '00:00', to: '00:00' } })) as [[string, string]]
    expect(words).toMatch(/from 00:00 to 00:00.*put off for ever.*leave quietHours out/)
  })
})

describe('a silence', () => {
  // The world of the check stands at noon of 18 March in Moscow.
  const silence = (some: Partial<Silence>): Silence => ({
    name: 'repair',
    comment: 'works',
    when: { field: 'subject', op: 'eq', value: 'x' },
    until: '2026-04-01T00:00:00+03:00',
    ...some,
  })
  const NIGHTS = { from: '01:00', to: '04:00' }

  test.each<[string, Partial<Silence>, string[]]>([
    ['every night until the end of March', { schedule: NIGHTS }, []],
    ['that ends as it begins', { from: '2026-04-01T00:00:00+03:00' }, ['/until']],
    ['that ends before it begins', { from: '2026-05-01T00:00:00Z' }, ['/until']],
    ['that began and goes on', { from: '2026-03-01T00:00:00Z' }, []],
    ['that is over', { until: '2026-03-18T11:54:59+03:00' }, ['/until']],
    [
      'that is over and was shorter than nothing',
      { from: '2026-03-17T00:00:00Z', until: '2026-03-16T00:00:00Z' },
      ['/until'],
    ],
    ['that ends now by a clock that is behind', { until: '2026-03-18T11:56:00+03:00' }, []],
    ['of nights, over before the next', { until: '2026-03-19T01:00:00+03:00', schedule: NIGHTS }, ['/schedule']],
    ['of nights, with a minute of the next', { until: '2026-03-19T01:01:00+03:00', schedule: NIGHTS }, []],
    [
      'of a weekday that does not come',
      { until: '2026-03-20T00:00:00+03:00', schedule: { days: ['mon', 'tue'] } },
      ['/schedule'],
    ],
    [
      'of an hour the clock skips',
      {
        from: '2026-03-29T00:00:00+01:00',
        until: '2026-03-29T12:00:00+02:00',
        schedule: { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' },
      },
      ['/schedule'],
    ],
    [
      'of that hour a week longer',
      {
        from: '2026-03-28T22:00:00+01:00',
        until: '2026-04-05T12:00:00+02:00',
        schedule: { days: ['sun'], from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' },
      },
      [],
    ],
    ['in a zone there is not', { schedule: { ...NIGHTS, timeZone: 'Mars/North' } }, ['/schedule/timeZone']],
    ['on no day', { schedule: { days: [] } }, ['/schedule/days']],
    ['on days, as an unknown field', { days: ['mon'] } as object, ['/days']],
  ])('%s', (_what, some, wrong) => {
    expect(paths('silences', silence(some))).toEqual(wrong)
  })

  it('that has ended may get another comment, and is not in the way of other changes', () => {
    const ended = silence({ until: '2026-01-01T00:00:00Z', schedule: NIGHTS })
    const parts = { silences: [ended], origin: 'api' } as const
    expect(said('silences', { ...ended, comment: 'other' }, { parts })).toEqual([])
    expect(paths('silences', { ...ended, until: '2026-01-02T00:00:00Z' }, { parts })).toEqual(['/until'])
    const view = viewOf({ ...parts, users: [{ login: 'gone' }] })
    const removal = {
      section: 'users',
      id: idOf(view, 'users', 'gone'),
      entity: null,
      path: '',
      origin: 'api',
    } as const
    expect(planEdits([removal], view, CHECK_WORLD).problems).toEqual([])
  })

  it('is lifted by its end, at hours when it would not hold again either', () => {
    const nights = silence({ schedule: NIGHTS })
    const parts = { silences: [nights] }
    expect(said('silences', { ...nights, until: '2026-03-18T12:00:00+03:00' }, { parts })).toEqual([])
    expect(said('silences', { ...nights, until: '2026-03-18T12:01:00+03:00' }, { parts })).toEqual([])
    expect(
      paths('silences', { ...nights, until: '2026-03-18T12:01:00+03:00', schedule: { days: ['mon'] } }, { parts }),
    ).toEqual(['/schedule'])
  })

  it('of a file stays right as time passes; one that never holds at all is wrong there too', () => {
    const file = { origin: 'file' } as const
    expect(said('silences', silence({ until: '2020-01-01T00:00:00Z' }), file)).toEqual([])
    expect(said('silences', silence({ until: '2026-03-18T23:00:00+03:00', schedule: NIGHTS }), file)).toEqual([])
    const [from, until] = ['2026-03-18T12:00:00+03:00', '2026-03-18T23:00:00+03:00']
    expect(paths('silences', silence({ from, until, schedule: NIGHTS }), file)).toEqual(['/schedule'])
    expect(paths('silences', silence({ from: until, until: from }), file)).toEqual(['/until'])
  })
})
