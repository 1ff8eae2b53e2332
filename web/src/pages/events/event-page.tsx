import { Button, Group, Paper, Stack, Title } from '@mantine/core'
import { IconBellOff, IconBell } from '@tabler/icons-react'
import { Link, useParams } from 'react-router'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useTypeTitle } from '../../data/catalogue.ts'
import { useEvent, type Event } from '../../data/events.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'
import { EventFacts } from './event-facts.tsx'
import { Way } from './way.tsx'
import { WhyNot } from './why-not.tsx'

/** One event: what happened, the way it took, and why it did not come to somebody. */
export function EventPage() {
  const { id = '' } = useParams()
  const { data: event, error, refetch } = useEvent(id)
  if (event === undefined || event.id !== id)
    return error === null ? <Loading /> : <Failure error={error} again={() => void refetch()} />
  return <Shown event={event} />
}

function Shown({ event }: { readonly event: Event }) {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const typeTitle = useTypeTitle()
  return (
    <>
      <PageHeader
        title={event.title}
        up={{ to: '/events', title: shell('events') }}
        text={
          <Group component="span" gap="md">
            <SeverityMark severity={event.severity} />
            <span>{typeTitle(event.type)}</span>
            <TimeText at={event.acceptedAt} />
          </Group>
        }
      >
        <NextSteps event={event} />
      </PageHeader>
      <Stack gap="xl">
        <Section title={t('what')}>
          <EventFacts event={event} />
        </Section>
        <Section title={t('way')}>
          <Way event={event} />
        </Section>
        <Section title={t('why')}>
          <WhyNot event={event} />
        </Section>
      </Stack>
    </>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-label={title}>
      <Title order={2} mb="md">
        {title}
      </Title>
      {children}
    </Paper>
  )
}

/** What people do next with an event: keep the like of it quiet, or have it told. */
function NextSteps({ event: { type, subject, incident } }: { readonly event: Event }) {
  const t = useWords(eventWords)
  const maySilence = useMay('silences.write')
  const mayRule = useMay('rules.write')
  const silence = new URLSearchParams({
    type,
    ...(subject === null ? {} : { subject }),
    ...(incident === null ? {} : { incident }),
  })
  return (
    <>
      {maySilence && (
        <Button
          component={Link}
          to={`/silences/new?${silence}`}
          variant="default"
          leftSection={<IconBellOff size={18} aria-hidden />}
        >
          {t('silenceThis')}
        </Button>
      )}
      {mayRule && (
        <Button
          component={Link}
          to={`/notifications/rules/new?${new URLSearchParams({ type })}`}
          variant="default"
          leftSection={<IconBell size={18} aria-hidden />}
        >
          {t('ruleForThis')}
        </Button>
      )}
    </>
  )
}
