import { Anchor, Paper, Stack, Switch, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from 'react-router'
import { saysOf } from '../../data/api.ts'
import { useMay } from '../../data/session.ts'
import { useSaveWorkspace, useWorkspace } from '../../data/workspace.ts'
import { useWords } from '../../i18n.ts'
import { notificationWords } from '../../words/notifications.ts'

/** Whether notices leave by mail at all, and who hears of trouble with Nabat itself. */
export function MasterSwitch() {
  const t = useWords(notificationWords)
  const { data: settings } = useWorkspace()
  const save = useSaveWorkspace()
  const writes = useMay('workspace.write')
  if (settings === undefined) return null
  const { name: _name, version: _version, mailOff = false, ...rest } = settings
  const flip = (on: boolean): void =>
    save.mutate(
      { ...rest, ...(on ? {} : { mailOff: true }) },
      {
        onSuccess: () => notifications.show({ message: t(on ? 'switchedOn' : 'switchedOff'), color: 'green' }),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
      },
    )
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Switch
          label={t('master')}
          description={t(mailOff ? 'masterOff' : 'masterOn')}
          checked={!mailOff}
          disabled={!writes || save.isPending}
          onChange={({ currentTarget }) => flip(currentTarget.checked)}
        />
        <Text size="sm">
          {settings.systemContact === undefined ? (
            t('noSystemContact')
          ) : (
            <>
              {t('systemContact')}: <b>{settings.systemContact}</b>
            </>
          )}{' '}
          {writes && (
            <Anchor component={Link} to="/company" size="sm" underline="always">
              {t('change')}
            </Anchor>
          )}
        </Text>
      </Stack>
    </Paper>
  )
}
