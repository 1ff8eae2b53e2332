import type { OwnField, GivenLink, Profile } from '@nabat/api/profile.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { language } from '../i18n.ts'
import { call, request } from './api.ts'
import { queries } from './queries.ts'

const KEY = ['profile']

/** What somebody sees of himself. */
export const useProfile = (): UseQueryResult<Profile> =>
  useQuery({
    queryKey: [...KEY, language()],
    queryFn: ({ signal }) => call<Profile>('GET', '/profile', { signal }),
  })

/** Fields of one's own card; null takes one out, what is not named stays. */
export type OwnFields = Readonly<Partial<Record<OwnField, unknown>>>

/** What was saved, and the change that can be undone. */
interface SavedProfile {
  readonly profile: Profile
  readonly change: string | null
}

/** Saves some of one's own fields; `version`: of the card that was looked at. */
export const useSaveProfile = (): UseMutationResult<
  SavedProfile,
  unknown,
  { readonly fields: OwnFields; readonly version: number }
> =>
  useMutation({
    mutationFn: async ({ fields, version }) => {
      const answer = await request('PUT', '/profile', { body: fields, headers: { 'if-match': String(version) } })
      return { profile: (await answer.json()) as Profile, change: answer.headers.get('nabat-change') }
    },
    onSuccess: ({ profile }) => {
      queries.setQueryData([...KEY, language()], profile)
      // The zone that times are shown in is the session's.
      void queries.invalidateQueries({ queryKey: ['session'] })
    },
    onError: () => void queries.invalidateQueries({ queryKey: KEY }),
  })

/** Asks for a code that links a chat with a bot. */
export const useLinkCode = (): UseMutationResult<GivenLink, unknown, string> =>
  useMutation({
    mutationFn: (channel) => call<GivenLink>('POST', '/profile/telegram', { body: { channel } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
