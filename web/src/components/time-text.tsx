import { Tooltip } from '@mantine/core'
import { useSession } from '../data/session.ts'
import { language } from '../i18n.ts'

const SAME_DAY: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' }
const FULL: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeStyle: 'long' }

/** The zone that times are shown in: the person's, else the workspace's. */
export function useTimeZone(): string {
  const { session } = useSession()
  return session?.user?.timeZone ?? session?.workspace.timeZone ?? 'Europe/Moscow'
}

const dayOf = (at: Date, timeZone: string): string => at.toLocaleDateString('en-CA', { timeZone })

/** A time in words: the hour today, with the day before that, with the year in other years. */
export function shortTime(at: Date, timeZone: string, now = new Date()): string {
  const today = dayOf(now, timeZone)
  const day = dayOf(at, timeZone)
  const date: Intl.DateTimeFormatOptions =
    day === today
      ? {}
      : { day: 'numeric', month: 'short', ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }) }
  return at.toLocaleString(language(), { ...date, ...SAME_DAY, timeZone })
}

/** A time in the person's zone; the whole of it with the zone on hover and for screen readers. */
export function TimeText({ at }: { readonly at: string | null | undefined }) {
  const timeZone = useTimeZone()
  if (at === null || at === undefined) return <>—</>
  const date = new Date(at)
  const full = date.toLocaleString(language(), { ...FULL, timeZone })
  return (
    <Tooltip label={full} openDelay={400}>
      <time dateTime={at}>{shortTime(date, timeZone)}</time>
    </Tooltip>
  )
}
