import { Button, Menu, ScrollArea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown } from '@tabler/icons-react'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { saysOf } from '../../data/api.ts'
import { useGroups, useRegroup, type StoredGroup, type StoredUser } from '../../data/people.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'

interface ToGroupProps {
  readonly people: readonly StoredUser[]
  /** Called once they are in it. */
  readonly clear: () => void
}

/** Puts people into a group, with a way back. */
export function ToGroup({ people, clear }: ToGroupProps) {
  const t = useWords(peopleWords)
  const { data: groups = [] } = useGroups()
  const regroup = useRegroup()
  const offerUndo = useOfferUndo()
  const open = groups.filter(({ origin }) => origin !== 'file')
  if (open.length === 0) return null
  const put = (group: StoredGroup): void =>
    regroup.mutate(
      { group, add: people.map(({ login }) => login) },
      {
        onSuccess: (change) => {
          clear()
          offerUndo(t('addedTo', { group: group.name }), change)
        },
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
      },
    )
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          loading={regroup.isPending}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          {t('toGroup')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={320}>
          {open.map((group) => (
            <Menu.Item key={group.id} onClick={() => put(group)}>
              {group.name}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  )
}
