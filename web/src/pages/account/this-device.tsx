import { Button, List, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { useSwitchOn } from '../../data/devices.ts'
import { NotSubscribed } from '../../data/push.ts'
import type { DeviceState } from '../../data/push-state.ts'
import { useWords } from '../../i18n.ts'
import { devicesWords } from '../../words/devices.ts'
import { deviceIn } from './device.ts'

/** What stands in the way of notifications on this device and what to do about it; or the button. */
export function ThisDevice({ state }: { readonly state: DeviceState }) {
  const t = useWords(devicesWords)
  if (state === 'on') return null
  if (state === 'off') return <Off />
  return (
    <Stack gap="xs" className="message">
      {state === 'homeScreen' ? (
        <>
          <Text size="sm">{t('homeScreenText')}</Text>
          <List type="ordered" size="sm">
            {(['homeScreen1', 'homeScreen2', 'homeScreen3'] as const).map((step) => (
              <List.Item key={step}>{t(step)}</List.Item>
            ))}
          </List>
        </>
      ) : state === 'blocked' ? (
        <>
          <Text size="sm">{t('blockedText')}</Text>
          <Text size="sm">{t(howToAllow(navigator.userAgent))}</Text>
        </>
      ) : (
        <Text size="sm">{t(`${state}Text`, { address: window.location.origin })}</Text>
      )}
    </Stack>
  )
}

/** Where the browser keeps what it was told about this address. */
function howToAllow(
  agent: string,
): 'blockedIos' | 'blockedYandex' | 'blockedFirefox' | 'blockedSafari' | 'blockedChrome' {
  const device = deviceIn(agent)
  if (device?.system === 'iOS') return 'blockedIos'
  if (/YaBrowser\//.test(agent)) return 'blockedYandex'
  if (device?.browser === 'Firefox') return 'blockedFirefox'
  return device?.browser === 'Safari' ? 'blockedSafari' : 'blockedChrome'
}

function Off() {
  const t = useWords(devicesWords)
  const on = useSwitchOn()
  const begin = (): void =>
    on.mutate(undefined, {
      onSuccess: (answer) => {
        if (answer === 'granted') notifications.show({ message: t('switchedOn'), color: 'green' })
      },
    })
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t('offText')}</Text>
      <Button size="xs" loading={on.isPending} onClick={begin}>
        {t('switchOn')}
      </Button>
      <Text size="sm" role="status">
        {on.error !== null
          ? on.error instanceof NotSubscribed
            ? t('notSubscribed', { detail: on.error.message })
            : saysOf(on.error)
          : on.data === 'default'
            ? t('dismissed')
            : null}
      </Text>
    </Stack>
  )
}
