import { Box, Button, Group, Paper, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { TimeText } from '../../components/time-text.tsx'
import { useDisabled, useEnable } from '../../data/channels.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'

/** Destinations of a channel that are out of use, and why. Nothing is drawn when there are none. */
export function DisabledDestinations({ channel }: { readonly channel: string }) {
  const t = useWords(channelWords)
  const { data = [] } = useDisabled()
  const enable = useEnable()
  const rows = data.filter((row) => row.channel === channel)
  if (rows.length === 0) return null
  return (
    <Paper withBorder p="md">
      <Title order={2}>{t('disabled')}</Title>
      <Text size="sm" className="quiet" mb="sm">
        {t('disabledText')}
      </Text>
      <div role="list" aria-label={t('disabled')}>
        {rows.map(({ id, destination, disabledAt, says, detail }) => (
          <Group
            key={id}
            role="listitem"
            justify="space-between"
            py="xs"
            style={{ borderTop: '1px solid var(--nabat-line)' }}
          >
            <Box flex="1 1 12rem" miw={0}>
              <Text>{destination}</Text>
              <Text size="sm" className="quiet">
                {[says, detail].filter(Boolean).join(': ')} · <TimeText at={disabledAt} />
              </Text>
            </Box>
            <Button
              size="xs"
              variant="default"
              aria-label={t('enableOf', { destination })}
              onClick={() =>
                enable.mutate(id, {
                  onSuccess: () => notifications.show({ message: t('enabledAgain'), color: 'green' }),
                })
              }
            >
              {t('enable')}
            </Button>
          </Group>
        ))}
      </div>
    </Paper>
  )
}
