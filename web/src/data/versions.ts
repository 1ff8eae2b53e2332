import type { Section } from '@nabat/api/configuration.ts'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'

/** One change of an entity: how it was before and after, by whom. */
export interface Version<T> {
  /** Id of the change; it can be undone by it. */
  readonly id: string
  readonly version: number
  readonly at: string
  readonly by: string
  readonly comment: string | null
  readonly before: T | null
  readonly after: T | null
}

/** The changes of an entity, the newest first. */
export const useVersions = <T>(section: Section, id: string, enabled = true): UseQueryResult<readonly Version<T>[]> =>
  useQuery({
    queryKey: ['configuration', section, id, 'versions'],
    enabled,
    retry: false,
    queryFn: async ({ signal }) =>
      (
        await call<{ items: Version<T>[] }>('GET', `/${section}/${encodeURIComponent(id)}/versions`, {
          query: { limit: 100 },
          signal,
        })
      ).items,
  })
