import { Button, Group, Select } from '@mantine/core'
import { useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { useFilters, type Filters } from '../../data/filters.ts'
import { useList } from '../../data/lists.ts'
import { useWords } from '../../i18n.ts'
import { changeWords } from '../../words/changes.ts'
import { sectionWords } from '../../words/sections.ts'
import { shellWords } from '../../words/shell.ts'
import { ChangeLine, type ChangeRow } from './change-line.tsx'

const FILTERS = ['section', 'by'] as const
const SECTIONS = [
  'rules',
  'channels',
  'users',
  'groups',
  'silences',
  'schedules',
  'templates',
  'types',
  'workspace',
  'workspaces',
] as const

/** Who changed what and when, and the way back. */
export function ChangesPage() {
  const t = useWords(changeWords)
  const shell = useWords(shellWords)
  const filters = useFilters(FILTERS)
  const list = useList<ChangeRow>('configuration', '/changes', filters.values)
  const [open, setOpen] = useState<string | null>(null)
  return (
    <>
      <PageHeader title={shell('changes')} text={t('text')} />
      <ChangeFilters filters={filters} />
      <RowList
        list={list}
        label={shell('changes')}
        empty={
          filters.any ? (
            <Empty title={t('nothingFits')} text={t('nothingFitsText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')} />
          )
        }
      >
        {(row) => (
          <ChangeLine row={row} open={open === row.id} toggle={() => setOpen(open === row.id ? null : row.id)} />
        )}
      </RowList>
    </>
  )
}

function ChangeFilters({
  filters: { values, set, clear, any },
}: {
  readonly filters: Filters<(typeof FILTERS)[number]>
}) {
  const t = useWords(changeWords)
  const section = useWords(sectionWords)
  const shell = useWords(shellWords)
  return (
    <Group mb="md" gap="sm" align="flex-end" role="search" aria-label={shell('filters')}>
      <Select
        label={t('section')}
        data={SECTIONS.map((value) => ({ value, label: section(value) }))}
        value={values.section ?? null}
        onChange={(value) => set('section', value)}
        clearable
        w={{ base: '100%', xs: 220 }}
      />
      <TextFilter
        label={t('by')}
        placeholder={t('byHint')}
        value={values.by}
        set={(value) => set('by', value)}
        width={220}
      />
      {any && (
        <Button variant="subtle" onClick={clear}>
          {shell('clearFilters')}
        </Button>
      )}
    </Group>
  )
}
