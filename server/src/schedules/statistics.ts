import { DateTime } from 'luxon'
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Store } from '../store/store.ts'
import { countEvents, countOpen } from './counts.ts'

/** What the statistics count of a register: the types by which a thing is new, and those after which it is done with. */
export const REGISTERS = {
  fault: { new: ['fault.registered'], ends: [] },
  ticket: {
    new: ['ticket.created', 'ticket.access.requested', 'ticket.connection.requested'],
    ends: ['ticket.done', 'ticket.cancelled'],
  },
} as const

/**
 * The `data` of `statistics.daily` raised at an occurrence: the day before it on the clock of the workspace, and what is
 * being handled now. Objects and cameras are not known here.
 */
export async function dailyStatistics(
  store: Store,
  view: WorkspaceView,
  occurrence: number,
): Promise<Record<string, unknown>> {
  const today = DateTime.fromMillis(occurrence, { zone: view.timeZone }).startOf('day')
  const day = today.minus({ days: 1 })
  const counts = await countEvents(
    store,
    view.id,
    { since: day.toMillis(), until: today.toMillis() },
    { named: () => true, condition: null },
  )
  const isNew = (types: readonly string[]): number => types.reduce((sum, type) => sum + (counts.get(type) ?? 0), 0)
  const inProgress = ({ new: [first], ends }: (typeof REGISTERS)[keyof typeof REGISTERS]): Promise<number> =>
    countOpen(store, view.id, typeByName.get(first)!, ends)
  return {
    date: day.toISODate(),
    faultsNew: isNew(REGISTERS.fault.new),
    faultsInProgress: await inProgress(REGISTERS.fault),
    ticketsNew: isNew(REGISTERS.ticket.new),
    ticketsInProgress: await inProgress(REGISTERS.ticket),
  }
}
