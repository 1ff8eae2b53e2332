import type { LinkInfo, Session } from '@nabat/api/session.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { begin } from './session.ts'

/** What is sent through a link; all but the password only for the first administrator. */
export interface LinkUse {
  readonly password: string
  readonly login?: string
  readonly name?: string
  readonly email?: string
  readonly code?: string
}

/** What the link of an address is for; a link that was used or is over is `not_found`. */
export const useLink = (token: string): UseQueryResult<LinkInfo> =>
  useQuery({
    queryKey: ['links', token],
    queryFn: ({ signal }) => call<LinkInfo>('GET', `/links/${encodeURIComponent(token)}`, { signal }),
    retry: false,
  })

/** Uses the link, which signs the person in. */
export const useLinkUse = (token: string): UseMutationResult<Session, unknown, LinkUse> =>
  useMutation({
    mutationFn: (body) => call<Session>('POST', `/links/${encodeURIComponent(token)}`, { body }),
    onSuccess: begin,
  })

/** Asks for a letter with a link that sets a new password; answers the same whether or not there is such a person. */
export const useForgot = (): UseMutationResult<void, unknown, string> =>
  useMutation({ mutationFn: (login) => call<void>('POST', '/password-reset', { body: { login } }) })
