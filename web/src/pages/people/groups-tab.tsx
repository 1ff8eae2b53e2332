import { Box, Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { RowList } from '../../components/row-list.tsx'
import { fixedList } from '../../data/lists.ts'
import { useGroups } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { treeOf, type GroupAt } from './group-tree.ts'

/** From so many on there is a field to find one. */
const MANY = 8

/** Groups of the company as a tree. */
export function GroupsTab() {
  const t = useWords(peopleWords)
  const writes = useMay('people.write')
  const { data: all, error, refetch } = useGroups()
  const [typed, setTyped] = useState('')
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (all === undefined) return <Loading />
  const groups = all.filter(({ client }) => client !== true)
  const wanted = typed.trim().toLowerCase()
  const rows =
    wanted === ''
      ? treeOf(groups)
      : treeOf(groups)
          .filter(({ group: { name } }) => name.toLowerCase().includes(wanted))
          .map((row) => ({ ...row, depth: 0 }))
  return (
    <>
      {groups.length >= MANY && (
        <TextInput
          label={t('findGroup')}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          maw={320}
          mb="md"
        />
      )}
      <RowList
        list={fixedList(rows)}
        label={t('groups')}
        empty={
          wanted === '' ? (
            <Empty title={t('noGroups')} text={t('noGroupsText')}>
              {writes && (
                <Button component={Link} to="/people/groups/new" mt="sm">
                  {t('addGroup')}
                </Button>
              )}
            </Empty>
          ) : (
            <Empty title={t('nobodyFits')} />
          )
        }
      >
        {(row) => <GroupLine row={row} />}
      </RowList>
    </>
  )
}

function GroupLine({ row: { group, depth } }: { readonly row: GroupAt }) {
  const t = useWords(peopleWords)
  return (
    <Link to={`/people/groups/${group.id}`} className="row-link">
      <Group justify="space-between" wrap="nowrap" pr="md" pl={16 + depth * 24} py="sm">
        <Box miw={0}>
          <Text fw={550}>{group.name}</Text>
        </Box>
        <Text size="sm" className="quiet" flex="none">
          {t('members', { count: group.users?.length ?? 0 })}
        </Text>
      </Group>
    </Link>
  )
}
