import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

/** A device somebody has signed in on. */
export interface SessionRow {
  readonly id: string
  /** The one that asks. */
  readonly current: boolean
  readonly signedInAt: string
  readonly seenAt: string
  readonly address: string | null
  /** What the browser says of itself. */
  readonly agent: string | null
}

const KEY = ['sessions']
const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })

/** One's own sessions. */
export const useSessions = (): UseQueryResult<readonly SessionRow[]> =>
  useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await call<{ items: SessionRow[] }>('GET', '/sessions', { signal })).items,
  })

/** Ends a session of one's own; without an id all but the one that asks. */
export const useEndSession = (): UseMutationResult<void, unknown, string | undefined> =>
  useMutation({
    mutationFn: (id) => call<void>('DELETE', id === undefined ? '/sessions' : `/sessions/${id}`),
    onSuccess: changed,
  })

/** Changes one's own password; all other sessions end. */
export const useChangePassword = (): UseMutationResult<void, unknown, { current: string; password: string }> =>
  useMutation({ mutationFn: (body) => call<void>('PUT', '/session/password', { body }), onSuccess: changed })
