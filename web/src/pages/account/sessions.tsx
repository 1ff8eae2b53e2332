import { Badge, Box, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { SessionInfo } from '@nabat/api/session.ts'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useEndSession, useSessions } from '../../data/sessions.ts'
import { useWords } from '../../i18n.ts'
import { accountWords } from '../../words/account.ts'
import { deviceIn } from './device.ts'

/** The devices one has signed in on; each can be signed out from here. */
export function Sessions() {
  const t = useWords(accountWords)
  const { data: sessions, error, refetch } = useSessions()
  const end = useEndSession()
  const ended = (): void => void notifications.show({ message: t('ended'), color: 'green' })
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (sessions === undefined) return <Loading />
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('sessions')}</Title>
        {sessions.length > 1 && (
          <Button variant="default" size="xs" onClick={() => end.mutate(undefined, { onSuccess: ended })}>
            {t('endOthers')}
          </Button>
        )}
      </Group>
      <Stack gap={0} role="list" aria-label={t('sessions')}>
        {sessions.map((session) => (
          <Line key={session.id} session={session} end={() => end.mutate(session.id, { onSuccess: ended })} />
        ))}
      </Stack>
    </Paper>
  )
}

function Line({ session, end }: { readonly session: SessionInfo; readonly end: () => void }) {
  const t = useWords(accountWords)
  const device = deviceIn(session.agent)
  const title = device === null ? t('unknownDevice') : t('on', device)
  return (
    <Group
      role="listitem"
      justify="space-between"
      py="xs"
      wrap="nowrap"
      style={{ borderTop: '1px solid var(--nabat-line)' }}
    >
      <Box miw={0}>
        <Group gap="xs">
          <Text fw={550}>{title}</Text>
          {session.current && (
            <Badge variant="light" size="sm">
              {t('here')}
            </Badge>
          )}
        </Group>
        <Text size="sm" className="quiet">
          {session.address} · {t('since')} <TimeText at={session.signedInAt} /> · {t('seen')}{' '}
          <TimeText at={session.seenAt} />
        </Text>
      </Box>
      {!session.current && (
        <Button variant="default" size="xs" onClick={end} aria-label={t('endOf', { device: title })}>
          {t('end')}
        </Button>
      )}
    </Group>
  )
}
