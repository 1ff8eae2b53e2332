import { Autocomplete, Select } from '@mantine/core'
import { FilterBar, type Chip } from '../../components/filter-bar.tsx'
import { TextFilter, useTyped } from '../../components/text-filter.tsx'
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
          <TextFilter label={t('reason')} value={values.reason} set={(value) => set('reason', value)} />
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
  if (section === undefined)
    return <TextFilter label={t(name)} value={values[name]} set={(value) => set(name, value)} />
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

/** A person is chosen among those proposed, which takes longer than to type a word; milliseconds. */
const CHOOSING_MS = 500

/** A filter by a person: by login, which is proposed by name. */
function PersonFilter({ filters: { values, set } }: FilterProps) {
  const t = useWords(deliveryWords)
  const [typed, type] = useTyped(values.recipient, (value) => set('recipient', value), CHOOSING_MS)
  const people = usePeopleNames(typed)
  return (
    <Autocomplete
      label={t('recipient')}
      value={typed}
      onChange={(value) => type(value, people.find(({ label }) => label === value)?.login)}
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
