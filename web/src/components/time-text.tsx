import { Tooltip } from '@mantine/core'
import { useSession } from '../data/session.ts'
import { dayOf, formatOf } from '../data/wall-time.ts'
import { language } from '../i18n.ts'

const SAME_DAY: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' }
const FULL: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeStyle: 'long' }

/** The zone that times are shown in: the person's, else the workspace's. */
export function useTimeZone(): string {
  const { session } = useSession()
  return session?.user?.timeZone ?? session?.workspace.timeZone ?? 'Europe/Moscow'
}

/** A time in words: the hour today, with the day before that, with the year in other years. */
export function shortTime(at: Date, timeZone: string, now = new Date()): string {
  const today = dayOf(now, timeZone)
  const day = dayOf(at, timeZone)
  const date: Intl.DateTimeFormatOptions =
    day === today
      ? {}
      : { day: 'numeric', month: 'short', ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }) }
  return formatOf(language(), { ...date, ...SAME_DAY, timeZone }).format(at)
}

/** A time in the person's zone; the whole of it with the zone on hover and for screen readers. */
export function TimeText({ at }: { readonly at: string | null | undefined }) {
  const timeZone = useTimeZone()
  if (at === null || at === undefined) return <>—</>
  const date = new Date(at)
  const full = formatOf(language(), { ...FULL, timeZone }).format(date)
  return (
    <Tooltip label={full} openDelay={400}>
      <time dateTime={at}>{shortTime(date, timeZone)}</time>
    </Tooltip>
  )
}

/** The time of the day in a row of a list, under the heading of its day. Lighter than `TimeText`: there are many. */
export function RowTime({ at }: { readonly at: string }) {
  const timeZone = useTimeZone()
  const date = new Date(at)
  return (
    <time dateTime={at} title={formatOf(language(), { ...FULL, timeZone }).format(date)}>
      {formatOf(language(), { ...SAME_DAY, timeZone }).format(date)}
    </time>
  )
}
