import { Box, Button, Group, Pill } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFilter } from '@tabler/icons-react'
import { useCallback, useId, useRef, useState, type ReactNode } from 'react'
import { useWords } from '../i18n.ts'
import { listWords } from '../words/lists.ts'
import { shellWords } from '../words/shell.ts'
import { useShortcut } from './shortcuts.tsx'

/** A filter that is set, in words. */
export interface Chip {
  readonly key: string
  readonly text: string
  readonly clear: () => void
}

interface FilterBarProps {
  readonly chips: readonly Chip[]
  readonly clear: () => void
  /** Fields in sight; on a phone they are folded away. */
  readonly children: ReactNode
  /** Fields that are asked for. */
  readonly more?: ReactNode
}

/** Filters of a list: the fields, and below them what is set, each with the way to remove it. `/` goes to the first field. */
export function FilterBar({ chips, clear, children, more }: FilterBarProps) {
  const t = useWords(listWords)
  const shell = useWords(shellWords)
  const [opened, setOpened] = useState(false)
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const fields = useRef<HTMLDivElement>(null)
  const id = useId()
  useShortcut(
    '/',
    useCallback(() => {
      if (phone) setOpened(true)
      requestAnimationFrame(() => fields.current?.querySelector('input')?.focus())
    }, [phone]),
  )
  const folds = phone || more !== undefined
  return (
    <Box role="search" aria-label={shell('filters')} mb="md">
      <Group gap="sm" align="flex-end" ref={fields} id={id}>
        {(!phone || opened) && children}
        {opened && more}
        {folds && (
          <Button
            variant="default"
            leftSection={<IconFilter size={18} aria-hidden />}
            aria-expanded={opened}
            aria-controls={id}
            onClick={() => setOpened(!opened)}
          >
            {opened ? t('less') : phone ? shell('filters') : t('more')}
          </Button>
        )}
      </Group>
      {chips.length > 0 && (
        <Group gap="xs" mt="sm">
          {chips.map(({ key, text, clear: remove }) => (
            <Pill
              key={key}
              size="lg"
              withRemoveButton
              onRemove={remove}
              removeButtonProps={{ 'aria-label': t('forget', { what: text }), 'aria-hidden': false, tabIndex: 0 }}
            >
              {text}
            </Pill>
          ))}
          <Button variant="subtle" size="compact-sm" onClick={clear}>
            {shell('clearFilters')}
          </Button>
        </Group>
      )}
    </Box>
  )
}
