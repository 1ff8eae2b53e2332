import { Anchor, Box, Collapse, Group, List, Loader, Select, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useId } from 'react'
import { Link } from 'react-router'
import { channelInWords } from '../../components/channel-name.ts'
import { DayHeading } from '../../components/day-heading.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { FilterBar, type Chip } from '../../components/filter-bar.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { SPAN_FILTERS, TimeSpan, useSpan, useSpanChips } from '../../components/time-span.tsx'
import { RowTime } from '../../components/time-text.tsx'
import { useFilters } from '../../data/filters.ts'
import { useMine, useMyWhy, type MyEvent } from '../../data/mine.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { mineWords } from '../../words/mine.ts'
import { shellWords } from '../../words/shell.ts'

const FILTERS = ['q', 'told', ...SPAN_FILTERS] as const

/** What concerned oneself: what was told and what was not, each with its reason. */
export function MinePage() {
  const t = useWords(mineWords)
  const shell = useWords(shellWords)
  const filters = useFilters(FILTERS)
  const { values, set, clear } = filters
  const { q, told } = values
  const list = useMine({ ...(q && { q }), ...(told && { told }), ...useSpan(values) })
  const chips: Chip[] = [...useSpanChips(filters)]
  if (told !== undefined)
    chips.push({ key: 'told', text: t(told === 'true' ? 'toldTrue' : 'toldFalse'), clear: () => set('told', null) })
  if (q !== undefined) chips.push({ key: 'q', text: `«${q}»`, clear: () => set('q', null) })
  return (
    <>
      <PageHeader title={shell('mine')} text={t('text')} />
      <FilterBar chips={chips} clear={clear}>
        <TextFilter
          label={t('search')}
          placeholder={t('searchHint')}
          value={q}
          set={(value) => set('q', value)}
          width={280}
        />
        <Select
          label={t('told')}
          data={[
            { value: 'true', label: t('toldTrue') },
            { value: 'false', label: t('toldFalse') },
          ]}
          value={told ?? null}
          onChange={(value) => set('told', value)}
          clearable
          w={{ base: '100%', xs: 190 }}
        />
        <TimeSpan filters={filters} />
      </FilterBar>
      <RowList
        list={list}
        label={shell('mine')}
        empty={
          filters.any ? (
            <Empty title={t('nothing')} text={t('nothingText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')} />
          )
        }
      >
        {(row, before) => (
          <>
            <DayHeading at={row.time} before={before?.time} />
            <MyLine row={row} />
          </>
        )}
      </RowList>
    </>
  )
}

/** One event; opened, it says why. */
function MyLine({ row: { id, title, severity, time, told, deliveries } }: { readonly row: MyEvent }) {
  const t = useWords(mineWords)
  const [opened, { toggle }] = useDisclosure()
  const answer = useId()
  const said = deliveries.map(({ channel, says }) =>
    [channel === null ? null : channelInWords(channel), says].filter((each) => each !== null).join(': '),
  )
  return (
    <>
      <UnstyledButton className="row-link" w="100%" onClick={toggle} aria-expanded={opened} aria-controls={answer}>
        <Group gap="sm" wrap="nowrap" px="md" py={10} align="flex-start">
          <Box pt={3} lh={1}>
            <SeverityMark severity={severity} bare />
          </Box>
          <Box flex={1} miw={0}>
            <Text fw={550} lineClamp={3}>
              {title}
            </Text>
            <Text size="sm" className={told ? undefined : 'quiet'}>
              {said.length === 0 ? t('notTold') : said.join(' · ')}
            </Text>
          </Box>
          <Text size="sm" className="quiet" pt={2} style={{ whiteSpace: 'nowrap' }}>
            <RowTime at={time} />
          </Text>
          <Box pt={3} lh={1} className="quiet" title={t('why')}>
            <IconChevronDown
              size={18}
              aria-hidden
              style={{ transform: opened ? 'rotate(180deg)' : 'none', transition: 'transform 120ms' }}
            />
          </Box>
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened} id={answer}>
        <Box ps={46} pe="md" pb="sm" aria-live="polite">
          {opened && <Why event={id} />}
        </Box>
      </Collapse>
    </>
  )
}

function Why({ event }: { readonly event: string }) {
  const t = useWords(mineWords)
  const { data: why, error, refetch } = useMyWhy(event, true)
  const seesEvents = useMay('events.read')
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (why === undefined) return <Loader size="xs" type="dots" />
  return (
    <>
      <List size="sm" spacing={4}>
        {why.says.map((says) => (
          <List.Item key={says}>{says}</List.Item>
        ))}
      </List>
      {seesEvents && (
        <Anchor component={Link} to={`/events/${event}`} size="sm" mt="xs" display="inline-block">
          {t('ofEvent')}
        </Anchor>
      )}
    </>
  )
}
