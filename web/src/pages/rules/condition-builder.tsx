import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useCatalogue } from '../../data/catalogue.ts'
import { language, useWords } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import { drawingOf, withAdded, withPart, type PartPath } from './condition-edit.ts'
import { fieldsFor, type ConditionField } from './condition-fields.ts'
import { ConditionPart } from './condition-part.tsx'
import { ConditionText } from './condition-text.tsx'

interface ConditionBuilderProps {
  /** The condition; undefined: there is none, everything fits. What is no condition is shown as text. */
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  /** Names of types, as a rule names them: their fields are proposed. None: those of all types. */
  readonly types?: readonly string[]
  /** What the server says of a place in the condition, by the steps into it. */
  readonly error?: (path: PartPath) => React.ReactNode
}

/** What every part of the builder needs. */
export interface Building {
  readonly fields: readonly ConditionField[]
  readonly byName: ReadonlyMap<string, ConditionField>
  readonly error: (path: PartPath) => React.ReactNode
  /** Puts another part at a place; undefined takes it out. */
  readonly put: (path: PartPath, part: unknown) => void
  readonly add: (path: PartPath, part: unknown) => void
}

/** A comparison that is not filled in. */
export const BLANK = { field: '', op: 'eq', value: '' } as const

/** The fields that conditions over these types can look at, also by name. */
export function useConditionFields(types: readonly string[]): Pick<Building, 'fields' | 'byName'> {
  const { data } = useCatalogue()
  const key = types.join('\n')
  const spoken = language()
  return useMemo(() => {
    const fields = fieldsFor(key === '' ? [] : key.split('\n'), data ?? [], spoken)
    return { fields, byName: new Map(fields.map((field) => [field.name, field])) }
  }, [key, data, spoken])
}

/** A condition put together line by line, or written as text by those who like it. */
export function ConditionBuilder({ value, onChange, types = [], error = () => undefined }: ConditionBuilderProps) {
  const t = useWords(conditionWords)
  const [view, setView] = useState('builder')
  const building: Building = {
    ...useConditionFields(types),
    error,
    put: (path, part) => onChange(withPart(value, path, part)),
    add: (path, part) => onChange(withAdded(value, path, part)),
  }
  const isGroup = ['all', 'any', 'not'].includes(drawingOf(value))
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t('view')}
        value={view}
        onChange={setView}
        data={[
          { value: 'builder', label: t('builder') },
          { value: 'text', label: t('text') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {view === 'text' ? (
        <ConditionText value={value} onChange={onChange} error={error([])} />
      ) : (
        <>
          {value === undefined ? (
            <Text size="sm" className="quiet">
              {t('everything')}
            </Text>
          ) : (
            <ConditionPart part={value} path={[]} building={building} />
          )}
          {!isGroup && <AddButtons path={[]} building={building} />}
        </>
      )}
    </Stack>
  )
}

/** Adds a comparison, or a group with one, to the group at a place. */
export function AddButtons({ path, building: { add } }: { readonly path: PartPath; readonly building: Building }) {
  const t = useWords(conditionWords)
  const button = (title: string, part: unknown) => (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => add(path, part)}
    >
      {title}
    </Button>
  )
  return (
    <Group gap="xs">
      {button(t('add'), BLANK)}
      {button(t('addGroup'), { any: [BLANK] })}
    </Group>
  )
}
