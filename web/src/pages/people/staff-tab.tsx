import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { RowList } from '../../components/row-list.tsx'
import { useFilters } from '../../data/filters.ts'
import { usePeople, type StoredUser } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { PeopleBulk } from './people-bulk.tsx'
import { PersonLine } from './person-line.tsx'
import { askedOf, STAFF_FILTERS, StaffFilters } from './staff-filters.tsx'

/** Employees: found, narrowed, and several of them invited, put into a group or switched off at once. */
export function StaffTab() {
  const t = useWords(peopleWords)
  const filters = useFilters(STAFF_FILTERS)
  const list = usePeople({ who: 'staff', ...askedOf(filters.values) })
  const writes = useMay('people.write')
  const [ticked, setTicked] = useState<ReadonlyMap<string, StoredUser>>(new Map())
  const tick = (row: StoredUser): void => {
    const next = new Map(ticked)
    if (!next.delete(row.id)) next.set(row.id, row)
    setTicked(next)
  }
  return (
    <>
      <StaffFilters filters={filters} />
      {writes && list.rows.length > 0 && (
        <PeopleBulk
          people={[...ticked.values()]}
          clear={() => setTicked(new Map())}
          tickShown={() => setTicked(new Map([...ticked, ...list.rows.map((row) => [row.id, row] as const)]))}
          shown={list.rows.length}
        />
      )}
      <RowList
        list={list}
        label={t('staff')}
        empty={
          filters.any ? (
            <Empty title={t('nobodyFits')} text={t('nobodyFitsText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')}>
              {writes && (
                <Group gap="xs" mt="sm">
                  <Button component={Link} to="/people/users/new">
                    {t('addPerson')}
                  </Button>
                  <Button component={Link} to="/people/import" variant="default">
                    {t('import')}
                  </Button>
                </Group>
              )}
            </Empty>
          )
        }
      >
        {(row) => (
          <PersonLine person={row} {...(writes ? { ticked: ticked.has(row.id), tick: () => tick(row) } : {})} />
        )}
      </RowList>
    </>
  )
}
