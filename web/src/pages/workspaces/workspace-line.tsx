import { ActionIcon, Badge, Box, Button, Group, Menu, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useSignedIn, useSwitch } from '../../data/session.ts'
import { useWorkspaceAct, type WorkspaceAct, type WorkspaceRow } from '../../data/workspaces.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { workspaceWords } from '../../words/workspaces.ts'
import { AskFirst } from './ask-first.tsx'

const STATES = {
  active: ['active', 'green'],
  blocked: ['blocked', 'yellow'],
  removed: ['removedState', 'gray'],
} as const

/** One company: its state, and what the operator may do with it. */
export function WorkspaceLine({ workspace }: { readonly workspace: WorkspaceRow }) {
  const t = useWords(workspaceWords)
  const go = useNavigate()
  const session = useSignedIn()
  const enter = useSwitch()
  const { name, state, blocked, deletedAt, users } = workspace
  const title = workspace.title ?? name
  const [word, colour] = STATES[state]
  return (
    <Group
      role="listitem"
      wrap="nowrap"
      gap="sm"
      px="md"
      py="sm"
      style={{ borderBottom: '1px solid var(--nabat-line)' }}
    >
      <Box flex={1} miw={0}>
        <Group gap="xs">
          <Text fw={550}>{title}</Text>
          {state !== 'active' && (
            <Badge variant="light" color={colour} size="sm">
              {t(word)}
            </Badge>
          )}
        </Group>
        <Text size="sm" className="quiet">
          {name} · {t('people', { count: users })}
          {blocked !== null && (
            <>
              {' '}
              · {t('since')} <TimeText at={blocked.at} />: {blocked.reason}
            </>
          )}
          {deletedAt !== null && (
            <>
              {' '}
              · {t('erased')} <TimeText at={deletedAt} />
            </>
          )}
        </Text>
      </Box>
      {state !== 'removed' && name !== session.workspace.name && (
        <Button
          size="xs"
          variant="default"
          aria-label={t('enterOf', { title })}
          loading={enter.isPending}
          onClick={() => enter.mutate(name, { onSuccess: () => void go('/') })}
        >
          {t('enter')}
        </Button>
      )}
      {!workspace.home && <Actions workspace={workspace} title={title} />}
    </Group>
  )
}

function Actions({ workspace, title }: { readonly workspace: WorkspaceRow; readonly title: string }) {
  const t = useWords(workspaceWords)
  const shell = useWords(shellWords)
  const [asked, setAsked] = useState<'block' | 'remove' | null>(null)
  const acting = useWorkspaceAct()
  const { name, state } = workspace
  const act = (wanted: WorkspaceAct, done?: string): void =>
    acting.mutate(
      { name, act: wanted },
      {
        onSuccess: () => {
          setAsked(null)
          if (done !== undefined) notifications.show({ message: done, color: 'green' })
        },
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
      },
    )
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('actions', { title })}>
            <IconDots aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {state === 'active' && <Menu.Item onClick={() => setAsked('block')}>{t('block')}…</Menu.Item>}
          {state === 'blocked' && (
            <Menu.Item onClick={() => act({ kind: 'unblock' }, t('unblocked', { title }))}>{t('unblock')}</Menu.Item>
          )}
          {state === 'removed' ? (
            <Menu.Item onClick={() => act({ kind: 'restore' }, t('restored', { title }))}>{t('restore')}</Menu.Item>
          ) : (
            <Menu.Item onClick={() => setAsked('remove')}>{shell('remove')}…</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asked !== null && (
        <AskFirst asked={asked} title={title} acting={acting.isPending} close={() => setAsked(null)} act={act} />
      )}
    </>
  )
}
