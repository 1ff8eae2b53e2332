import type { Severity } from '@nabat/api/severity.ts'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { DeliveryState } from '../components/marks.tsx'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { useList, type List } from './lists.ts'

/** An event that concerned oneself. */
export interface MyEvent {
  readonly id: string
  readonly time: string
  readonly title: string
  readonly typeTitle: string
  readonly subject: string | null
  readonly severity: Severity
  readonly told: boolean
  readonly deliveries: readonly {
    readonly channel: string | null
    readonly state: DeliveryState
    readonly says: string
  }[]
}

/** Events that concerned oneself, the newest first. */
export const useMine = (query: Readonly<Record<string, string>>): List<MyEvent> =>
  useList<MyEvent>('deliveries', '/mine/events', query)

/** Why one of them did, or did not, come; asked for when somebody wants to know. */
export const useMyWhy = (event: string, wanted: boolean): UseQueryResult<{ told: boolean; says: readonly string[] }> =>
  useQuery({
    queryKey: ['deliveries', 'my-why', event, language()],
    enabled: wanted,
    queryFn: ({ signal }) => call('GET', `/mine/events/${event}`, { signal }),
  })
