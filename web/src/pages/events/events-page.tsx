import { Button } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { DayHeading } from '../../components/day-heading.tsx'
import { Empty } from '../../components/empty.tsx'
import { EventLine } from '../../components/event-line.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { ShortcutsHint } from '../../components/shortcuts.tsx'
import { useSpan } from '../../components/time-span.tsx'
import { useEvents } from '../../data/events.ts'
import { useFilters } from '../../data/filters.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'
import { EVENT_FILTERS, EventFilters } from './event-filters.tsx'
import { TestEvent } from './test-event.tsx'

/** What has happened, the newest first. */
export function EventsPage() {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const filters = useFilters(EVENT_FILTERS)
  const { span: _span, from: _from, to: _to, ...narrowed } = filters.values
  const list = useEvents({ ...narrowed, ...useSpan(filters.values) })
  const maySend = useMay('events.send')
  const [testing, setTesting] = useState(false)
  const test = maySend && (
    <Button
      variant="default"
      leftSection={<IconSend size={18} aria-hidden />}
      onClick={() => setTesting(true)}
      aria-haspopup="dialog"
    >
      {t('test')}
    </Button>
  )
  return (
    <>
      <PageHeader title={shell('events')} text={t('text')}>
        {test}
        <ShortcutsHint />
      </PageHeader>
      <EventFilters filters={filters} />
      <RowList
        list={list}
        label={shell('events')}
        empty={
          filters.any ? (
            <Empty title={t('nothingFits')} text={t('nothingFitsText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')}>
              {test}
            </Empty>
          )
        }
      >
        {(row, before) => (
          <>
            <DayHeading at={row.acceptedAt} before={before?.acceptedAt} />
            <EventLine row={row} />
          </>
        )}
      </RowList>
      {maySend && <TestEvent opened={testing} close={() => setTesting(false)} />}
    </>
  )
}
