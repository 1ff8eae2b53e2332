import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { useMay } from './session.ts'

/** What there is to look after, as GET /counts tells it. */
export interface Counts {
  readonly openIncidents: number
  readonly unacknowledgedIncidents: number
  readonly waiting: number
  readonly failedToday: number
  readonly channelsDown: number
  readonly unreachable: number
}

/** What there is to look after, for those who may look at the log. */
export const useCounts = (): UseQueryResult<Counts> =>
  useQuery({
    queryKey: ['counts'],
    queryFn: ({ signal }) => call<Counts>('GET', '/counts', { signal }),
    enabled: useMay('events.read'),
  })
