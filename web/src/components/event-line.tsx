import { Box, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { EventRow } from '../data/events.ts'
import { CountsText } from './counts-text.tsx'
import { SeverityMark } from './marks.tsx'
import { RowTime, TimeText } from './time-text.tsx'

interface EventLineProps {
  readonly row: EventRow
  /** Where no heading says which day it was. */
  readonly withDate?: boolean
}

/** One event of a list. */
export function EventLine({ row, withDate = false }: EventLineProps) {
  const { id, title, source, severity, acceptedAt, deliveries } = row
  return (
    <Link to={`/events/${id}`} className="row-link">
      <Group gap="sm" wrap="nowrap" px="md" py={10} align="flex-start">
        <Box pt={3} lh={1}>
          <SeverityMark severity={severity} bare />
        </Box>
        <Box flex={1} miw={0}>
          <Text fw={550} lineClamp={4}>
            {title}
          </Text>
          <Text size="sm" className="quiet" lineClamp={2}>
            {source}
            {deliveries !== undefined && (
              <>
                {' · '}
                <CountsText counts={deliveries} />
              </>
            )}
          </Text>
        </Box>
        <Text size="sm" className="quiet" pt={2} style={{ whiteSpace: 'nowrap' }}>
          {withDate ? <TimeText at={acceptedAt} /> : <RowTime at={acceptedAt} />}
        </Text>
      </Group>
    </Link>
  )
}
