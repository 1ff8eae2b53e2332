import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Condition } from '@nabat/api/condition.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { viewOf } from '../../test/support/view.ts'
import type { Fields } from '../pipeline/conditions.ts'
import { route } from '../pipeline/route.ts'
import { packRefused, packTrace, type Trace } from '../pipeline/trace.ts'
import { explain, sentence, type ExplainedTrace } from './explain.ts'

const NOON = Date.parse('2026-03-18T12:00:00+03:00')
const TO = [{ channel: 'hook' }]

/** Routes an event, keeps its trace as the store does, and reads it again. */
function explained(
  rules: readonly Partial<Rule>[],
  some: Partial<Fields> = {},
  language: 'ru' | 'en' = 'en',
): ExplainedTrace {
  const named = rules.map((rule, index): Rule => ({ name: `r${index + 1}`, types: ['camera.*'], to: TO, ...rule }))
  const view = viewOf({
    version: 3,
    channels: [{ name: 'hook', kind: 'webhook', url: 'https://h.example' }],
    rules: named,
  })
  const fields = fieldsWith(some)
  const { trace } = route(fields, catalogued(fields.type), 1, 0, view, NOON, () => 'd')
  const stored = JSON.parse(packTrace(trace)) as Trace
  const then = view.rows('rules').map((row) => ({ id: row.id, rule: JSON.parse(row.body) as Rule }))
  return explain(stored, fields, then, language)
}

describe('a trace read again', () => {
  it('says of every rule whether it matched, and of every other why not', () => {
    const { version, rules } = explained([
      {},
      { types: ['task.created', 'task.done'] },
      { actions: { admin: ['camera.unavailable'] }, types: undefined as never },
      { schedule: { from: '13:00', to: '14:00' } },
      {
        when: {
          all: [
            { field: 'severity', op: 'exists', value: true },
            { field: 'data.camera', op: 'eq', value: 'cam-2' },
          ],
        },
      },
      { enabled: false },
    ])
    expect(version).toBe(3)
    expect(rules.map(({ name, result, reason, says }) => [name, result, reason, says])).toEqual([
      ['r1', 'matched', undefined, 'matched'],
      ['r2', 'refused', 'type', 'names other types: task.created, task.done'],
      ['r3', 'refused', 'role', 'the rule waits for a role, the event names none'],
      ['r4', 'refused', 'schedule', 'the event came outside the schedule of the rule'],
      ['r5', 'refused', 'condition', 'needed: data.camera equals "cam-2", there is "cam-1"'],
      ['r6', 'refused', 'disabled', 'the rule is switched off'],
    ])
    expect(rules[4]).toMatchObject({ condition: { field: 'data.camera', op: 'eq', value: 'cam-2' }, actual: 'cam-1' })
  })

  it('says so in Russian as well', () => {
    const { rules } = explained(
      [
        { when: { field: 'data.x', op: 'gt', value: 5 } },
        { actions: { admin: ['camera.*'] }, types: undefined as never },
      ],
      { actor: { user: null, role: 'staff' } },
      'ru',
    )
    expect(rules.map(({ says }) => says)).toEqual([
      'нужно: data.x больше 5, а такого поля в событии нет',
      'для роли «staff» этот тип в правиле не отмечен',
    ])
    expect(rules[0]).not.toHaveProperty('actual')
  })

  it('says who was told already and who is not there', () => {
    const { alreadyTold, missing } = explained([
      {},
      {},
      { to: [{ user: 'ghost' }, { channel: 'fax' }, { relation: 'driver' }] },
    ])
    expect(alreadyTold).toEqual([
      { destination: 'hook webhook', rule: 'r2', by: 'r1', says: 'hook webhook: already told by "r1"' },
    ])
    expect(missing.map(({ says }) => says)).toEqual([
      'ghost: is nobody among the users',
      'fax: there is no such channel',
      'driver: the type has no such relation',
    ])
  })

  it('still speaks when a rule is no longer among those of then', () => {
    const { alreadyTold } = explain({ v: 1, a: [[7, 8, 'x']] }, fieldsWith(), [], 'en')
    expect(alreadyTold).toEqual([{ destination: 'x', rule: '#7', by: '#8', says: 'x: already told by "#8"' }])
  })
})

const rule = fc.record(
  {
    types: fc.constantFrom<string[]>(['camera.*'], ['camera.unavailable'], ['task.created']),
    enabled: fc.boolean(),
    schedule: fc.constantFrom({ from: '09:00', to: '18:00' }, { from: '20:00', to: '21:00' }),
    when: fc.constantFrom<Condition>(
      { all: [] },
      { any: [] },
      { field: 'data.camera', op: 'eq', value: 'cam-1' },
      { not: { field: 'severity', op: 'eq', value: 'warning' } },
    ),
  },
  { requiredKeys: ['types'] },
)

describe('any trace', () => {
  it('leaves no rule out and gives the reason that routing had', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), (written) => {
        const { rules } = explained(written)
        expect(rules).toHaveLength(written.length)
        for (const [index, { result, reason, says }] of rules.entries()) {
          const each = written[index]!
          const wanted = each.enabled === false ? 'disabled' : each.types[0] === 'task.created' ? 'type' : undefined
          if (wanted !== undefined) expect(reason).toBe(wanted)
          else if (result === 'refused') expect(['condition', 'schedule']).toContain(reason)
          expect(says).not.toBe('')
        }
      }),
    )
  })

  it('is small where many rules fail at the same part: one number each', () => {
    const refused = Array.from({ length: 100 }, (_, id) => [{ id: id + 1 }, id % 2] as const)
    const packed = packRefused(refused)
    expect(packed).toHaveLength(2)
    expect(packed.flatMap(([, ...ids]) => ids).sort((a, b) => a - b)).toEqual(refused.map(([{ id }]) => id))
    expect(packTrace({ v: 1, m: [], r: [], a: [], n: [], s: [] })).toBe('{"v":1}')
  })
})

describe('why a part failed', () => {
  const part = (op: string, value: unknown): Condition => ({ field: 'data.x', op, value }) as Condition
  test.each<[Condition, unknown, string]>([
    [part('exists', true), undefined, 'the event has no data.x'],
    [part('exists', false), 'a', 'the event has data.x'],
    [part('eq', 'a'), null, 'needed: data.x equals "a", the event has no such field'],
    [part('in', ['a', 'b']), 'c', 'needed: data.x is one of ["a","b"], there is "c"'],
    [part('gt', 5), 3, 'needed: data.x is greater than 5, there is 3'],
    [
      part('gt', 5),
      '7',
      'needed: data.x is greater than 5, there is "7" (not comparable: not two numbers or two times)',
    ],
    [
      part('lt', 5),
      ['7', 'x'],
      'needed: data.x is less than 5, there is ["7","x"] (not comparable: not two numbers or two times)',
    ],
    [part('lt', 5), ['7', 9], 'needed: data.x is less than 5, there is ["7",9]'],
    [{ any: [] }, undefined, 'no condition of the group held'],
    [{ not: { all: [] } }, undefined, 'what must not hold did hold'],
  ])('%j with %j: %s', (condition, actual, says) => {
    expect(sentence(condition, actual).en).toBe(says)
    expect(sentence(condition, actual).ru).toMatch(/[а-яё]/)
  })
})
