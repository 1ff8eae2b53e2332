import { Anchor, Box, Group, Paper, SegmentedControl, Select, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { WayLine } from '../../components/way-line.tsx'
import { useFilters } from '../../data/filters.ts'
import { useReachability, type Reach } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { reachWords } from '../../words/reachability.ts'
import { shellWords } from '../../words/shell.ts'
import { ReachShare } from './reach-share.tsx'

const WHO = ['unreachable', 'faulty', 'all'] as const
type Who = (typeof WHO)[number]
const ASKED: Readonly<Record<Who, object>> = {
  unreachable: { unreachable: true, left: false },
  faulty: { faulty: true, left: false },
  all: {},
}
const REASONS = [
  'no_contacts',
  'destination_disabled',
  'unusable_address',
  'channel_down',
  'channel_off',
  'channel_incomplete',
  'channel_unusable',
  'mail_off',
  'no_channel',
  'unknown_channel',
  'person_left',
] as const

/** Who cannot be told anything and why, and which rules tell nobody. */
export function ReachabilityPage() {
  const t = useWords(reachWords)
  const shell = useWords(shellWords)
  const { values, set } = useFilters(['who', 'reason', 'q'])
  const who = WHO.find((each) => each === values.who) ?? 'unreachable'
  const { list, report } = useReachability({
    ...ASKED[who],
    ...(values.reason === 'person_left' ? { left: undefined } : {}),
    reason: values.reason,
    q: values.q,
  })
  const narrowed = values.reason !== undefined || values.q !== undefined
  return (
    <>
      <PageHeader title={shell('reachability')} text={t('text')} />
      {report !== undefined && <ReachShare {...report.summary} />}
      {report !== undefined && report.rules.length > 0 && <Rules rules={report.rules} />}
      <Group gap="sm" align="flex-end" mb="md" role="search" aria-label={shell('filters')}>
        <SegmentedControl
          aria-label={t('who')}
          value={who}
          onChange={(value) => set('who', value === 'unreachable' ? null : value)}
          data={WHO.map((value) => ({ value, label: t(`who-${value}`) }))}
        />
        <TextFilter label={t('find')} value={values.q} set={(value) => set('q', value)} width={240} />
        <Select
          label={t('reason')}
          data={REASONS.map((value) => ({ value, label: t(`reason-${value}`) }))}
          value={values.reason ?? null}
          onChange={(value) => set('reason', value)}
          clearable
          w={{ base: '100%', xs: 240 }}
        />
      </Group>
      <RowList
        list={list}
        label={t('people')}
        empty={
          narrowed ? (
            <Empty title={t('nobodyFits')} text={t('nobodyFitsText')} />
          ) : who === 'all' ? (
            <Empty title={t('nobody')} text={t('nobodyText')} />
          ) : (
            <Empty title={t('allFine')} text={t('allFineText')} />
          )
        }
      >
        {(row) => <ReachLine reach={row} />}
      </RowList>
    </>
  )
}

function ReachLine({ reach: { login, name, reachable, reason, says, contacts } }: { readonly reach: Reach }) {
  const t = useWords(reachWords)
  const may = useMay('people.write')
  return (
    <Box px="md" py="sm" style={{ borderBottom: '1px solid var(--nabat-line)' }}>
      <Group gap="xs" align="flex-start">
        <Box flex="1 1 14rem" miw={0}>
          <Anchor component={Link} to={`/people/users/${encodeURIComponent(login)}`} fw={550}>
            {name ?? login}
          </Anchor>
          {name !== null && (
            <Text span size="sm" className="quiet">
              {' · '}
              {login}
            </Text>
          )}
          <Text size="sm" style={{ color: reachable ? 'var(--nabat-good)' : 'var(--nabat-critical)' }}>
            {reachable ? t('reached') : says}
          </Text>
        </Box>
        <Box flex="1 1 20rem" miw={0}>
          {contacts.length === 0 ? (
            reason === 'no_contacts' &&
            may && (
              <Anchor
                component={Link}
                to={`/people/users/${encodeURIComponent(login)}`}
                size="sm"
                aria-label={t('addWayTo', { name: name ?? login })}
              >
                {t('addWay')}
              </Anchor>
            )
          ) : (
            <ol className="plain" aria-label={t('waysTo', { name: name ?? login })}>
              {contacts.map((way) => (
                <WayLine key={`${way.channel} ${way.destination}`} way={way} />
              ))}
            </ol>
          )}
        </Box>
      </Group>
    </Box>
  )
}

interface RulesProps {
  readonly rules: readonly { readonly id: string; readonly name: string; readonly says: string }[]
}

/** Rules that tell nobody, whatever happens. */
function Rules({ rules }: RulesProps) {
  const t = useWords(reachWords)
  const may = useMay('rules.read')
  return (
    <Paper component="section" withBorder p="md" mb="lg" aria-labelledby="rules">
      <Title order={2} id="rules">
        {t('rules', { count: rules.length })}
      </Title>
      <Text size="sm" className="quiet" mb="xs">
        {t('rulesText')}
      </Text>
      <ul className="plain">
        {rules.map(({ id, name, says }) => (
          <li key={id}>
            <Text size="sm" py={4}>
              {may ? (
                <Anchor component={Link} to={`/notifications/rules/${id}`} inherit underline="always">
                  {name}
                </Anchor>
              ) : (
                name
              )}
              <span className="quiet"> — {says}</span>
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
