import { Select, type OptionsFilter } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import type { Building } from './condition-builder.tsx'
import classes from './condition-builder.module.css'
import { shownOperator, withOperator, type Comparison, type PartPath, type ShownOperator } from './condition-edit.ts'
import { operatorsOf, type ConditionField } from './condition-fields.ts'
import { RemovePart } from './condition-part.tsx'
import { ConditionValue } from './condition-value.tsx'

interface LineProps {
  readonly comparison: Comparison
  readonly path: PartPath
  readonly building: Building
}

/** A field, how it is compared, and with what. */
export function ConditionLine({ comparison, path, building }: LineProps) {
  const t = useWords(conditionWords)
  const { put, error, byName } = building
  const field = byName.get(comparison.field)
  const shown = shownOperator(comparison)
  const possible = operatorsOf(field)
  const operators = possible.includes(shown) ? possible : [shown, ...possible]
  const choose = (name: string): void => {
    const first = operatorsOf(byName.get(name))
    const next = { ...comparison, field: name }
    put(path, first.includes(shown) ? next : withOperator(next, first[0]!))
  }
  return (
    <div className={classes['line']}>
      <div>
        <FieldSelect value={comparison.field} onChange={choose} building={building} error={error([...path, 'field'])} />
      </div>
      <div className={classes['below']}>
        <Select
          aria-label={t('operator')}
          data={operators.map((operator) => ({ value: operator, label: t(`op.${operator}`) }))}
          value={shown}
          onChange={(next) => next !== null && put(path, withOperator(comparison, next as ShownOperator))}
          allowDeselect={false}
          error={error([...path, 'op']) ?? error(path)}
        />
      </div>
      <div className={classes['below']}>
        <ConditionValue
          comparison={comparison}
          field={field}
          onChange={(value) => put(path, { ...comparison, value })}
          error={error([...path, 'value'])}
        />
      </div>
      <div className={classes['remove']}>
        <RemovePart path={path} building={building} />
      </div>
    </div>
  )
}

interface FieldSelectProps {
  readonly value: string
  readonly onChange: (name: string) => void
  readonly building: Building
  readonly error: React.ReactNode
}

/** A field by its name for people; any path into `data` can be typed. */
function FieldSelect({ value, onChange, building: { fields, byName }, error }: FieldSelectProps) {
  const t = useWords(conditionWords)
  const [typed, setTyped] = useState('')
  const option = ({ name, label }: ConditionField) => ({ value: name, label })
  const isData = ({ name }: ConditionField): boolean => name.startsWith('data.')
  const own = new Set([value, /^data(\.[^.\s]+)+$/.test(typed) ? typed : ''])
  const others = [...own].filter((name) => name !== '' && !byName.has(name))
  return (
    <Select
      aria-label={t('field')}
      placeholder={t('field')}
      searchable
      allowDeselect={false}
      data={[
        { group: t('general'), items: fields.filter((field) => !isData(field)).map(option) },
        { group: t('ofData'), items: fields.filter(isData).map(option) },
        { group: t('other'), items: others.map((name) => ({ value: name, label: name })) },
      ].filter(({ items }) => items.length > 0)}
      filter={matching}
      value={value === '' ? null : value}
      onChange={(name) => name !== null && onChange(name)}
      onSearchChange={setTyped}
      renderOption={({ option: { value: name, label } }) => (
        <span>
          {label}
          {label !== name && (
            <span className="quiet mono" style={{ display: 'block' }}>
              {name}
            </span>
          )}
        </span>
      )}
      error={error}
    />
  )
}

/** Fields are found by what people call them and by their names. */
const matching: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase()
  return options.flatMap((each): typeof options => {
    if (!('group' in each)) return [each]
    const items = each.items.filter(({ label, value }) => `${label} ${value}`.toLowerCase().includes(wanted))
    return items.length === 0 ? [] : [{ ...each, items }]
  })
}
