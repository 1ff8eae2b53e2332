import { Select, type ComboboxItem, type OptionsFilter } from '@mantine/core'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { useMemo } from 'react'
import { FilterBar, type Chip } from '../../components/filter-bar.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import { SPAN_FILTERS, TimeSpan, useSpanChips } from '../../components/time-span.tsx'
import { useCatalogue, useTypeTitle, type EventType } from '../../data/catalogue.ts'
import type { Filters } from '../../data/filters.ts'
import { language, useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'

/** What the list of events is narrowed by. */
export const EVENT_FILTERS = ['type', 'category', 'severity', 'subject', 'source', 'incident', ...SPAN_FILTERS] as const
type EventFilters = Filters<(typeof EVENT_FILTERS)[number]>

/** In the one field that asks for types, a category is told from a type by this. */
const CATEGORY = 'category:'
/** A kind has its own line from so many types on. */
const KIND = 2

/** Narrows the list of events. */
export function EventFilters({ filters }: { readonly filters: EventFilters }) {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const { values, set, put, clear } = filters
  const { data: types = [] } = useCatalogue()
  const options = useMemo(() => typeOptions(types, (what) => t('whole', { what })), [types, t])
  const chips = useChips(filters, types)
  const more = ['source', 'incident'] as const
  return (
    <FilterBar
      chips={chips}
      clear={clear}
      more={more.map((name) => (
        <TextFilter key={name} label={t(name)} value={values[name]} set={(value) => set(name, value)} />
      ))}
    >
      <Select
        label={t('type')}
        data={options}
        filter={byTitleOrName}
        value={values.category === undefined ? (values.type ?? null) : `${CATEGORY}${values.category}`}
        onChange={(value) =>
          value?.startsWith(CATEGORY) === true
            ? put({ category: value.slice(CATEGORY.length), type: null })
            : put({ type: value, category: null })
        }
        searchable
        clearable
        nothingFoundMessage={t('noSuchType')}
        w={{ base: '100%', xs: 280 }}
      />
      <Select
        label={t('severity')}
        data={SEVERITIES.map((severity) => ({ value: severity, label: shell(severity) }))}
        value={values.severity ?? null}
        onChange={(value) => set('severity', value)}
        clearable
        w={{ base: '100%', xs: 170 }}
      />
      <TimeSpan filters={filters} />
      <TextFilter label={t('subject')} value={values.subject} set={(value) => set('subject', value)} />
    </FilterBar>
  )
}

/** Whatever is typed is looked for in titles and in names: `camera.*` is a name. */
const byTitleOrName: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase()
  const fits = ({ label, value }: ComboboxItem): boolean =>
    label.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted)
  return options.flatMap((option): (typeof option)[] => {
    if (!('items' in option)) return fits(option) ? [option] : []
    const items = option.items.filter(fits)
    return items.length === 0 ? [] : [{ ...option, items }]
  })
}

/** Categories with their kinds and types. */
function typeOptions(types: readonly EventType[], whole: (what: string) => string) {
  const spoken = language()
  return [...Map.groupBy(types, ({ category }) => category)].map(([category, of]) => {
    const kinds = [...Map.groupBy(of, ({ name }) => name.slice(0, name.indexOf('.')))]
    const title = of[0]!.categoryTitle
    return {
      group: title,
      items: [
        { value: `${CATEGORY}${category}`, label: whole(title) },
        ...kinds.flatMap(([kind, several]) =>
          kinds.length > 1 && several.length >= KIND ? [{ value: `${kind}.*`, label: whole(`${kind}.*`) }] : [],
        ),
        ...of.map((type) => ({ value: type.name, label: type.title[spoken] })),
      ],
    }
  })
}

function useChips(filters: EventFilters, types: readonly EventType[]): readonly Chip[] {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const title = useTypeTitle()
  const span = useSpanChips(filters)
  const { values, set } = filters
  const says: Readonly<Partial<Record<keyof typeof values, (value: string) => string>>> = {
    type: title,
    category: (value) => types.find(({ category }) => category === value)?.categoryTitle ?? value,
    severity: (value) => shell(value as 'info'),
    subject: (value) => `${t('subject')}: ${value}`,
    source: (value) => `${t('source')}: ${value}`,
    incident: (value) => `${shell('incident')}: ${value}`,
  }
  const chips = Object.entries(says).flatMap(([name, text]) => {
    const value = values[name as keyof typeof values]
    return value === undefined
      ? []
      : [{ key: name, text: text(value), clear: () => set(name as keyof typeof values, null) }]
  })
  return [...chips, ...span]
}
