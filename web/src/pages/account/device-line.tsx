import { Badge, Box, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useRename, useSwitchOff, useTestDevice } from '../../data/devices.ts'
import type { Device } from '../../data/push.ts'
import { useWords } from '../../i18n.ts'
import { devicesWords } from '../../words/devices.ts'
import { shellWords } from '../../words/shell.ts'

/** One device: what it is called, when it was last here, a test, and the way out. `here`: the one that is looked at. */
export function DeviceLine({ device, here }: { readonly device: Device; readonly here: boolean }) {
  const t = useWords(devicesWords)
  const [renaming, setRenaming] = useState(false)
  const test = useTestDevice()
  const off = useSwitchOff()
  const switchOff = (): void =>
    off.mutate(device.id, {
      onSuccess: () => void notifications.show({ message: t('switchedOff'), color: 'green' }),
      onError: (error) => void notifications.show({ message: saysOf(error), color: 'red' }),
    })
  return (
    <Stack role="listitem" gap="xs" py="sm" style={{ borderTop: '1px solid var(--nabat-line)' }}>
      {renaming ? (
        <Rename device={device} end={() => setRenaming(false)} />
      ) : (
        <Group justify="space-between" gap="sm">
          <Box miw={0} flex="1 1 14rem">
            <Group gap="xs">
              <Text fw={550}>{device.title}</Text>
              {here && (
                <Badge variant="light" size="sm">
                  {t('here')}
                </Badge>
              )}
            </Group>
            <Text size="sm" className="quiet">
              {t('added')} <TimeText at={device.addedAt} /> · {t('used')} <TimeText at={device.usedAt} />
            </Text>
          </Box>
          <Group gap="xs">
            <Button
              variant="default"
              size="xs"
              loading={test.isPending}
              onClick={() => test.mutate(device.id)}
              aria-label={t('testOf', { device: device.title })}
            >
              {t('test')}
            </Button>
            <Button
              variant="default"
              size="xs"
              onClick={() => setRenaming(true)}
              aria-label={t('renameOf', { device: device.title })}
            >
              {t('rename')}
            </Button>
            <Button
              variant="default"
              size="xs"
              loading={off.isPending}
              onClick={switchOff}
              aria-label={t('switchOffOf', { device: device.title })}
            >
              {t('switchOff')}
            </Button>
          </Group>
        </Group>
      )}
      <Text size="sm" role="status" c={test.data?.sent === false || test.error !== null ? 'var(--nabat-critical)' : ''}>
        {test.error === null ? test.data?.says : saysOf(test.error)}
      </Text>
    </Stack>
  )
}

function Rename({ device: { id, title }, end }: { readonly device: Device; readonly end: () => void }) {
  const t = useWords(devicesWords)
  const shell = useWords(shellWords)
  const [name, setName] = useState(title)
  const rename = useRename()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate({ id, title: name }, { onSuccess: end })
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t('newTitle')}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={rename.error === null ? undefined : saysOf(rename.error)}
          autoFocus
          flex="1 1 14rem"
        />
        <Button type="submit" loading={rename.isPending}>
          {shell('save')}
        </Button>
        <Button variant="default" onClick={end}>
          {shell('cancel')}
        </Button>
      </Group>
    </form>
  )
}
