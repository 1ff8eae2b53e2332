import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Rule } from '@nabat/api/rule.ts'
import { catalogued, fieldsWith } from '../../test/support/fields.ts'
import { PASSED } from './conditions.ts'
import {
  compileRule,
  matchRules,
  namesOpening,
  NOT_THIS_ROLE,
  OUTSIDE_SCHEDULE,
  RuleIndex,
  typeNames,
  type CompiledRule,
} from './rules.ts'

const ZONE = 'Europe/Moscow'
/** A Wednesday, 12:00 in Moscow. */
const NOON = Date.parse('2026-03-18T12:00:00+03:00')

const rule = (some: Partial<Rule>): Rule => ({ name: 'r', to: [{ channel: 'inbox' }], ...some })

/** What a rule says of an event of a type, done in a role. */
function verdictOf(some: Partial<Rule>, type: string, role: string | null = null, now = NOON): number | 'not named' {
  const compiled = compileRule(1, rule(some))
  const naming = new RuleIndex([compiled]).naming(type)
  if (naming.length === 0) return 'not named'
  const event = fieldsWith({ type, actor: { user: null, role } })
  const { matched, refused } = matchRules(event, naming, now, ZONE)
  return matched.length === 1 ? PASSED : refused[0]![1]
}

describe('the types of a rule', () => {
  test.each<[readonly string[], string, boolean]>([
    [['camera.unavailable'], 'camera.unavailable', true],
    [['camera.unavailable'], 'camera.available', false],
    [['camera.unavailable'], 'camera.unavailable.twice', false],
    [['camera.*'], 'camera.unavailable', true],
    [['camera.*'], 'camera.settings.changed', true],
    [['camera.*'], 'cameras.unavailable', false],
    [['camera.*'], 'camera', false],
    [['workorder.status.*'], 'workorder.created', false],
    [['*'], 'camera.unavailable', true],
    [['*'], 'pump.stopped', true],
    [['*'], 'system.channel.down', false],
    [['system.*'], 'system.channel.down', true],
    [['*', 'system.channel.down'], 'system.channel.down', true],
    [['a.b', 'camera.*'], 'camera.available', true],
  ])('%j and %s: %s', (types, type, named) => {
    expect(verdictOf({ types: [...types] }, type)).toBe(named ? PASSED : 'not named')
  })

  it('by role: each role has its own, another role and no role at all are refused', () => {
    const actions = { admin: ['workorder.created', 'workorder.assigned'], support: ['workorder.*'] }
    expect(verdictOf({ actions }, 'workorder.created', 'admin')).toBe(PASSED)
    expect(verdictOf({ actions }, 'workorder.done', 'admin')).toBe(NOT_THIS_ROLE)
    expect(verdictOf({ actions }, 'workorder.done', 'support')).toBe(PASSED)
    expect(verdictOf({ actions }, 'workorder.done', 'warehouse')).toBe(NOT_THIS_ROLE)
    expect(verdictOf({ actions }, 'workorder.done')).toBe(NOT_THIS_ROLE)
    expect(verdictOf({ actions }, 'camera.available', 'admin')).toBe('not named')
  })

  it('a role that is called like a part of every object is a role like any other', () => {
    expect(verdictOf({ actions: { admin: ['task.created'] } }, 'task.created', 'constructor')).toBe(NOT_THIS_ROLE)
    expect(verdictOf({ actions: { admin: ['task.created'] } }, 'task.created', '__proto__')).toBe(NOT_THIS_ROLE)
  })

  it('are all listed, whichever way they are written', () => {
    expect(typeNames(rule({ types: ['a.b', 'c.*'] }))).toEqual(['a.b', 'c.*'])
    expect(typeNames(rule({ actions: { admin: ['a.b'], staff: ['c.d', 'a.b'] } }))).toEqual(['a.b', 'c.d', 'a.b'])
  })
})

describe('the refusal of a rule', () => {
  it('names the role before the condition, and the condition before the schedule', () => {
    const all: Partial<Rule> = {
      actions: { admin: ['task.created'] },
      when: {
        all: [
          { field: 'subject', op: 'exists', value: true },
          { field: 'subject', op: 'eq', value: 'x' },
        ],
      },
      schedule: { from: '09:00', to: '10:00' },
    }
    expect(verdictOf(all, 'task.created', 'staff')).toBe(NOT_THIS_ROLE)
    expect(verdictOf(all, 'task.created', 'admin')).toBe(2)
    expect(verdictOf({ ...all, when: { all: [] } }, 'task.created', 'admin')).toBe(OUTSIDE_SCHEDULE)
    expect(verdictOf({ ...all, when: { all: [] } }, 'task.created', 'admin', NOON - 2.5 * 3_600_000)).toBe(PASSED)
  })

  it('of a schedule is read in its own zone, or in the zone of the workspace', () => {
    const at = (schedule: Rule['schedule']): number | string => verdictOf({ types: ['*'], schedule: schedule! }, 'a.b')
    expect(at({ from: '11:30', to: '12:30' })).toBe(PASSED)
    expect(at({ from: '11:30', to: '12:30', timeZone: 'Asia/Yekaterinburg' })).toBe(OUTSIDE_SCHEDULE)
    expect(at({ from: '13:30', to: '14:30', timeZone: 'Asia/Yekaterinburg' })).toBe(PASSED)
    expect(at({ days: ['wed'] })).toBe(PASSED)
    expect(at({ days: ['mon', 'fri'] })).toBe(OUTSIDE_SCHEDULE)
  })
})

describe('a compiled rule', () => {
  it('keeps its spans in milliseconds, null when it has none', () => {
    const { lifetimeMs, throttlePerMs } = compileRule(1, rule({ lifetime: '90s', throttle: { per: '10m' } }))
    expect([lifetimeMs, throttlePerMs]).toEqual([90_000, 600_000])
    expect(compileRule(1, rule({}))).toMatchObject({ lifetimeMs: null, throttlePerMs: null })
  })
})

describe('the order of rules', () => {
  const names = (rules: readonly CompiledRule[]): string[] => rules.map((each) => each.rule.name)

  it('is by position, ties by which was made first', () => {
    const made = [
      compileRule(3, rule({ name: 'third', position: 1, types: ['*'] })),
      compileRule(1, rule({ name: 'first', position: 1, types: ['*'] })),
      compileRule(2, rule({ name: 'last', position: 5, types: ['*'] })),
      compileRule(9, rule({ name: 'before all', position: -1, types: ['*'] })),
    ]
    const index = new RuleIndex(made, (each) => each.rule.position ?? 0)
    expect(names(index.naming('a.b'))).toEqual(['before all', 'first', 'third', 'last'])
  })

  it('leaves out what is switched off', () => {
    const made = [
      compileRule(1, rule({ types: ['*'], enabled: false })),
      compileRule(2, rule({ name: 'on', types: ['*'], enabled: true })),
    ]
    expect(names(new RuleIndex(made).naming('a.b'))).toEqual(['on'])
  })

  it('does not depend on the order in which rules are handed in', () => {
    const made = Array.from({ length: 8 }, (_, id) =>
      compileRule(id, rule({ name: String(id), position: id % 3, types: id % 2 === 0 ? ['*'] : ['a.*'] })),
    )
    const position = (each: CompiledRule): number => each.rule.position!
    const wanted = names(new RuleIndex(made, position).naming('a.b'))
    expect(wanted).toHaveLength(8)
    fc.assert(
      fc.property(fc.shuffledSubarray(made, { minLength: made.length }), (mixed) => {
        expect(names(new RuleIndex(mixed, position).naming('a.b'))).toEqual(wanted)
      }),
    )
  })
})

describe('what an event costs', () => {
  it('is nothing for rules that name other types: after the first event of a type they are not looked at', () => {
    let looked = 0
    const other = (id: number): CompiledRule => ({
      ...compileRule(id, rule({ types: ['camera.available'] })),
      get rule() {
        looked += 1
        return rule({ types: ['camera.available'] })
      },
      names: () => {
        looked += 1
        return false
      },
      condition: () => {
        looked += 1
        return PASSED
      },
    })
    const index = new RuleIndex([
      ...Array.from({ length: 100 }, (_, id) => other(id)),
      compileRule(200, rule({ types: ['camera.unavailable'] })),
    ])
    index.naming('camera.unavailable')
    expect(looked).toBeGreaterThanOrEqual(100)
    looked = 0
    const { matched, refused } = matchRules(fieldsWith(), index.naming('camera.unavailable'), NOON, ZONE)
    expect([matched.length, refused.length, looked]).toEqual([1, 0, 0])
  })
})

describe('namesOpening', () => {
  const types = ['camera.unavailable', 'camera.available', 'server.unavailable', 'server.available'].map(catalogued)
  test.each<[readonly string[], string, boolean]>([
    [['camera.unavailable', 'camera.available'], 'camera.available', true],
    [['camera.*'], 'camera.available', true],
    [['*'], 'camera.available', true],
    [['camera.available'], 'camera.available', false],
    [['camera.available', 'server.unavailable'], 'camera.available', false],
  ])('of %j for %s is %s', (named, closing, answer) => {
    expect(namesOpening(compileRule(1, rule({ types: [...named] })), catalogued(closing), types)).toBe(answer)
  })
})
