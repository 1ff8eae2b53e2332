import type { StoredGroup } from '../../data/people.ts'

/** A group at its place in the tree. */
export interface GroupAt {
  readonly id: string
  readonly group: StoredGroup
  /** How many are above it. */
  readonly depth: number
}

const byName = (one: StoredGroup, other: StoredGroup): number => one.name.localeCompare(other.name)

/** Groups as a tree, each below the one above it; one whose parents go in a circle stands at the top. */
export function treeOf(groups: readonly StoredGroup[]): GroupAt[] {
  const names = new Set(groups.map(({ name }) => name))
  const below = Map.groupBy(groups, ({ parent }) => (parent !== undefined && names.has(parent) ? parent : ''))
  const placed = new Set<string>()
  const place = (group: StoredGroup, depth: number): GroupAt[] => {
    if (placed.has(group.id)) return []
    placed.add(group.id)
    const lower = (below.get(group.name) ?? []).toSorted(byName)
    return [{ id: group.id, group, depth }, ...lower.flatMap((each) => place(each, depth + 1))]
  }
  const top = (below.get('') ?? []).toSorted(byName).flatMap((group) => place(group, 0))
  return [...top, ...groups.flatMap((group) => place(group, 0))]
}

/** Names of a group and of all below it: none of them can stand above it. */
export function namesBelow(groups: readonly StoredGroup[], name: string): ReadonlySet<string> {
  const found = new Set([name])
  for (let grown = true; grown;) {
    const size = found.size
    for (const group of groups) if (group.parent !== undefined && found.has(group.parent)) found.add(group.name)
    grown = found.size > size
  }
  return found
}
