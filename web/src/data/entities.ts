import type { Section } from '@nabat/api/configuration.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call, request } from './api.ts'
import { queries } from './queries.ts'

/** What the server adds to an entity of the configuration. */
export interface Stored {
  readonly id: string
  /** `file`: described in the configuration file, which is where it is changed. */
  readonly origin: 'file' | 'api'
  readonly version: number
}

const PAGE = 500

/** All entities of a section. */
export function useEntities<T>(section: Section, enabled = true): UseQueryResult<readonly (T & Stored)[]> {
  return useQuery({
    queryKey: ['configuration', section],
    enabled,
    queryFn: async ({ signal }) => {
      const all: (T & Stored)[] = []
      let cursor: string | undefined
      do {
        const page: { items: (T & Stored)[]; next: string | null } = await call('GET', `/${section}`, {
          query: { limit: PAGE, cursor },
          signal,
        })
        all.push(...page.items)
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      return all
    },
  })
}

/** One entity by its id or name; nothing is asked for without one. */
export function useEntity<T>(section: Section, id: string | undefined): UseQueryResult<T & Stored> {
  return useQuery({
    queryKey: ['configuration', section, id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => call<T & Stored>('GET', `/${section}/${encodeURIComponent(id!)}`, { signal }),
  })
}

const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: ['configuration'] })

/** What was written, and the change that a person may undo. */
export interface Written<T> {
  readonly entity: T & Stored
  readonly change: string | null
}

/** Saves an entity: a new one without an id. `version` is the one that was edited: who came later is told, not overwritten. */
export function useSave<T>(
  section: Section,
): UseMutationResult<Written<T>, unknown, { id?: string; version?: number; entity: unknown }> {
  return useMutation({
    mutationFn: async ({ id, version, entity }) => {
      const answer = await request(
        id === undefined ? 'POST' : 'PUT',
        id === undefined ? `/${section}` : `/${section}/${id}`,
        {
          body: entity,
          ...(version === undefined ? {} : { headers: { 'if-match': String(version) } }),
        },
      )
      return { entity: (await answer.json()) as T & Stored, change: answer.headers.get('nabat-change') }
    },
    onSuccess: changed,
  })
}

/** Removes an entity; returns the change that `useUndo` takes back, null when the server named none. */
export function useRemove(section: Section): UseMutationResult<string | null, unknown, string> {
  return useMutation({
    mutationFn: async (id) => (await request('DELETE', `/${section}/${id}`)).headers.get('nabat-change'),
    onSuccess: changed,
  })
}

/** Takes a change back: what was removed is there again, what was changed is as it was. */
export function useUndo(): UseMutationResult<unknown, unknown, string> {
  return useMutation({
    mutationFn: (change) => call('POST', `/changes/${change}/undo`),
    onSuccess: changed,
  })
}
