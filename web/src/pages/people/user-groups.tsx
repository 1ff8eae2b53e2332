import { Anchor, CloseButton, Group, Paper, Select, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from 'react-router'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { saysOf } from '../../data/api.ts'
import { useGroups, useRegroup, type StoredGroup, type StoredUser } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'

/** The groups somebody is in; joined and left at once, with a way back. */
export function UserGroups({ user: { login } }: { readonly user: StoredUser }) {
  const t = useWords(peopleWords)
  const writes = useMay('people.write')
  const { data: groups = [] } = useGroups()
  const regroup = useRegroup()
  const offerUndo = useOfferUndo()
  const own = groups.filter(({ users = [] }) => users.includes(login))
  const others = groups.filter((group) => !own.includes(group) && group.origin !== 'file')
  const change = (group: StoredGroup, how: 'add' | 'remove'): void =>
    regroup.mutate(
      { group, [how]: [login] },
      {
        onSuccess: (undo) => offerUndo(t(how === 'add' ? 'addedTo' : 'takenFrom', { group: group.name }), undo),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
      },
    )
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="groups">
      <Title order={2} id="groups" mb="xs">
        {t('groups')}
      </Title>
      <Stack gap="xs">
        {own.length === 0 && (
          <Text size="sm" className="quiet">
            {t('inNoGroup')}
          </Text>
        )}
        {own.length > 0 && (
          <ul className="plain">
            {own.map((group) => (
              <li key={group.id}>
                <Group justify="space-between" wrap="nowrap" mih={32}>
                  <Anchor component={Link} to={`/people/groups/${group.id}`} size="sm">
                    {group.name}
                  </Anchor>
                  {writes && group.origin !== 'file' && (
                    <CloseButton
                      size="sm"
                      aria-label={t('leaveGroup', { group: group.name })}
                      onClick={() => change(group, 'remove')}
                    />
                  )}
                </Group>
              </li>
            ))}
          </ul>
        )}
        {writes && others.length > 0 && (
          <Select
            aria-label={t('toGroup')}
            placeholder={t('toGroup')}
            data={others.map(({ name }) => name)}
            searchable
            limit={100}
            value={null}
            onChange={(name) => {
              const group = others.find((each) => each.name === name)
              if (group !== undefined) change(group, 'add')
            }}
          />
        )}
      </Stack>
    </Paper>
  )
}
