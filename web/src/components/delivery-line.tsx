import { Box, Checkbox, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { channelInWords } from './channel-name.ts'
import { DeliveryMark } from './marks.tsx'
import { RowTime, TimeText } from './time-text.tsx'
import { isTyping } from './row-keys.ts'
import { whoOf, type Delivery } from '../data/deliveries.ts'
import { useWords } from '../i18n.ts'
import { deliveryWords } from '../words/deliveries.ts'

interface DeliveryLineProps {
  readonly row: Delivery
  /** Where no heading says which day it was. */
  readonly withDate?: boolean
  readonly ticked?: boolean
  /** Absent for those who may only look. */
  readonly tick?: () => void
}

/** One delivery of a list. */
export function DeliveryLine({ row, withDate = false, ticked = false, tick }: DeliveryLineProps) {
  const t = useWords(deliveryWords)
  const { id, recipient, destination, kind, channel, rule, state, says, createdAt, eventTitle } = row
  const who = whoOf(row) ?? t('noRecipient')
  const about = eventTitle ?? ''
  const how = [
    recipient === null || destination === kind ? null : destination,
    channel === null || channel === who ? null : channelInWords(channel),
    rule,
  ]
    .filter((each) => each !== null)
    .join(' · ')
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (tick === undefined || event.key !== 'x' || isTyping(event)) return
    event.preventDefault()
    tick()
  }
  return (
    <Group className="row-with-tick" gap={0} wrap="nowrap" align="stretch" onKeyDown={onKeyDown}>
      {tick !== undefined && (
        <label className="row-tick">
          <Checkbox
            checked={ticked}
            onChange={tick}
            aria-label={t('select', { what: [who, about].filter((each) => each !== '').join(', ') })}
          />
        </label>
      )}
      <Link to={`/deliveries/${id}`} className="row-link">
        <Group gap="sm" wrap="nowrap" pe="md" ps={tick === undefined ? 'md' : 'xs'} py={10} align="flex-start">
          <Box pt={3} lh={1}>
            <DeliveryMark state={state} bare />
          </Box>
          <Box flex={1} miw={0}>
            <Text fw={550} lineClamp={4}>
              {who}
              {about !== '' && (
                <Text span fw={400}>
                  {' · '}
                  {about}
                </Text>
              )}
            </Text>
            <Text size="sm" style={state === 'failed' ? { color: 'var(--nabat-critical)' } : {}}>
              {says}
            </Text>
            <Text size="sm" className="quiet" truncate>
              {how}
            </Text>
          </Box>
          <Text size="sm" className="quiet" pt={2} style={{ whiteSpace: 'nowrap' }}>
            {withDate ? <TimeText at={createdAt} /> : <RowTime at={createdAt} />}
          </Text>
        </Group>
      </Link>
    </Group>
  )
}
