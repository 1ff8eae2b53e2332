import { Anchor, Box, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { RowList } from '../../components/row-list.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { useFilters } from '../../data/filters.ts'
import { useGroups, useMembers, usePeople, type StoredGroup } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { NewContact } from './new-contact.tsx'
import { PersonLine } from './person-line.tsx'

/** Companies that are drawn at once. */
const AT_ONCE = 20

/** Client companies with their contacts. */
export function ClientsTab() {
  const t = useWords(peopleWords)
  const { values, set } = useFilters(['q'])
  const writes = useMay('people.write')
  const { data: all, error, refetch } = useGroups()
  const [shown, setShown] = useState(AT_ONCE)
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (all === undefined) return <Loading />
  const wanted = (values.q ?? '').toLowerCase()
  const companies = all
    .filter(({ client, name }) => client === true && name.toLowerCase().includes(wanted))
    .toSorted((one, other) => one.name.localeCompare(other.name))
  return (
    <Stack gap="md">
      <TextFilter label={t('findClient')} value={values.q} set={(value) => set('q', value)} width={320} />
      {companies.slice(0, shown).map((company) => (
        <Company key={company.id} company={company} writes={writes} />
      ))}
      {companies.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + AT_ONCE)}>
          {t('moreCompanies', { count: companies.length - shown })}
        </Button>
      )}
      {companies.length === 0 && wanted === '' && (
        <Empty title={t('noClients')} text={t('noClientsText')}>
          {writes && (
            <Button component={Link} to="/people/groups/new?client=true" mt="sm">
              {t('addClient')}
            </Button>
          )}
        </Empty>
      )}
      {(companies.length === 0 || wanted !== '') && (
        <Contacts q={values.q} quiet={companies.length > 0 || wanted === ''} />
      )}
    </Stack>
  )
}

function Company({ company, writes }: { readonly company: StoredGroup; readonly writes: boolean }) {
  const t = useWords(peopleWords)
  const [adding, setAdding] = useState(false)
  const { data: contacts = [] } = useMembers(company.name, (company.users?.length ?? 0) > 0)
  const mayAdd = writes && company.origin !== 'file'
  return (
    <Paper withBorder>
      <Group justify="space-between" px="md" py="sm" gap="xs">
        <Box miw={0}>
          <Title order={2}>
            <Anchor component={Link} to={`/people/groups/${company.id}`} inherit>
              {company.name}
            </Anchor>
          </Title>
        </Box>
        {mayAdd && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            aria-label={t('addContactTo', { name: company.name })}
            onClick={() => setAdding(true)}
          >
            {t('addContact')}
          </Button>
        )}
      </Group>
      {contacts.length === 0 && (
        <Text size="sm" className="quiet" px="md" pb="sm">
          {t('noContacts')}
        </Text>
      )}
      {contacts.length > 0 && (
        <div
          role="list"
          aria-label={t('contactsOf', { name: company.name })}
          style={{ borderTop: '1px solid var(--nabat-line)' }}
        >
          {contacts.map((person) => (
            <div role="listitem" key={person.id}>
              <PersonLine person={person} />
            </div>
          ))}
        </div>
      )}
      {mayAdd && <NewContact company={company} opened={adding} close={() => setAdding(false)} />}
    </Paper>
  )
}

/** Contacts found by what is typed, of whatever company. `quiet`: nothing is drawn where there is none. */
function Contacts({ q, quiet }: { readonly q: string | undefined; readonly quiet: boolean }) {
  const t = useWords(peopleWords)
  const list = usePeople({ who: 'clients', q })
  if (list.rows.length === 0 && (quiet || list.loading)) return null
  return (
    <Box component="section" aria-label={t('allContacts')}>
      <Title order={2} mb="xs">
        {t('allContacts')}
      </Title>
      <RowList
        list={list}
        label={t('allContacts')}
        empty={<Empty title={t('nobodyFits')} text={t('nobodyFitsText')} />}
      >
        {(row) => <PersonLine person={row} />}
      </RowList>
    </Box>
  )
}
