import { ActionIcon, Popover, Stack, Switch, Text } from '@mantine/core'
import { IconSettings } from '@tabler/icons-react'
import { setToast, useToastSettings, type ToastSettings } from '../../data/toast-settings.ts'
import { useWords, type WordKey } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'

const LINES: readonly (readonly [keyof ToastSettings, WordKey<typeof inboxWords.ru>])[] = [
  ['critical', 'toastsCritical'],
  ['warning', 'toastsWarning'],
  ['sound', 'toastsSound'],
]

/** What appears in the corner of the window as it comes in, on this device. */
export function ToastMenu() {
  const t = useWords(inboxWords)
  const settings = useToastSettings()
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('toasts')}>
          <IconSettings size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text fw={600} size="sm">
            {t('toasts')}
          </Text>
          {LINES.map(([name, word]) => (
            <Switch
              key={name}
              label={t(word)}
              checked={settings[name]}
              onChange={({ currentTarget }) => setToast(name, currentTarget.checked)}
            />
          ))}
          <Text size="xs" className="quiet">
            {t('toastsHere')}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
