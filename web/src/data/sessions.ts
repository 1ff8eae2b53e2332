import type { SessionInfo } from '@nabat/api/session.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

const KEY = ['sessions']
const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })

/** One's own sessions. */
export const useSessions = (): UseQueryResult<readonly SessionInfo[]> =>
  useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await call<{ items: SessionInfo[] }>('GET', '/sessions', { signal })).items,
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
