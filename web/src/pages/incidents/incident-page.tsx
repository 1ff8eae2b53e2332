import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconBellOff } from '@tabler/icons-react'
import { Link, useParams } from 'react-router'
import { Duration } from '../../components/duration.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { IncidentMark, SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useIncident, type IncidentStory } from '../../data/incidents.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'
import { shellWords } from '../../words/shell.ts'
import { DeliveryLine } from '../../components/delivery-line.tsx'
import { EventLine } from '../../components/event-line.tsx'
import { AcknowledgeButton } from './acknowledge.tsx'
import { titleOf } from './incident-line.tsx'

/** One incident: what happened, who was told, who has taken it on. */
export function IncidentPage() {
  const { key = '' } = useParams()
  const { data: incident, error, refetch } = useIncident(key)
  if (incident === undefined || incident.key !== key)
    return error === null ? <Loading /> : <Failure error={error} again={() => void refetch()} />
  return <Shown incident={incident} />
}

function Shown({ incident }: { readonly incident: IncidentStory }) {
  const t = useWords(incidentWords)
  const shell = useWords(shellWords)
  const mayAcknowledge = useMay('incidents.write')
  const maySilence = useMay('silences.write')
  const { key, state, severity, events, told } = incident
  return (
    <>
      <PageHeader
        title={titleOf(incident)}
        up={{ to: '/incidents', title: shell('incidents') }}
        text={
          <Group component="span" gap="md">
            <IncidentMark state={state} />
            <SeverityMark severity={severity} />
          </Group>
        }
      >
        {mayAcknowledge && state === 'open' && <AcknowledgeButton incident={incident} />}
        {maySilence && state !== 'ended' && (
          <Button
            component={Link}
            to={`/silences/new?${new URLSearchParams({ incident: key })}`}
            variant="default"
            leftSection={<IconBellOff size={18} aria-hidden />}
          >
            {t('silence')}
          </Button>
        )}
      </PageHeader>
      <Stack gap="lg">
        <Facts incident={incident} />
        <Section
          title={t('story')}
          more={{ to: `/events?${new URLSearchParams({ incident: key })}`, text: t('allEvents') }}
        >
          <div className="rows-list">
            {events.map((row) => (
              <EventLine key={row.id} row={row} withDate />
            ))}
          </div>
        </Section>
        <Section title={t('told')}>
          {told.length === 0 ? (
            <Text size="sm">{t('toldNobody')}</Text>
          ) : (
            <div className="rows-list">
              {told.map((row) => (
                <DeliveryLine key={row.id} row={row} withDate />
              ))}
            </div>
          )}
        </Section>
      </Stack>
    </>
  )
}

interface SectionProps {
  readonly title: string
  readonly more?: { readonly to: string; readonly text: string }
  readonly children: React.ReactNode
}

function Section({ title, more, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{title}</Title>
        {more !== undefined && (
          <Anchor component={Link} to={more.to} size="sm">
            {more.text}
          </Anchor>
        )}
      </Group>
      {children}
    </section>
  )
}

function Facts({ incident }: { readonly incident: IncidentStory }) {
  const t = useWords(incidentWords)
  const { key, openedAt, endedAt, acknowledgedAt, acknowledgedBy } = incident
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <dl className="facts">
        <dt className="quiet">{t('since')}</dt>
        <dd>
          <TimeText at={openedAt} />
        </dd>
        {endedAt !== null && (
          <>
            <dt className="quiet">{t('ended')}</dt>
            <dd>
              <TimeText at={endedAt} />
            </dd>
          </>
        )}
        <dt className="quiet">{t('duration')}</dt>
        <dd>
          <Duration from={openedAt} to={endedAt} />
        </dd>
        {acknowledgedBy !== null && (
          <>
            <dt className="quiet">{t('who')}</dt>
            <dd>
              {acknowledgedBy}, <TimeText at={acknowledgedAt} />
            </dd>
          </>
        )}
        <dt className="quiet">{t('key')}</dt>
        <dd className="mono">{key}</dd>
      </dl>
    </Paper>
  )
}
