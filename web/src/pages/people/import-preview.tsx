import { Alert, Button, Checkbox, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import type { ImportReport } from '@nabat/api/people-import.ts'
import { useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { RowList } from '../../components/row-list.tsx'
import { fixedList } from '../../data/lists.ts'
import { useWords } from '../../i18n.ts'
import { importWords } from '../../words/people-import.ts'
import { ImportRow } from './import-row.tsx'

const SHOWN = ['all', 'error', 'create', 'change', 'same'] as const
type Shown = (typeof SHOWN)[number]

interface ImportPreviewProps {
  readonly report: ImportReport
  readonly write: (skipWrong: boolean) => void
}

/** What a file would do, row by row; nothing has been written yet. */
export function ImportPreview({ report, write }: ImportPreviewProps) {
  const t = useWords(importWords)
  const { rows, created, changed, same, failed, groups } = report
  const [shown, setShown] = useState<Shown>('all')
  const [skipWrong, setSkipWrong] = useState(false)
  const counts: Readonly<Record<Shown, number>> = {
    all: rows.length,
    error: failed,
    create: created,
    change: changed,
    same,
  }
  const kinds = SHOWN.filter((kind) => kind === 'all' || counts[kind] > 0)
  const wanted = kinds.includes(shown) ? shown : 'all'
  const narrowed = wanted === 'all' ? rows : rows.filter(({ action }) => action === wanted)
  const writes = created + changed + groups.length > 0
  return (
    <Stack gap="md">
      <Columns report={report} />
      {failed > 0 && (
        <Alert color="yellow" variant="light" role="alert" title={t('wrongRows', { count: failed })}>
          <Checkbox
            label={t('skipWrong')}
            checked={skipWrong}
            onChange={({ currentTarget }) => setSkipWrong(currentTarget.checked)}
          />
        </Alert>
      )}
      {groups.length > 0 && <Text size="sm">{t('groupsMade', { groups: groups.join(', ') })}</Text>}
      <Group gap="sm">
        <Button disabled={!writes || (failed > 0 && !skipWrong)} onClick={() => write(skipWrong)}>
          {t('write', { count: created + changed })}
        </Button>
        <Text size="sm" className="quiet" role="status">
          {writes ? t('nothingYet') : t('nothingToDo')}
        </Text>
      </Group>
      {kinds.length > 2 && (
        <SegmentedControl
          aria-label={t('show')}
          value={wanted}
          onChange={(value) => setShown(value as Shown)}
          data={kinds.map((kind) => ({ value: kind, label: `${t(`kind-${kind}`)} ${counts[kind]}` }))}
          style={{ alignSelf: 'flex-start', maxWidth: '100%', flexWrap: 'wrap' }}
        />
      )}
      <RowList
        list={fixedList(narrowed.map((row) => ({ ...row, id: String(row.line) })))}
        label={t('rows')}
        empty={<Empty title={t('noRows')} />}
      >
        {(row) => <ImportRow row={row} />}
      </RowList>
    </Stack>
  )
}

/** What each column of the file was taken for. */
function Columns({ report: { columns } }: { readonly report: ImportReport }) {
  const t = useWords(importWords)
  const left = columns.filter(({ field }) => field === null)
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        {t('columns')}
      </Title>
      <ul className="plain" style={{ display: 'flex', flexWrap: 'wrap', gap: '0.25rem 1.25rem' }}>
        {columns
          .filter(({ field }) => field !== null)
          .map(({ header, field }) => (
            <li key={header}>
              <Text size="sm">
                {header} <span className="quiet">→ {t(`field-${field as 'login'}`)}</span>
              </Text>
            </li>
          ))}
      </ul>
      {left.length > 0 && (
        <Text size="sm" mt="xs" style={{ color: 'var(--nabat-warning)' }}>
          {t('columnsLeft', { columns: left.map(({ header }) => header || '—').join(', ') })}
        </Text>
      )}
    </Paper>
  )
}
