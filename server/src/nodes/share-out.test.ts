import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareOf, UPKEEP, wayOf, WAYS } from './share-out.ts'

const NAMES = [...WAYS, UPKEEP]
/** Nodes are numbered by the store, in the order in which they join. */
const someNodes = fc.uniqueArray(fc.nat(1_000_000).map(String), { minLength: 1, maxLength: 12 })

const holders = (nodes: readonly string[]): Map<string, string> =>
  new Map(nodes.flatMap((node) => shareOf(node, nodes, NAMES).map((name) => [name, node] as const)))

describe('sharing out', () => {
  it('gives every name to exactly one node, in whatever order a node knows the others', () => {
    fc.assert(
      fc.property(someNodes, fc.infiniteStream(fc.nat()), (nodes, luck) => {
        const shuffled = nodes.map((node) => [luck.next().value, node] as const).toSorted(([a], [b]) => a - b)
        const shares = nodes.map((node, n) =>
          shareOf(node, n % 2 === 0 ? nodes : shuffled.map(([, other]) => other), NAMES),
        )
        expect(shares.flat().toSorted()).toEqual(NAMES.toSorted())
      }),
    )
  })

  it('moves only the names of a node that goes, and only to one that comes', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(), (nodes, n) => {
        const gone = nodes[n % nodes.length]!
        const [before, after] = [holders(nodes), holders(nodes.filter((node) => node !== gone))]
        const moved = [...after].filter(([name, node]) => before.get(name) !== node).map(([name]) => name)
        const its = NAMES.filter((name) => before.get(name) === gone)
        expect(moved.toSorted()).toEqual(nodes.length === 1 ? [] : its.toSorted())
      }),
    )
  })

  it('is even within reason: none of two to four nodes has less than a third of its part or twice as much', () => {
    for (let first = 1; first < 100; first += 1)
      for (const many of [2, 3, 4]) {
        const nodes = Array.from({ length: many }, (_, n) => String(first + n))
        const shares = nodes.map((node) => shareOf(node, nodes, NAMES).length)
        const fair = NAMES.length / many
        expect({ nodes, share: Math.min(...shares) > fair / 3 }).toEqual({ nodes, share: true })
        expect({ nodes, share: Math.max(...shares) < fair * 2 }).toEqual({ nodes, share: true })
      }
  })

  it('gives nothing to a node that is not among the others', () => {
    expect(shareOf('7', ['1', '2'], NAMES)).toEqual([])
    expect(shareOf('', [], NAMES)).toEqual([])
  })

  it('knows the way of an owner, the same everywhere, and spreads owners over all ways', () => {
    // Written down: nodes of two versions must agree while one is brought up to date after the other.
    expect([wayOf('bot:1000'), wayOf('channel:7')]).toEqual(['ways:17', 'ways:2'])
    const used = new Set(Array.from({ length: 2_000 }, (_, n) => wayOf(`bot:${n}`)))
    expect(used.size).toBe(WAYS.length)
  })
})
