import { Box, Stack } from '@mantine/core'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useChannels } from '../../data/channels.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { notificationWords } from '../../words/notifications.ts'
import { shellWords } from '../../words/shell.ts'
import { RuleTable } from '../rules/rule-table.tsx'
import { ChannelGroup } from './channel-group.tsx'
import { MasterSwitch } from './master-switch.tsx'

const BOTS: readonly ChannelKindName[] = ['telegram', 'mattermost', 'webhook']

/** Settings → Notifications: the ways out, and the rules that say who is told of what. */
export function NotificationsPage() {
  const t = useWords(notificationWords)
  const shell = useWords(shellWords)
  const { data: channels, error, refetch } = useChannels()
  const seesBots = useMay('bots.read')
  const seesMail = useMay('mail.read')
  const seesRules = useMay('rules.read')
  const kinds: readonly ChannelKindName[] = [
    ...(seesBots ? BOTS.slice(0, 1) : []),
    ...(seesMail ? (['smtp'] as const) : []),
    ...(seesBots ? BOTS.slice(1) : []),
  ]
  return (
    <>
      <PageHeader title={shell('notifications')} text={t('text')} />
      <Stack gap="xl">
        {error !== null && <Failure error={error} again={() => void refetch()} />}
        {channels === undefined && error === null && <Loading />}
        {channels !== undefined && (
          <Box
            style={{
              display: 'grid',
              gap: 'var(--mantine-spacing-md)',
              gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 24rem), 1fr))',
              alignItems: 'start',
            }}
          >
            {kinds.map((kind) => (
              <ChannelGroup key={kind} kind={kind} channels={channels.filter((channel) => channel.kind === kind)} />
            ))}
          </Box>
        )}
        {seesMail && <MasterSwitch />}
        {seesRules && <RuleTable />}
      </Stack>
    </>
  )
}
