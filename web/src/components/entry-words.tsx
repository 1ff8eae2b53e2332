import { Box, Group, Text } from '@mantine/core'
import type { InboxEntry } from '../data/inbox.ts'
import { useWords } from '../i18n.ts'
import { inboxWords } from '../words/inbox.ts'
import { incidentWords } from '../words/incidents.ts'
import { IncidentMark, SeverityMark } from './marks.tsx'
import { RowTime, TimeText } from './time-text.tsx'

interface EntryWordsProps {
  readonly entry: InboxEntry
  /** Where no heading says which day it was. */
  readonly withDate?: boolean
}

/** What a row of the inbox says: what happened, where its incident stands, when that changed last. */
export function EntryWords({ entry, withDate = false }: EntryWordsProps) {
  const t = useWords(inboxWords)
  const { title, severity, typeTitle, incident, updates, changedAt, readAt } = entry
  const unread = readAt === null
  const when = withDate ? <TimeText at={changedAt} /> : <RowTime at={changedAt} />
  return (
    <Group gap="xs" wrap="nowrap" px="xs" py={10} align="flex-start">
      <span
        className="unread-dot"
        data-unread={unread}
        {...(unread ? { role: 'img', 'aria-label': t('unreadMark') } : {})}
      />
      <Box pt={3} lh={1}>
        <SeverityMark severity={severity} bare />
      </Box>
      <Box flex={1} miw={0}>
        <Text fw={unread ? 650 : 400} lineClamp={2}>
          {title}
        </Text>
        <Group gap="xs" fz="sm" className="quiet" style={{ rowGap: 0 }}>
          <Box component="span" hiddenFrom="sm">
            {when}
          </Box>
          {incident !== null && <State entry={entry} />}
          {!title.startsWith(typeTitle) && <span>{typeTitle}</span>}
          {updates > 0 && <span>{t('updates', { count: updates })}</span>}
        </Group>
      </Box>
      <Text component="div" size="sm" className="quiet" pt={2} style={{ whiteSpace: 'nowrap' }} visibleFrom="sm">
        {when}
      </Text>
    </Group>
  )
}

/** Where the incident stands at this moment, or who has taken it on. */
function State({ entry: { incident, acknowledgedByName } }: { readonly entry: InboxEntry }) {
  const t = useWords(incidentWords)
  const { state } = incident!
  if (state !== 'acknowledged' || acknowledgedByName === null) return <IncidentMark state={state} />
  return (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex">
      <IncidentMark state={state} bare />
      {t('acknowledgedBy', { who: acknowledgedByName })}
    </Group>
  )
}
