import { Select, Text } from '@mantine/core'
import type { TemplateVariable, VariablesReport } from '@nabat/api/template-preview.ts'
import { useMemo } from 'react'
import { shortTime, useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'

interface InsertFieldProps {
  readonly report: VariablesReport
  readonly insert: (variable: TemplateVariable) => void
}

/** The fields of an event by what people call them, for those who do not know the language of templates. */
export function InsertField({ report, insert }: InsertFieldProps) {
  const t = useWords(templateWords)
  const zone = useTimeZone()
  const byName = useMemo(
    () => new Map([...report.variables, ...report.bare].map((variable) => [variable.name, variable])),
    [report],
  )
  const groups = [
    { group: t('groupData'), of: report.variables.filter(({ name }) => name.startsWith('event.data.')) },
    { group: t('groupBare'), of: report.bare },
    { group: t('groupEvent'), of: report.variables.filter(({ name }) => /^event\.(?!data\.)/.test(name)) },
    { group: t('groupOther'), of: report.variables.filter(({ name }) => !name.startsWith('event.')) },
  ]
  return (
    <Select
      aria-label={t('insert')}
      placeholder={`${t('insert')}: ${t('insertHint')}`}
      size="sm"
      searchable
      value={null}
      onChange={(name) => {
        const variable = byName.get(name ?? '')
        if (variable !== undefined) insert(variable)
      }}
      maxDropdownHeight={320}
      data={groups
        .filter(({ of }) => of.length > 0)
        .map(({ group, of }) => ({ group, items: of.map(({ name, title }) => ({ value: name, label: title })) }))}
      renderOption={({ option }) => {
        const variable = byName.get(option.value)!
        const example = exampleOf(variable, zone)
        return (
          <div>
            <Text size="sm">{option.label}</Text>
            <Text size="xs" className="quiet mono" lineClamp={1}>
              {variable.name}
              {example !== null && ` · ${example}`}
            </Text>
          </div>
        )
      }}
      style={{ flex: '1 1 14rem' }}
    />
  )
}

/** Events hold their time in seconds, which nobody reads. */
const exampleOf = ({ type, example }: TemplateVariable, zone: string): string | null =>
  type === 'time' && example !== null && /^\d+(\.\d+)?$/.test(example)
    ? shortTime(new Date(Number(example) * 1000), zone)
    : example
