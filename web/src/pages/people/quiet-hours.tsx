import { Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useWords } from '../../i18n.ts'
import { hourWords } from '../../words/hours.ts'
import { peopleWords } from '../../words/people.ts'

interface QuietHoursProps {
  readonly value: { readonly from: string; readonly to: string } | null
  readonly change: (value: { from: string; to: string } | null) => void
  readonly error: React.ReactNode
}

/** Hours of every night at which only what is critical comes. */
export function QuietHours({ value, change, error }: QuietHoursProps) {
  const t = useWords(peopleWords)
  const hours = useWords(hourWords)
  return (
    <Stack gap="xs">
      <Switch
        label={t('quietHours')}
        checked={value !== null}
        onChange={({ currentTarget: { checked } }) => change(checked ? { from: '22:00', to: '08:00' } : null)}
      />
      {value !== null && (
        <Group role="group" aria-label={t('quietHours')}>
          {(['from', 'to'] as const).map((side) => (
            <TextInput
              key={side}
              type="time"
              label={hours(`${side}Time`)}
              value={value[side]}
              onChange={({ currentTarget }) => change({ ...value, [side]: currentTarget.value })}
            />
          ))}
        </Group>
      )}
      {error !== undefined && (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}
