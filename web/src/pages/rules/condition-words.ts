import { say } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import { drawingOf, partsOf, shownOperator, textOf, type Comparison } from './condition-edit.ts'
import type { ConditionField } from './condition-fields.ts'

/** Values of a list that are named before the rest is counted. */
const NAMED = 3

/** A condition in a sentence, such as «Объект одно из: obj-1, obj-2 и Важность не равно обычное». */
export function conditionInWords(condition: unknown, fields: ReadonlyMap<string, ConditionField>): string {
  return condition === undefined ? say(conditionWords, 'always') : inWords(condition, fields, false)
}

function inWords(part: unknown, fields: ReadonlyMap<string, ConditionField>, isInner: boolean): string {
  const drawing = drawingOf(part)
  if (drawing === 'json') return JSON.stringify(part)
  if (drawing === 'comparison') return comparisonInWords(part as Comparison, fields)
  if (drawing === 'not') return say(conditionWords, 'notThat', { what: inWords(partsOf(part)[0], fields, true) })
  const parts = partsOf(part).map((each) => inWords(each, fields, true))
  if (parts.length === 0) return say(conditionWords, 'always')
  const joined = parts.join(say(conditionWords, drawing === 'all' ? 'and' : 'or'))
  return isInner && parts.length > 1 ? `(${joined})` : joined
}

function comparisonInWords(comparison: Comparison, fields: ReadonlyMap<string, ConditionField>): string {
  const { field, value } = comparison
  if (field === '') return say(conditionWords, 'unnamed')
  const known = fields.get(field)
  const operator = shownOperator(comparison)
  const words = `${known?.label ?? field} ${say(conditionWords, `op.${operator}`)}`
  if (operator === 'exists' || operator === 'missing') return words
  return Array.isArray(value) ? `${words}: ${listed(value, known)}` : `${words} ${valueInWords(value, known)}`
}

function valueInWords(value: unknown, field: ConditionField | undefined): string {
  if (typeof value === 'boolean') return say(conditionWords, value ? 'yes' : 'no')
  const known = field?.options?.find((option) => option.value === String(value))?.label
  return known ?? (value === '' || value === undefined ? '…' : textOf(value, 'text'))
}

function listed(values: readonly unknown[], field: ConditionField | undefined): string {
  const list = values
    .slice(0, NAMED)
    .map((value) => valueInWords(value, field))
    .join(', ')
  return values.length <= NAMED ? list : say(conditionWords, 'more', { list, count: values.length - NAMED })
}
