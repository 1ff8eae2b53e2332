import { ActionIcon, Anchor, Box, Checkbox, Group, Stack, Text } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { Link } from 'react-router'
import { EntryLink } from '../../components/entry-link.tsx'
import { EntryWords } from '../../components/entry-words.tsx'
import { InlineHtml } from '../../components/inline-html.tsx'
import { isTyping } from '../../components/row-keys.ts'
import { useMark, type InboxEntry } from '../../data/inbox.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'
import { TakeOn, useTakingOn } from './take-on.tsx'

interface EntryLineProps {
  readonly row: InboxEntry
  readonly ticked: boolean
  readonly tick: () => void
  /** Whether its text is shown. */
  readonly opened: boolean
  readonly toggle: () => void
  readonly mayAcknowledge: boolean
}

/** One entry of the inbox. Keys of the one in focus: `m` read, `u` unread, `x` ticks it, `a` acknowledges its incident. */
export function EntryLine({ row, ticked, tick, opened, toggle, mayAcknowledge }: EntryLineProps) {
  const t = useWords(inboxWords)
  const { mutate } = useMark()
  const { takeOn } = useTakingOn(row)
  const { id, title, incident } = row
  const may = mayAcknowledge && incident?.state === 'open'
  const keys: Readonly<Record<string, () => void>> = {
    m: () => mutate({ as: 'read', ids: [id] }),
    u: () => mutate({ as: 'unread', ids: [id] }),
    x: tick,
    ...(may ? { a: takeOn } : {}),
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const act = keys[event.key]
    if (act === undefined || isTyping(event)) return
    event.preventDefault()
    act()
  }
  return (
    <div onKeyDown={onKeyDown}>
      <Group className="row-with-tick entry-row" gap={0} wrap="nowrap" align="stretch">
        <label className="row-tick">
          <Checkbox checked={ticked} onChange={tick} aria-label={t('select', { what: title })} />
        </label>
        <EntryLink entry={row} fallback={toggle} expanded={opened}>
          <EntryWords entry={row} />
        </EntryLink>
        <div className="entry-actions">
          <Group gap="xs" wrap="nowrap">
            {may && (
              <Box visibleFrom="sm">
                <TakeOn entry={row} />
              </Box>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-expanded={opened}
              aria-label={t(opened ? 'collapse' : 'expand', { what: title })}
              onClick={toggle}
            >
              {opened ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}
            </ActionIcon>
          </Group>
        </div>
      </Group>
      {opened && <Whole entry={row} may={may} />}
    </div>
  )
}

/** The text of an entry, its links, and the ways on. */
function Whole({ entry, may }: { readonly entry: InboxEntry; readonly may: boolean }) {
  const { text, title, links, incident, event } = entry
  const t = useWords(inboxWords)
  const mayReadEvents = useMay('events.read')
  return (
    <Stack className="entry-text" gap="sm">
      <Text component="div" style={{ whiteSpace: 'pre-line' }}>
        {text === '' ? title : <InlineHtml html={text} leads />}
      </Text>
      {may && (
        <Box hiddenFrom="sm">
          <TakeOn entry={entry} />
        </Box>
      )}
      <Group gap="md">
        {links.map(({ title: name, url }) => (
          <Anchor key={url} href={url} target="_blank" rel="noreferrer" size="sm">
            {name}
          </Anchor>
        ))}
        {mayReadEvents && incident !== null && (
          <Anchor component={Link} to={`/incidents/${encodeURIComponent(incident.key)}`} size="sm">
            {t('toIncident')}
          </Anchor>
        )}
        {mayReadEvents && event !== null && (
          <Anchor component={Link} to={`/events/${event}`} size="sm">
            {t('toObject')}
          </Anchor>
        )}
      </Group>
    </Stack>
  )
}
