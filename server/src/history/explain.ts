/*
 * The trace of an event, complete: what the compact value keeps, together with what follows from it. Every rule of the
 * configuration the event was routed by is there, and says why it did or did not want the event.
 */
import type { Condition } from '@nabat/api/condition.ts'
import type { Rule } from '@nabat/api/rule.ts'
import type { Language, Text } from '@nabat/api/text.ts'
import { comparable, partAt, valueAt, type Fields } from '../pipeline/conditions.ts'
import { NOT_THIS_ROLE, OUTSIDE_SCHEDULE, typeNames } from '../pipeline/rules.ts'
import type { Trace } from '../pipeline/trace.ts'

/** A rule as it was when the event was accepted. */
export interface RuleThen {
  readonly id: number
  readonly rule: Rule
  /** It is not there any more. */
  readonly removed?: boolean
}

export interface ExplainedRule {
  readonly id: string
  readonly name: string
  /** It was removed since. */
  readonly removed?: true
  readonly result: 'matched' | 'refused'
  /** Why it was refused. */
  readonly reason?: 'type' | 'role' | 'schedule' | 'condition' | 'disabled'
  /** The part of the condition that failed. */
  readonly condition?: Condition
  /** What stood in its field; absent when the field was missing. */
  readonly actual?: unknown
  /** The same as a sentence. */
  readonly says: string
}

export interface ExplainedTrace {
  readonly version: number
  readonly rules: readonly ExplainedRule[]
  readonly alreadyTold: readonly {
    readonly destination: string
    readonly rule: string
    readonly by: string
    readonly says: string
  }[]
  readonly missing: readonly {
    readonly name: string
    readonly rule: string
    readonly reason: string
    readonly says: string
  }[]
  readonly silences: Readonly<Record<string, string>>
}

export function explain(trace: Trace, fields: Fields, rules: readonly RuleThen[], language: Language): ExplainedTrace {
  const refused = new Map((trace.r ?? []).flatMap(([verdict, ...ids]) => ids.map((id) => [id, verdict!] as const)))
  const matched = new Set(trace.m)
  const name = (id: number): string => rules.find((each) => each.id === id)?.rule.name ?? `#${id}`
  return {
    version: trace.v,
    rules: rules.map((each) => explainRule(each, fields, matched, refused, language)),
    alreadyTold: (trace.a ?? []).map(([rule, winner, destination]) => ({
      destination,
      rule: name(rule),
      by: name(winner),
      says: {
        ru: `${destination}: уже сообщает правило «${name(winner)}»`,
        en: `${destination}: already told by "${name(winner)}"`,
      }[language],
    })),
    missing: (trace.n ?? []).map(([rule, who, reason]) => ({
      name: who,
      rule: name(rule),
      reason,
      says: `${who}: ${(MISSING[reason] ?? { ru: reason, en: reason })[language]}`,
    })),
    silences: Object.fromEntries(trace.s ?? []),
  }
}

/** Why somebody a rule names is not there. */
export const MISSING: Readonly<Record<string, Text>> = {
  nobody_there: { ru: 'с этой ролью или в этой группе никого нет', en: 'nobody has this role or is in this group' },
  unknown_person: { ru: 'такого человека нет среди пользователей', en: 'is nobody among the users' },
  no_card: {
    ru: 'нет карточки сотрудника, а писать таким не разрешено (карточка компании)',
    en: 'has no employee card, and such people may not be written to (company card)',
  },
  no_such_relation: { ru: 'у этого типа нет такого отношения', en: 'the type has no such relation' },
  unknown_channel: { ru: 'такого канала нет', en: 'there is no such channel' },
  unusable_address: { ru: 'адрес не годится для этого канала', en: 'the address does not suit the channel' },
}

function explainRule(
  { id, rule, removed }: RuleThen,
  fields: Fields,
  matched: ReadonlySet<number>,
  refused: ReadonlyMap<number, number>,
  language: Language,
): ExplainedRule {
  const about = { id: String(id), name: rule.name, ...(removed === true ? ({ removed } as const) : {}) }
  if (matched.has(id)) return { ...about, result: 'matched', says: { ru: 'подошло', en: 'matched' }[language] }
  const no = (reason: NonNullable<ExplainedRule['reason']>, says: Text): ExplainedRule => ({
    ...about,
    result: 'refused',
    reason,
    says: says[language],
  })
  if (rule.enabled === false) return no('disabled', { ru: 'правило выключено', en: 'the rule is switched off' })
  const verdict = refused.get(id)
  if (verdict === undefined) {
    const names = typeNames(rule).join(', ')
    return no('type', { ru: `называет другие типы: ${names}`, en: `names other types: ${names}` })
  }
  if (verdict === NOT_THIS_ROLE) {
    const role = fields.actor.role
    return no('role', {
      ru:
        role === null
          ? 'правило ждёт действие определённой роли, а роль не указана'
          : `для роли «${role}» этот тип в правиле не отмечен`,
      en:
        role === null
          ? 'the rule waits for a role, the event names none'
          : `the rule does not tick this type for the role "${role}"`,
    })
  }
  if (verdict === OUTSIDE_SCHEDULE)
    return no('schedule', {
      ru: 'событие пришло вне расписания правила',
      en: 'the event came outside the schedule of the rule',
    })
  const part = rule.when === undefined ? undefined : partAt(rule.when, verdict)
  if (part === undefined) return no('condition', { ru: 'не выполнено условие', en: 'the condition did not hold' })
  const actual = 'field' in part ? valueAt(fields, part.field.split('.')) : undefined
  return {
    ...no('condition', sentence(part, actual)),
    condition: part,
    ...(actual === undefined || actual === null ? {} : { actual }),
  }
}

const ORDERS = ['gt', 'ge', 'lt', 'le']

const OPERATOR: Readonly<Record<string, Text>> = {
  eq: { ru: 'равно', en: 'equals' },
  ne: { ru: 'не равно', en: 'differs from' },
  in: { ru: 'одно из', en: 'is one of' },
  notIn: { ru: 'ни одно из', en: 'is none of' },
  contains: { ru: 'содержит', en: 'contains' },
  startsWith: { ru: 'начинается с', en: 'begins with' },
  matches: { ru: 'подходит под', en: 'matches' },
  gt: { ru: 'больше', en: 'is greater than' },
  ge: { ru: 'не меньше', en: 'is at least' },
  lt: { ru: 'меньше', en: 'is less than' },
  le: { ru: 'не больше', en: 'is at most' },
}

/** Why a part of a condition failed, in words. */
export function sentence(part: Condition, actual: unknown): Text {
  if ('all' in part) return { ru: 'не выполнены все условия группы', en: 'not all conditions of the group held' }
  if ('any' in part) return { ru: 'не выполнено ни одно условие группы', en: 'no condition of the group held' }
  if ('not' in part) return { ru: 'выполнено то, чего быть не должно', en: 'what must not hold did hold' }
  const { field, op, value } = part
  if (op === 'exists')
    return value === true
      ? { ru: `поля ${field} в событии нет`, en: `the event has no ${field}` }
      : { ru: `поле ${field} в событии есть`, en: `the event has ${field}` }
  const shown = JSON.stringify(value)
  const operator = OPERATOR[op]!
  if (actual === undefined || actual === null)
    return {
      ru: `нужно: ${field} ${operator.ru} ${shown}, а такого поля в событии нет`,
      en: `needed: ${field} ${operator.en} ${shown}, the event has no such field`,
    }
  const seen = JSON.stringify(actual)
  const incomparable = ORDERS.includes(op) && [actual].flat().every((each) => comparable(each, value) === null)
  const why = incomparable
    ? {
        ru: ' (сравнить нельзя: это не два числа и не два времени)',
        en: ' (not comparable: not two numbers or two times)',
      }
    : { ru: '', en: '' }
  return {
    ru: `нужно: ${field} ${operator.ru} ${shown}, а там ${seen}${why.ru}`,
    en: `needed: ${field} ${operator.en} ${shown}, there is ${seen}${why.en}`,
  }
}
