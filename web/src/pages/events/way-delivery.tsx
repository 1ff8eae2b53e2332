import { Anchor, Box, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { ActButton } from '../../components/act-button.tsx'
import { Attempts } from '../../components/attempts.tsx'
import { DeliveryHold } from '../../components/delivery-hold.tsx'
import { DeliveryMark } from '../../components/marks.tsx'
import { whoOf, type Delivery } from '../../data/deliveries.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'

interface WayDeliveryProps {
  readonly delivery: Delivery
  /** Deliveries that went in place of another, by its id. */
  readonly around: ReadonlyMap<string, readonly Delivery[]>
}

/** One message of an event, and below it the ways round that were taken for it. */
export function WayDelivery({ delivery, around }: WayDeliveryProps) {
  const t = useWords(deliveryWords)
  return (
    <Box className="way-delivery">
      <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
        <Box miw={0}>
          <Text size="sm" fw={550}>
            <Anchor component={Link} to={`/deliveries/${delivery.id}`} inherit c="inherit" underline="always">
              {whoOf(delivery) ?? t('noRecipient')}
            </Anchor>
            <Text span className="quiet" fw={400}>
              {delivery.channel !== null && delivery.channel !== whoOf(delivery) && ` · ${delivery.channel}`}
              {delivery.recipient !== null &&
                delivery.destination !== delivery.kind &&
                delivery.destination !== null &&
                ` · ${delivery.destination}`}
            </Text>
          </Text>
          <Group gap={6} wrap="nowrap" align="flex-start">
            <DeliveryMark state={delivery.state} bare />
            <Text size="sm">{delivery.says}</Text>
          </Group>
        </Box>
        <ActButton delivery={delivery} />
      </Group>
      <DeliveryHold delivery={delivery} />
      <Attempts attempts={delivery.attempts} />
      {around.get(delivery.id)?.map((other) => (
        <Box key={other.id} mt="xs">
          <Text size="xs" className="quiet" mb={2}>
            {t('insteadOf')}
          </Text>
          <WayDelivery delivery={other} around={around} />
        </Box>
      ))}
    </Box>
  )
}
