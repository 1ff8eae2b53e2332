import type { Overview } from '@nabat/api/overview.ts'
import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import { IconAlertOctagon, IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Duration } from '../../components/duration.tsx'
import { shortTime, useTimeZone } from '../../components/time-text.tsx'
import { useCounts } from '../../data/counts.ts'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { listOf, numberText } from './figures.ts'
import classes from './overview.module.css'

interface Need {
  readonly key: string
  readonly grave: boolean
  readonly to: string
  readonly text: string
  readonly more?: ReactNode
}

/** What somebody has to see to now; that there is nothing is said as calmly as it is. */
export function Needs({ overview }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const needs = useNeeds(overview)
  return (
    <Paper component="section" withBorder p="md" mb="md" aria-labelledby="needs">
      <div role="status">
        {needs.length === 0 ? (
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <IconCircleCheck size={26} aria-hidden style={{ flex: 'none', color: 'var(--nabat-good)' }} />
            <div>
              <Title order={2} id="needs">
                {t('calm')}
              </Title>
              <Text size="sm" className="quiet">
                {t('calmText')}
              </Text>
            </div>
          </Group>
        ) : (
          <>
            <Title order={2} id="needs" mb={4}>
              {t('needsYou')}
            </Title>
            <ul className={classes['needs']}>
              {needs.map((need) => (
                <NeedLine key={need.key} need={need} />
              ))}
            </ul>
          </>
        )}
      </div>
    </Paper>
  )
}

function NeedLine({ need: { grave, to, text, more } }: { readonly need: Need }) {
  const Shape = grave ? IconAlertOctagon : IconAlertTriangle
  return (
    <li>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Shape
          size={20}
          aria-hidden
          style={{ flex: 'none', marginTop: 2, color: `var(--nabat-${grave ? 'critical' : 'warning'})` }}
        />
        <div>
          <Anchor component={Link} to={to} underline="always">
            {text}
          </Anchor>
          {more !== undefined && (
            <Text span size="sm" className="quiet">
              {' — '}
              {more}
            </Text>
          )}
        </div>
      </Group>
    </li>
  )
}

function useNeeds(overview: Overview): readonly Need[] {
  const t = useWords(overviewWords)
  const timeZone = useTimeZone()
  const { data: counts } = useCounts()
  const { channels, incidents, people } = overview
  const { oldest, unacknowledged } = incidents
  const unreachable = people?.unreachable ?? 0
  const down = channels.flatMap(({ name, down: since, behind }): Need[] => {
    if (since === null || name === null) return []
    const values = { name, since: shortTime(new Date(since.since), timeZone) }
    return [
      {
        key: `down ${name}`,
        grave: true,
        to: listOf('/deliveries', behind > 0 ? { state: 'waiting', channel: name } : { channel: name }),
        text:
          behind > 0 ? t('downBehind', { ...values, count: behind, number: numberText(behind) }) : t('down', values),
        ...(since.says === null ? {} : { more: since.says }),
      },
    ]
  })
  const counted = (
    [
      [unacknowledged, 'unanswered', '/incidents', incidents.critical > 0],
      // Of today, whatever period is looked at: what failed weeks ago needs nobody now.
      [counts?.failedToday ?? 0, 'failed', listOf('/deliveries', { state: 'failed', span: 'today' }), false],
      [unreachable, 'nowhere', '/reachability', false],
    ] as const
  ).flatMap(([count, key, to, grave]): Need[] => {
    if (count === 0) return []
    const text = t(key, { count, number: numberText(count) })
    if (key !== 'unanswered' || oldest === null) return [{ key, grave, to, text }]
    const more = (
      <>
        {t('oldest', { title: oldest.title })}
        <Duration from={oldest.openedAt} to={null} />
      </>
    )
    return [{ key, grave, to, text, more }]
  })
  return [...down, ...counted]
}
