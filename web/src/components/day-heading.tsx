import { Text } from '@mantine/core'
import { language } from '../i18n.ts'
import { dayOf, formatOf } from '../data/wall-time.ts'
import { useTimeZone } from './time-text.tsx'

const DAY_MS = 86_400_000

/** «сегодня», «вчера», or the date; with the year in other years. */
export function dayText(at: Date, timeZone: string, now = new Date()): string {
  const day = dayOf(at, timeZone)
  const back = [0, 1].find((days) => dayOf(new Date(now.getTime() - days * DAY_MS), timeZone) === day)
  const text =
    back === undefined
      ? formatOf(language(), {
          timeZone,
          weekday: 'short',
          day: 'numeric',
          month: 'long',
          ...(day.slice(0, 4) === dayOf(now, timeZone).slice(0, 4) ? {} : { year: 'numeric' }),
        }).format(at)
      : new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(-back, 'day')
  return text.charAt(0).toLocaleUpperCase(language()) + text.slice(1)
}

interface DayHeadingProps {
  readonly at: string
  /** Time of the row above; undefined for the first. */
  readonly before: string | undefined
}

/** Above the first row of each day: which day it is. */
export function DayHeading({ at, before }: DayHeadingProps) {
  const timeZone = useTimeZone()
  const date = new Date(at)
  if (before !== undefined && dayOf(new Date(before), timeZone) === dayOf(date, timeZone)) return null
  return (
    <Text component="h2" className="day-heading quiet" size="xs" fw={600} px="md" py={6}>
      {dayText(date, timeZone)}
    </Text>
  )
}
