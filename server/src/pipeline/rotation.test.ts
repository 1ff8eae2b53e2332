import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rotation } from './rotation.ts'

function filled(lines: Readonly<Record<number, readonly string[]>>): Rotation<string> {
  const rotation = new Rotation<string>()
  for (const [workspace, members] of Object.entries(lines))
    for (const member of members) rotation.add(Number(workspace), member)
  return rotation
}

const takeAll = (rotation: Rotation<string>): string[] => Array.from({ length: rotation.size }, () => rotation.take()!)

describe('taking turns', () => {
  it('goes from workspace to workspace, however long their lines are', () => {
    const rotation = filled({ 1: ['a1', 'a2', 'a3', 'a4'], 2: ['b1'], 3: ['c1', 'c2'] })
    expect(takeAll(rotation)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4'])
  })

  it('a member that comes back stands at the end of its line', () => {
    const rotation = filled({ 1: ['a1', 'a2'], 2: ['b1', 'b2'] })
    expect(rotation.take()).toBe('a1')
    rotation.add(1, 'a1')
    expect(takeAll(rotation)).toEqual(['b1', 'a2', 'b2', 'a1'])
  })

  it('a workspace that comes back while others wait does not go before them', () => {
    const rotation = filled({ 1: ['a1'], 2: ['b1'], 3: ['c1'] })
    rotation.take()
    rotation.add(1, 'a1')
    expect(takeAll(rotation)).toEqual(['b1', 'c1', 'a1'])
  })

  it('stands in line once', () => {
    const rotation = filled({ 1: ['a1', 'a1'] })
    expect([rotation.size, takeAll(rotation), rotation.take()]).toEqual([1, ['a1'], undefined])
  })

  it('nobody is there twice and nobody is lost, whatever is added, taken and deleted', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'add', 'delete', 'take'),
      workspace: fc.integer({ min: 1, max: 3 }),
      member: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (walk) => {
        const rotation = new Rotation<string>()
        const model = new Set<string>()
        for (const { what, workspace, member } of walk) {
          const name = `${workspace}-${member}`
          if (what === 'add') {
            rotation.add(workspace, name)
            model.add(name)
          } else if (what === 'delete') {
            rotation.delete(workspace, name)
            model.delete(name)
          } else {
            const taken = rotation.take()
            expect(taken !== undefined).toBe(model.size > 0)
            if (taken !== undefined) expect(model.delete(taken)).toBe(true)
          }
          expect(rotation.size).toBe(model.size)
        }
        expect(takeAll(rotation).sort()).toEqual([...model].sort())
      }),
    )
  })

  it('while everybody always comes back, no workspace is ever more than one turn behind another', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 200 }), (lines, turns) => {
        const rotation = new Rotation<string>()
        for (const [workspace, size] of lines.entries())
          for (let member = 0; member < size; member += 1) rotation.add(workspace, `${workspace}-${member}`)
        const byWorkspace = lines.map(() => 0)
        const byMember = new Map<string, number>()
        for (let turn = 0; turn < turns; turn += 1) {
          const taken = rotation.take()!
          const workspace = Number(taken.split('-')[0])
          byWorkspace[workspace]! += 1
          byMember.set(taken, (byMember.get(taken) ?? 0) + 1)
          rotation.add(workspace, taken)
        }
        expect(Math.max(...byWorkspace) - Math.min(...byWorkspace)).toBeLessThanOrEqual(1)
        for (const [workspace, size] of lines.entries()) {
          const counts = Array.from({ length: size }, (_, member) => byMember.get(`${workspace}-${member}`) ?? 0)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
