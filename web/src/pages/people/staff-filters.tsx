import { Select } from '@mantine/core'
import { ROLES } from '@nabat/api/configuration.ts'
import type { Role } from '@nabat/api/permissions.ts'
import { FilterBar, type Chip } from '../../components/filter-bar.tsx'
import { TextFilter } from '../../components/text-filter.tsx'
import type { Filters } from '../../data/filters.ts'
import { useGroups } from '../../data/people.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { roleWords } from '../../words/roles.ts'

/** What the list of people is narrowed by. */
export const STAFF_FILTERS = ['q', 'role', 'group', 'state'] as const
type StaffFilters = Filters<(typeof STAFF_FILTERS)[number]>

/** States to ask for: what the server takes as `state`, and, after the colon, as `account`. */
export const STATES = [
  'works',
  'left',
  'reachable',
  'unreachable',
  'account-none',
  'account-invited',
  'account-active',
] as const
type State = (typeof STATES)[number]
const isState = (value: string): value is State => STATES.some((state) => state === value)

const NOTHING = { q: null, role: null, group: null, state: null }

/** The filters as the server takes them. */
export function askedOf({ state, ...rest }: StaffFilters['values']): Readonly<Record<string, string>> {
  const [of, account] = state?.split('-') ?? []
  return { ...rest, ...(of === undefined ? {} : account === undefined ? { state: of } : { account }) }
}

/** Narrows the list of people. */
export function StaffFilters({ filters }: { readonly filters: StaffFilters }) {
  const t = useWords(peopleWords)
  const role = useWords(roleWords)
  const { values, set, put } = filters
  const { data: groups = [] } = useGroups()
  const chip = (name: (typeof STAFF_FILTERS)[number], text: string): Chip => ({
    key: name,
    text,
    clear: () => set(name, null),
  })
  const chips = [
    ...(values.q === undefined ? [] : [chip('q', `«${values.q}»`)]),
    ...(values.role === undefined ? [] : [chip('role', role(values.role as Role))]),
    ...(values.group === undefined ? [] : [chip('group', values.group)]),
    ...(values.state === undefined || !isState(values.state) ? [] : [chip('state', t(`state-${values.state}`))]),
  ]
  return (
    <FilterBar chips={chips} clear={() => put(NOTHING)}>
      <TextFilter
        label={t('find')}
        placeholder={t('findHint')}
        value={values.q}
        set={(value) => set('q', value)}
        width={280}
      />
      <Select
        label={t('role')}
        data={ROLES.map((value) => ({ value, label: role(value) }))}
        value={values.role ?? null}
        onChange={(value) => set('role', value)}
        clearable
        w={{ base: '100%', xs: 170 }}
      />
      <Select
        label={t('group')}
        data={groups.map(({ name }) => name)}
        value={values.group ?? null}
        onChange={(value) => set('group', value)}
        searchable
        clearable
        limit={100}
        w={{ base: '100%', xs: 200 }}
      />
      <Select
        label={t('state')}
        data={STATES.map((value) => ({ value, label: t(`state-${value}`) }))}
        value={values.state ?? null}
        onChange={(value) => set('state', value)}
        clearable
        w={{ base: '100%', xs: 200 }}
      />
    </FilterBar>
  )
}
