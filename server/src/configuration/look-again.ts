import type { User } from '@nabat/api/configuration.ts'
import { CHANNEL_TROUBLE, PERSONAL_HOURS } from '../reasons.ts'
import type { EntityWrite, LookAgain } from '../store/store.ts'
import type { WorkspaceSettings, WorkspaceView } from './view.ts'

/**
 * Which waiting messages a save concerns: their due time was worked out from what is being changed. Somebody who moves to
 * another zone, or gives up quiet hours, gets what waits at the hour of the new day; a mended channel sends at once.
 */
export function lookAgain(
  writes: readonly EntityWrite[],
  settings: WorkspaceSettings | null,
  view: WorkspaceView,
): LookAgain[] {
  const looks: LookAgain[] = []
  const moved = writes.filter((write) => write.section === 'users' && hoursChange(write, view)).map(({ key }) => key)
  if (settings !== null && settings.timeZone !== view.settings.timeZone) looks.push({ reasons: PERSONAL_HOURS })
  else if (moved.length > 0) looks.push({ reasons: PERSONAL_HOURS, recipients: moved })
  for (const { section, id } of writes)
    if (section === 'channels' && id !== null) looks.push({ reasons: CHANNEL_TROUBLE, channel: id })
  return looks
}

function hoursChange({ key, body }: EntityWrite, view: WorkspaceView): boolean {
  const before = view.people.get(key)
  if (before === undefined) return false
  const after = body === null ? null : (JSON.parse(body) as User)
  return hoursOf(before) !== hoursOf(after)
}

const hoursOf = (person: User | null): string =>
  JSON.stringify([person?.enabled, person?.timeZone, person?.quietHours, person?.workingHours])
