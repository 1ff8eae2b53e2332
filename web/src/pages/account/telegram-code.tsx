import { Alert, Anchor, Button, Code, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconBrandTelegram, IconHourglass } from '@tabler/icons-react'
import type { GivenLink, ProfileBot } from '@nabat/api/profile.ts'
import { useEffect, useState } from 'react'
import { CopyButton } from '../../components/copy.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { shellWords } from '../../words/shell.ts'

interface TelegramCodeProps {
  readonly given: GivenLink
  readonly state: NonNullable<ProfileBot['code']>['state']
  /** Asks for another code. */
  readonly again: () => void
  readonly asking: boolean
  readonly close: () => void
}

const SECOND = 1_000

/** Seconds that a code is still good. */
function useLeft(until: string): number {
  const [left, setLeft] = useState(() => Date.parse(until) - Date.now())
  useEffect(() => {
    const timer = setInterval(() => setLeft(Date.parse(until) - Date.now()), SECOND)
    return () => clearInterval(timer)
  }, [until])
  return Math.max(0, Math.round(left / SECOND))
}

/** A code to be sent to a bot, by link, by camera or by hand, and the wait for it. */
export function TelegramCode({ given, state, again, asking, close }: TelegramCodeProps) {
  const t = useWords(profileWords)
  const shell = useWords(shellWords)
  const { code, link, username, expiresAt, problem } = given
  const left = useLeft(expiresAt)
  const isOver = state !== 'waiting' || left === 0
  return (
    <Paper mt="md" pt="md" style={{ borderTop: '1px solid var(--nabat-line)' }} radius={0}>
      <Stack gap="sm" align="flex-start">
        {isOver ? (
          <Alert color="yellow" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
            {t(state === 'ended' ? 'codeSeen' : 'codeExpired')}
          </Alert>
        ) : (
          <Group gap="lg" align="flex-start">
            {link !== null && <QrCode text={link} label={t('qrLabel')} />}
            <Stack gap="xs" flex="1 1 16rem" align="flex-start">
              {link !== null && (
                <>
                  <Button
                    component="a"
                    href={link}
                    target="_blank"
                    rel="noreferrer"
                    leftSection={<IconBrandTelegram size={18} aria-hidden />}
                  >
                    {t('openBot', { bot: `@${username}` })}
                  </Button>
                  <Text size="sm">{t('openText')}</Text>
                </>
              )}
              <Text size="sm">
                {link === null ? t('byHandOnly', { channel: given.channel }) : t('byHand')}{' '}
                {username !== null && (
                  <Anchor href={`https://t.me/${username}`} target="_blank" rel="noreferrer" underline="always">
                    @{username}
                  </Anchor>
                )}
              </Text>
              <Group gap="xs">
                <Code fz="md" data-code>{`/start ${code}`}</Code>
                <CopyButton text={`/start ${code}`} />
              </Group>
            </Stack>
          </Group>
        )}
        {problem !== null && (
          <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
            {t('botDeaf')} {problem}
          </Alert>
        )}
        {!isOver && (
          <Group gap="xs" role="status">
            <IconHourglass size={18} aria-hidden />
            <Text size="sm">{t('waiting')}</Text>
          </Group>
        )}
        <Group gap="xs">
          {!isOver && (
            <Text size="sm" className="quiet" role="timer">
              {t('codeLeft', { left: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` })}
            </Text>
          )}
          {isOver && (
            <Button size="xs" onClick={again} loading={asking}>
              {t('newCode')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={close}>
            {shell('cancel')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
