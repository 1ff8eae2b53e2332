import { Box, Checkbox, Fieldset, Group, Stack, Text } from '@mantine/core'
import type { StoredChannel } from '../../data/channels.ts'
import { useCatalogue } from '../../data/catalogue.ts'
import { useEntities } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import type { UserFieldsProps } from './user-fields.tsx'
import type { UserValues } from './user-values.ts'

/** The channels that a person has something to prefer about: those of the card, and those named already. */
function channelsOf({ contacts, email, mattermost, preferences }: UserValues, all: readonly StoredChannel[]): string[] {
  const first = (kind: string): string[] => {
    const channel = all.find((each) => each.kind === kind)
    return channel === undefined ? [] : [channel.name]
  }
  return [
    ...new Set([
      ...contacts.map(({ channel }) => channel),
      ...(email === '' ? [] : first('smtp')),
      ...(mattermost === '' ? [] : first('mattermost')),
      ...Object.values(preferences).flatMap((by) => Object.keys(by)),
    ]),
  ]
}

/** What comes by which channel: a line for each category of events. */
export function Preferences({ form }: UserFieldsProps) {
  const t = useWords(peopleWords)
  const { data: types = [] } = useCatalogue()
  const { data: all = [] } = useEntities<StoredChannel>('channels', useMay('bots.read', 'mail.read'))
  const { preferences } = form.values
  const channels = channelsOf(form.values, all)
  // Nobody can do without what the system says of itself.
  const categories = [...new Map(types.map(({ category, categoryTitle }) => [category, categoryTitle]))].filter(
    ([category]) => category !== 'system',
  )
  const set = (category: string, wanted: readonly string[]): void =>
    form.setFieldValue('preferences', {
      ...preferences,
      [category]: Object.fromEntries(channels.map((channel) => [channel, wanted.includes(channel)])),
    })
  return (
    <Fieldset legend={t('preferences')}>
      <Text size="sm" className="quiet" mb="sm">
        {t(channels.length === 0 ? 'preferencesNone' : 'preferencesHint')}
      </Text>
      {channels.length > 0 && (
        <Stack gap="sm">
          {categories.map(([category, title]) => (
            <Group key={category} gap="xs" role="group" aria-label={title}>
              <Box w={{ base: '100%', xs: 170 }}>
                <Text size="sm">{title}</Text>
              </Box>
              <Checkbox.Group
                value={channels.filter((channel) => preferences[category]?.[channel] !== false)}
                onChange={(wanted) => set(category, wanted)}
              >
                <Group gap="md">
                  {channels.map((channel) => (
                    <Checkbox
                      key={channel}
                      value={channel}
                      label={channel === 'inbox' ? t('inbox') : channel}
                      aria-label={t('preferenceOf', { category: title, channel })}
                    />
                  ))}
                </Group>
              </Checkbox.Group>
            </Group>
          ))}
        </Stack>
      )}
      {form.errors['preferences'] !== undefined && (
        <Text size="sm" c="red" role="alert">
          {form.errors['preferences']}
        </Text>
      )}
    </Fieldset>
  )
}
