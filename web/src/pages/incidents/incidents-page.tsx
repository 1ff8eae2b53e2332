import { Badge, Tabs } from '@mantine/core'
import { useSearchParams } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import type { IncidentState } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { ShortcutsHint } from '../../components/shortcuts.tsx'
import { useCounts } from '../../data/counts.ts'
import { useIncidents } from '../../data/incidents.ts'
import { useMay } from '../../data/session.ts'
import { language, useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'
import { shellWords } from '../../words/shell.ts'
import { AcknowledgeShown } from './acknowledge-shown.tsx'
import { IncidentLine } from './incident-line.tsx'

const TABS = {
  open: ['openTab', 'emptyOpen', 'emptyOpenText'],
  acknowledged: ['acknowledgedTab', 'emptyAcknowledged', 'emptyAcknowledgedText'],
  ended: ['endedTab', 'emptyEnded', 'emptyEndedText'],
} as const
const STATES: readonly IncidentState[] = ['open', 'acknowledged', 'ended']

/** What goes on: first what nobody has taken on yet. */
export function IncidentsPage() {
  const t = useWords(incidentWords)
  const shell = useWords(shellWords)
  const [search, setSearch] = useSearchParams()
  const state = STATES.find((each) => each === search.get('state')) ?? 'open'
  const { data: counts } = useCounts()
  const figures: Readonly<Partial<Record<IncidentState, number>>> =
    counts === undefined
      ? {}
      : {
          open: counts.unacknowledgedIncidents,
          acknowledged: counts.openIncidents - counts.unacknowledgedIncidents,
        }
  const mayAcknowledge = useMay('incidents.write')
  return (
    <>
      <PageHeader title={shell('incidents')} text={t('text')}>
        <ShortcutsHint more={mayAcknowledge ? [[['a'], 'keysAcknowledge']] : []} />
      </PageHeader>
      <Tabs
        value={state}
        onChange={(value) => setSearch(value === null || value === 'open' ? {} : { state: value }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List aria-label={t('tabs')} mb="md">
          {STATES.map((each) => (
            <Tabs.Tab
              key={each}
              value={each}
              px={{ base: 'xs', xs: 'md' }}
              rightSection={<Figure count={figures[each]} grave={each === 'open'} />}
            >
              {t(TABS[each][0])}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {STATES.map((each) => (
          <Tabs.Panel key={each} value={each}>
            <Incidents state={each} mayAcknowledge={mayAcknowledge} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}

function Figure({ count, grave }: { readonly count: number | undefined; readonly grave: boolean }) {
  if (count === undefined || count === 0) return null
  return (
    <Badge size="sm" variant="light" color={grave ? 'red' : 'gray'}>
      {new Intl.NumberFormat(language()).format(count)}
    </Badge>
  )
}

function Incidents({ state, mayAcknowledge }: { readonly state: IncidentState; readonly mayAcknowledge: boolean }) {
  const t = useWords(incidentWords)
  // To the API, open ones are all that have not ended.
  const list = useIncidents({ state: state === 'open' ? 'unacknowledged' : state })
  const [tab, title, text] = TABS[state]
  return (
    <>
      {state === 'open' && mayAcknowledge && list.rows.length > 1 && <AcknowledgeShown incidents={list.rows} />}
      <RowList list={list} label={t(tab)} empty={<Empty title={t(title)} text={t(text)} />}>
        {(row) => <IncidentLine row={row} mayAcknowledge={mayAcknowledge} />}
      </RowList>
    </>
  )
}
