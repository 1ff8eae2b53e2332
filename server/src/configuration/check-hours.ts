/* What can be wrong with times: zones there are not, hours that leave no moment, silences that never hold. */
import type { Silence, User } from '@nabat/api/configuration.ts'
import type { Schedule } from '@nabat/api/rule.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { conditionProblems } from '../pipeline/conditions.ts'
import { holdsBetween } from '../pipeline/silence.ts'
import { isTimeZone, isWithin, nextChange } from '../time/hours.ts'
import { momentOf } from '../time/moment.ts'

/** A zone that is not known; one that is not given is no mistake. */
export const zoneProblems = (zone: string | undefined, path: string): Problem[] =>
  zone === undefined || isTimeZone(zone)
    ? []
    : [
        problem(
          path,
          `Нет такого часового пояса: «${zone}»; пример: Europe/Moscow`,
          `No such time zone: "${zone}"; an example: Europe/Moscow`,
        ),
      ]

/** What is wrong with the zone and the hours of a person: hours that would put every message off for ever. */
export function personalHoursProblems(user: User, path: string, workspaceZone: string): Problem[] {
  const { quietHours, workingHours, timeZone = workspaceZone } = user
  const found = [
    ...zoneProblems(user.timeZone, `${path}/timeZone`),
    ...zoneProblems(workingHours?.timeZone, `${path}/workingHours/timeZone`),
  ]
  if (found.length > 0 || quietHours === undefined) return found
  if (quietHours.from === quietHours.to)
    return [
      problem(
        `${path}/quietHours`,
        `Тихие часы с ${quietHours.from} до ${quietHours.to} — целые сутки: сообщения откладывались бы без конца. Задайте разное время или уберите quietHours`,
        `Quiet hours from ${quietHours.from} to ${quietHours.to} are the whole day: messages would be put off for ever. Give two different times, or leave quietHours out`,
      ),
    ]
  if (workingHours === undefined || leaveAMoment(quietHours, workingHours, timeZone)) return []
  return [
    problem(
      `${path}/workingHours`,
      'Всё рабочее время приходится на тихие часы: сообщения откладывались бы без конца. Сдвиньте quietHours или workingHours',
      'All of the working hours are quiet hours: messages would be put off for ever. Move quietHours or workingHours',
    ),
  ]
}

/** A week of winter and one of summer, in which no clock changes: what is right once stays right, whenever it is applied. */
const WEEKS = [Date.UTC(2026, 0, 5), Date.UTC(2026, 6, 6)]
/** A week, and the day on which its last night ends. */
const WEEK_MS = 8 * 86_400_000

/** Whether there is any moment within the working hours that is not quiet. The first of them is where one of the two changes. */
const leaveAMoment = (quiet: Schedule, working: Schedule, zone: string): boolean =>
  WEEKS.every((monday) =>
    [quiet, working].some((hours) => {
      for (let at: number | null = monday; at !== null && at < monday + WEEK_MS; at = nextChange(hours, at, zone))
        if (isWithin(working, at, zone) && !isWithin(quiet, at, zone)) return true
      return false
    }),
  )

/** What is wrong with a silence beside its times. */
export const silenceProblems = (silence: Silence, path: string): Problem[] => [
  ...conditionProblems(silence.when, `${path}/when`),
  ...zoneProblems(silence.schedule?.timeZone, `${path}/schedule/timeZone`),
]

/** Who sets `until` to now may have a clock that is behind ours. */
const BEHIND_MS = 5 * 60_000

/** What a silence is saved for. `before`: the stored one, undefined for a new one. */
export interface SilenceSave {
  readonly before: Silence | undefined
  readonly origin: 'file' | 'api'
  readonly now: number
  /** Of the workspace. */
  readonly timeZone: string
}

/**
 * What is wrong with the times of a silence that is saved now and has no problems otherwise. Beside an end before its
 * beginning only what is new in it: an ended one may get another comment, and one may be lifted by its end. A file that
 * was right stays right as time passes.
 */
export function silenceTimeProblems(silence: Silence, path: string, save: SilenceSave): Problem[] {
  const { before, origin, now, timeZone } = save
  const from = silence.from === undefined ? -Infinity : momentOf(silence.from)
  const until = momentOf(silence.until)
  if (until <= from)
    return [
      problem(
        `${path}/until`,
        'Конец тишины не позже её начала (from): так она не действовала бы никогда. Чтобы снять тишину, удалите её',
        'The end of the silence is not after its beginning (from): it would never hold. To lift a silence, remove it',
      ),
    ]
  const over = origin === 'api' && until < now - BEHIND_MS
  if (over && before?.until !== silence.until)
    return [
      problem(
        `${path}/until`,
        'Конец тишины уже прошёл: она не действовала бы никогда. Задайте время в будущем; чтобы снять тишину, удалите её или поставьте until на сейчас',
        'The end of the silence has passed: it would never hold. Give a time to come; to lift a silence, remove it or set until to now',
      ),
    ]
  const { schedule } = silence
  const sameHours = before?.from === silence.from && JSON.stringify(before?.schedule) === JSON.stringify(schedule)
  if (schedule === undefined || over || (before !== undefined && sameHours)) return []
  const begins = Math.max(from, origin === 'api' ? now : -Infinity)
  if (begins === -Infinity || holdsBetween(schedule, begins, until, timeZone)) return []
  return [
    problem(
      `${path}/schedule`,
      'До конца тишины (until) её расписание не наступает ни разу. Проверьте дни, часы и пояс или сдвиньте until',
      'The schedule of the silence does not come round before its end (until). Look at its days, hours and zone, or move until',
    ),
  ]
}
