import type { Node } from './node.ts'
import { checkArrivals } from './checks/arrivals.ts'
import { checkEnds } from './checks/ends.ts'
import { checkHours } from './checks/hours.ts'
import { checkNodes } from './checks/nodes.ts'
import { checkUrgency } from './checks/urgency.ts'
import { checkTraces } from './checks/traces.ts'
import { recordOf } from './record.ts'
import type { World } from './world.ts'

/** Everything that must hold at the end, as sentences about what does not. */
export async function check(world: World, nodes: readonly Node[]): Promise<string[]> {
  const { serving } = nodes[0]!
  if (serving === null) return [...world.bugs, 'no process serves in the end']
  const record = await recordOf(world, serving.workspaces)
  const { claim } = serving.pipeline
  return [
    ...world.bugs,
    ...world.network.violations.map((each) => `a provider's limit was exceeded: ${each}`),
    ...(await checkEnds(record)),
    ...(claim.inFlight === 0 ? [] : [`${claim.inFlight} attempts never ended`]),
    ...checkArrivals(record),
    ...checkUrgency(record),
    ...checkNodes(record, serving.workspaces),
    ...checkHours(record),
    ...(await checkTraces(record, serving.workspaces)),
  ]
}
