import { MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { useTimeZone } from '../../components/time-text.tsx'
import { fromWall, toWall } from '../../data/wall-time.ts'
import { useWords } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import { textOf, valueOf, withTags, type Comparison } from './condition-edit.ts'
import type { ConditionField } from './condition-fields.ts'

interface ValueProps {
  readonly comparison: Comparison
  readonly field: ConditionField | undefined
  readonly onChange: (value: unknown) => void
  readonly error: React.ReactNode
}

/** What a field is compared with, by the kind of the field. */
export function ConditionValue(props: ValueProps) {
  const { op } = props.comparison
  if (op === 'exists') return <span />
  if (op === 'in' || op === 'notIn') return <ManyValues {...props} />
  return <OneValue {...props} />
}

function ManyValues({ comparison, field, onChange, error }: ValueProps) {
  const t = useWords(conditionWords)
  const kind = field?.kind ?? 'any'
  const values = comparison.value as readonly unknown[]
  const tags = values.map((value) => textOf(value, kind))
  const change = (next: string[]): void => onChange(withTags(values, next, kind))
  const options = field?.options ?? []
  const isKnown = tags.every((tag) => options.some(({ value }) => value === tag))
  if (options.length > 0 && isKnown)
    return (
      <MultiSelect
        aria-label={t('values')}
        data={[...options]}
        value={tags}
        onChange={change}
        searchable
        error={error}
      />
    )
  return (
    <TagsInput
      aria-label={t('values')}
      placeholder={tags.length === 0 ? t('valuesHint') : ''}
      data={options.map(({ value }) => value)}
      value={tags}
      onChange={change}
      acceptValueOnBlur
      error={error}
    />
  )
}

function OneValue({ comparison, field, onChange, error }: ValueProps) {
  const t = useWords(conditionWords)
  const { value, op } = comparison
  const kind = field?.kind ?? 'any'
  const common = { 'aria-label': t('value'), placeholder: t('value'), error }
  const options = field?.options ?? []
  if (kind === 'boolean' && (typeof value === 'boolean' || value === ''))
    return (
      <Select
        {...common}
        data={[
          { value: 'true', label: t('yes') },
          { value: 'false', label: t('no') },
        ]}
        value={value === '' ? null : String(value)}
        onChange={(next) => onChange(next === 'true')}
        allowDeselect={false}
      />
    )
  const isKnown = value === '' || value === undefined || options.some((option) => option.value === value)
  if (options.length > 0 && isKnown && (op === 'eq' || op === 'ne' || op === 'contains'))
    return (
      <Select
        {...common}
        data={[...options]}
        value={value === '' ? null : String(value)}
        onChange={(next) => next !== null && onChange(next)}
        searchable
        allowDeselect={false}
      />
    )
  if (kind === 'number' && (typeof value === 'number' || value === ''))
    return <NumberInput {...common} value={value} onChange={onChange} />
  if (kind === 'time') return <TimeValue {...common} value={value} onChange={onChange} />
  return (
    <TextInput
      {...common}
      value={textOf(value, kind)}
      onChange={({ currentTarget }) => onChange(valueOf(currentTarget.value, kind))}
    />
  )
}

interface TimeValueProps {
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

/** A time on the clock of whoever looks; one that was written with another zone stays so until it is changed. */
function TimeValue({ value, onChange, ...common }: TimeValueProps) {
  const timeZone = useTimeZone()
  const here = toWall(typeof value === 'string' ? value : '', timeZone)
  if (here === '' && value !== '' && value !== undefined)
    return (
      <TextInput
        {...common}
        value={textOf(value, 'time')}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...common}
      type="datetime-local"
      value={here}
      onChange={({ currentTarget: { value: next } }) => onChange(fromWall(next, timeZone) ?? '')}
    />
  )
}
