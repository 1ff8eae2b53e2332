import { notifications } from '@mantine/notifications'
import type { Permission } from '@nabat/api/permissions.ts'
import type { Session } from '@nabat/api/session.ts'
import { useMutation, useQuery, type UseMutationResult } from '@tanstack/react-query'
import { say } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { ApiError, call, callFor, saysOf } from './api.ts'
import { queries } from './queries.ts'

const KEY = ['session']

async function ask(): Promise<Session | null> {
  try {
    const session = await call<Session>('GET', '/session')
    const before = queries.getQueryData<Session | null>(KEY)
    callFor(session.workspace.name)
    const isMoved = before != null && before.workspace.name !== session.workspace.name
    // Chosen in another tab, or somebody else has signed in there: what is known here is of the one before.
    if (isMoved || (before != null && before.account.id !== session.account.id))
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
    if (isMoved) notifications.show({ message: say(shellWords, 'movedTo', { title: session.workspace.title }) })
    return session
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      callFor(undefined)
      return null
    }
    throw error
  }
}

/** Who has signed in; null for nobody, undefined until it is known. */
export function useSession(): { session: Session | null | undefined; error: unknown; again: () => void } {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ask, staleTime: 60_000 })
  return { session: data, error, again: () => void refetch() }
}

/** The session of somebody who is known to have signed in: inside of the shell. */
export function useSignedIn(): Session {
  return useSession().session!
}

/** Whether the person may do that here. */
export function useMay(...anyOf: readonly Permission[]): boolean {
  const { permissions } = useSignedIn()
  return anyOf.some((permission) => permissions.includes(permission))
}

/** Takes over a session that has just begun: everything that was asked for before belongs to somebody else. */
export function begin(session: Session): void {
  callFor(session.workspace.name)
  queries.clear()
  queries.setQueryData(KEY, session)
}

/** What somebody signs in with; `code`: of the second factor, where there is one. */
export interface SignInAnswer {
  readonly login: string
  readonly password: string
  readonly code?: string
}

/** Signs in. */
export const useSignIn = (): UseMutationResult<Session, unknown, SignInAnswer> =>
  useMutation({ mutationFn: (body) => call<Session>('POST', '/session', { body }), onSuccess: begin })

/** Goes over to another workspace. */
export const useSwitch = (): UseMutationResult<Session, unknown, string> =>
  useMutation({
    mutationFn: (workspace) => call<Session>('PUT', '/session', { body: { workspace } }),
    onSuccess: begin,
  })

/** Signs out. */
export const useSignOut = (): UseMutationResult<void, unknown, void> =>
  useMutation({
    mutationFn: () => call<void>('DELETE', '/session'),
    onSuccess: () => {
      callFor(undefined)
      // First this: it is looked at, and what looks would not hear of a query that takes its place.
      queries.setQueryData(KEY, null)
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
    },
    // Nobody is signed out without the server: the cookie is its to take away.
    onError: (error) => void notifications.show({ message: saysOf(error), color: 'red' }),
  })
