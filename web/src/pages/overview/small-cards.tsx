import type { Overview } from '@nabat/api/overview.ts'
import { Anchor, Paper, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Duration } from '../../components/duration.tsx'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { listOf, numberText } from './figures.ts'

interface CardProps {
  readonly id: string
  readonly title: string
  readonly children: ReactNode
}

function Card({ id, title, children }: CardProps) {
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Title order={2} id={id} mb={4}>
        {title}
      </Title>
      {children}
    </Paper>
  )
}

const Way = ({ to, children }: { readonly to: string; readonly children: ReactNode }) => (
  <Anchor component={Link} to={to} display="block" mih={24}>
    {children}
  </Anchor>
)
const Quiet = ({ children }: { readonly children: ReactNode }) => (
  <Text size="sm" className="quiet">
    {children}
  </Text>
)

/** Incidents that go on. */
export function IncidentsCard({ incidents }: Pick<Overview, 'incidents'>) {
  const t = useWords(overviewWords)
  const { open, unacknowledged, critical, warning, info } = incidents
  const severities = (
    [
      ['ofCritical', critical],
      ['ofWarning', warning],
      ['ofInfo', info],
    ] as const
  ).flatMap(([key, count]) => (count === 0 ? [] : [t(key, { number: numberText(count) })]))
  return (
    <Card id="incidents" title={t('incidents')}>
      {open === 0 && <Quiet>{t('noIncidents')}</Quiet>}
      {unacknowledged > 0 && <Way to="/incidents">{t('openOnes', { number: numberText(unacknowledged) })}</Way>}
      {open > unacknowledged && (
        <Way to="/incidents?state=acknowledged">{t('inWork', { number: numberText(open - unacknowledged) })}</Way>
      )}
      {open > 0 && <Quiet>{severities.join(', ')}</Quiet>}
    </Card>
  )
}

/** What waits now. */
export function WaitingCard({ waiting: { count, due, oldest } }: Pick<Overview, 'waiting'>) {
  const t = useWords(overviewWords)
  return (
    <Card id="waiting" title={t('waiting')}>
      {count === 0 ? (
        <Quiet>{t('noWaiting')}</Quiet>
      ) : (
        <>
          <Way to="/deliveries?state=waiting">{t('waits', { count, number: numberText(count) })}</Way>
          <Quiet>
            {due === 0 ? t('waitsHeld') : t('waitsDue', { number: numberText(due) })}
            {oldest !== null && (
              <>
                {'; '}
                {t('waitsFor')} <Duration from={oldest} to={null} />
              </>
            )}
          </Quiet>
        </>
      )}
    </Card>
  )
}

/** Messages that left together because there were too many. */
export function StormsCard({ overview: { storms, from, to } }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const { messages, summaries } = storms
  return (
    <Card id="storms" title={t('storms')}>
      {messages === 0 ? (
        <Quiet>{t('noStorms')}</Quiet>
      ) : (
        <>
          <Way to={listOf('/deliveries', { reason: 'folded', from, to })}>
            {t('folded', { count: messages, number: numberText(messages) })}
          </Way>
          <Quiet>{t('summaries', { count: summaries, number: numberText(summaries) })}</Quiet>
        </>
      )}
    </Card>
  )
}

/** Who can be told something. */
export function PeopleCard({ people }: { readonly people: NonNullable<Overview['people']> }) {
  const t = useWords(overviewWords)
  const { unreachable, partly } = people
  return (
    <Card id="people" title={t('people')}>
      {unreachable === 0 && partly === 0 && <Quiet>{t('peopleFine')}</Quiet>}
      {unreachable > 0 && (
        <Way to="/reachability">{t('nowhere', { count: unreachable, number: numberText(unreachable) })}</Way>
      )}
      {partly > 0 && (
        <Way to="/reachability?who=faulty">{t('peoplePartly', { count: partly, number: numberText(partly) })}</Way>
      )}
    </Card>
  )
}
