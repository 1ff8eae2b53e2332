import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { call } from './api.ts'
import { useMay } from './session.ts'

/** Somebody as a field that asks for a person proposes them. */
export interface PersonName {
  readonly login: string
  /** Name and login. */
  readonly label: string
}

const PROPOSED = 20

/** People whose name, login or address has in it what was typed; nobody for those who may not look at people. */
export function usePeopleNames(typed: string): readonly PersonName[] {
  const [wanted] = useDebouncedValue(typed.trim(), 200)
  const may = useMay('people.read')
  const { data = [] } = useQuery({
    queryKey: ['configuration', 'people-names', wanted],
    enabled: may,
    queryFn: async ({ signal }) => {
      const query = { limit: PROPOSED, q: wanted }
      const { items } = await call<{ items: { login: string; name?: string }[] }>('GET', '/users', { query, signal })
      return items.map(({ login, name }) => ({ login, label: name === undefined ? login : `${name} · ${login}` }))
    },
  })
  return data
}
