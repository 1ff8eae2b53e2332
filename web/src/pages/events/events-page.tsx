import { Box, Button, Group, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { DayHeading } from '../../components/day-heading.tsx'
import { Empty } from '../../components/empty.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { ShortcutsHint } from '../../components/shortcuts.tsx'
import { RowTime } from '../../components/time-text.tsx'
import { useSpan } from '../../components/time-span.tsx'
import { useTypeTitle } from '../../data/catalogue.ts'
import { useEvents, type EventRow } from '../../data/events.ts'
import { useFilters } from '../../data/filters.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'
import { CountsText } from './counts-text.tsx'
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

/** One event of a list. */
export function EventLine({ row }: { readonly row: EventRow }) {
  const title = useTypeTitle()
  const { id, type, subject, source, severity, acceptedAt, deliveries } = row
  return (
    <Link to={`/events/${id}`} className="row-link">
      <Group gap="sm" wrap="nowrap" px="md" py={10} align="flex-start">
        <Box pt={3} lh={1}>
          <SeverityMark severity={severity} bare />
        </Box>
        <Box flex={1} miw={0}>
          <Text fw={550} lineClamp={2}>
            {title(type)}
            {subject !== null && (
              <Text span fw={400}>
                {' · '}
                {subject}
              </Text>
            )}
          </Text>
          <Text size="sm" className="quiet" truncate>
            {source}
            {deliveries !== undefined && (
              <>
                {' · '}
                <CountsText counts={deliveries} />
              </>
            )}
          </Text>
        </Box>
        <Text size="sm" className="quiet" pt={2} style={{ whiteSpace: 'nowrap' }}>
          <RowTime at={acceptedAt} />
        </Text>
      </Group>
    </Link>
  )
}
