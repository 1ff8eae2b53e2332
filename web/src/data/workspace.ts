import type { LetterLook } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

/** The settings of the workspace; what is not set is left out. */
export interface WorkspaceSettings {
  readonly name: string
  readonly title?: string
  readonly timeZone: string
  readonly language: Language
  readonly mailOff?: boolean
  readonly writeToUnknown?: boolean
  readonly foldAfter?: string
  readonly dailyStatistics?: string | false
  readonly signature?: string
  readonly letter?: LetterLook
  readonly systemContact?: string
  readonly version: number
}

const KEY = ['configuration', 'workspace']

/** The settings of the workspace. */
export const useWorkspace = (): UseQueryResult<WorkspaceSettings> =>
  useQuery({ queryKey: KEY, queryFn: ({ signal }) => call<WorkspaceSettings>('GET', '/workspace', { signal }) })

/** Replaces the settings; the whole of them is sent. */
export const useSaveWorkspace = (): UseMutationResult<
  WorkspaceSettings,
  unknown,
  Omit<WorkspaceSettings, 'version' | 'name'>
> =>
  useMutation({
    mutationFn: (body) => call<WorkspaceSettings>('PUT', '/workspace', { body }),
    // Its title stands in the header.
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['configuration'] }),
        queries.invalidateQueries({ queryKey: ['session'] }),
      ]),
  })
