import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredRule } from '../../data/rules.ts'
import { moved } from './rule-order.ts'

const inOrder = (rules: readonly StoredRule[]): StoredRule[] =>
  rules.toSorted((a, b) => a.place - b.place || Number(a.id) - Number(b.id))
const idsOf = (rules: readonly StoredRule[]): string[] => rules.map(({ id }) => id)

const rules = fc
  .array(fc.record({ place: fc.integer({ min: 0, max: 6 }), file: fc.boolean() }), {
    minLength: 2,
    maxLength: 8,
  })
  .map((all) =>
    inOrder(
      all.map(
        ({ place, file }, index) =>
          ({
            id: String(index + 1),
            version: 1,
            name: `rule ${index}`,
            to: [],
            origin: file ? 'file' : 'api',
            place,
          }) satisfies StoredRule,
      ),
    ),
  )

describe('moving a rule', () => {
  it('puts it one place higher or lower, leaves rules of the file alone, or cannot be done', () => {
    fc.assert(
      fc.property(rules, fc.nat(), fc.constantFrom(-1 as const, 1 as const), (all, at, by) => {
        const index = at % all.length
        const changes = moved(all, all[index]!.id, by)
        if (changes === null) return
        expect(changes.some(({ rule }) => rule.origin === 'file')).toBe(false)
        const after = inOrder(
          all.map((rule) => {
            const change = changes.find((each) => each.rule.id === rule.id)
            return { ...rule, place: change?.fields.position ?? rule.place }
          }),
        )
        expect(idsOf(after).indexOf(all[index]!.id)).toBeGreaterThanOrEqual(0)
        const wanted = idsOf(all).filter((id) => id !== all[index]!.id)
        wanted.splice(index + by, 0, all[index]!.id)
        expect(idsOf(after)).toEqual(wanted)
      }),
      { numRuns: 2000 },
    )
  })

  it('can always be done among rules of the console that were never moved', () => {
    const all = ['1', '2', '3'].map((id) => ({
      id,
      name: id,
      to: [],
      version: 1,
      place: 7 + Number(id),
      origin: 'api' as const,
    }))
    expect(moved(all, '3', -1)).toHaveLength(1)
    expect(moved(all, '1', 1)).toHaveLength(1)
    expect([moved(all, '1', -1), moved(all, '3', 1)]).toEqual([null, null])
  })
})
