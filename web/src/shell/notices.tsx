import { Alert, Button, Group } from '@mantine/core'
import { IconCloudOff, IconRefresh, IconWifiOff } from '@tabler/icons-react'
import { useTimeZone } from '../components/time-text.tsx'
import { useConnected } from '../data/live.ts'
import { useStoredAt } from '../data/offline.ts'
import { dayOf, formatOf } from '../data/wall-time.ts'
import { takeNewer, useNewer } from '../data/worker.ts'
import { language, useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** Above every page: that what is shown is not of this moment, and that there is a newer console. */
export function Notices() {
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
