import { Button, Group, Paper, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { useMark, type InboxEntry } from '../../data/inbox.ts'
import { useWords } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'

interface BulkProps {
  /** The rows that have been read. */
  readonly rows: readonly InboxEntry[]
  readonly ticked: ReadonlySet<string>
  readonly tick: (ids: ReadonlySet<string>) => void
}

/** What can be done with the ticked entries; nothing is drawn until one is. */
export function Bulk({ rows, ticked, tick }: BulkProps) {
  const t = useWords(inboxWords)
  const { mutate } = useMark()
  if (ticked.size === 0) return null
  const markAs = (as: 'read' | 'unread'): void =>
    mutate(
      { as, ids: [...ticked] },
      {
        onSuccess: () => tick(new Set()),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
      },
    )
  return (
    <Paper mb="xs" py="xs" pos="sticky" top={56} style={{ zIndex: 1 }}>
      <Group gap="xs">
        <Text size="sm" fw={550} mr="xs" aria-live="polite">
          {t('selected', { count: ticked.size })}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => markAs('read')}>
          {t('read')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => markAs('unread')}>
          {t('makeUnread')}
        </Button>
        {ticked.size < rows.length && (
          <Button size="compact-sm" variant="subtle" onClick={() => tick(new Set(rows.map(({ id }) => id)))}>
            {t('selectShown')}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" onClick={() => tick(new Set())}>
          {t('unselect')}
        </Button>
      </Group>
    </Paper>
  )
}
