import { Anchor, Box, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { IconBrandTelegram, IconMail, IconMessage, IconPlus, IconWebhook, type Icon } from '@tabler/icons-react'
import { Link } from 'react-router'
import { Stages } from '../../components/stages.tsx'
import { useChannelTest, type StoredChannel } from '../../data/channels.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import { DownText } from '../channels/down-notice.tsx'

const KINDS = {
  telegram: { Shape: IconBrandTelegram, add: 'addTelegram' },
  smtp: { Shape: IconMail, add: 'addSmtp' },
  mattermost: { Shape: IconMessage, add: 'addMattermost' },
  webhook: { Shape: IconWebhook, add: 'addWebhook' },
} as const satisfies Partial<Record<ChannelKindName, { Shape: Icon; add: string }>>
/** What the API calls a field that is missing, and what people do. */
const MISSING: Readonly<Record<string, 'missingReplyTo' | 'missingAddress' | 'missingName'>> = {
  replyTo: 'missingReplyTo',
  'from.address': 'missingAddress',
  'from.name': 'missingName',
}

interface ChannelGroupProps {
  readonly kind: ChannelKindName
  readonly channels: readonly StoredChannel[]
}

/** The channels of one kind: their state, a check of each, and the way to another. */
export function ChannelGroup({ kind, channels }: ChannelGroupProps) {
  const t = useWords(channelWords)
  const writes = useMay(kind === 'smtp' ? 'mail.write' : 'bots.write')
  if (kind === 'inbox' || kind === 'push') return null
  const { Shape, add } = KINDS[kind]
  return (
    <Paper withBorder p="md">
      <Group gap="xs" mb={4}>
        <Shape size={22} stroke={1.6} aria-hidden />
        <Title order={2}>{t(`${kind}Group`)}</Title>
      </Group>
      <Text size="sm" className="quiet">
        {t(`${kind}Text`)}
      </Text>
      <Stack gap={0} my="sm">
        {channels.map((channel) => (
          <ChannelLine key={channel.id} channel={channel} writes={writes} />
        ))}
        {channels.length === 0 && (
          <Text size="sm" className="quiet">
            {t('noneYet')}
          </Text>
        )}
      </Stack>
      {writes && (
        <Button
          component={Link}
          to={`/notifications/channels/new/${kind}`}
          size="xs"
          variant={channels.length === 0 ? 'filled' : 'default'}
          leftSection={<IconPlus size={16} aria-hidden />}
        >
          {t(add)}
        </Button>
      )}
    </Paper>
  )
}

function ChannelLine({ channel, writes }: { readonly channel: StoredChannel; readonly writes: boolean }) {
  const t = useWords(channelWords)
  const test = useChannelTest()
  const { id, name, origin } = channel
  return (
    <Box py="xs" style={{ borderTop: '1px solid var(--nabat-line)' }}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Box miw={0}>
          <Anchor component={Link} to={`/notifications/channels/${id}`} fw={550} c="inherit">
            {name}
          </Anchor>
          <Text size="sm">
            <State channel={channel} />
            {origin === 'file' && <span className="quiet"> · {t('file')}</span>}
          </Text>
        </Box>
        {writes && (
          <Button
            size="compact-sm"
            variant="default"
            style={{ flex: 'none' }}
            loading={test.isPending}
            aria-label={t('checkOf', { name })}
            onClick={() => test.mutate({ id })}
          >
            {t('check')}
          </Button>
        )}
      </Group>
      {!test.isIdle && (
        <Box mt="xs">
          <Stages pending={test.isPending} error={test.error} checked={test.data} />
        </Box>
      )}
    </Box>
  )
}

const COLOURS = { ready: 'good', incomplete: 'warning', off: 'quiet', unusable: 'critical' } as const

function State({ channel: { status, missing, down } }: { readonly channel: StoredChannel }) {
  const t = useWords(channelWords)
  if (down !== null && status === 'ready')
    return (
      <span style={{ color: 'var(--nabat-critical)' }}>
        <DownText down={down} />
      </span>
    )
  const what = missing.map((field) => (MISSING[field] === undefined ? field : t(MISSING[field]))).join(', ')
  return (
    <span style={{ color: `var(--nabat-${COLOURS[status]})` }}>
      {t(status)}
      {what !== '' && `, ${t('incompleteWhat', { what })}`}
    </span>
  )
}
