import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'
import { useSearchParams } from 'react-router'
import { Stages } from '../../components/stages.tsx'
import { useChannelTest, type StoredChannel } from '../../data/channels.ts'
import { useSignedIn } from '../../data/session.ts'
import { useWorkspace } from '../../data/workspace.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'

interface ChannelChecksProps {
  readonly channel: StoredChannel
  /** Version that was saved on this page just now; 0 for none. */
  readonly savedAt: number
}

/** What a test message is addressed to, by the kind of the channel. */
const LABELS = { smtp: 'testToAddress', telegram: 'testToChat', mattermost: 'testToName' } as const

/** The staged check of a saved channel, and a test message. Saving the mail sends a test letter by itself. */
export function ChannelChecks({ channel, savedAt }: ChannelChecksProps) {
  const t = useWords(channelWords)
  const { account } = useSignedIn()
  const { data: workspace } = useWorkspace()
  const [search, setSearch] = useSearchParams()
  const test = useChannelTest()
  const { id, kind } = channel
  const own = kind === 'smtp' ? (workspace?.systemContact ?? account.email ?? '') : ''
  const [typed, setTyped] = useState<string | null>(null)
  const to = typed ?? own
  const recipient = (address: string): object =>
    kind === 'smtp' ? { address } : { chat: address, ...(/^\d+$/.test(address) ? { private: true } : {}) }
  // Made on this page, which has another address since.
  const saved = Math.max(savedAt, Number(search.get('saved') ?? 0))
  const knowsWorkspace = workspace !== undefined
  const checkSaved = useEffectEvent(() => {
    if (search.has('saved')) setSearch({}, { replace: true })
    test.mutate({ id, ...(kind === 'smtp' && own !== '' ? { to: recipient(own) } : {}) })
  })
  useEffect(() => {
    if (saved > 0 && knowsWorkspace) checkSaved()
  }, [saved, knowsWorkspace])
  const label = kind === 'smtp' || kind === 'telegram' || kind === 'mattermost' ? LABELS[kind] : undefined
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="sm">
        {t('testTo')}
      </Title>
      <Stack>
        {label !== undefined && (
          <Group align="flex-end" gap="xs">
            <TextInput
              label={t(label)}
              value={to}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              flex="1 1 16rem"
            />
            <Button
              disabled={to.trim() === ''}
              loading={test.isPending}
              onClick={() => test.mutate({ id, to: recipient(to.trim()) })}
            >
              {t('sendTest')}
            </Button>
          </Group>
        )}
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          loading={test.isPending}
          onClick={() => test.mutate({ id })}
        >
          {t('check')}
        </Button>
        {saved > 0 && kind === 'smtp' && test.data?.posted === true && (
          <Text size="sm">{t('testSaved', { address: own })}</Text>
        )}
        <Stages pending={test.isPending} error={test.error} checked={test.data} />
      </Stack>
    </Paper>
  )
}
