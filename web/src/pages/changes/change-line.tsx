import { Box, Button, Collapse, Group, Text, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronRight, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react'
import { Difference } from '../../components/difference.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useUndo } from '../../data/entities.ts'
import { useWords } from '../../i18n.ts'
import { changeWords } from '../../words/changes.ts'
import { sectionWords } from '../../words/sections.ts'

/** A change of the configuration, as the API shows it. */
export interface ChangeRow {
  readonly id: string
  readonly version: number
  readonly at: string
  readonly by: string
  readonly section:
    | 'workspace'
    | 'rules'
    | 'channels'
    | 'users'
    | 'groups'
    | 'silences'
    | 'schedules'
    | 'templates'
    | 'types'
    /** Blocked, opened again, removed, brought back: by the operator. */
    | 'workspaces'
  readonly key: string
  readonly before: unknown
  readonly after: unknown
  readonly comment: string | null
  /** Whether it can be taken back. */
  readonly undoable?: boolean
}

const KINDS = {
  made: { Shape: IconPlus, colour: 'var(--nabat-good)', undo: 'undoMade' },
  removed: { Shape: IconMinus, colour: 'var(--nabat-critical)', undo: 'undoRemoved' },
  changed: { Shape: IconPencil, colour: 'var(--nabat-info)', undo: 'undo' },
} as const

interface ChangeLineProps {
  readonly row: ChangeRow
  readonly open: boolean
  readonly toggle: () => void
}

/** One change; opened, it shows what was and what is, and the button that takes it back. */
export function ChangeLine({ row, open, toggle }: ChangeLineProps) {
  const t = useWords(changeWords)
  const section = useWords(sectionWords)
  const kind = row.before === null ? 'made' : row.after === null ? 'removed' : 'changed'
  const { Shape, colour } = KINDS[kind]
  const name = row.section === 'workspace' ? t('settings') : row.key
  return (
    <Box style={{ borderBottom: '1px solid var(--nabat-line)' }}>
      <UnstyledButton
        className="row-link"
        style={{ borderBottom: 0, width: '100%' }}
        onClick={toggle}
        aria-expanded={open}
      >
        <Group gap="sm" wrap="nowrap" px="md" py="sm" align="flex-start">
          <Shape size={18} style={{ color: colour, flex: 'none' }} role="img" aria-label={t(kind)} />
          <Box flex={1} miw={0}>
            <Text fw={550} lineClamp={2}>
              {name}
            </Text>
            <Text size="sm" className="quiet">
              {section(row.section)} · {t(kind)} · {row.by === 'file' ? t('byFile') : row.by}
              {row.comment !== null && ` · ${row.comment}`}
            </Text>
          </Box>
          <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            <TimeText at={row.at} />
          </Text>
          <IconChevronRight size={18} aria-hidden style={{ flex: 'none', rotate: open ? '90deg' : undefined }} />
        </Group>
      </UnstyledButton>
      <Collapse expanded={open}>{open && <Opened row={row} name={name} undo={KINDS[kind].undo} />}</Collapse>
    </Box>
  )
}

interface OpenedProps {
  readonly row: ChangeRow
  readonly name: string
  readonly undo: 'undo' | 'undoMade' | 'undoRemoved'
}

function Opened({ row, name, undo: word }: OpenedProps) {
  const t = useWords(changeWords)
  const undo = useUndo()
  return (
    <Box px="md" pb="md" pl={46}>
      <Difference before={row.before} after={row.after} />
      {row.undoable === false ? (
        <Text size="sm" className="quiet" mt="md">
          {t(row.section === 'workspaces' ? 'operatorOwned' : 'fileOwned')}
        </Text>
      ) : (
        <Group mt="md" gap="sm">
          <Button
            size="xs"
            variant="default"
            loading={undo.isPending}
            onClick={() =>
              undo.mutate(row.id, {
                onSuccess: () => notifications.show({ message: t('undone', { name }), color: 'green' }),
                onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
              })
            }
          >
            {t(word)}
          </Button>
          <Text size="sm" className="quiet" flex="1 1 16rem">
            {t('preview')}
          </Text>
        </Group>
      )}
    </Box>
  )
}
