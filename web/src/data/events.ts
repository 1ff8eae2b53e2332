import type { Severity } from '@nabat/api/severity.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import type { Delivery } from './deliveries.ts'
import { useList, type List } from './lists.ts'

/** How many deliveries of an event stand how. */
export type DeliveryCounts = Readonly<
  Partial<Record<'waiting' | 'sent' | 'suppressed' | 'failed' | 'cancelled', number>>
>

/** An event in a list. */
export interface EventRow {
  readonly id: string
  /** What happened, as a message would title it. */
  readonly title: string
  readonly typeTitle: string
  readonly eventId: string
  readonly source: string
  readonly type: string
  readonly subject: string | null
  readonly severity: Severity
  readonly time: string
  readonly acceptedAt: string
  readonly actor: { readonly user: string | null; readonly role: string | null } | null
  readonly incident: string | null
  readonly data: Readonly<Record<string, unknown>>
  readonly deliveries?: DeliveryCounts
}

/** A rule as the trace tells of it. */
export interface TracedRule {
  readonly id: string
  readonly name: string
  readonly removed?: true
  readonly result: 'matched' | 'refused'
  readonly reason?: 'type' | 'role' | 'schedule' | 'condition' | 'disabled'
  readonly says: string
}

/** An event with the way it took. */
export interface Event extends Omit<EventRow, 'deliveries'> {
  /** As a message would have it. */
  readonly text: string
  readonly attachments: readonly { readonly file: string; readonly name: string }[]
  readonly trace: {
    readonly version: number
    readonly rules: readonly TracedRule[]
    readonly alreadyTold: readonly { readonly destination: string; readonly rule: string; readonly says: string }[]
    readonly missing: readonly { readonly name: string; readonly rule: string; readonly says: string }[]
    readonly silences: Readonly<Record<string, string>>
  }
  readonly deliveries: readonly Delivery[]
}

/** Events, the newest first. */
export const useEvents = (query: Readonly<Record<string, string | undefined>>): List<EventRow> =>
  useList<EventRow>('events', '/events', { ...query, counts: true })

/** One event with its trace and deliveries. */
export const useEvent = (id: string): UseQueryResult<Event> =>
  useQuery({
    // Its deliveries go on changing after it.
    queryKey: ['deliveries', 'event', id, language()],
    queryFn: ({ signal }) => call<Event>('GET', `/events/${encodeURIComponent(id)}`, { signal }),
  })

/** Why an event did, or did not, come to somebody. */
export interface Why {
  /** Something was sent to them. */
  readonly told: boolean
  readonly says: readonly string[]
}

/** Asks why; `who` is a login or an address. Nothing is asked for without one. */
export const useWhy = (event: string, who: string): UseQueryResult<Why> =>
  useQuery({
    queryKey: ['deliveries', 'why', event, who, language()],
    enabled: who !== '',
    queryFn: ({ signal }) => call<Why>('GET', `/events/${event}/why`, { query: { who }, signal }),
    // The answer about somebody else is none.
    placeholderData: () => undefined,
  })

/** Posts an event; returns the id Nabat gave it, and how many messages it makes. */
export const usePostEvent = (): UseMutationResult<{ id: string; deliveries: number }> =>
  useMutation({
    mutationFn: async (event) => {
      const { events } = await call<{ events: { id: string; deliveries: number }[] }>('POST', '/events', {
        body: event,
      })
      return events[0]!
    },
  })
