import { Alert, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Session } from '@nabat/api/session.ts'
import { IconBellRinging } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLocation } from 'react-router'
import { saysOf } from '../data/api.ts'
import { useSwitchOn } from '../data/devices.ts'
import { keepSubscribed, NotSubscribed, permissionNow, refuse, stateOf } from '../data/push.ts'
import { isOffered, remembered } from '../data/push-state.ts'
import { queries } from '../data/queries.ts'
import { useWords } from '../i18n.ts'
import { devicesWords } from '../words/devices.ts'

/**
 * Looks after push messages to this device: quietly where the browser lets us, else with a question of our own, which says
 * what it is good for before the browser asks. Not loaded with the first page.
 */
export function PushOffer({ session }: { readonly session: Session }) {
  const t = useWords(devicesWords)
  const [offered, setOffered] = useState(false)
  const on = useSwitchOn()
  // The profile has all of it.
  const elsewhere = useLocation().pathname !== '/account'
  const { account, workspace, signedInAt } = session
  const seat = `${account.id} ${workspace.name} ${signedInAt}`
  useEffect(() => {
    const left = new AbortController()
    void look(session).then((wanted) => left.signal.aborted || setOffered(wanted))
    return () => left.abort()
    // The session is asked for often, and is the same one.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [seat, elsewhere])
  if (!offered || !elsewhere) return null
  const accept = (): void =>
    on.mutate(undefined, {
      onSuccess: (answer) => {
        if (answer === 'granted') notifications.show({ message: t('switchedOn'), color: 'green' })
        else if (answer === 'denied') notifications.show({ message: t('blocked'), color: 'yellow' })
        // Closed without an answer: the question stays.
        setOffered(answer === 'default')
      },
    })
  const later = (): void => {
    refuse(session)
    setOffered(false)
  }
  return (
    <Alert
      color="bell"
      variant="light"
      mb="md"
      icon={<IconBellRinging aria-hidden />}
      title={t('offer')}
      role="region"
      aria-label={t('offer')}
    >
      <Text size="sm">{t('offerWhy')}</Text>
      <div role="status">
        {on.error !== null && (
          <Text size="sm" mt="xs">
            {on.error instanceof NotSubscribed ? t('notSubscribed', { detail: on.error.message }) : saysOf(on.error)}
          </Text>
        )}
        {on.data === 'default' && (
          <Text size="sm" mt="xs">
            {t('dismissed')}
          </Text>
        )}
      </div>
      <Group gap="sm" mt="sm">
        <Button size="xs" loading={on.isPending} onClick={accept}>
          {t('switchOn')}
        </Button>
        <Button size="xs" variant="default" onClick={later}>
          {t('notNow')}
        </Button>
      </Group>
    </Alert>
  )
}

/** Subscribes where it may; whether to ask otherwise. */
async function look(session: Session): Promise<boolean> {
  if (session.user === null) return false
  try {
    if (await keepSubscribed(session)) await queries.invalidateQueries({ queryKey: ['profile'] })
  } catch {
    // Without a network, or without the vendor's push service: tried again at the next start; the profile says how it stands.
  }
  const state = await stateOf(session, new Set())
  return isOffered(state, permissionNow(), remembered(), session.account.id, Date.now())
}
