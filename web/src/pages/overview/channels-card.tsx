import type { Overview } from '@nabat/api/overview.ts'
import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import { ChannelIcon } from '../../components/channel-icon.tsx'
import { channelInWords } from '../../components/channel-name.ts'
import { shortTime, useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { ENDS, listOf, numberText, shareText, totalOf } from './figures.ts'
import classes from './overview.module.css'

type Channel = Overview['channels'][number]

/** How each channel does: those that need somebody first. */
export function ChannelsCard({ overview }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="channels">
      <Title order={2} id="channels" mb="xs">
        {t('channels')}
      </Title>
      <ul className="plain">
        {overview.channels.map((channel) => (
          <li key={channel.name ?? ''} className={classes['channel']}>
            <Line channel={channel} overview={overview} />
          </li>
        ))}
      </ul>
    </Paper>
  )
}

const COLOURS = { sent: 'good', waiting: 'info', suppressed: 'quiet', cancelled: 'line', failed: 'critical' } as const

function Line({ channel, overview: { from, to } }: { readonly channel: Channel; readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const timeZone = useTimeZone()
  const { name, kind, removed, down, sent, failed, failedShare, behind } = channel
  const total = totalOf(channel)
  const period = { from, to }
  const links = [
    sent > 0 && {
      key: 'sent',
      filters: { state: 'sent', ...period },
      text: t('sentShort', { number: numberText(sent) }),
    },
    failed > 0 && {
      key: 'failed',
      filters: { state: 'failed', ...period },
      text: t('failedShort', { number: numberText(failed), share: shareText(failedShare ?? 0) }),
    },
    behind > 0 && { key: 'behind', filters: { state: 'waiting' }, text: t('behind', { number: numberText(behind) }) },
  ].filter((link) => link !== false)
  const title = name === null ? t('noWay') : channelInWords(name)
  return (
    <>
      <div>
        <Group gap={8} wrap="nowrap">
          <ChannelIcon kind={kind ?? undefined} />
          {name !== null && total > 0 ? (
            <Anchor component={Link} to={listOf('/deliveries', { channel: name, ...period })} fw={550}>
              {title}
            </Anchor>
          ) : (
            <Text fw={550}>{title}</Text>
          )}
          {removed && (
            <Text size="sm" className="quiet">
              {t('removed')}
            </Text>
          )}
        </Group>
        {down !== null && (
          <Text size="sm" style={{ color: 'var(--nabat-critical)' }}>
            {t('downSince', { since: shortTime(new Date(down.since), timeZone) })}
            {down.says !== null && down.says !== '' && `: ${down.says}`}
          </Text>
        )}
        <Group gap="0 1rem">
          {links.map(({ key, filters, text }) => (
            <Anchor
              key={key}
              component={Link}
              to={listOf('/deliveries', { channel: name, ...filters })}
              size="sm"
              lh="24px"
              aria-label={`${title}: ${text}`}
            >
              {text}
            </Anchor>
          ))}
          {links.length === 0 && (
            <Text size="sm" className="quiet">
              {name === null ? numberText(total) : t('quiet')}
            </Text>
          )}
        </Group>
      </div>
      <div className={classes['bar']} aria-hidden>
        {ENDS.map(
          ({ state }) =>
            channel[state] > 0 && (
              <span
                key={state}
                style={{ flex: `${channel[state]} 0 3px`, background: `var(--nabat-${COLOURS[state]})` }}
              />
            ),
        )}
      </div>
    </>
  )
}
