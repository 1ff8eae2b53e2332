/*
 * Times worked out by hand, as people would with a calendar and the offset of a zone. Each row: the zone of the person, their
 * hours, when the event happens and when the message leaves (both UTC), and how that was found. `—` is at once.
 *
 * Offsets: Moscow +3, Yekaterinburg +5, Kathmandu +5:45, all year. Berlin +1, from 2026-03-29 01:00Z +2 (02:00 becomes
 * 03:00), from 2026-10-25 01:00Z +1 (03:00 becomes 02:00). New York -5, -4 from 2026-03-08 07:00Z to 2026-11-01 06:00Z.
 * Sao Paulo -3; -2 from 2018-11-04 03:00Z (00:00 becomes 01:00) to 2019-02-17 02:00Z (00:00 becomes 23:00 of Saturday).
 * Lord Howe +11, from 2026-04-04 15:00Z +10:30 (02:00 becomes 01:30), from 2026-10-03 15:30Z +11 (02:00 becomes 02:30).
 */

/** Zone, hours (`quiet 22:00-08:00`, `work mon-fri 09:00-18:00`, `daily 09:00`), event, release, how it was worked out. */
export type Row = readonly [zone: string, hours: string, event: string, release: string, how: string]

const NIGHT = 'quiet 22:00-08:00'
const OFFICE = 'work mon-fri 09:00-18:00'

/** Ordinary nights, by zone. */
export const NIGHTS: readonly Row[] = [
  ['Europe/Moscow', NIGHT, '2026-03-18T18:59:59Z', '—', '21:59:59'],
  ['Europe/Moscow', NIGHT, '2026-03-18T19:00:00Z', '2026-03-19T05:00Z', '22:00 is quiet; 08:00 less 3 h'],
  ['Europe/Moscow', NIGHT, '2026-03-19T04:59:59Z', '2026-03-19T05:00Z', '07:59:59'],
  ['Europe/Moscow', NIGHT, '2026-03-19T05:00:00Z', '—', '08:00 is not quiet any more'],
  ['Europe/Moscow', NIGHT, '2026-03-28T23:30:00Z', '2026-03-29T05:00Z', 'the night Berlin changes, Moscow does not'],
  ['Europe/Moscow', 'quiet 13:00-14:00', '2026-03-18T10:30:00Z', '2026-03-18T11:00Z', 'an hour at noon'],
  ['Europe/Moscow', 'quiet 00:01-00:00', '2026-03-18T12:00:00Z', '2026-03-18T21:00Z', 'all day but a minute'],
  ['Europe/Moscow', 'quiet 00:01-00:00', '2026-03-18T21:00:00Z', '—', 'and that is the minute'],
  ['Asia/Yekaterinburg', NIGHT, '2026-03-18T16:59:00Z', '—', '21:59'],
  ['Asia/Yekaterinburg', NIGHT, '2026-03-18T17:00:00Z', '2026-03-19T03:00Z', '08:00 less 5 h'],
  ['Asia/Kathmandu', NIGHT, '2026-03-18T16:14:00Z', '—', '21:59, 5 h 45 min ahead'],
  ['Asia/Kathmandu', NIGHT, '2026-03-18T16:15:00Z', '2026-03-19T02:15Z', '08:00 less 5 h 45 min'],
  ['Asia/Kathmandu', 'quiet 23:45-06:15', '2026-03-18T18:00:00Z', '2026-03-19T00:30Z', '06:15 less 5 h 45 min'],
  ['Pacific/Kiritimati', NIGHT, '2026-03-18T08:00:00Z', '2026-03-18T18:00Z', '22:00, 14 h ahead: one day of UTC'],
  [
    'America/Sao_Paulo',
    NIGHT,
    '2026-11-01T01:00:00Z',
    '2026-11-01T11:00Z',
    '22:00 of October 31; no change since 2019',
  ],
  ['Europe/Moscow', NIGHT, '2026-12-31T19:00:00Z', '2027-01-01T05:00Z', 'over the end of a year'],
  ['Europe/Moscow', NIGHT, '2026-02-28T19:00:00Z', '2026-03-01T05:00Z', 'February of 28 days'],
  ['Europe/Moscow', NIGHT, '2028-02-28T19:00:00Z', '2028-02-29T05:00Z', 'into the leap day'],
  ['Europe/Moscow', NIGHT, '2028-02-29T19:00:00Z', '2028-03-01T05:00Z', 'out of the leap day'],
]

/** Nights on which the clock is put forward. */
export const FORWARD: readonly Row[] = [
  ['Europe/Berlin', NIGHT, '2026-03-28T20:59:00Z', '—', '21:59 of Saturday, still +1'],
  ['Europe/Berlin', NIGHT, '2026-03-28T21:00:00Z', '2026-03-29T06:00Z', '08:00 is +2 by then: nine hours'],
  ['Europe/Berlin', NIGHT, '2026-03-29T01:30:00Z', '2026-03-29T06:00Z', '03:30, after the jump'],
  ['Europe/Berlin', NIGHT, '2026-03-29T20:00:00Z', '2026-03-30T06:00Z', 'the next night has ten hours again'],
  [
    'Europe/Berlin',
    'quiet 22:00-02:30',
    '2026-03-28T22:00:00Z',
    '2026-03-29T01:00Z',
    '02:30 is skipped: the jump, 03:00',
  ],
  ['Europe/Berlin', 'quiet 22:00-02:00', '2026-03-28T22:00:00Z', '2026-03-29T01:00Z', '02:00 is the jump itself'],
  ['Europe/Berlin', 'quiet 02:00-03:00', '2026-03-29T00:59:00Z', '—', '01:59, and the next minute is 03:00'],
  ['Europe/Berlin', 'quiet 02:00-03:00', '2026-03-29T01:00:00Z', '—', '03:00: the quiet hour does not exist'],
  ['Europe/Berlin', 'quiet 02:30-08:00', '2026-03-29T00:59:00Z', '—', '01:59'],
  ['Europe/Berlin', 'quiet 02:30-08:00', '2026-03-29T01:00:00Z', '2026-03-29T06:00Z', '03:00 is past 02:30'],
  ['America/New_York', 'quiet 22:00-07:00', '2026-03-08T03:00:00Z', '2026-03-08T11:00Z', '22:00 at -5, 07:00 at -4'],
  [
    'America/Sao_Paulo',
    'quiet 22:00-00:00',
    '2018-11-04T01:30:00Z',
    '2018-11-04T03:00Z',
    'midnight is skipped: the jump',
  ],
  ['America/Sao_Paulo', 'quiet 22:00-00:30', '2018-11-04T01:30:00Z', '2018-11-04T03:00Z', 'and so is half past'],
  ['Australia/Lord_Howe', 'quiet 22:00-02:15', '2026-10-03T12:00:00Z', '2026-10-03T15:30Z', 'half an hour is skipped'],
  ['Australia/Lord_Howe', NIGHT, '2026-10-03T12:00:00Z', '2026-10-03T21:00Z', '22:30 at +10:30, 08:00 at +11'],
]

/** Nights on which the clock is put back. */
export const BACK: readonly Row[] = [
  ['Europe/Berlin', NIGHT, '2026-10-24T20:00:00Z', '2026-10-25T07:00Z', '22:00 at +2, 08:00 at +1: eleven hours'],
  ['Europe/Berlin', NIGHT, '2026-10-25T01:30:00Z', '2026-10-25T07:00Z', 'the second 02:30'],
  ['Europe/Berlin', NIGHT, '2026-10-25T21:00:00Z', '2026-10-26T07:00Z', 'the next night has ten hours again'],
  ['Europe/Berlin', 'quiet 22:00-02:30', '2026-10-24T21:00:00Z', '2026-10-25T00:30Z', 'the first 02:30'],
  [
    'Europe/Berlin',
    'quiet 13:00-02:30',
    '2026-10-24T11:30:00Z',
    '2026-10-25T00:30Z',
    'the first 02:30, from the day before',
  ],
  ['Europe/Berlin', 'quiet 22:00-02:30', '2026-10-25T00:45:00Z', '—', '02:45, not quiet any more'],
  [
    'Europe/Berlin',
    'quiet 22:00-02:30',
    '2026-10-25T01:10:00Z',
    '2026-10-25T01:30Z',
    'the second 02:10 is quiet again',
  ],
  [
    'Europe/Berlin',
    'quiet 22:00-03:00',
    '2026-10-24T21:00:00Z',
    '2026-10-25T02:00Z',
    '03:00 comes once, after both hours',
  ],
  ['Europe/Berlin', 'quiet 02:00-03:00', '2026-10-25T00:15:00Z', '2026-10-25T02:00Z', 'an hour that comes twice: both'],
  ['Europe/Berlin', 'quiet 02:15-02:45', '2026-10-25T00:20:00Z', '2026-10-25T00:45Z', 'the first half hour'],
  ['Europe/Berlin', 'quiet 02:15-02:45', '2026-10-25T00:50:00Z', '—', 'between the two'],
  ['Europe/Berlin', 'quiet 02:15-02:45', '2026-10-25T01:20:00Z', '2026-10-25T01:45Z', 'the second half hour'],
  ['Europe/Berlin', 'quiet 02:30-08:00', '2026-10-25T00:40:00Z', '2026-10-25T01:00Z', 'put back to 02:00: not quiet'],
  ['Europe/Berlin', 'quiet 03:00-08:00', '2026-10-25T01:59:00Z', '—', 'the second 02:59'],
  ['America/New_York', 'quiet 22:00-07:00', '2026-11-01T02:00:00Z', '2026-11-01T12:00Z', '22:00 at -4, 07:00 at -5'],
  [
    'America/Sao_Paulo',
    'quiet 22:00-00:00',
    '2019-02-17T00:30:00Z',
    '2019-02-17T03:00Z',
    '22:30; 23:00 comes twice, then midnight',
  ],
  ['Australia/Lord_Howe', 'quiet 22:00-01:45', '2026-04-04T12:00:00Z', '2026-04-04T14:45Z', 'the first 01:45, at +11'],
  ['Australia/Lord_Howe', NIGHT, '2026-04-04T12:00:00Z', '2026-04-04T21:30Z', '23:00 at +11, 08:00 at +10:30'],
]

/** Working hours, and both together. */
export const WORK: readonly Row[] = [
  ['Europe/Moscow', OFFICE, '2026-03-20T14:59:59Z', '—', 'Friday, 17:59:59'],
  ['Europe/Moscow', OFFICE, '2026-03-20T15:00:00Z', '2026-03-23T06:00Z', 'Friday, 18:00: Monday, 09:00'],
  ['Europe/Moscow', OFFICE, '2026-03-22T21:30:00Z', '2026-03-23T06:00Z', 'Monday, 00:30, is Sunday in UTC'],
  ['Europe/Moscow', OFFICE, '2026-03-23T05:59:00Z', '2026-03-23T06:00Z', 'Monday, 08:59'],
  ['Europe/Moscow', OFFICE, '2026-03-23T06:00:00Z', '—', 'Monday, 09:00'],
  ['Asia/Yekaterinburg', OFFICE, '2026-03-20T13:00:00Z', '2026-03-23T04:00Z', 'Friday, 18:00; 09:00 less 5 h'],
  [
    'Asia/Yekaterinburg',
    `${OFFICE} Europe/Moscow`,
    '2026-03-18T04:00:00Z',
    '2026-03-18T06:00Z',
    'works by the clock of Moscow',
  ],
  [
    'Asia/Kathmandu',
    'work sun-fri 10:00-17:00',
    '2026-03-20T11:15:00Z',
    '2026-03-22T04:15Z',
    'Saturday alone is free there',
  ],
  ['Europe/Berlin', OFFICE, '2026-03-27T17:00:00Z', '2026-03-30T07:00Z', 'Friday at +1, Monday at +2'],
  ['Europe/Berlin', OFFICE, '2026-10-23T16:00:00Z', '2026-10-26T08:00Z', 'Friday at +2, Monday at +1'],
  [
    'Europe/Berlin',
    'work sun-sun 02:00-03:00',
    '2026-03-28T22:00:00Z',
    '2026-04-05T00:00Z',
    'skipped this Sunday: the next',
  ],
  [
    'Europe/Berlin',
    'work sun-sun 02:30-05:00',
    '2026-03-28T22:00:00Z',
    '2026-03-29T01:00Z',
    '02:30 is skipped: the jump, 03:00',
  ],
  ['Europe/Moscow', 'work fri-fri 22:00-06:00', '2026-03-21T02:00:00Z', '—', '05:00 of Saturday belongs to Friday'],
  [
    'Europe/Moscow',
    'work fri-fri 22:00-06:00',
    '2026-03-21T19:30:00Z',
    '2026-03-27T19:00Z',
    'the night of Saturday does not',
  ],
  [
    'Europe/Moscow',
    'work tue-tue 09:00-18:00',
    '2028-02-28T12:00:00Z',
    '2028-02-29T06:00Z',
    'the leap day is a Tuesday',
  ],
  [
    'Europe/Moscow',
    `${NIGHT}, ${OFFICE}`,
    '2026-03-18T20:00:00Z',
    '2026-03-19T06:00Z',
    'quiet until 08:00, work at 09:00',
  ],
  [
    'Europe/Moscow',
    `${NIGHT}, ${OFFICE}`,
    '2026-03-20T20:00:00Z',
    '2026-03-23T06:00Z',
    'quiet until Saturday, work on Monday',
  ],
  [
    'Europe/Moscow',
    `quiet 08:00-10:00, ${OFFICE}`,
    '2026-03-17T17:00:00Z',
    '2026-03-18T07:00Z',
    'work at 09:00, quiet until 10:00',
  ],
]

/** Daily digests, by the clock of the person. */
export const DIGESTS: readonly Row[] = [
  ['Europe/Moscow', 'daily 09:00', '2026-03-18T05:59:00Z', '2026-03-18T06:00Z', '08:59'],
  ['Europe/Moscow', 'daily 09:00', '2026-03-18T06:00:00Z', '2026-03-19T06:00Z', '09:00: the next one'],
  ['Asia/Kathmandu', 'daily 09:00', '2026-03-18T00:00:00Z', '2026-03-18T03:15Z', '09:00 less 5 h 45 min'],
  ['Europe/Berlin', 'daily 02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:00Z', '02:30 is skipped: the jump, 03:00'],
  ['Europe/Berlin', 'daily 02:30', '2026-03-29T12:00:00Z', '2026-03-30T00:30Z', 'the day after, at +2'],
  ['Europe/Berlin', 'daily 02:30', '2026-10-24T12:00:00Z', '2026-10-25T00:30Z', 'the first of two'],
  ['Europe/Berlin', 'daily 02:30', '2026-10-25T00:40:00Z', '2026-10-25T01:30Z', 'between them: the second'],
  ['Europe/Berlin', 'daily 02:30', '2026-10-25T12:00:00Z', '2026-10-26T01:30Z', 'the day after, at +1'],
  ['Europe/Moscow', 'daily 09:00', '2028-02-28T12:00:00Z', '2028-02-29T06:00Z', 'the leap day has one of its own'],
  [
    'Europe/Moscow',
    `daily 02:30, ${NIGHT}`,
    '2026-03-18T12:00:00Z',
    '2026-03-19T05:00Z',
    'at a quiet hour: when it is over',
  ],
]

/** A schedule, a moment, whether it holds then, and why. Its zone stands in it, or is Moscow. */
export type ScheduleRow = readonly [schedule: string, event: string, holds: boolean, why: string]

/** What a rule or a silence with this schedule does. */
export const SCHEDULES: readonly ScheduleRow[] = [
  ['mon-fri 09:00-18:00 Asia/Kathmandu', '2026-03-23T03:14:00Z', false, 'Monday, 08:59'],
  ['mon-fri 09:00-18:00 Asia/Kathmandu', '2026-03-23T03:15:00Z', true, 'Monday, 09:00'],
  ['sun-sun 00:00-00:00', '2026-03-21T20:59:00Z', false, 'Saturday, 23:59'],
  ['sun-sun 00:00-00:00', '2026-03-21T21:00:00Z', true, 'Sunday, 00:00'],
  [
    'sat-sat 22:00-06:00 Europe/Berlin',
    '2026-03-29T03:59:00Z',
    true,
    '05:59 of Sunday, an hour lost, belongs to Saturday',
  ],
  ['sat-sat 22:00-06:00 Europe/Berlin', '2026-03-29T04:00:00Z', false, '06:00'],
  ['mon-sun 02:00-03:00 Europe/Berlin', '2026-03-29T00:59:59Z', false, '01:59:59, then 03:00'],
  ['mon-sun 02:00-03:00 Europe/Berlin', '2026-03-29T01:00:00Z', false, '03:00: there is no such hour'],
  ['mon-sun 02:00-03:00 Europe/Berlin', '2026-10-25T00:00:00Z', true, 'the first 02:00'],
  ['mon-sun 02:00-03:00 Europe/Berlin', '2026-10-25T01:59:59Z', true, 'the second 02:59:59'],
  ['mon-sun 02:00-03:00 Europe/Berlin', '2026-10-25T02:00:00Z', false, '03:00'],
  ['sun-sun 00:00-12:00 America/Sao_Paulo', '2018-11-04T02:59:00Z', false, '23:59 of Saturday'],
  ['sun-sun 00:00-12:00 America/Sao_Paulo', '2018-11-04T03:00:00Z', true, '01:00: Sunday begins so'],
  ['sat-sat 23:00-00:00 America/Sao_Paulo', '2019-02-17T02:30:00Z', true, '23:30 of Saturday for the second time'],
  ['mon-sun 01:45-02:00 Australia/Lord_Howe', '2026-04-04T15:20:00Z', true, 'the second 01:50'],
  ['tue-tue 09:00-18:00', '2028-02-29T08:00:00Z', true, 'the leap day is a Tuesday'],
  ['tue-tue 09:00-18:00', '2028-03-01T08:00:00Z', false, 'and the next a Wednesday'],
]
