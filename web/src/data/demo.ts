import type { Arrival, DemoAction, DemoDone, DemoState } from '@nabat/api/demo.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { queries } from './queries.ts'

/** Whatever arrives was delivered, and what happens by itself delivers something as well. */
const KEY = ['deliveries', 'demo']

/** Where the demonstration stands. */
export const useDemoState = (): UseQueryResult<DemoState> =>
  useQuery({ queryKey: [...KEY, 'state'], queryFn: ({ signal }) => call<DemoState>('GET', '/demo', { signal }) })

/** What has arrived at the other sides, the newest first. */
export const useArrived = (): UseQueryResult<readonly Arrival[]> =>
  useQuery({
    queryKey: [...KEY, 'arrived', language()],
    queryFn: async ({ signal }) =>
      (await call<{ items: readonly Arrival[] }>('GET', '/demo/arrived', { signal })).items,
  })

/** Makes something happen. */
export const useDemoAction = (): UseMutationResult<DemoDone, unknown, DemoAction> =>
  useMutation({
    mutationFn: (action) => call<DemoDone>('POST', `/demo/actions/${action}`),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
