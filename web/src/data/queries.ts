import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'

/**
 * Somebody whose session has ended is asked to sign in again, and comes back to where they were; who has chosen another
 * workspace in another tab (409) gets that one here as well.
 */
function anotherSession(error: unknown): void {
  if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 409)) return
  void queries.invalidateQueries({ queryKey: ['session'] })
}

/**
 * What the server has answered. The first word of every key is the topic by which the server tells of changes
 * (`data/live.ts`), so nothing is asked again because time has passed, only because something has changed.
 */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== 'session' && anotherSession(error) }),
  mutationCache: new MutationCache({ onError: anotherSession }),
  defaultOptions: {
    // Without a network the service worker answers with what it has kept, and changes fail with words: neither waits.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
      placeholderData: (previous: unknown) => previous,
    },
  },
})
