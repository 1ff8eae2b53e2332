import { Group, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useCallback, useEffect, useMemo } from 'react'
import { useNavigate } from 'react-router'
import { SeverityMark } from '../components/marks.tsx'
import { targetOf } from '../data/inbox-target.ts'
import { askNewest, askUnread, mark, type InboxEntry } from '../data/inbox.ts'
import { useChanged } from '../data/live.ts'
import { mineToTell, watchFront } from '../data/one-window.ts'
import { queries } from '../data/queries.ts'
import { useMay } from '../data/session.ts'
import { toastSettings } from '../data/toast-settings.ts'
import { say } from '../i18n.ts'
import { inboxWords } from '../words/inbox.ts'
import { chime } from './chime.ts'
import { LOOKED_AT, Toaster } from './toaster.ts'

const WARNING_MS = 10_000
/** More would cover what somebody is working at. */
const MOST = { wide: 3, phone: 1 } as const
const REST = 'inbox rest'
const idOf = (entry: string): string => `inbox ${entry}`

/** What comes in and is urgent appears in the corner, in one window of the browser. Nothing is drawn in its own place. */
export function Toasts() {
  const go = useNavigate()
  const mayReadEvents = useMay('events.read')
  const toaster = useMemo((): Toaster => {
    const open = (entry: InboxEntry): void => {
      notifications.hide(idOf(entry.id))
      void mark({ as: 'read', ids: [entry.id] })
        .catch(() => undefined)
        .then(() => queries.invalidateQueries({ queryKey: ['inbox'] }))
      const target = targetOf(entry, mayReadEvents)
      if (target !== undefined && 'outside' in target) window.open(target.outside, '_blank', 'noreferrer')
      else void go(target?.inside ?? '/inbox')
    }
    const made: Toaster = new Toaster({
      newest: askNewest,
      unread: () => askUnread(LOOKED_AT),
      settings: toastSettings,
      most: () => (window.matchMedia('(max-width: 48em)').matches ? MOST.phone : MOST.wide),
      mine: mineToTell,
      show(entry) {
        showEntry(
          entry,
          () => open(entry),
          () => made.closed(entry.id),
        )
        if (toastSettings().sound) chime()
      },
      showRest: (count) =>
        showRest(
          count,
          () => void go('/inbox'),
          () => made.closedRest(),
        ),
      hide: (entry) => notifications.hide(idOf(entry)),
    })
    return made
  }, [go, mayReadEvents])
  useEffect(watchFront, [])
  useEffect(() => void toaster.start(), [toaster])
  useChanged(
    ['inbox'],
    useCallback(() => void toaster.look(), [toaster]),
  )
  return null
}

/** Shows an entry, or brings its toast up to date. */
function showEntry(entry: InboxEntry, open: () => void, onClose: () => void): void {
  const { id, severity } = entry
  const isCritical = severity === 'critical'
  const toast = {
    id: idOf(id),
    color: isCritical ? 'red' : 'orange',
    message: <Opening open={open} entry={entry} />,
    // A critical one interrupts whoever listens to the page, and stays until it is closed.
    role: isCritical ? 'alert' : 'status',
    autoClose: isCritical ? (false as const) : WARNING_MS,
    withBorder: true,
    onClose,
  }
  // Shown again, one that is there already would not change; of one that is not there, there is nothing to change.
  notifications.show(toast)
  notifications.update(toast)
}

function showRest(count: number, go: () => void, onClose: () => void): void {
  const open = (): void => {
    notifications.hide(REST)
    go()
  }
  const toast = {
    id: REST,
    color: 'gray',
    message: <Opening open={open}>{say(inboxWords, 'more', { count })}</Opening>,
    role: 'status',
    autoClose: false as const,
    withBorder: true,
    onClose,
  }
  notifications.show(toast)
  notifications.update(toast)
}

interface OpeningProps {
  readonly open: () => void
  readonly entry?: InboxEntry
  readonly children?: React.ReactNode
}

/** What a toast says; clicked, it leads on. */
function Opening({ open, entry, children }: OpeningProps) {
  return (
    <UnstyledButton onClick={open} fz="sm" fw={600} c="inherit" w="100%" mih={24}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {entry !== undefined && <SeverityMark severity={entry.severity} bare />}
        <span>{entry?.title ?? children}</span>
      </Group>
    </UnstyledButton>
  )
}
