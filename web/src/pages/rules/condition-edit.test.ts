import { OPERATORS } from '@nabat/api/condition.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assigneesOf,
  drawingOf,
  partAt,
  partsOf,
  rejoined,
  textOf,
  valueOf,
  withAdded,
  withAssignees,
  withOperator,
  withPart,
  withTags,
  shownOperator,
  type Comparison,
  type PartPath,
  type ValueKind,
} from './condition-edit.ts'

const scalar = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
const field = fc.constantFrom('type', 'subject', 'data.object', 'data.assignees', 'data.a.b')
const comparison = fc.record({
  field,
  op: fc.constantFrom(...OPERATORS),
  value: fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 4 })),
})
const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    comparison,
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
    fc.jsonValue(),
  ),
}))
const kinds: readonly ValueKind[] = ['text', 'number', 'boolean', 'time', 'any']

/** Every place of a condition that the builder draws. */
function placesOf(part: unknown, path: PartPath = []): PartPath[] {
  const drawing = drawingOf(part)
  const inner = (index: number): PartPath => (drawing === 'not' ? [...path, 'not'] : [...path, drawing, index])
  return [path, ...partsOf(part).flatMap((each, index) => placesOf(each, inner(index)))]
}

describe('the builder of conditions', () => {
  it('keeps every part that nobody touches exactly as it was', () => {
    fc.assert(
      fc.property(condition, (whole) => {
        for (const path of placesOf(whole)) {
          expect(partAt(whole, path)).toBeDefined()
          expect(withPart(whole, path, partAt(whole, path))).toEqual(whole)
        }
      }),
    )
  })

  it('keeps values through the fields they are shown in, whatever their kind', () => {
    fc.assert(
      fc.property(comparison, fc.constantFrom(...kinds), ({ value }, kind) => {
        if (!Array.isArray(value)) return
        if (new Set(value.map(String)).size !== value.length) return
        const tags = value.map((each) => textOf(each, kind))
        expect(withTags(value, tags, kind)).toEqual(value)
      }),
    )
  })

  it('reads a text back as the text it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...kinds), (text, kind) => {
        expect(valueOf(textOf(text, kind), kind)).toBe(text)
      }),
    )
    expect([valueOf('17', 'text'), valueOf('17', 'number'), valueOf('"17"', 'any')]).toEqual(['17', 17, '17'])
  })

  it('takes back what was added, and groups that are left empty with it', () => {
    fc.assert(
      fc.property(comparison, comparison, (first, second) => {
        const both = withAdded(first, [], second)
        expect(both).toEqual({ all: [first, second] })
        expect(withPart(withPart(both, ['all', 1], undefined), ['all', 0], undefined)).toBeUndefined()
      }),
    )
    expect(withPart({ all: [{ not: { any: [1] } }] }, ['all', 0, 'not', 'any', 0], undefined)).toBeUndefined()
  })

  it('joins a group in another way without losing its parts', () => {
    const [a, b] = [
      { field: 'subject', op: 'eq', value: 'a' },
      { field: 'subject', op: 'eq', value: 'b' },
    ]
    expect(rejoined({ all: [a, b] }, 'any')).toEqual({ any: [a, b] })
    expect(rejoined({ all: [a, b] }, 'not')).toEqual({ not: { all: [a, b] } })
    expect(rejoined({ not: { all: [a, b] } }, 'any')).toEqual({ any: [a, b] })
    expect(rejoined(rejoined({ any: [a] }, 'not'), 'any')).toEqual({ any: [a] })
  })

  it('changes an operator to itself without touching the value', () => {
    fc.assert(
      fc.property(comparison, (each) => {
        expect(withOperator(each as Comparison, shownOperator(each as Comparison))).toBe(each)
      }),
    )
    expect(withOperator({ field: 'subject', op: 'eq', value: 'a' }, 'in')).toMatchObject({ op: 'in', value: ['a'] })
    expect(withOperator({ field: 'subject', op: 'in', value: ['a', 'b'] }, 'ne')).toMatchObject({ value: 'a' })
    expect(withOperator({ field: 'subject', op: 'eq', value: 'a' }, 'missing')).toMatchObject({
      op: 'exists',
      value: false,
    })
  })

  it('asks for assignees beside everything else, and stops asking', () => {
    const other = fc.constantFrom<unknown>(
      undefined,
      { field: 'severity', op: 'ne', value: 'info' },
      { any: [{ field: 'subject', op: 'eq', value: 'a' }] },
      {
        all: [
          { field: 'subject', op: 'eq', value: 'a' },
          { field: 'source', op: 'eq', value: 'b' },
        ],
      },
    )
    fc.assert(
      fc.property(
        other,
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
        (given, logins) => {
          const asked = withAssignees(given, logins)
          expect(assigneesOf(asked)).toEqual(logins)
          expect(withAssignees(asked, assigneesOf(asked))).toEqual(asked)
          expect(assigneesOf(withAssignees(asked, []))).toEqual([])
        },
      ),
    )
    expect(withAssignees(undefined, ['MOW_15_S_1'])).toEqual({
      field: 'data.assignees',
      op: 'contains',
      value: 'MOW_15_S_1',
    })
  })
})
