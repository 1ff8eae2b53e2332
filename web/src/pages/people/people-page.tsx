import { Button, Tabs } from '@mantine/core'
import { IconPlus, IconTableImport } from '@tabler/icons-react'
import { Link } from 'react-router'
import { PageHeader } from '../../components/page-header.tsx'
import { useFilters } from '../../data/filters.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { shellWords } from '../../words/shell.ts'
import { ClientsTab } from './clients-tab.tsx'
import { GroupsTab } from './groups-tab.tsx'
import { StaffTab } from './staff-tab.tsx'

const TABS = ['staff', 'groups', 'clients'] as const
type Tab = (typeof TABS)[number]
const PANELS: Readonly<Record<Tab, React.ComponentType>> = {
  staff: StaffTab,
  groups: GroupsTab,
  clients: ClientsTab,
}

/** Who works here, in which groups, and whom the company serves. */
export function PeoplePage() {
  const t = useWords(peopleWords)
  const shell = useWords(shellWords)
  const { values, put } = useFilters(['tab'])
  const writes = useMay('people.write')
  const tab = TABS.find((each) => each === values.tab) ?? 'staff'
  const Panel = PANELS[tab]
  return (
    <>
      <PageHeader title={shell('people')} text={t('text')}>
        {writes && (
          <>
            <Button
              component={Link}
              to="/people/import"
              variant="default"
              leftSection={<IconTableImport size={18} aria-hidden />}
            >
              {t('import')}
            </Button>
            <AddButton tab={tab} />
          </>
        )}
      </PageHeader>
      <Tabs
        value={tab}
        onChange={(next) =>
          put({ tab: next === 'staff' ? null : next, q: null, role: null, group: null, state: null } as object)
        }
        mb="md"
      >
        <Tabs.List>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

const ADD = {
  staff: ['/people/users/new', 'addPerson'],
  groups: ['/people/groups/new', 'addGroup'],
  clients: ['/people/groups/new?client=true', 'addClient'],
} as const

function AddButton({ tab }: { readonly tab: Tab }) {
  const t = useWords(peopleWords)
  const [to, word] = ADD[tab]
  return (
    <Button component={Link} to={to} leftSection={<IconPlus size={18} aria-hidden />}>
      {t(word)}
    </Button>
  )
}
