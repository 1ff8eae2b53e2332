import { ActionIcon, Group, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useId } from 'react'
import { useWords } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import { AddButtons, type Building } from './condition-builder.tsx'
import classes from './condition-builder.module.css'
import { drawingOf, partsOf, rejoined, type Comparison, type PartPath } from './condition-edit.ts'
import { ConditionLine } from './condition-line.tsx'
import { ConditionText } from './condition-text.tsx'

interface PartProps {
  readonly part: unknown
  readonly path: PartPath
  readonly building: Building
}

/** A part of a condition, as its shape is drawn. */
export function ConditionPart({ part, path, building }: PartProps) {
  const t = useWords(conditionWords)
  const drawing = drawingOf(part)
  if (drawing === 'comparison') return <ConditionLine comparison={part as Comparison} path={path} building={building} />
  if (drawing !== 'json') return <ConditionGroup part={part} path={path} building={building} />
  return (
    <Group align="flex-start" wrap="nowrap" gap="xs">
      <Stack gap={4} flex={1}>
        <Text size="sm" className="quiet">
          {t('notDrawn')}
        </Text>
        <ConditionText value={part} onChange={(value) => building.put(path, value)} error={building.error(path)} />
      </Stack>
      <RemovePart path={path} building={building} />
    </Group>
  )
}

const JOINS = ['all', 'any', 'not'] as const

function ConditionGroup({ part, path, building }: PartProps) {
  const t = useWords(conditionWords)
  const label = useId()
  const drawing = drawingOf(part) as (typeof JOINS)[number]
  const inner = (index: number): PartPath => (drawing === 'not' ? [...path, 'not'] : [...path, drawing, index])
  return (
    <Stack gap="sm" className={classes['group']} role="group" aria-labelledby={label}>
      <Group gap="xs" wrap="nowrap">
        <Select
          id={label}
          size="xs"
          aria-label={t('join')}
          data={JOINS.map((join) => ({ value: join, label: t(join) }))}
          value={drawing}
          onChange={(join) => join !== null && building.put(path, rejoined(part, join as typeof drawing))}
          allowDeselect={false}
          w={230}
        />
        <RemovePart path={path} building={building} isGroup />
      </Group>
      {building.error(path) !== undefined && (
        <Text size="sm" c="var(--nabat-critical)" role="alert">
          {building.error(path)}
        </Text>
      )}
      {partsOf(part).map((each, index) => (
        <ConditionPart key={index} part={each} path={inner(index)} building={building} />
      ))}
      {drawing !== 'not' && <AddButtons path={path} building={building} />}
    </Stack>
  )
}

/** Takes a part out of the condition. */
export function RemovePart({
  path,
  building: { put },
  isGroup = false,
}: Omit<PartProps, 'part'> & { readonly isGroup?: boolean }) {
  const t = useWords(conditionWords)
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t(isGroup ? 'removeGroup' : 'remove')}
      onClick={() => put(path, undefined)}
    >
      <IconX size={18} aria-hidden />
    </ActionIcon>
  )
}
