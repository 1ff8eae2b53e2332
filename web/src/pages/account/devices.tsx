import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useDevices } from '../../data/devices.ts'
import { useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { devicesWords } from '../../words/devices.ts'
import { DeviceLine } from './device-line.tsx'
import { ThisDevice } from './this-device.tsx'

/** Push messages: how it stands with this device, and the others of one's own. */
export function Devices() {
  const { user } = useSignedIn()
  const t = useWords(devicesWords)
  const { data, error, refetch } = useDevices()
  // Nothing is sent to an operator who has no card here.
  if (user === null) return null
  if (data === undefined) return error === null ? <Loading /> : <Failure error={error} again={() => void refetch()} />
  const { devices, state, here } = data
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="devices">
      <Group gap="sm" mb={4}>
        <Title order={2} id="devices">
          {t('title')}
        </Title>
        <Badge variant="light" color={state === 'on' ? 'blue' : 'gray'} aria-label={`${t('thisDevice')}: ${t(state)}`}>
          {t(state)}
        </Badge>
      </Group>
      <Text size="sm" className="quiet" mb="md">
        {t('text')}
      </Text>
      <Stack gap="md">
        <ThisDevice state={state} />
        {devices.length === 0 ? (
          <Text size="sm" className="quiet">
            {t('none')}
          </Text>
        ) : (
          <Stack gap={0} role="list" aria-label={t('devices')}>
            {devices.map((device) => (
              <DeviceLine key={device.id} device={device} here={device.id === here} />
            ))}
          </Stack>
        )}
      </Stack>
    </Paper>
  )
}
