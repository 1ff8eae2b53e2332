import { Alert, Anchor, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from 'react-router'
import { TimeText } from '../../components/time-text.tsx'
import type { StoredChannel } from '../../data/channels.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'

/** Since when a channel does not answer, why, and what waits for it. Nothing is drawn while it works. */
export function DownNotice({ channel: { name, down } }: { readonly channel: StoredChannel }) {
  const t = useWords(channelWords)
  const seesLog = useMay('events.read')
  if (down === null) return null
  const waiting = new URLSearchParams({ channel: name, state: 'waiting' })
  return (
    <Alert color="red" variant="light" icon={<IconPlugConnectedX aria-hidden />} title={<DownText down={down} />}>
      <Text size="sm">{t('downText')}</Text>
      {seesLog && (
        <Anchor component={Link} to={`/deliveries?${waiting}`} size="sm" display="inline-block" py={4}>
          {t('downWaiting')}
        </Anchor>
      )}
    </Alert>
  )
}

/** «не отвечает с 14:02: соединение отклонено». */
export function DownText({ down }: { readonly down: NonNullable<StoredChannel['down']> }) {
  const t = useWords(channelWords)
  return (
    <>
      {t('down')} <TimeText at={down.since} />
      {down.says !== null && down.says !== '' && `: ${down.says}`}
    </>
  )
}
