import { Box, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { Duration } from '../../components/duration.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { isTyping } from '../../components/row-keys.ts'
import { TimeText } from '../../components/time-text.tsx'
import type { Incident } from '../../data/incidents.ts'
import { useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'
import { AcknowledgeButton, useAcknowledging } from './acknowledge.tsx'

interface IncidentLineProps {
  readonly row: Incident
  readonly mayAcknowledge: boolean
}

/** What an incident is called: what happened first, else its key. */
export const titleOf = ({ eventTitle, key }: Incident): string => eventTitle ?? key

/** One incident of a list. The key `a` acknowledges the one in focus. */
export function IncidentLine({ row, mayAcknowledge }: IncidentLineProps) {
  const t = useWords(incidentWords)
  const { acknowledge } = useAcknowledging(row)
  const { key, severity, state, openedAt, endedAt, acknowledgedBy } = row
  const may = mayAcknowledge && state === 'open'
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!may || event.key !== 'a' || isTyping(event)) return
    event.preventDefault()
    acknowledge()
  }
  return (
    <Group className="row-with-action" gap={0} wrap="nowrap" align="stretch" onKeyDown={onKeyDown}>
      <Link to={`/incidents/${encodeURIComponent(key)}`} className="row-link">
        <Group gap="sm" wrap="nowrap" px="md" py={10} align="flex-start">
          <Box pt={3} lh={1}>
            <SeverityMark severity={severity} bare />
          </Box>
          <Box flex={1} miw={0}>
            <Text fw={550} lineClamp={4}>
              {titleOf(row)}
            </Text>
            <Text size="sm" className="quiet">
              <TimeText at={openedAt} />
              {' · '}
              <Lasting from={openedAt} to={endedAt} />
              {acknowledgedBy !== null && ` · ${t('acknowledgedBy', { who: acknowledgedBy })}`}
            </Text>
          </Box>
        </Group>
      </Link>
      {may && (
        <div className="row-action">
          <AcknowledgeButton incident={row} size="xs" />
        </div>
      )}
    </Group>
  )
}

/** For how long it has been going on, or went on. */
function Lasting({ from, to }: { readonly from: string; readonly to: string | null }) {
  const t = useWords(incidentWords)
  // The figure runs by itself, so it is put in where the sentence has its place.
  const [before, after] = t(to === null ? 'lasts' : 'lasted', { time: '\n' }).split('\n')
  return (
    <>
      {before}
      <Duration from={from} to={to} />
      {after}
    </>
  )
}
