import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import type { DeliveryState } from '../components/marks.tsx'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { useList, type List } from './lists.ts'
import { follow } from './progress.ts'
import { queries } from './queries.ts'

/** One attempt at a delivery. */
export interface Attempt {
  readonly at: string
  readonly tookMs: number
  readonly verdict: 'sent' | 'deferred' | 'rejected'
  readonly reason: string | null
  /** The reason in words. */
  readonly says: string | null
  /** What the other side said. */
  readonly detail: string | null
  /** It may have arrived all the same. */
  readonly ambiguous?: true
}

/** One message for one destination. */
export interface Delivery {
  readonly id: string
  readonly event: string
  /** What the event is, in words; null for one that is forgotten. */
  readonly eventTitle: string | null
  readonly rule: string | null
  readonly ruleId: string | null
  readonly ruleRemoved?: true
  readonly recipient: string | null
  readonly recipientName: string | null
  readonly channel: string | null
  readonly channelRemoved?: true
  readonly kind: string | null
  readonly destination: string | null
  readonly state: DeliveryState
  readonly reason: string | null
  readonly says: string
  readonly createdAt: string
  readonly dueAt: string | null
  readonly behind?: true
  readonly expiresAt: string | null
  readonly endedAt: string | null
  readonly insteadOf: string | null
  readonly digest: string | null
  readonly silence?: string
  readonly attempts: readonly Attempt[]
}

/** Whom a delivery is for: a person by name, else the address; receivers of webhooks have none, so their channel. */
export const whoOf = (delivery: Pick<Delivery, 'recipient' | 'recipientName' | 'destination' | 'kind' | 'channel'>) =>
  delivery.recipientName ??
  delivery.recipient ??
  (delivery.destination === delivery.kind ? delivery.channel : delivery.destination)

/** What can be done with deliveries. */
export type DeliveryAct = 'retry' | 'cancel'

/** What can be done with one in this state; undefined for nothing. */
export const actOn = (state: DeliveryState): DeliveryAct | undefined =>
  state === 'waiting'
    ? 'cancel'
    : state === 'failed' || state === 'suppressed' || state === 'cancelled'
      ? 'retry'
      : undefined

/** Deliveries, the newest first. */
export const useDeliveries = (query: Readonly<Record<string, string | undefined>>): List<Delivery> =>
  useList<Delivery>('deliveries', '/deliveries', query)

/** One delivery with its attempts. */
export const useDelivery = (id: string): UseQueryResult<Delivery> =>
  useQuery({
    queryKey: ['deliveries', 'one', id, language()],
    queryFn: ({ signal }) => call<Delivery>('GET', `/deliveries/${encodeURIComponent(id)}`, { signal }),
  })

/** A delivery in the words its recipient reads. */
export interface DeliveryMessage {
  readonly title: string
  readonly text: string
  readonly language: 'ru' | 'en'
}

/** What a delivery says to its recipient. */
export const useDeliveryMessage = (id: string): UseQueryResult<DeliveryMessage> =>
  useQuery({
    queryKey: ['deliveries', 'message', id],
    queryFn: ({ signal }) => call<DeliveryMessage>('GET', `/deliveries/${encodeURIComponent(id)}/message`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Tries one again, or cancels it; 409 when its state allows neither any more. */
export const useDeliveryAct = (): UseMutationResult<Delivery, unknown, { id: string; act: DeliveryAct }> =>
  useMutation({
    mutationFn: ({ id, act }) => call<Delivery>('POST', `/deliveries/${id}/${act}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['deliveries'] }),
  })

/** Which deliveries: these, or all that fit a filter, which names their state. */
export type Chosen = { readonly ids: readonly string[] } | { readonly filter: Readonly<Record<string, string>> }

/** How far work with many has come. */
export interface BulkProgress {
  readonly done: number
  readonly total: number
}

/** One request names, or finds, no more. */
const NAMED_AT_ONCE = 1_000

interface Answer extends BulkProgress {
  /** A filter meant more than one request may. */
  readonly more: boolean
}

/** Tries many again, or cancels them, telling how far it has come; returns with how many that worked, of how many. */
export async function actOnMany(
  act: DeliveryAct,
  chosen: Chosen,
  signal: AbortSignal,
  told: (progress: BulkProgress) => void,
): Promise<BulkProgress> {
  const path = `/deliveries/${act}`
  let done = 0
  let total = 'ids' in chosen ? chosen.ids.length : 0
  if ('ids' in chosen) {
    for (let at = 0; at < chosen.ids.length; at += NAMED_AT_ONCE) {
      const body = { ids: chosen.ids.slice(at, at + NAMED_AT_ONCE) }
      const before = done
      const answer = await follow<BulkProgress, Answer>('POST', path, { body, signal }, (step) =>
        told({ done: before + step.done, total }),
      )
      done += answer.done
    }
    return { done, total }
  }
  for (;;) {
    const before = { done, total }
    const answer = await follow<BulkProgress, Answer>('POST', path, { body: chosen, signal }, (step) =>
      told({ done: before.done + step.done, total: before.total + step.total }),
    )
    done += answer.done
    total += answer.total
    // Those it did not work with are found again: more of the same leads nowhere.
    if (!answer.more || answer.done === 0) return { done, total }
  }
}
