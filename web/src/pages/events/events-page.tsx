import { Box, Button, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { SEVERITIES, type Severity } from '@nabat/api/severity.ts'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useCatalogue, useTypeTitle } from '../../data/catalogue.ts'
import { useFilters, type Filters } from '../../data/filters.ts'
import { useList } from '../../data/lists.ts'
import { language, useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'

interface EventRow {
  readonly id: string
  readonly type: string
  readonly subject: string | null
  readonly source: string
  readonly severity: Severity
  readonly acceptedAt: string
}

const FILTERS = ['type', 'severity', 'subject', 'source', 'incident', 'from', 'to'] as const

/** What has happened, the newest first. */
export function EventsPage() {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const filters = useFilters(FILTERS)
  const list = useList<EventRow>('events', '/events', filters.values)
  return (
    <>
      <PageHeader title={shell('events')} text={t('text')} />
      <EventFilters filters={filters} />
      <RowList
        list={list}
        label={shell('events')}
        empty={
          filters.any ? (
            <Empty title={t('nothingFits')} text={t('nothingFitsText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')} />
          )
        }
      >
        {(row) => <EventLine row={row} />}
      </RowList>
    </>
  )
}

function EventLine({ row: { id, type, subject, source, severity, acceptedAt } }: { readonly row: EventRow }) {
  const title = useTypeTitle()
  return (
    <Link to={`/events/${id}`} className="row-link">
      <Group gap="sm" wrap="nowrap" px="md" py="sm" align="flex-start">
        <SeverityMark severity={severity} bare />
        <Box flex={1} miw={0}>
          <Text fw={550} lineClamp={2}>
            {title(type)}
            {subject !== null && <Text span> · {subject}</Text>}
          </Text>
          <Text size="sm" className="quiet" truncate>
            {source}
          </Text>
        </Box>
        <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
          <TimeText at={acceptedAt} />
        </Text>
      </Group>
    </Link>
  )
}

function EventFilters({ filters }: { readonly filters: Filters<(typeof FILTERS)[number]> }) {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const { data: types = [] } = useCatalogue()
  const { values, set, clear, any } = filters
  const subject = useDebouncedCallback((value: string) => set('subject', value), 300)
  const categories = Map.groupBy(types, ({ categoryTitle }) => categoryTitle)
  return (
    <Group mb="md" gap="sm" align="flex-end" role="search" aria-label={shell('filters')}>
      <Select
        label={t('type')}
        data={[...categories].map(([group, items]) => ({
          group,
          items: items.map(({ name, title }) => ({ value: name, label: title[language()] })),
        }))}
        value={values.type ?? null}
        onChange={(value) => set('type', value)}
        searchable
        clearable
        w={{ base: '100%', xs: 280 }}
      />
      <Select
        label={t('severity')}
        data={SEVERITIES.map((severity) => ({ value: severity, label: shell(severity) }))}
        value={values.severity ?? null}
        onChange={(value) => set('severity', value)}
        clearable
        w={{ base: '100%', xs: 180 }}
      />
      <TextInput
        label={t('subject')}
        key={any ? 'filtered' : 'all'}
        defaultValue={values.subject ?? ''}
        onChange={({ currentTarget }) => subject(currentTarget.value)}
        w={{ base: '100%', xs: 200 }}
      />
      {any && (
        <Button variant="subtle" onClick={clear}>
          {shell('clearFilters')}
        </Button>
      )}
    </Group>
  )
}
