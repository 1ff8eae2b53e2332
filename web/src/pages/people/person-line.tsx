import { Box, Checkbox, Group, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from 'react-router'
import { isTyping } from '../../components/row-keys.ts'
import type { StoredUser } from '../../data/people.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { roleWords } from '../../words/roles.ts'

interface PersonLineProps {
  readonly person: StoredUser
  readonly ticked?: boolean
  /** Absent for those who may only look. */
  readonly tick?: () => void
}

/** One person of a list. */
export function PersonLine({ person, ticked = false, tick }: PersonLineProps) {
  const t = useWords(peopleWords)
  const role = useWords(roleWords)
  const { id, login, name, roles = [], phone, email, extension } = person
  const who = [name === undefined ? undefined : login, ...roles.map((each) => role(each))].filter(Boolean).join(' · ')
  const where = [phone, extension === undefined ? undefined : t('extensionShort', { extension }), email]
    .filter((each) => each !== undefined)
    .join(' · ')
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (tick === undefined || event.key !== 'x' || isTyping(event)) return
    event.preventDefault()
    tick()
  }
  return (
    <Group gap={0} wrap="nowrap" align="stretch" className="row-with-tick">
      {tick !== undefined && (
        <label className="row-tick">
          <Checkbox checked={ticked} onChange={tick} aria-label={t('tick', { name: name ?? login })} />
        </label>
      )}
      <Link to={`/people/users/${id}`} className="row-link" onKeyDown={onKeyDown}>
        <Group justify="space-between" gap="xs" px="md" py="xs" wrap="nowrap" align="flex-start">
          <Box miw={0} flex={1}>
            <Text fw={550} className={person.enabled === false ? 'quiet' : undefined}>
              {name ?? login}
            </Text>
            <Text size="sm" className="quiet">
              {who}
            </Text>
            {where !== '' && (
              <Text size="sm" className="quiet" hiddenFrom="sm">
                {where}
              </Text>
            )}
          </Box>
          <Text size="sm" className="quiet" visibleFrom="sm" flex={1} miw={0}>
            {where}
          </Text>
          <PersonState person={person} />
        </Group>
      </Link>
    </Group>
  )
}

/** Whether they work, can be told anything, and sign in. */
function PersonState({ person: { enabled, reachable, account } }: { readonly person: StoredUser }) {
  const t = useWords(peopleWords)
  const signsIn = account === 'none' ? undefined : t(`account-${account}`)
  return (
    <Box ta="right" w={{ base: 110, sm: 150 }} flex="none">
      {enabled === false ? (
        <Text size="sm" className="quiet">
          {t('left')}
        </Text>
      ) : (
        <>
          {!reachable && (
            <Group gap={4} justify="flex-end" wrap="nowrap" style={{ color: 'var(--nabat-warning)' }}>
              <IconPlugConnectedX size={16} aria-hidden style={{ flex: 'none' }} />
              <Text size="sm">{t('unreachable')}</Text>
            </Group>
          )}
          {signsIn !== undefined && (
            <Text size="sm" className="quiet">
              {signsIn}
            </Text>
          )}
        </>
      )}
    </Box>
  )
}
