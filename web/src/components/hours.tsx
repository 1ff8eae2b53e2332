import { Chip, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { WEEKDAYS, type Schedule, type Weekday } from '@nabat/api/rule.ts'
import { useWords } from '../i18n.ts'
import { hourWords } from '../words/hours.ts'

interface HoursProps {
  /** What holds only at these hours. */
  readonly label: string
  readonly schedule: Schedule | null
  readonly change: (schedule: Schedule | null) => void
  readonly error: React.ReactNode
}

/** Hours at which alone something holds: a switch, days of the week, from and to. */
export function Hours({ label, schedule, change, error }: HoursProps) {
  const t = useWords(hourWords)
  return (
    <Stack gap="xs">
      <Switch
        label={label}
        checked={schedule !== null}
        onChange={({ currentTarget: { checked } }) => change(checked ? { from: '22:00', to: '08:00' } : null)}
      />
      {schedule !== null && (
        <>
          <Chip.Group
            multiple
            value={[...(schedule.days ?? WEEKDAYS)]}
            onChange={(days) =>
              change({ ...schedule, days: WEEKDAYS.filter((day) => days.includes(day)) as Weekday[] })
            }
          >
            <Group gap={6} role="group" aria-label={t('days')}>
              {WEEKDAYS.map((day) => (
                <Chip key={day} value={day} size="sm">
                  {t(day)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Group>
            {(['from', 'to'] as const).map((side) => (
              <TextInput
                key={side}
                type="time"
                label={t(`${side}Time`)}
                value={schedule[side] ?? ''}
                onChange={({ currentTarget: { value } }) => change({ ...schedule, [side]: value })}
              />
            ))}
          </Group>
          {error !== undefined && (
            <Text size="sm" c="red" role="alert">
              {error}
            </Text>
          )}
        </>
      )}
    </Stack>
  )
}
