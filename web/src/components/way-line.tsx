import { Anchor, Box, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { Link } from 'react-router'
import { saysOf } from '../data/api.ts'
import { useEnableWay, type Way } from '../data/people.ts'
import { useMay } from '../data/session.ts'
import { useWords, type WordKey } from '../i18n.ts'
import { reachWords } from '../words/reachability.ts'
import { TimeText } from './time-text.tsx'

/** Where what keeps a way from working is mended; undefined where that is the card itself. */
function placeOf({ reason, channel }: Way): readonly [string, WordKey<typeof reachWords.ru>] | undefined {
  if (reason === 'no_channel' || reason === 'unknown_channel') return ['/notifications', 'toChannels']
  if (reason === 'mail_off') return ['/company', 'toCompany']
  if (reason?.startsWith('channel_') === true && channel !== null)
    return [`/notifications/channels/${encodeURIComponent(channel)}`, 'toChannel']
  return undefined
}

/** One way to a person: whether it works, and if not, why and where that is mended. */
export function WayLine({ way }: { readonly way: Way }) {
  const t = useWords(reachWords)
  const enable = useEnableWay()
  const mayEnable = useMay('deliveries.write')
  const maySetUp = useMay('bots.read', 'mail.read')
  const { channel, destination, works, says, since, disabledId } = way
  const Mark = works ? IconCircleCheck : IconCircleX
  const place = maySetUp ? placeOf(way) : undefined
  const where = destination === null || destination === channel ? '' : destination
  return (
    <li>
      <Group gap="xs" wrap="nowrap" align="flex-start" py={4}>
        <Mark
          size={18}
          role="img"
          aria-label={t(works ? 'works' : 'worksNot')}
          style={{ flex: 'none', marginTop: 1, color: works ? 'var(--nabat-good)' : 'var(--nabat-critical)' }}
        />
        <Box miw={0} flex={1}>
          <Text size="sm">{[channel === 'inbox' ? t('inbox') : channel, where].filter(Boolean).join(' · ')}</Text>
          {!works && (
            <Text size="sm" className="quiet">
              {says}
              {since !== null && (
                <>
                  {', '}
                  {t('since')} <TimeText at={since} />
                </>
              )}
            </Text>
          )}
          {place !== undefined && (
            <Anchor component={Link} to={place[0]} size="sm" underline="always">
              {t(place[1])}
            </Anchor>
          )}
          {disabledId !== null && mayEnable && (
            <Button
              size="compact-sm"
              variant="default"
              mt={2}
              loading={enable.isPending}
              aria-label={t('enableOf', { destination: destination ?? '' })}
              onClick={() =>
                enable.mutate(disabledId, {
                  onSuccess: () => notifications.show({ message: t('enabledAgain'), color: 'green' }),
                  onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
                })
              }
            >
              {t('enable')}
            </Button>
          )}
        </Box>
      </Group>
    </li>
  )
}
