import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { DayHeading } from '../../components/day-heading.tsx'
import { Empty } from '../../components/empty.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { ShortcutsHint } from '../../components/shortcuts.tsx'
import { useFilters } from '../../data/filters.ts'
import { useInbox, useInboxCounts, useMark } from '../../data/inbox.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'
import { shellWords } from '../../words/shell.ts'
import { Bulk } from './bulk.tsx'
import { EntryLine } from './entry-line.tsx'
import { INBOX_FILTERS, InboxFilters } from './inbox-filters.tsx'
import { useReadAll } from './read-all.tsx'
import { ToastMenu } from './toast-menu.tsx'

const NOTHING: ReadonlySet<string> = new Set()

const toggled = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const after = new Set(ids)
  if (!after.delete(id)) after.add(id)
  return after
}

/** Messages for whoever has signed in, the newest change first. */
export function InboxPage() {
  const t = useWords(inboxWords)
  const shell = useWords(shellWords)
  const filters = useFilters(INBOX_FILTERS)
  const { unread: onlyUnread, ...narrowed } = filters.values
  const isNarrowed = Object.keys(narrowed).length > 0
  const list = useInbox(filters.values)
  const counts = useInboxCounts()
  const mayAcknowledge = useMay('incidents.write')
  const { mutate } = useMark()
  const readAll = useReadAll()
  const [ticked, setTicked] = useState(NOTHING)
  const [opened, setOpened] = useState(NOTHING)
  const newest = list.rows[0]?.changedAt
  return (
    <>
      <PageHeader title={shell('inbox')} text={t('text')}>
        {!isNarrowed && newest !== undefined && counts !== undefined && counts.unread > 0 && (
          <Button
            variant="default"
            leftSection={<IconMailOpened size={18} aria-hidden />}
            loading={readAll.going}
            onClick={() => readAll.read(newest)}
          >
            {t('readAll')}
          </Button>
        )}
        <ToastMenu />
        <ShortcutsHint
          more={[
            [['x'], 'keysSelect'],
            [['m'], 'keysRead'],
            [['u'], 'keysUnread'],
            ...(mayAcknowledge ? [[['a'], 'keysAcknowledge'] as const] : []),
          ]}
        />
      </PageHeader>
      <Group mb="sm">
        <SegmentedControl
          aria-label={t('which')}
          value={onlyUnread === 'true' ? 'unread' : 'all'}
          onChange={(value) => filters.set('unread', value === 'unread' ? 'true' : null)}
          data={[
            { value: 'all', label: t('everything') },
            { value: 'unread', label: t('unread') },
          ]}
        />
      </Group>
      <InboxFilters filters={filters} />
      <Bulk rows={list.rows} ticked={ticked} tick={setTicked} />
      <RowList
        list={list}
        label={shell('inbox')}
        empty={<Nothing narrowed={isNarrowed} onlyUnread={onlyUnread === 'true'} />}
      >
        {(row, before) => (
          <>
            <DayHeading at={row.changedAt} before={before?.changedAt} />
            <EntryLine
              row={row}
              ticked={ticked.has(row.id)}
              tick={() => setTicked(toggled(ticked, row.id))}
              opened={opened.has(row.id)}
              toggle={() => {
                if (row.readAt === null && !opened.has(row.id)) mutate({ as: 'read', ids: [row.id] })
                setOpened(toggled(opened, row.id))
              }}
              mayAcknowledge={mayAcknowledge}
            />
          </>
        )}
      </RowList>
    </>
  )
}

function Nothing({ narrowed, onlyUnread }: { readonly narrowed: boolean; readonly onlyUnread: boolean }) {
  const t = useWords(inboxWords)
  const writesRules = useMay('rules.write')
  if (narrowed) return <Empty title={t('nothingFits')} text={t('nothingFitsText')} />
  if (onlyUnread) return <Empty title={t('allIsRead')} text={t('allIsReadText')} />
  return (
    <Empty title={t('empty')} text={`${t('emptyText')} ${t(writesRules ? 'emptyHow' : 'emptyElsewhere')}`}>
      <Button component={Link} to="/mine" variant="default">
        {t('toMine')}
      </Button>
    </Empty>
  )
}
