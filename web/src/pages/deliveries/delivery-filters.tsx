import { Autocomplete, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { FilterBar, type Chip } from '../../components/filter-bar.tsx'
import { SPAN_FILTERS, TimeSpan, useSpanChips } from '../../components/time-span.tsx'
import { useEntities } from '../../data/entities.ts'
import type { Filters } from '../../data/filters.ts'
import { usePeopleNames } from '../../data/people-names.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'
import { shellWords } from '../../words/shell.ts'

/** What the list of deliveries is narrowed by. */
export const DELIVERY_FILTERS = [
  'state',
  'channel',
  'rule',
  'recipient',
  'reason',
  'event',
  'digest',
  ...SPAN_FILTERS,
] as const
type DeliveryFilters = Filters<(typeof DELIVERY_FILTERS)[number]>

const STATES = [
  ['waiting', 'waiting'],
  ['sent', 'sent'],
  ['failed', 'failedState'],
  ['suppressed', 'suppressed'],
  ['cancelled', 'cancelled'],
] as const

/** Narrows the list of deliveries. */
export function DeliveryFilters({ filters }: { readonly filters: DeliveryFilters }) {
  const t = useWords(deliveryWords)
  const shell = useWords(shellWords)
  const { values, set, clear } = filters
  const mayRules = useMay('rules.read')
  const mayChannels = useMay('bots.read', 'mail.read')
  return (
    <FilterBar
      chips={useChips(filters)}
      clear={clear}
      more={
        <>
          <NameFilter name="channel" section={mayChannels ? 'channels' : undefined} filters={filters} />
          <NameFilter name="rule" section={mayRules ? 'rules' : undefined} filters={filters} />
          <TextFilter name="reason" filters={filters} />
        </>
      }
    >
      <Select
        label={t('state')}
        data={STATES.map(([value, word]) => ({ value, label: shell(word) }))}
        value={values.state ?? null}
        onChange={(value) => set('state', value)}
        clearable
        w={{ base: '100%', xs: 170 }}
      />
      <TimeSpan filters={filters} />
      <PersonFilter filters={filters} />
    </FilterBar>
  )
}

interface FilterProps {
  readonly filters: DeliveryFilters
}

/** A filter by the name of a channel or a rule: chosen among those there are, typed by those who may not look at them. */
function NameFilter({
  name,
  section,
  filters,
}: FilterProps & { readonly name: 'channel' | 'rule'; readonly section: 'channels' | 'rules' | undefined }) {
  const t = useWords(deliveryWords)
  const { values, set } = filters
  const { data = [] } = useEntities<{ name: string }>(section ?? 'rules', section !== undefined)
  if (section === undefined) return <TextFilter name={name} filters={filters} />
  const value = values[name] ?? null
  // What was removed is still found by its name.
  const names = [...new Set([...data.map((each) => each.name), ...(value === null ? [] : [value])])]
  return (
    <Select
      label={t(name)}
      data={names}
      value={value}
      onChange={(chosen) => set(name, chosen)}
      searchable
      clearable
      limit={100}
      w={{ base: '100%', xs: 220 }}
    />
  )
}

function TextFilter({
  name,
  filters: { values, set },
}: FilterProps & { readonly name: 'channel' | 'rule' | 'reason' }) {
  const t = useWords(deliveryWords)
  const later = useDebouncedCallback((value: string) => set(name, value.trim()), 300)
  return (
    <TextInput
      key={values[name] === undefined ? 'empty' : 'set'}
      label={t(name)}
      defaultValue={values[name] ?? ''}
      onChange={({ currentTarget }) => later(currentTarget.value)}
      w={{ base: '100%', xs: 190 }}
    />
  )
}

/** A filter by a person: by login, which is proposed by name. */
function PersonFilter({ filters: { values, set } }: FilterProps) {
  const t = useWords(deliveryWords)
  const [typed, setTyped] = useState(values.recipient ?? '')
  const people = usePeopleNames(typed)
  const later = useDebouncedCallback((value: string) => set('recipient', value), 500)
  return (
    <Autocomplete
      key={values.recipient === undefined ? 'empty' : 'set'}
      label={t('recipient')}
      defaultValue={values.recipient ?? ''}
      onChange={(value) => {
        setTyped(value)
        later(people.find(({ label }) => label === value)?.login ?? value.trim())
      }}
      data={people.map(({ label }) => label)}
      limit={20}
      w={{ base: '100%', xs: 240 }}
    />
  )
}

function useChips(filters: DeliveryFilters): readonly Chip[] {
  const t = useWords(deliveryWords)
  const shell = useWords(shellWords)
  const span = useSpanChips(filters)
  const { values, set } = filters
  const named = (['channel', 'rule', 'recipient', 'reason'] as const).flatMap((name) =>
    values[name] === undefined
      ? []
      : [{ key: name, text: `${t(name)}: ${values[name]}`, clear: () => set(name, null) }],
  )
  const state = STATES.find(([value]) => value === values.state)
  return [
    ...(state === undefined ? [] : [{ key: 'state', text: shell(state[1]), clear: () => set('state', null) }]),
    ...(values.event === undefined ? [] : [{ key: 'event', text: t('ofEvent'), clear: () => set('event', null) }]),
    ...(values.digest === undefined ? [] : [{ key: 'digest', text: t('ofDigest'), clear: () => set('digest', null) }]),
    ...named,
    ...span,
  ]
}
