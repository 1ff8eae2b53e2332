import type { Session } from '@nabat/api/session.ts'
import { Button, Menu, Text } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { useSwitch } from '../data/session.ts'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** The company one is in, and the way to another for those who have several. */
export function WorkspaceMenu({ session: { workspace, workspaces } }: { readonly session: Session }) {
  const t = useWords(shellWords)
  const go = useNavigate()
  const { mutate, isPending } = useSwitch()
  if (workspaces.length < 2)
    return (
      <Text className="quiet" size="sm" truncate>
        {workspace.title}
      </Text>
    )
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          loading={isPending}
          rightSection={<IconChevronDown size={16} aria-hidden />}
          aria-label={`${t('workspace')}: ${workspace.title}`}
          maw="40vw"
        >
          {workspace.title}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('workspaces')}</Menu.Label>
        {workspaces.map(({ name, title, blocked }) => (
          <Menu.Item
            key={name}
            disabled={blocked}
            leftSection={name === workspace.name ? <IconCheck size={16} aria-hidden /> : <span style={{ width: 16 }} />}
            onClick={() => mutate(name, { onSuccess: () => void go('/') })}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
