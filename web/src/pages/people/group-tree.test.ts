import { describe, expect, it } from 'vitest'
import type { StoredGroup } from '../../data/people.ts'
import { namesBelow, treeOf } from './group-tree.ts'

const group = (name: string, parent?: string): StoredGroup => ({
  id: name,
  name,
  origin: 'api',
  version: 1,
  ...(parent === undefined ? {} : { parent }),
})
const GROUPS = [
  group('b'),
  group('a2', 'a'),
  group('a'),
  group('a1', 'a'),
  group('a11', 'a1'),
  group('lost', 'nowhere'),
]

describe('the tree of groups', () => {
  it('has each group below the one above it, by name', () => {
    expect(treeOf(GROUPS).map(({ group: { name }, depth }) => `${depth}${name}`)).toEqual([
      '0a',
      '1a1',
      '2a11',
      '1a2',
      '0b',
      '0lost',
    ])
  })

  it('loses none that go in a circle', () => {
    const circle = [group('x', 'y'), group('y', 'x'), group('z', 'z')]
    expect(
      treeOf(circle)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['x', 'y', 'z'])
    expect([...namesBelow(circle, 'x')].toSorted()).toEqual(['x', 'y'])
  })

  it('knows what is below a group', () => {
    expect([...namesBelow(GROUPS, 'a')].toSorted()).toEqual(['a', 'a1', 'a11', 'a2'])
  })
})
