import type { Arrival } from '@nabat/api/demo.ts'
import { Group, Paper, Text } from '@mantine/core'
import { IconBrandTelegram, IconMail, IconMessages } from '@tabler/icons-react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useArrived } from '../../data/demo.ts'
import { useWords } from '../../i18n.ts'
import { demoWords } from '../../words/demo.ts'
import { Bubble } from './bubble.tsx'
import styles from './demo.module.css'

const ICONS = { telegram: IconBrandTelegram, mail: IconMail, mattermost: IconMessages } as const
/** Of one place; those before are said by their number. */
const SHOWN = 2

/** What has arrived, by where: a card for each chat, mailbox and channel. `since`: what came after it is new. */
export function Arrived({ since }: { readonly since: number | undefined }) {
  const t = useWords(demoWords)
  const { data, error, refetch, isPending } = useArrived()
  if (error !== null && data === undefined) return <Failure error={error} again={() => void refetch()} />
  if (isPending) return <Loading />
  const places = [...Map.groupBy(data ?? [], ({ medium, to }) => `${medium} ${to}`)]
  if (places.length === 0)
    return (
      <Text className="quiet" size="sm">
        {t('arrivedNone')}
      </Text>
    )
  return (
    <div className={styles['places']}>
      {places.map(([key, arrivals]) => (
        <Place key={key} arrivals={arrivals} since={since} />
      ))}
    </div>
  )
}

interface PlaceProps {
  /** The newest first. */
  readonly arrivals: readonly Arrival[]
  readonly since: number | undefined
}

function Place({ arrivals, since }: PlaceProps) {
  const t = useWords(demoWords)
  const [{ medium, to, toTitle }] = arrivals as readonly [Arrival]
  const Shape = ICONS[medium]
  const earlier = arrivals.length - SHOWN
  return (
    <Paper withBorder component="article" className={styles['place']!} aria-label={`${t(medium)}: ${toTitle ?? to}`}>
      <Group gap={8} wrap="nowrap" className={styles['head']!}>
        <Shape size={20} stroke={1.6} aria-hidden style={{ flex: 'none' }} />
        <div style={{ minWidth: 0 }}>
          <Text fw={600} size="sm" truncate>
            {toTitle ?? to}
          </Text>
          <Text size="xs" className="quiet" truncate>
            {t(medium)}
            {toTitle !== null && ` · ${to}`}
          </Text>
        </div>
      </Group>
      <ul className={styles['bubbles']}>
        {arrivals.slice(0, SHOWN).map((arrival) => (
          <li key={arrival.id}>
            <Bubble arrival={arrival} fresh={since !== undefined && Date.parse(arrival.at) >= since} />
          </li>
        ))}
      </ul>
      {earlier > 0 && (
        <Text size="xs" className="quiet" px="sm" pb="sm">
          {t('earlier', { count: earlier })}
        </Text>
      )}
    </Paper>
  )
}
