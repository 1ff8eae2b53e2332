import { Box, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useFirstSteps } from '../../data/first-steps.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { startWords } from '../../words/start.ts'
import { MakeKey } from '../keys/make-key.tsx'

/** What a new administrator does first, ticked off as it is done. */
export function StartPage() {
  const t = useWords(startWords)
  const shell = useWords(shellWords)
  const [making, setMaking] = useState(false)
  const steps = useFirstSteps()
  if (steps === undefined) return <Loading />
  const { way, rule, key, event } = steps
  const done = [way, rule, key, event].filter(Boolean).length
  const all = done === 4
  const next = (['way', 'rule', 'key', 'event'] as const).find((each) => !steps[each])
  const link = (to: string, title: string, first: boolean): ReactNode => (
    <Button component={Link} to={to} variant={first ? 'filled' : 'default'}>
      {title}
    </Button>
  )
  return (
    <>
      <PageHeader title={all ? t('all') : shell('start')} text={all ? t('allText') : t('text')} />
      {!all && (
        <Text size="sm" className="quiet" role="status" mb="sm">
          {t('progress', { done, all: 4 })}
        </Text>
      )}
      <Stack component="ol" gap="sm" p={0} m={0} maw={720} style={{ listStyle: 'none' }}>
        <Step done={way} next={next === 'way'} title={t('way')} text={t('wayText')}>
          {link('/notifications/channels/new/telegram', t('telegram'), next === 'way')}
          {link('/notifications/channels/new/smtp', t('mail'), false)}
        </Step>
        <Step done={rule} next={next === 'rule'} title={t('rule')} text={t('ruleText')}>
          {link('/notifications/rules/new', t('makeRule'), next === 'rule')}
        </Step>
        <Step done={key} next={next === 'key'} title={t('key')} text={t('keyText')}>
          <Button variant={next === 'key' ? 'filled' : 'default'} onClick={() => setMaking(true)}>
            {t('makeKey')}
          </Button>
        </Step>
        <Step done={event} next={next === 'event'} title={t('event')} text={t('eventText')}>
          {link('/events', t('toEvents'), all)}
        </Step>
      </Stack>
      <Box maw={720} mt="xl">
        <Title order={2}>{t('people')}</Title>
        <Text className="quiet" size="sm" mb="sm">
          {t('peopleText')}
        </Text>
        <Group gap="xs">
          {link('/company', shell('company'), false)}
          {link('/people', t('invite'), false)}
          {link('/silences', shell('silences'), false)}
          {link('/catalogue', shell('catalogue'), false)}
        </Group>
      </Box>
      {making && <MakeKey close={() => setMaking(false)} />}
    </>
  )
}

interface StepProps {
  readonly done: boolean
  /** The one to do now. */
  readonly next: boolean
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

function Step({ done, next, title, text, children }: StepProps) {
  const t = useWords(startWords)
  const Mark = done ? IconCircleCheck : IconCircle
  return (
    <Paper
      component="li"
      withBorder
      p="md"
      aria-current={next ? 'step' : undefined}
      style={next ? { borderColor: 'var(--mantine-primary-color-filled)' } : undefined}
    >
      <Group align="flex-start" wrap="nowrap" gap="md">
        <Mark
          size={26}
          role="img"
          aria-label={done ? t('done') : t('todo')}
          style={{ flex: 'none', color: done ? 'var(--nabat-good)' : 'var(--nabat-quiet)' }}
        />
        <Box flex={1} miw={0}>
          <Title order={2}>{title}</Title>
          <Text size="sm" className="quiet" mb="sm">
            {text}
          </Text>
          <Group gap="xs">{children}</Group>
        </Box>
      </Group>
    </Paper>
  )
}
