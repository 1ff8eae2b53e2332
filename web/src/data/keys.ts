import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

/** What a key may do: post events, look, or everything. */
export type Rights = 'send' | 'read' | 'all'

/** An API key, without the key itself. */
export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly rights: Rights
  /** Events a minute, null without a limit. */
  readonly perMinute: number | null
  readonly createdAt: string
  readonly lastUsedAt?: string | null
}

const KEY = ['keys']
const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })

/** The keys of the workspace. */
export const useKeys = (): UseQueryResult<readonly KeyRow[]> =>
  useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await call<{ items: KeyRow[] }>('GET', '/keys', { signal })).items,
  })

/** Makes a key; it stands in this answer and nowhere else. */
export const useMakeKey = (): UseMutationResult<
  { id: string; key: string; name: string },
  unknown,
  { name: string; rights: Rights; perMinute?: number }
> => useMutation({ mutationFn: (body) => call('POST', '/keys', { body }), onSuccess: changed })

/** Revokes a key at once and for good. */
export const useRevokeKey = (): UseMutationResult<void, unknown, string> =>
  useMutation({ mutationFn: (id) => call<void>('DELETE', `/keys/${id}`), onSuccess: changed })
