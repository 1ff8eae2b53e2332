import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call, request } from './api.ts'
import { queries } from './queries.ts'

/** What applying a file does, or would do. Names are `section/key`. */
export interface Applied {
  readonly version: number
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly dryRun: boolean
}

/** The whole configuration as YAML. */
export const useExport = (): UseQueryResult<string> =>
  useQuery({
    queryKey: ['configuration', 'export'],
    queryFn: async ({ signal }) => (await request('GET', '/export', { signal })).text(),
  })

/** Applies a file, or with `dryRun` says what that would change. Mistakes carry the line they are in. */
export const useApply = (): UseMutationResult<Applied, unknown, { text: string; dryRun: boolean }> =>
  useMutation({
    mutationFn: ({ text, dryRun }) =>
      call<Applied>('POST', '/apply', {
        query: { dryRun: dryRun ? 'true' : undefined },
        raw: { type: 'application/yaml', content: text },
      }),
    onSuccess: ({ dryRun }) => (dryRun ? undefined : queries.invalidateQueries({ queryKey: ['configuration'] })),
  })
