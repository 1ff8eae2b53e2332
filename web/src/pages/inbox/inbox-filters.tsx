import { Select } from '@mantine/core'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { useMemo } from 'react'
import { FilterBar } from '../../components/filter-bar.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { useCatalogue } from '../../data/catalogue.ts'
import type { Filters } from '../../data/filters.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'
import { shellWords } from '../../words/shell.ts'

/** What the inbox is narrowed by. */
export const INBOX_FILTERS = ['unread', 'severity', 'category', 'q'] as const
type InboxFilters = Filters<(typeof INBOX_FILTERS)[number]>

/** Narrows the inbox. */
export function InboxFilters({ filters }: { readonly filters: InboxFilters }) {
  const t = useWords(inboxWords)
  const shell = useWords(shellWords)
  const { values, set, put } = filters
  const chips = (['severity', 'category', 'q'] as const).flatMap((name) => {
    const value = values[name]
    if (value === undefined) return []
    const text = name === 'severity' ? shell(value as 'info') : value
    return [{ key: name, text, clear: () => set(name, null) }]
  })
  return (
    // What is set is seen in the fields; chips are for phones, where these are folded away.
    <FilterBar chips={chips} clear={() => put({ severity: null, category: null, q: null })}>
      <TextFilter label={t('words')} value={values.q} set={(value) => set('q', value)} width={240} />
      <Select
        label={t('severity')}
        data={SEVERITIES.map((severity) => ({ value: severity, label: shell(severity) }))}
        value={values.severity ?? null}
        onChange={(value) => set('severity', value)}
        clearable
        w={{ base: '100%', xs: 190 }}
      />
      {useMay('types.read') && <Categories value={values.category ?? null} set={(value) => set('category', value)} />}
    </FilterBar>
  )
}

/** Categories of the catalogue, for those who may look at it. */
function Categories({ value, set }: { readonly value: string | null; readonly set: (value: string | null) => void }) {
  const t = useWords(inboxWords)
  const { data: types } = useCatalogue()
  const data = useMemo(
    () =>
      [...new Map(types?.map((type) => [type.category, type.categoryTitle]))].map(([category, title]) => ({
        value: category,
        label: title,
      })),
    [types],
  )
  return (
    <Select
      label={t('category')}
      data={data}
      value={value}
      onChange={set}
      searchable
      clearable
      w={{ base: '100%', xs: 240 }}
    />
  )
}
