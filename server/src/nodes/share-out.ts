import { createHash } from 'node:crypto'

/** The ways out (bots, mail servers, receivers) are shared out in so many parts: enough for dozens of nodes to have a fair share. */
const PARTS = 64

/** Everything that is done by ways out, by the names of the leases for it. */
export const WAYS: readonly string[] = Array.from({ length: PARTS }, (_, part) => `ways:${part}`)

/** What must be done by one node at a time and is not about ways out. */
export const UPKEEP = 'upkeep'

/** The lease under which an owner of connections, budget and breaker (`bot:123`, `channel:7`) is served. */
export function wayOf(owner: string): string {
  let way = known.get(owner)
  if (way === undefined) known.set(owner, (way = WAYS[hash(owner) % PARTS]!))
  return way
}
// Asked several times for every message; there are as many owners as channels [2 % of a node's processor in a storm].
const known = new Map<string, string>()

/**
 * Which of the names a node should hold. Each goes to the node that weighs most for it (rendezvous hashing,
 * Thaler and Ravishankar 1998): all nodes come to the same answer without asking each other, the shares are even, and when
 * one comes or goes only its own share moves.
 */
export function shareOf(node: string, nodes: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => heaviest(name, nodes) === node)
}

function heaviest(name: string, nodes: readonly string[]): string | undefined {
  let best: string | undefined
  let most = -1
  for (const node of nodes.toSorted()) {
    const weight = hash(`${node} ${name}`)
    if (weight <= most) continue
    best = node
    most = weight
  }
  return best
}

const hash = (text: string): number => createHash('sha1').update(text).digest().readUIntBE(0, 6)
