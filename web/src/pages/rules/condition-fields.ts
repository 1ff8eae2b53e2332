import { ROLES } from '@nabat/api/configuration.ts'
import { CONDITION_FIELDS, type Operator } from '@nabat/api/condition.ts'
import { SEVERITIES } from '@nabat/api/severity.ts'
import type { Language } from '@nabat/api/text.ts'
import type { EventType, JsonSchema } from '../../data/catalogue.ts'
import { say } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import { roleWords } from '../../words/roles.ts'
import { shellWords } from '../../words/shell.ts'
import type { ShownOperator, ValueKind } from './condition-edit.ts'
import { typesNamed } from './type-names.ts'

/** A field that a condition can look at. */
export interface ConditionField {
  readonly name: string
  readonly label: string
  /** What the schema says of it; undefined when there is nothing to add to the label. */
  readonly description?: string
  readonly kind: ValueKind
  readonly isList: boolean
  /** Values that are known, with their words. */
  readonly options?: readonly { readonly value: string; readonly label: string }[]
}

const TEXT: readonly Operator[] = ['eq', 'ne', 'in', 'notIn', 'contains', 'startsWith', 'matches']
const ORDER: readonly Operator[] = ['gt', 'ge', 'lt', 'le']

/** The operators that make sense for a field; all of them for one that is not known. */
export function operatorsOf(field: ConditionField | undefined): readonly ShownOperator[] {
  const there = ['exists', 'missing'] as const
  if (field === undefined) return [...TEXT, ...ORDER, ...there]
  if (field.isList) return ['contains', 'in', 'notIn', 'startsWith', 'matches', ...there]
  if (field.kind === 'boolean') return ['eq', 'ne', ...there]
  if (field.kind === 'number') return ['eq', 'ne', ...ORDER, 'in', 'notIn', ...there]
  if (field.kind === 'time') return [...ORDER, ...there]
  if (field.options !== undefined) return ['eq', 'ne', 'in', 'notIn', ...there]
  return [...TEXT, ...there]
}

/** The fields every event has, and those of `data` of the types that a rule names (of all types when it names none). */
export function fieldsFor(names: readonly string[], types: readonly EventType[], language: Language): ConditionField[] {
  const named = new Set(
    typesNamed(
      names,
      types.map(({ name }) => name),
    ),
  )
  const chosen = named.size === 0 ? types : types.filter(({ name }) => named.has(name))
  const found = new Map<string, ConditionField>()
  for (const type of chosen)
    for (const field of ofData(type, language)) if (!found.has(field.name)) found.set(field.name, field)
  return [...general(types, language), ...found.values()]
}

function general(types: readonly EventType[], language: Language): ConditionField[] {
  const options: Readonly<Record<string, ConditionField['options']>> = {
    type: types.map(({ name, title }) => ({ value: name, label: title[language] })),
    severity: SEVERITIES.map((severity) => ({ value: severity, label: say(shellWords, severity) })),
    'actor.role': ROLES.map((role) => ({ value: role, label: say(roleWords, role) })),
  }
  return CONDITION_FIELDS.map((name) => ({
    name,
    label: say(conditionWords, `field.${name}`),
    kind: 'text',
    isList: false,
    ...(options[name] === undefined ? {} : { options: options[name] }),
  }))
}

function ofData({ data, fields }: EventType, language: Language): ConditionField[] {
  return Object.entries(data.properties ?? {}).flatMap(([name, schema]) => {
    const words = fields[name]
    const label = words?.label[language] ?? schema.description ?? name
    const field = fieldOf(`data.${name}`, label, schema, (value) => words?.values?.[value]?.[language])
    const inner = Object.entries(schema.items?.properties ?? {}).map(([part, each]) =>
      fieldOf(`data.${name}.${part}`, `${label}: ${each.description ?? part}`, { type: 'array', items: each }),
    )
    return inner.length > 0 ? inner : [field]
  })
}

function fieldOf(
  name: string,
  label: string,
  schema: JsonSchema,
  said: (value: string) => string | undefined = () => undefined,
): ConditionField {
  const isList = typesOf(schema).includes('array')
  const inner = isList ? (schema.items ?? {}) : schema
  const options = (inner.enum ?? []).map((value) => ({
    value: String(value),
    label: said(String(value)) ?? String(value),
  }))
  return {
    name,
    label,
    ...(schema.description === undefined || schema.description === label ? {} : { description: schema.description }),
    kind: kindOf(inner),
    isList,
    ...(options.length === 0 ? {} : { options }),
  }
}

const typesOf = ({ type }: JsonSchema): readonly string[] => (type === undefined ? [] : ([type].flat() as string[]))

function kindOf(schema: JsonSchema): ValueKind {
  const types = typesOf(schema)
  if (schema.format === 'date-time') return 'time'
  if (types.includes('string')) return 'text'
  if (types.includes('number') || types.includes('integer')) return 'number'
  return types.includes('boolean') ? 'boolean' : 'any'
}
