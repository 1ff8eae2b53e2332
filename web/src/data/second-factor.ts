import type { SecondFactor } from '@nabat/api/session.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

const PATH = '/session/second-factor'
const KEY = ['sessions', 'second-factor']
const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })

/** A secret that has begun: as it is typed, and as an application reads it. */
export interface Begun {
  readonly secret: string
  readonly uri: string
}
interface Recovery {
  readonly recoveryCodes: readonly string[]
}
type WithCode<Answer> = UseMutationResult<Answer, unknown, string>

/** How one's own second factor stands. */
export const useSecondFactor = (): UseQueryResult<SecondFactor> =>
  useQuery({ queryKey: KEY, queryFn: ({ signal }) => call<SecondFactor>('GET', PATH, { signal }) })

/** Begins with a second factor, by one's password. */
export const useBegin = (): UseMutationResult<Begun, unknown, string> =>
  useMutation({ mutationFn: (password) => call<Begun>('POST', PATH, { body: { password } }) })

/** Confirms by a code of the application; answers the recovery codes, once. */
export const useConfirm = (): WithCode<readonly string[]> =>
  useMutation({
    mutationFn: async (code) => (await call<Recovery>('PUT', PATH, { body: { code } })).recoveryCodes,
    onSuccess: changed,
  })

/** Asks for new recovery codes. */
export const useRenewRecovery = (): WithCode<readonly string[]> =>
  useMutation({
    mutationFn: async (code) => (await call<Recovery>('POST', `${PATH}/recovery`, { body: { code } })).recoveryCodes,
    onSuccess: changed,
  })

/** Switches one's own second factor off. */
export const useSwitchOff = (): WithCode<void> =>
  useMutation({ mutationFn: (code) => call<void>('POST', `${PATH}/off`, { body: { code } }), onSuccess: changed })
