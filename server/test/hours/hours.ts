import type { User } from '@nabat/api/configuration.ts'
import { WEEKDAYS, type Schedule, type Weekday } from '@nabat/api/rule.ts'

/** `mon-fri 09:00-18:00 Europe/Moscow` as a schedule; the zone may be missing. */
export function scheduleOf(text: string): Schedule {
  const [, first, last, from, to, timeZone] = /^(\w{3})-(\w{3}) (\S+)-(\S+?)(?: (\S+))?$/.exec(text) ?? []
  if (from === undefined || to === undefined) throw new Error(`no schedule: ${text}`)
  const begin = WEEKDAYS.indexOf(first as Weekday)
  const length = ((WEEKDAYS.indexOf(last as Weekday) - begin + 7) % 7) + 1
  const days = Array.from({ length }, (_, n) => WEEKDAYS[(begin + n) % 7]!)
  return { days, from, to, ...(timeZone === undefined ? {} : { timeZone }) }
}

/** What the hours of a row say of a person, and of the digest of the rule. */
export function hoursOf(text: string): { person: Pick<User, 'quietHours' | 'workingHours'>; daily: string | null } {
  let person: Pick<User, 'quietHours' | 'workingHours'> = {}
  let daily: string | null = null
  for (const part of text.split(', ')) {
    const [, kind, rest] = /^(\w+) (.+)$/.exec(part)!
    const [from = '', to = ''] = rest!.split('-')
    if (kind === 'quiet') person = { ...person, quietHours: { from, to } }
    else if (kind === 'work') person = { ...person, workingHours: scheduleOf(rest!) }
    else daily = rest!
  }
  return { person, daily }
}
