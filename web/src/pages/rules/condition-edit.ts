/*
 * Conditions as the builder edits them. It holds the condition itself and changes only the part that somebody touches, so
 * everything else stays exactly as it was, drawn or not.
 */
import { OPERATORS, type Operator } from '@nabat/api/condition.ts'

/** How a part is drawn; `json`: as text, since the builder knows no such shape. */
export type Drawing = 'all' | 'any' | 'not' | 'comparison' | 'json'

/** A comparison that may be unfinished or wrong: the server says so on saving. */
export interface Comparison {
  readonly field: string
  readonly op: Operator
  readonly value?: unknown
}

/** Steps into a condition: `all`, 0, `not`… */
export type PartPath = readonly (string | number)[]

type Part = Readonly<Record<string, unknown>>

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** How a part of a condition is drawn. Knows every shape, also that of mistakes. */
export function drawingOf(part: unknown): Drawing {
  if (!isPart(part)) return 'json'
  const names = Object.keys(part)
  if (names.length === 1) {
    const [name] = names as [string]
    if (name === 'not') return isPart(part['not']) ? 'not' : 'json'
    if (name === 'all' || name === 'any') return Array.isArray(part[name]) ? name : 'json'
  }
  return isComparison(part) ? 'comparison' : 'json'
}

function isComparison(part: Part): boolean {
  const { field, op, value } = part
  const known = Object.keys(part).every((name) => ['field', 'op', 'value'].includes(name))
  if (!known || typeof field !== 'string' || !OPERATORS.includes(op as Operator)) return false
  if (op === 'exists') return typeof value === 'boolean'
  if (op !== 'in' && op !== 'notIn') return value === undefined || isScalar(value)
  return Array.isArray(value) && value.every(isScalar) && new Set(value.map(String)).size === value.length
}

/** The parts of a group; those of `not` are the one it holds. */
export function partsOf(part: unknown): readonly unknown[] {
  const group = part as Part
  const drawing = drawingOf(part)
  if (drawing === 'all' || drawing === 'any') return group[drawing] as unknown[]
  return drawing === 'not' ? [group['not']] : []
}

/** The condition with another part at a place; undefined takes it out, and groups that are left empty with it. */
export function withPart(condition: unknown, path: PartPath, part: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return part
  if (Array.isArray(condition)) {
    const index = step as number
    const inner = withPart(condition[index], rest, part)
    return inner === undefined ? condition.toSpliced(index, 1) : condition.with(index, inner)
  }
  const inner = withPart((condition as Part)[step], rest, part)
  if (inner === undefined || (Array.isArray(inner) && inner.length === 0 && part === undefined)) return undefined
  return { ...(condition as Part), [step]: inner }
}

/** The condition with one more part: in the group at a place, or beside what stands there. */
export function withAdded(condition: unknown, path: PartPath, part: unknown): unknown {
  const there = partAt(condition, path)
  if (there === undefined) return withPart(condition, path, part)
  const drawing = drawingOf(there)
  if (drawing === 'all' || drawing === 'any') return withPart(condition, path, { [drawing]: [...partsOf(there), part] })
  if (drawing === 'not') return withPart(condition, path, { not: withAdded((there as Part)['not'], [], part) })
  return withPart(condition, path, { all: [there, part] })
}

/** The part at a place, undefined where there is none. */
export function partAt(condition: unknown, path: PartPath): unknown {
  let part = condition
  for (const step of path) {
    if (typeof part !== 'object' || part === null) return undefined
    part = (part as Record<string | number, unknown>)[step]
  }
  return part
}

/** A group joined in another way. */
export function rejoined(group: unknown, join: 'all' | 'any' | 'not'): unknown {
  const drawing = drawingOf(group)
  if (drawing === join) return group
  const parts = partsOf(group)
  if (join === 'not') return { not: parts.length === 1 ? parts[0] : group }
  if (drawing !== 'not') return { [join]: parts }
  const inner = partsOf(parts[0])
  return { [join]: ['all', 'any'].includes(drawingOf(parts[0])) ? inner : parts }
}

/** A value in a field of text: texts as they are, unless `valueOf` would take them for something else. */
export function textOf(value: unknown, kind: ValueKind = 'any'): string {
  if (typeof value !== 'string') return value === undefined ? '' : JSON.stringify(value)
  return valueOf(value, kind) === value ? value : JSON.stringify(value)
}

const looksLikeJson = (text: string): boolean =>
  /^(true|false|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(text) || /^".*"$/s.test(text)

/** What a field holds, as its type's schema says; `any`: it does not say. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'time' | 'any'

/** The value that somebody has typed. In quotes it is a text, whatever it looks like. */
export function valueOf(text: string, kind: ValueKind): unknown {
  const isQuoted = /^".*"$/s.test(text)
  if ((kind === 'text' || kind === 'time') && !isQuoted) return text
  if (!looksLikeJson(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** The values of a list after its tags were edited; those that were there stay what they were. */
export function withTags(values: readonly unknown[], tags: readonly string[], kind: ValueKind): unknown[] {
  const known = new Map(values.map((value) => [textOf(value, kind), value]))
  return tags.map((tag) => (known.has(tag) ? known.get(tag) : valueOf(tag, kind)))
}

/** `exists` asks two things: whether it is there, and whether it is not. */
export type ShownOperator = Operator | 'missing'

/** The operator as it is shown. */
export const shownOperator = ({ op, value }: Comparison): ShownOperator =>
  op === 'exists' && value === false ? 'missing' : op

/** A comparison with another operator; its value is kept as far as it suits. */
export function withOperator(comparison: Comparison, shown: ShownOperator): Comparison {
  const { field, op, value } = comparison
  if (shown === shownOperator(comparison)) return comparison
  if (shown === 'exists' || shown === 'missing') return { field, op: 'exists', value: shown === 'exists' }
  const isList = shown === 'in' || shown === 'notIn'
  const one = op === 'exists' ? '' : Array.isArray(value) ? ((value as unknown[])[0] ?? '') : (value ?? '')
  if (!isList) return { field, op: shown, value: one }
  return { field, op: shown, value: Array.isArray(value) ? value : one === '' ? [] : [one] }
}

const ASSIGNEES = 'data.assignees'

function assigneesIn(part: unknown): readonly string[] | undefined {
  if (drawingOf(part) !== 'comparison') return undefined
  const { field, op, value } = part as Comparison
  if (field !== ASSIGNEES) return undefined
  const logins = op === 'contains' ? [value] : op === 'in' ? (value as unknown[]) : []
  return logins.length > 0 && logins.every((login) => typeof login === 'string') ? (logins as string[]) : undefined
}

/** Where a condition demands certain assignees; undefined where it does not. */
function placeOfAssignees(condition: unknown): PartPath | undefined {
  if (assigneesIn(condition) !== undefined) return []
  if (drawingOf(condition) !== 'all') return undefined
  const index = partsOf(condition).findIndex((part) => assigneesIn(part) !== undefined)
  return index < 0 ? undefined : ['all', index]
}

/** The people one of whom must be an assignee; none when the condition does not ask for it. */
export function assigneesOf(condition: unknown): readonly string[] {
  const place = placeOfAssignees(condition)
  return place === undefined ? [] : assigneesIn(partAt(condition, place))!
}

/** The condition that asks for one of these people among the assignees, beside all else it asks for. */
export function withAssignees(condition: unknown, logins: readonly string[]): unknown {
  const place = placeOfAssignees(condition)
  if (logins.length === 0) return place === undefined ? condition : withPart(condition, place, undefined)
  const part: Comparison =
    logins.length === 1
      ? { field: ASSIGNEES, op: 'contains', value: logins[0] }
      : { field: ASSIGNEES, op: 'in', value: [...logins] }
  if (place !== undefined) return withPart(condition, place, part)
  if (condition === undefined) return part
  return drawingOf(condition) === 'all' ? { all: [part, ...partsOf(condition)] } : { all: [part, condition] }
}
