import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { OPERATORS, type Condition, type Operator } from '@nabat/api/condition.ts'
import { fieldsWith } from '../../test/support/fields.ts'
import { comparable, compileCondition, conditionProblems, partAt, PASSED, valueAt } from './conditions.ts'

/** Whether one comparison holds for `data.x`; `undefined` leaves the field out. */
function holds(op: Operator, value: unknown, x: unknown): boolean {
  const data = x === undefined ? {} : { x }
  return compileCondition({ field: 'data.x', op, value })(fieldsWith({ data })) === PASSED
}

describe('a comparison', () => {
  test.each<[Operator, unknown, unknown, boolean]>([
    ['eq', 'a', 'a', true],
    ['eq', 'a', 'A', false],
    ['eq', 5, 5, true],
    ['eq', 5, '5', false],
    ['eq', true, 'true', false],
    ['eq', false, false, true],
    ['eq', 0, false, false],
    ['eq', 'a', ['b', 'a'], true],
    ['eq', 'a', [], false],
    ['ne', 'a', 'b', true],
    ['ne', 'a', 'a', false],
    ['ne', 'a', ['b', 'a'], false],
    ['ne', 'a', ['b', 'c'], true],
    ['ne', 'a', [], true],
    ['in', ['a', 'b'], 'b', true],
    ['in', ['a', 'b'], 'ab', false],
    ['in', ['a', 'b'], ['c', 'b'], true],
    ['in', ['a', 'b'], [], false],
    ['in', [1], '1', false],
    ['notIn', ['a', 'b'], 'c', true],
    ['notIn', ['a', 'b'], 'b', false],
    ['notIn', ['a', 'b'], ['c', 'b'], false],
    ['notIn', ['a', 'b'], ['c', 'd'], true],
    ['notIn', ['a', 'b'], [], true],
    ['startsWith', 'MOW', 'MOW_15', true],
    ['startsWith', 'MOW', 'mow_15', false],
    ['startsWith', 'MOW', ['SPB_1', 'MOW_2'], true],
    ['startsWith', '1', 15, false],
    ['matches', '^cam-\\d+$', 'cam-17', true],
    ['matches', 'am-1', 'cam-17', true],
    ['matches', '^am', 'cam-17', false],
    ['matches', '(?i)север', 'Парк СЕВЕРНЫЙ', true],
    ['matches', 'x', ['a', 'axb'], true],
    ['matches', '5', 5, false],
    ['gt', 5, 6, true],
    ['gt', 5, 5, false],
    ['ge', 5, 5, true],
    ['lt', 5, 4.5, true],
    ['lt', 5, 5, false],
    ['le', 5, 5, true],
    ['gt', 5, '6', false],
    ['lt', 5, '4', false],
    ['gt', 5, [1, 9], true],
    ['gt', 5, [1, 2], false],
    ['gt', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', true],
    ['gt', '2026-01-01T03:00:00+03:00', '2026-01-01T00:00:00Z', false],
    ['ge', '2026-01-01T03:00:00+03:00', '2026-01-01T00:00:00Z', true],
    ['le', '2026-01-01T03:00:00+03:00', '2026-01-01T00:00:00Z', true],
    ['lt', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59.999Z', true],
    ['gt', '2026-01-01T00:00:00Z', 'b', false],
    ['lt', '2026-01-01T00:00:00Z', 'A', false],
    ['gt', '2026-01-01T00:00:00Z', 9e15, false],
    ['gt', '2026-01-01T00:00:00Z', '2027-01-01', false],
    ['exists', true, 'a', true],
    ['exists', true, '', true],
    ['exists', true, 0, true],
    ['exists', true, false, true],
    ['exists', true, [], true],
    ['exists', false, 'a', false],
    ['exists', false, '', false],
  ])('%s %j on %j is %s', (op, value, x, answer) => {
    expect(holds(op, value, x)).toBe(answer)
  })

  const VALUE: Readonly<Record<Operator, unknown>> = {
    eq: 'a',
    ne: 'a',
    in: ['a'],
    notIn: ['a'],
    contains: 'a',
    startsWith: '',
    matches: '',
    gt: -1,
    ge: -1,
    lt: 1,
    le: 1,
    exists: true,
  }
  test.each([...OPERATORS])('%s fails on a missing field and on null, unless it asks for the absence', (op) => {
    const passes = op === 'ne' || op === 'notIn'
    expect([holds(op, VALUE[op], undefined), holds(op, VALUE[op], null)]).toEqual([passes, passes])
  })
  it('exists: false holds for a missing field and for null', () => {
    expect([holds('exists', false, undefined), holds('exists', false, null)]).toEqual([true, true])
  })

  it('null inside a list is nothing that any operator finds', () => {
    expect(holds('startsWith', '', [null])).toBe(false)
    expect(holds('gt', -1, [null])).toBe(false)
    expect(holds('ne', 'a', [null])).toBe(true)
  })
})

describe('contains', () => {
  it('looks for a whole element in a list: MOW_15_S_1 is not in the list of MOW_15_S_10', () => {
    expect(holds('contains', 'MOW_15_S_1', ['MOW_15_S_10', 'MOW_15_S_11'])).toBe(false)
    expect(holds('contains', 'MOW_15_S_1', ['MOW_15_S_10', 'MOW_15_S_1'])).toBe(true)
  })
  it('looks for a part in a text', () => {
    expect(holds('contains', 'MOW_15_S_1', 'MOW_15_S_10')).toBe(true)
    expect(holds('contains', 'mow', 'MOW_15_S_10')).toBe(false)
    expect(holds('contains', '5', 15)).toBe(false)
  })
  it('finds numbers in a list as numbers', () => {
    expect([holds('contains', 5, [4, 5]), holds('contains', 5, ['5']), holds('contains', '5', [5])]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('a field', () => {
  const fields = fieldsWith({
    type: 'workorder.status.changed',
    subject: 'cam-1',
    severity: 'critical',
    source: 'desk',
    actor: { user: 'ivan', role: 'support' },
    incident: 'workorder:7',
    data: {
      changes: [
        { field: 'status', from: 'new', to: 'done' },
        { field: 'deadline', from: null, to: '2026-01-01T00:00:00Z' },
      ],
      deep: { a: { b: 'c' } },
      rooms: [{ cameras: ['a', 'b'] }, { cameras: ['c'] }, {}],
    },
  })

  test.each([
    ['type', 'workorder.status.changed'],
    ['subject', 'cam-1'],
    ['severity', 'critical'],
    ['source', 'desk'],
    ['actor.user', 'ivan'],
    ['actor.role', 'support'],
    ['incident', 'workorder:7'],
    ['data.deep.a.b', 'c'],
  ])('%s is looked at', (field, value) => {
    expect(compileCondition({ field, op: 'eq', value })(fields)).toBe(PASSED)
    expect(compileCondition({ field, op: 'ne', value })(fields)).not.toBe(PASSED)
  })

  it('gathers the values of a list of objects', () => {
    expect(valueAt(fields, ['data', 'changes', 'field'])).toEqual(['status', 'deadline'])
    expect(valueAt(fields, ['data', 'rooms', 'cameras'])).toEqual(['a', 'b', 'c'])
    expect(compileCondition({ field: 'data.changes.field', op: 'eq', value: 'status' })(fields)).toBe(PASSED)
    expect(compileCondition({ field: 'data.changes.field', op: 'contains', value: 'stat' })(fields)).not.toBe(PASSED)
    expect(compileCondition({ field: 'data.changes.field', op: 'ne', value: 'status' })(fields)).not.toBe(PASSED)
  })

  it('counts as missing when no object of the list has it', () => {
    expect(valueAt(fields, ['data', 'changes', 'note'])).toBeUndefined()
    expect(compileCondition({ field: 'data.changes.note', op: 'exists', value: false })(fields)).toBe(PASSED)
    expect(valueAt(fields, ['data', 'changes', 'from'])).toEqual(['new'])
  })

  it('is never found on the prototype', () => {
    for (const path of ['data.constructor', 'data.toString', 'data.deep.__proto__', 'data.changes.length'])
      expect(valueAt(fields, path.split('.'))).toBeUndefined()
  })
})

describe('groups', () => {
  const yes: Condition = { field: 'data.camera', op: 'eq', value: 'cam-1' }
  const no: Condition = { field: 'data.camera', op: 'eq', value: 'cam-2' }
  const verdict = (condition: Condition): number => compileCondition(condition)(fieldsWith())

  it('of nothing: all holds, any does not', () => {
    expect(verdict({ all: [] })).toBe(PASSED)
    expect(verdict({ any: [] })).toBe(0)
  })
  it('name the part that failed, counted in reading order', () => {
    expect(verdict({ all: [yes, no] })).toBe(2)
    expect(verdict({ all: [yes, { any: [no, no] }] })).toBe(2)
    expect(verdict({ all: [{ any: [no, yes] }, { not: yes }] })).toBe(4)
    expect(verdict({ all: [{ all: [yes, yes] }, yes, no] })).toBe(5)
    expect(verdict({ not: { all: [yes, yes] } })).toBe(0)
  })
  it('not of not is the thing itself', () => {
    expect(verdict({ not: { not: yes } })).toBe(PASSED)
    expect(verdict({ not: { not: no } })).toBe(0)
  })
})

/** Conditions that people could write, right in form. */
const scalar = fc.oneof(fc.constantFrom('a', 'b', 'cam-1', '2026-01-01T00:00:00Z', ''), fc.integer(), fc.boolean())
const comparison = fc.oneof(
  fc.record({
    field: fc.constantFrom('data.x', 'data.list.y', 'subject', 'actor.role'),
    op: fc.constantFrom('eq', 'ne', 'contains'),
    value: scalar,
  }),
  fc.record({
    field: fc.constant('data.x'),
    op: fc.constantFrom('in', 'notIn'),
    value: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ field: fc.constant('data.x'), op: fc.constant('exists'), value: fc.boolean() }),
  fc.record({ field: fc.constant('data.x'), op: fc.constantFrom('gt', 'ge', 'lt', 'le'), value: fc.integer() }),
) as fc.Arbitrary<Condition>
const condition = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node

const fields = fc
  .record({
    x: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant(null)),
    list: fc.array(fc.record({ y: scalar }), { maxLength: 3 }),
  })
  .map((data) => fieldsWith({ data }))

/** What a condition means, written down a second time without short cuts. */
function means(part: Condition, holdsPart: (leaf: Condition) => boolean): boolean {
  if ('all' in part) return part.all.every((each) => means(each, holdsPart))
  if ('any' in part) return part.any.some((each) => means(each, holdsPart))
  if ('not' in part) return !means(part.not, holdsPart)
  return holdsPart(part)
}

describe('any condition', () => {
  it('passes exactly when its groups and comparisons say so', () => {
    fc.assert(
      fc.property(condition, fields, (tree, event) => {
        const leaf = (part: Condition): boolean => compileCondition(part)(event) === PASSED
        expect(compileCondition(tree)(event) === PASSED).toBe(means(tree, leaf))
      }),
    )
  })

  it('names a part that really failed, by the same number under which it is found again', () => {
    fc.assert(
      fc.property(condition, fields, (tree, event) => {
        const verdict = compileCondition(tree)(event)
        fc.pre(verdict !== PASSED)
        const part = partAt(tree, verdict)
        expect(part).toBeDefined()
        expect(compileCondition(part!)(event)).not.toBe(PASSED)
        expect(part).not.toHaveProperty('all')
      }),
    )
  })

  it('negated twice says the same, negated once the opposite', () => {
    fc.assert(
      fc.property(condition, fields, (tree, event) => {
        const passed = (each: Condition): boolean => compileCondition(each)(event) === PASSED
        expect(passed({ not: { not: tree } })).toBe(passed(tree))
        expect(passed({ not: tree })).toBe(!passed(tree))
      }),
    )
  })

  it('ne is the opposite of eq, notIn of in, whatever stands there', () => {
    fc.assert(
      fc.property(fc.jsonValue(), scalar, (x, value) => {
        expect(holds('ne', value, x)).toBe(!holds('eq', value, x))
        expect(holds('notIn', [value], x)).toBe(!holds('in', [value], x))
        expect(holds('in', [value], x)).toBe(holds('eq', value, x))
      }),
    )
  })

  it('has no problems when it is right in form, and compiles', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        expect(conditionProblems(tree, '')).toEqual([])
        expect(partAt(tree, 0)).toBe(tree)
      }),
    )
  })
})

/** Almost conditions: the right words in the wrong places. */
const almost = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }),
    fc.dictionary(fc.constantFrom('field', 'op', 'value', 'all', 'any', 'not', 'x'), tie('node'), { maxKeys: 4 }),
    fc.record({
      field: fc.oneof(fc.constantFrom('data.x', 'data', 'data..x', 'type', 'actor'), fc.jsonValue({ maxDepth: 0 })),
      op: fc.oneof(fc.constantFrom(...OPERATORS, 'toString'), fc.jsonValue({ maxDepth: 0 })),
      value: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('(', '[a', '\\', '(?=x)', '(a)\\1', 'a{1001}', '\ud800', '2026-13-45T99:99:99Z'),
        fc.string(),
      ),
    }),
    fc.record({ all: fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')) }),
    fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node

describe('conditionProblems', () => {
  it('lets nothing through that cannot be compiled and asked', () => {
    fc.assert(
      fc.property(almost, fc.jsonValue(), (written, data) => {
        if (conditionProblems(written, '/when').length > 0) return
        const compiled = compileCondition(written as Condition)
        expect(compiled(fieldsWith({ data }))).toBeTypeOf('number')
      }),
      { numRuns: 3000 },
    )
  })

  it('tells every mistake with a path below its own and words in both languages', () => {
    fc.assert(
      fc.property(almost, (written) => {
        for (const { path, message } of conditionProblems(written, '/when')) {
          expect(path).toMatch(/^\/when/)
          expect(message.ru).toMatch(/[а-яё]/i)
          expect(message.en).toMatch(/[a-z]/i)
        }
      }),
    )
  })

  test.each<[unknown, string[]]>([
    [null, ['']],
    [[], ['']],
    ['type', ['']],
    [{}, ['/field', '/op']],
    [{ field: 'data', op: 'eq', value: 1 }, ['/field']],
    [{ field: 'color', op: 'eq', value: 1 }, ['/field']],
    [{ field: 'data..x', op: 'eq', value: 1 }, ['/field']],
    [{ field: 'data.x', op: 'equals', value: 1 }, ['/op']],
    [{ field: 'data.x', op: 'eq' }, ['/value']],
    [{ field: 'data.x', op: 'eq', value: [1] }, ['/value']],
    [{ field: 'data.x', op: 'in', value: 'a' }, ['/value']],
    [{ field: 'data.x', op: 'in', value: [] }, ['/value']],
    [{ field: 'data.x', op: 'exists' }, ['/value']],
    [{ field: 'data.x', op: 'exists', value: 'yes' }, ['/value']],
    [{ field: 'data.x', op: 'startsWith', value: 1 }, ['/value']],
    [{ field: 'data.x', op: 'matches', value: '(a' }, ['/value']],
    [{ field: 'data.x', op: 'matches', value: '(?=a)' }, ['/value']],
    [{ field: 'data.x', op: 'gt', value: 'tomorrow' }, ['/value']],
    [{ field: 'data.x', op: 'gt', value: true }, ['/value']],
    [{ field: 'data.x', op: 'gt', value: '2026-13-45T99:99:99Z' }, ['/value']],
    [{ field: 'data.x', op: 'eq', value: 1, note: 'x' }, ['/note']],
    [{ all: { field: 'type', op: 'eq', value: 'x' } }, ['/all']],
    [{ any: [], all: [] }, ['/any']],
    [{ not: { field: 'data.x', op: 'no' }, field: 'type' }, ['/field']],
    [
      { all: [{ field: 'type', op: 'eq', value: 'x' }, { any: [{ field: 'q', op: 'no' }] }] },
      ['/all/1/any/0/field', '/all/1/any/0/op'],
    ],
  ])('finds what is wrong with %j', (written, paths) => {
    expect(conditionProblems(written, '').map(({ path }) => path)).toEqual(paths)
  })

  it('refuses a tree deeper than ten, before it gets expensive', () => {
    let deep: unknown = { field: 'type', op: 'eq', value: 'x' }
    for (let depth = 0; depth < 10; depth += 1) deep = { not: deep }
    expect(conditionProblems(deep, '')).toEqual([])
    expect(conditionProblems({ not: deep }, '')).toHaveLength(1)
  })
})

describe('comparable', () => {
  it('takes two numbers or two RFC 3339 times, nothing else', () => {
    expect(comparable(1, 2)).toEqual([1, 2])
    expect(comparable('2026-01-01T00:00:00+03:00', '2025-12-31T21:00:00Z')).toEqual([1767214800000, 1767214800000])
    for (const odd of ['2026-01-01', '2026-01-01T00:00:00', '10', 'today', '2026-13-45T99:99:99Z', null, true, [1]])
      expect([comparable(odd, '2026-01-01T00:00:00Z'), comparable(1, odd)]).toEqual([null, null])
  })
})

describe('matches', () => {
  it('takes time in proportion to the text, where others would take years', () => {
    const text = `${'a'.repeat(20_000)}!`
    const begin = performance.now()
    expect(holds('matches', '^(a+)+$', text)).toBe(false)
    expect(performance.now() - begin).toBeLessThan(2_000)
  })
})
