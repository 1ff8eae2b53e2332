import { Anchor, CloseButton, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { PeopleInput } from '../../components/people-input.tsx'
import { useMembers, type StoredGroup, type StoredUser } from '../../data/people.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'

/** So many are drawn; others are found by typing. */
const SHOWN = 50

interface GroupMembersProps {
  readonly group: StoredGroup | undefined
  /** Logins. */
  readonly users: readonly string[]
  readonly change: (users: string[]) => void
  readonly errors: Readonly<Record<string, React.ReactNode>>
  readonly isClient: boolean
}

/** Who is in a group: found and added, found and taken out. */
export function GroupMembers({ group, users, change, errors, isClient }: GroupMembersProps) {
  const t = useWords(peopleWords)
  const [typed, setTyped] = useState('')
  const { data = [] } = useMembers(group?.name)
  const known = useMemo(() => new Map(data.map((person) => [person.login, person])), [data])
  const wanted = typed.trim().toLowerCase()
  const rows = users
    .map((login, index) => ({ login, person: known.get(login), error: errors[`users.${index}`] }))
    .filter(
      ({ login, person, error }) =>
        error !== undefined || `${login} ${person?.name ?? ''}`.toLowerCase().includes(wanted),
    )
    // Mistakes first: the one that keeps it from being saved must be seen.
    .toSorted((one, other) => Number(other.error !== undefined) - Number(one.error !== undefined))
  const below = data.length - users.filter((login) => known.has(login)).length
  return (
    <Fieldset legend={t(isClient ? 'contacts' : 'membersTitle')}>
      <Stack gap="sm">
        <PeopleInput
          label={t('addMembers')}
          placeholder={t('findHint')}
          value={[]}
          onChange={(logins) => change([...new Set([...users, ...logins])])}
        />
        {users.length > SHOWN && (
          <TextInput
            label={t('findMember')}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
        {users.length === 0 && (
          <Text size="sm" className="quiet">
            {t('noMembers')}
          </Text>
        )}
        {rows.length > 0 && (
          <ul className="plain" aria-label={t('membersTitle')}>
            {rows.slice(0, SHOWN).map(({ login, person, error }) => (
              <Member
                key={login}
                login={login}
                person={person}
                error={error}
                remove={() => change(users.filter((each) => each !== login))}
              />
            ))}
          </ul>
        )}
        {rows.length > SHOWN && (
          <Text size="sm" className="quiet">
            {t('moreMembers', { count: rows.length - SHOWN })}
          </Text>
        )}
        {below > 0 && (
          <Text size="sm" className="quiet">
            {t('membersBelow', { count: below })}
          </Text>
        )}
      </Stack>
    </Fieldset>
  )
}

interface MemberProps {
  readonly login: string
  readonly person: StoredUser | undefined
  readonly error: React.ReactNode
  readonly remove: () => void
}

function Member({ login, person, error, remove }: MemberProps) {
  const t = useWords(peopleWords)
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" mih={36} style={{ borderBottom: '1px solid var(--nabat-line)' }}>
        <Text size="sm" component="span">
          <Anchor component={Link} to={`/people/users/${encodeURIComponent(person?.id ?? login)}`} inherit>
            {person?.name ?? login}
          </Anchor>
          {person?.name !== undefined && <span className="quiet"> · {login}</span>}
          {error !== undefined && (
            <Text span size="sm" c="red" role="alert" display="block">
              {error}
            </Text>
          )}
        </Text>
        <CloseButton aria-label={t('removeMember', { name: person?.name ?? login })} onClick={remove} />
      </Group>
    </li>
  )
}
