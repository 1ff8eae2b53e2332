import { Alert, Button, Group } from '@mantine/core'
import type { Session } from '@nabat/api/session.ts'
import { IconCloudOff, IconRefresh, IconWifiOff } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTimeZone } from '../components/time-text.tsx'
import { useConnected } from '../data/live.ts'
import { useStoredAt } from '../data/offline.ts'
import { dayOf, formatOf } from '../data/wall-time.ts'
import { takeNewer, useNewer } from '../data/worker.ts'
import { language, useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

const PushOffer = lazy(() => import('./push-offer.tsx').then(({ PushOffer: Offer }) => ({ default: Offer })))

/** Above every page: that what is shown is not of this moment, that there is a newer console, whether to notify this device. */
export function Notices({ session }: { readonly session: Session }) {
  const t = useWords(shellWords)
  const connected = useConnected()
  const storedAt = useStoredAt()
  const newer = useNewer()
  return (
    <>
      {storedAt !== undefined ? (
        <Stored at={storedAt} />
      ) : (
        !connected && (
          <Alert color="yellow" variant="light" mb="md" icon={<IconCloudOff aria-hidden />} role="status">
            {t('offline')}
          </Alert>
        )
      )}
      {newer && (
        <Alert color="bell" variant="light" mb="md" icon={<IconRefresh aria-hidden />} role="status">
          <Group justify="space-between" gap="sm">
            {t('newer')}
            <Button size="xs" onClick={() => void takeNewer()}>
              {t('takeNewer')}
            </Button>
          </Group>
        </Alert>
      )}
      {/* Nothing is drawn until it has made up its mind. */}
      <Suspense fallback={null}>
        <PushOffer session={session} />
      </Suspense>
    </>
  )
}

/** What is shown was stored on this device; of another day than today the day is said as well. */
function Stored({ at }: { readonly at: string }) {
  const t = useWords(shellWords)
  const timeZone = useTimeZone()
  const date = new Date(at)
  const day: Intl.DateTimeFormatOptions =
    dayOf(date, timeZone) === dayOf(new Date(), timeZone) ? {} : { day: 'numeric', month: 'long' }
  const time = formatOf(language(), { ...day, hour: '2-digit', minute: '2-digit', timeZone }).format(date)
  return (
    <Alert color="yellow" variant="light" mb="md" icon={<IconWifiOff aria-hidden />} role="status">
      {t('stored', { time })}
    </Alert>
  )
}
