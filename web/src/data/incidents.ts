import type { Severity } from '@nabat/api/severity.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import type { IncidentState } from '../components/marks.tsx'
import { language } from '../i18n.ts'
import { ApiError, call } from './api.ts'
import type { Delivery } from './deliveries.ts'
import type { EventRow } from './events.ts'
import { useList, type List } from './lists.ts'
import { queries } from './queries.ts'

/** Something that goes on for a while. */
export interface Incident {
  readonly id: string
  readonly key: string
  readonly state: IncidentState
  readonly severity: Severity
  /** What happened first, in words; null for what is forgotten. */
  readonly eventTitle: string | null
  readonly openedAt: string
  readonly openedBy: string
  readonly lastEvent: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  readonly endedAt: string | null
}

/** One with its story. */
export interface IncidentStory extends Incident {
  readonly events: readonly EventRow[]
  /** There are more between the first and the latest ones. */
  readonly moreEvents: boolean
  readonly told: readonly Delivery[]
}

/** Incidents in a state, the newest first. */
export const useIncidents = (query: Readonly<Record<string, string | undefined>>): List<Incident> =>
  useList<Incident>('incidents', '/incidents', query)

/** One incident by its key. */
export const useIncident = (key: string): UseQueryResult<IncidentStory> =>
  useQuery({
    queryKey: ['incidents', 'one', key, language()],
    queryFn: ({ signal }) => call<IncidentStory>('GET', `/incidents/${encodeURIComponent(key)}`, { signal }),
  })

const acknowledge = (key: string): Promise<Incident> =>
  call<Incident>('POST', `/incidents/${encodeURIComponent(key)}/acknowledge`)

const readAnew = (): Promise<void> => {
  void queries.invalidateQueries({ queryKey: ['counts'] })
  return queries.invalidateQueries({ queryKey: ['incidents'] })
}

/** Takes an incident on; 409 when it has ended. */
export const useAcknowledge = (): UseMutationResult<Incident, unknown, string> =>
  useMutation({ mutationFn: acknowledge, onSettled: readAnew })

/** Takes several on, by their keys, and answers how many; those that have ended meanwhile are passed over. */
export const useAcknowledgeAll = (): UseMutationResult<number, unknown, readonly string[]> =>
  useMutation({
    mutationFn: async (keys) => {
      let taken = 0
      for (const key of keys)
        try {
          await acknowledge(key)
          taken += 1
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 409)) throw error
        }
      return taken
    },
    onSettled: readAnew,
  })
