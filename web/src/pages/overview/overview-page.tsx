import { OVERVIEW_HOURS, type Overview } from '@nabat/api/overview.ts'
import { Button, SegmentedControl, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useFilters } from '../../data/filters.ts'
import { useOverview } from '../../data/overview.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { shellWords } from '../../words/shell.ts'
import { ChannelsCard } from './channels-card.tsx'
import { DeliveriesCard } from './deliveries-card.tsx'
import { listOf } from './figures.ts'
import { LatencyCard } from './latency-card.tsx'
import { Needs } from './needs.tsx'
import classes from './overview.module.css'
import { IncidentsCard, PeopleCard, StormsCard, WaitingCard } from './small-cards.tsx'
import { TopsCard } from './tops-card.tsx'

/** How things go: what needs somebody now, and what has happened in a period. */
export function OverviewPage() {
  const t = useWords(overviewWords)
  const shell = useWords(shellWords)
  const { values, set } = useFilters(['hours'])
  const hours = OVERVIEW_HOURS.find((each) => String(each) === values.hours) ?? 24
  const { data, error, refetch } = useOverview(hours)
  const none = data?.empty === true
  return (
    <>
      <PageHeader title={shell('overview')} {...(none ? {} : { text: t('text') })}>
        {!none && (
          <SegmentedControl
            aria-label={t('period')}
            value={String(hours)}
            onChange={(value) => set('hours', value === '24' ? null : value)}
            data={OVERVIEW_HOURS.map((value) => ({ value: String(value), label: t(`period-${value}`) }))}
          />
        )}
      </PageHeader>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failure error={error} again={() => void refetch()} />
        )
      ) : none ? (
        <Nothing />
      ) : (
        <Shown overview={data} />
      )}
    </>
  )
}

function Shown({ overview }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const { left, incidents, waiting, people, rules, subjects, from, to } = overview
  return (
    <>
      {left > 0 && (
        <Text size="sm" className="quiet" role="status" mb="sm">
          {t('counting', { count: left })}
        </Text>
      )}
      <Needs overview={overview} />
      <DeliveriesCard overview={overview} />
      <Stack gap="md">
        <div className={classes['small']}>
          <IncidentsCard incidents={incidents} />
          <WaitingCard waiting={waiting} />
          <StormsCard overview={overview} />
          {people !== null && <PeopleCard people={people} />}
        </div>
        <div className={classes['grid']}>
          <ChannelsCard overview={overview} />
          <LatencyCard overview={overview} />
          <TopsCard
            id="rules"
            title={t('rules')}
            text={t('rulesText')}
            none={t('noRules')}
            rows={rules.map(({ rule, count }) => ({
              name: rule,
              count,
              to: listOf('/deliveries', { rule, from, to }),
            }))}
          />
          <TopsCard
            id="subjects"
            title={t('subjects')}
            text={t('subjectsText')}
            none={t('noSubjects')}
            rows={subjects.map(({ subject, count }) => ({
              name: subject,
              count,
              to: listOf('/events', { subject, from, to }),
            }))}
          />
        </div>
      </Stack>
    </>
  )
}

/** Of a workspace in which nothing has happened: what will be here, and where to begin. */
function Nothing() {
  const t = useWords(overviewWords)
  const setsUp = useMay('configuration.write')
  return (
    <Empty title={t('empty')} text={t('emptyText')}>
      <Button component={Link} to={setsUp ? '/start' : '/events'} mt="sm">
        {setsUp ? t('first') : t('toEvents')}
      </Button>
    </Empty>
  )
}
