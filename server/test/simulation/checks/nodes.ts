import { ownerOf } from '../../../src/pipeline/lanes.ts'
import { wayOf } from '../../../src/nodes/share-out.ts'
import type { Workspaces } from '../../../src/configuration/workspaces.ts'
import type { Record } from '../record.ts'

/** A way out is served by one node at a time: what leaves through it is sent by the node whose lease nobody else holds. */
export function checkNodes({ world, deliveries, attemptsOf, wasWell }: Record, workspaces: Workspaces): string[] {
  const view = workspaces.byName('default')!
  return deliveries.flatMap(({ id, channel }) => {
    const settings = channel === null ? undefined : view.channels.get(channel)
    if (settings === undefined) return []
    const way = wayOf(ownerOf(settings, channel!))
    const attempts = attemptsOf(id)
    const wrong = attempts.find(({ by, late }) => {
      const holder = by?.leases.get(way)
      return !late && by !== null && holder !== undefined && holder !== by.node
    })
    const again = attempts.find((attempt, at) => {
      const before = attempts[at - 1]
      return before?.verdict === 'sent' && !world.byHand.has(id) && wasSmooth(before.at, attempt.at)
    })
    return [
      ...(wrong === undefined
        ? []
        : [`delivery ${id} left by node ${wrong.by!.node}, when another held its way ${way}`]),
      ...(again === undefined ? [] : [`delivery ${id} left again, though nothing had failed in between`]),
    ]
  })
  function wasSmooth(from: number, until: number): boolean {
    return wasWell(from, until)
  }
}
