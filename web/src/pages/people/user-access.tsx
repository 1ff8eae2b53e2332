import { Alert, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { CopyButton } from '../../components/copy.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { ApiError, saysOf } from '../../data/api.ts'
import { useEndSessions, useInvite, useResetFactor, type Invited, type StoredUser } from '../../data/people.ts'
import { useMay, useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'

/** Whether somebody signs in: inviting them, ending their sessions. */
export function UserAccess({ user }: { readonly user: StoredUser }) {
  const t = useWords(peopleWords)
  const writes = useMay('people.write')
  const { user: self } = useSignedIn()
  const invite = useInvite()
  const end = useEndSessions()
  const { account, enabled, id } = user
  const mayInvite = writes && enabled !== false
  return (
    <Paper component="section" withBorder p="md" mb="md" aria-labelledby="access">
      <Title order={2} id="access" mb="xs">
        {t('access')}
      </Title>
      <Stack gap="sm">
        <Text size="sm">{t(enabled === false ? 'accessLeft' : `access-${account}`)}</Text>
        {mayInvite && (
          <Group gap="xs">
            <Button
              size="xs"
              variant={account === 'none' ? 'filled' : 'default'}
              loading={invite.isPending}
              onClick={() => invite.mutate(id)}
            >
              {t(account === 'none' ? 'invite' : account === 'invited' ? 'inviteAgain' : 'newPassword')}
            </Button>
            {account === 'active' && self?.login !== user.login && (
              <Button
                size="xs"
                variant="default"
                loading={end.isPending}
                onClick={() =>
                  end.mutate(id, {
                    onSuccess: () => notifications.show({ message: t('sessionsEnded'), color: 'green' }),
                    onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
                  })
                }
              >
                {t('endSessions')}
              </Button>
            )}
            {account === 'active' && self?.login !== user.login && <ResetFactor id={id} />}
          </Group>
        )}
        <div role="status">{invite.data !== undefined && <InvitedNotice invited={invite.data} />}</div>
        {invite.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {saysOf(invite.error)}
          </Alert>
        )}
      </Stack>
    </Paper>
  )
}

/** For somebody whose phone is gone; asked twice, because it cannot be taken back. */
function ResetFactor({ id }: { readonly id: string }) {
  const t = useWords(peopleWords)
  const reset = useResetFactor()
  const [asked, setAsked] = useState(false)
  const act = (): void =>
    reset.mutate(id, {
      onSuccess: () => notifications.show({ message: t('factorReset'), color: 'green' }),
      onError: (error) => {
        const none = error instanceof ApiError && error.status === 404
        notifications.show({ message: none ? t('noFactor') : saysOf(error), color: none ? 'gray' : 'red' })
      },
      onSettled: () => setAsked(false),
    })
  return (
    <Button
      size="xs"
      variant={asked ? 'filled' : 'default'}
      color={asked ? 'red' : 'gray'}
      loading={reset.isPending}
      onClick={() => (asked ? act() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {t(asked ? 'resetFactorSure' : 'resetFactor')}
    </Button>
  )
}

function InvitedNotice({ invited: { sentTo, link, expiresAt } }: { readonly invited: Invited }) {
  const t = useWords(peopleWords)
  return (
    <Alert color="green" variant="light">
      <Stack gap="xs">
        <Text size="sm">{sentTo === null ? t('linkMade') : t('letterSent', { address: sentTo })}</Text>
        {link !== null && (
          <>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {link}
            </Code>
            <Group>
              <CopyButton text={link} />
            </Group>
          </>
        )}
        <Text size="sm" className="quiet">
          {t('linkUntil')} <TimeText at={expiresAt} />
        </Text>
      </Stack>
    </Alert>
  )
}
