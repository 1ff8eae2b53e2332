/*
 * Conditions of rules and silences. A condition is compiled once into a function over the fields of an event; it answers
 * with the number of the part that failed (counted over the tree in reading order), so that the trace can say why a rule
 * did not match in one small number. The meaning of operators is the contract's:
 *
 *   - a list field matches when any element does; for ne and notIn, when none does;
 *   - a field that is missing (or null) fails every operator except ne, notIn and `exists: false`;
 *   - strings compare case-sensitively; gt, ge, lt, le take two numbers or two RFC 3339 times, anything else is false;
 *   - `contains` looks for an element in a list and for a part in a text; `matches` is RE2, unanchored.
 */
import { RE2JS } from 're2js'
import { CONDITION_FIELDS, OPERATORS, type Condition, type Operator } from '@nabat/api/condition.ts'
import { problem, type Problem } from '@nabat/api/text.ts'

/** The fields of an event that conditions may look at. */
export interface Fields {
  readonly type: string
  readonly subject: string | null
  readonly severity: string
  readonly source: string
  readonly actor: { readonly user: string | null; readonly role: string | null }
  readonly incident: string | null
  readonly data: unknown
}

/** `passed`, or the number of the part that failed. */
export type Verdict = number
export const PASSED: Verdict = -1

export type CompiledCondition = (fields: Fields) => Verdict

/** Compiles a condition that has no problems. */
export function compileCondition(condition: Condition): CompiledCondition {
  let count = 0
  const compile = (part: Condition): CompiledCondition => {
    const index = count++
    if ('all' in part) {
      const parts = part.all.map(compile)
      return (fields) => {
        for (const each of parts) {
          const verdict = each(fields)
          if (verdict !== PASSED) return verdict
        }
        return PASSED
      }
    }
    if ('any' in part) {
      const parts = part.any.map(compile)
      return (fields) => (parts.some((each) => each(fields) === PASSED) ? PASSED : index)
    }
    if ('not' in part) {
      const inner = compile(part.not)
      return (fields) => (inner(fields) === PASSED ? index : PASSED)
    }
    const test = comparison(part.op, part.value)
    const path = part.field.split('.')
    return (fields) => (test(valueAt(fields, path)) ? PASSED : index)
  }
  return compile(condition)
}

/** The part of a condition that a verdict names. */
export function partAt(condition: Condition, verdict: Verdict): Condition | undefined {
  let count = 0
  const find = (part: Condition): Condition | undefined => {
    if (count++ === verdict) return part
    const inner = 'all' in part ? part.all : 'any' in part ? part.any : 'not' in part ? [part.not] : []
    for (const each of inner) {
      const found = find(each)
      if (found !== undefined) return found
    }
    return undefined
  }
  return find(condition)
}

/** The value of a field; a path that goes through a list of objects gathers the values of all of them. */
export function valueAt(fields: unknown, path: readonly string[]): unknown {
  let value = fields
  for (const [index, step] of path.entries()) {
    if (Array.isArray(value)) {
      const rest = path.slice(index)
      const found = value.map((each) => valueAt(each, rest)).filter((each) => !isMissing(each))
      return found.length === 0 ? undefined : found.flat()
    }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

const isMissing = (value: unknown): boolean => value === undefined || value === null

type Test = (value: unknown) => boolean

function comparison(op: Operator, expected: unknown): Test {
  const list = Array.isArray(expected) ? (expected as unknown[]) : [expected]
  const any = (test: Test): Test => {
    return (value) => (Array.isArray(value) ? value.some(test) : !isMissing(value) && test(value))
  }
  switch (op) {
    case 'eq':
      return any((value) => value === expected)
    case 'ne':
      return not(any((value) => value === expected))
    case 'in':
      return any((value) => list.includes(value))
    case 'notIn':
      return not(any((value) => list.includes(value)))
    case 'contains':
      return (value) =>
        Array.isArray(value)
          ? value.includes(expected)
          : typeof value === 'string' && typeof expected === 'string' && value.includes(expected)
    case 'startsWith':
      return any((value) => typeof value === 'string' && value.startsWith(expected as string))
    case 'matches': {
      const pattern = RE2JS.compile(expected as string)
      return any((value) => typeof value === 'string' && pattern.matcher(value).find())
    }
    case 'exists':
      return (value) => !isMissing(value) === expected
    default:
      return any((value) => ordered(op, value, expected))
  }
}

const not =
  (test: Test): Test =>
  (value) =>
    !test(value)

/** Whether the two can be put in order at all: two numbers, or two RFC 3339 times. */
export function comparable(value: unknown, expected: unknown): readonly [number, number] | null {
  if (typeof value === 'number' && typeof expected === 'number') return [value, expected]
  if (typeof value !== 'string' || typeof expected !== 'string') return null
  if (!RFC_3339.test(value) || !RFC_3339.test(expected)) return null
  const pair = [Date.parse(value), Date.parse(expected)] as const
  return pair.some(Number.isNaN) ? null : pair
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

function ordered(op: Operator, value: unknown, expected: unknown): boolean {
  const pair = comparable(value, expected)
  if (pair === null) return false
  const [a, b] = pair
  if (op === 'gt') return a > b
  if (op === 'ge') return a >= b
  return op === 'lt' ? a < b : a <= b
}

/** Every mistake in a condition, by path. */
export function conditionProblems(condition: unknown, path: string, depth = 0): Problem[] {
  if (depth > 10) return [problem(path, 'Условие вложено глубже 10 уровней', 'The condition is nested deeper than 10')]
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition))
    return [
      problem(
        path,
        'Условие — это { field, op, value } или группа all, any, not',
        'A condition is { field, op, value } or a group all, any, not',
      ),
    ]
  const part = condition as Record<string, unknown>
  const group = (['all', 'any', 'not'] as const).find((name) => name in part)
  if (group === undefined) return comparisonProblems(part, path)
  const extra = Object.keys(part).find((name) => name !== group)
  if (extra !== undefined)
    return [
      problem(
        `${path}/${extra}`,
        `Рядом с «${group}» не может стоять «${extra}»`,
        `"${extra}" cannot stand beside "${group}"`,
      ),
    ]
  if (group === 'not') return conditionProblems(part['not'], `${path}/not`, depth + 1)
  const parts = part[group]
  if (!Array.isArray(parts))
    return [problem(`${path}/${group}`, `«${group}» — это список условий`, `"${group}" is a list of conditions`)]
  return parts.flatMap((each, index) => conditionProblems(each, `${path}/${group}/${index}`, depth + 1))
}

const NAMES: readonly string[] = CONDITION_FIELDS

function comparisonProblems(part: Record<string, unknown>, path: string): Problem[] {
  const { field, op, value } = part
  const found: Problem[] = []
  const extra = Object.keys(part).filter((name) => !['field', 'op', 'value'].includes(name))
  for (const name of extra)
    found.push(problem(`${path}/${name}`, `Неизвестное поле «${name}»`, `Unknown field "${name}"`))
  if (typeof field !== 'string' || !(NAMES.includes(field) || /^data(\.[^.]+)+$/.test(field)))
    found.push(
      problem(
        `${path}/field`,
        `Поле — одно из ${NAMES.join(', ')} или data.…`,
        `The field is one of ${NAMES.join(', ')} or data.…`,
      ),
    )
  if (!OPERATORS.includes(op as Operator))
    return [
      ...found,
      problem(
        `${path}/op`,
        `Оператор — один из ${OPERATORS.join(', ')}`,
        `The operator is one of ${OPERATORS.join(', ')}`,
      ),
    ]
  const wrong = valueProblem(op as Operator, value)
  if (wrong !== undefined) found.push(problem(`${path}/value`, wrong[0], wrong[1]))
  return found
}

function valueProblem(op: Operator, value: unknown): readonly [string, string] | undefined {
  const scalar = ['string', 'number', 'boolean'].includes(typeof value)
  if (op === 'in' || op === 'notIn')
    return Array.isArray(value) && value.length > 0
      ? undefined
      : [`Для «${op}» нужен список значений`, `"${op}" needs a list of values`]
  if (op === 'exists')
    return typeof value === 'boolean'
      ? undefined
      : ['Для «exists» нужно true или false', '"exists" needs true or false']
  if (!scalar) return [`Для «${op}» нужно одно значение`, `"${op}" needs one value`]
  if (op === 'startsWith' && typeof value !== 'string')
    return ['Для «startsWith» нужна строка', '"startsWith" needs a text']
  if (op === 'matches') return patternProblem(value)
  if (['gt', 'ge', 'lt', 'le'].includes(op) && comparable(value, value) === null)
    return [`Для «${op}» нужно число или время по RFC 3339`, `"${op}" needs a number or an RFC 3339 time`]
  return undefined
}

function patternProblem(value: unknown): readonly [string, string] | undefined {
  try {
    if (typeof value !== 'string') throw new Error('not a text')
    RE2JS.compile(value)
    return undefined
  } catch (error) {
    const why = (error as Error).message
    return [`Не выражение RE2: ${why}`, `Not an RE2 expression: ${why}`]
  }
}
