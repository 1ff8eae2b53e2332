/** The operators of a condition. `matches` is RE2, unanchored. */
export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'notIn',
  'contains',
  'startsWith',
  'matches',
  'gt',
  'ge',
  'lt',
  'le',
  'exists',
] as const
export type Operator = (typeof OPERATORS)[number]

/** The fields a condition may look at, besides `data.…` at any depth. */
export const CONDITION_FIELDS = [
  'type',
  'subject',
  'severity',
  'source',
  'actor.user',
  'actor.role',
  'incident',
] as const

/** One comparison, or a group of them. */
export type Condition =
  | { readonly field: string; readonly op: Operator; readonly value?: unknown }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
