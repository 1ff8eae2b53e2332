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
  readonly type?: string | null
  readonly typeTitle?: string | null
  readonly subject?: string | null
  readonly rule: string | null
  readonly ruleId?: string | null
  readonly ruleRemoved?: true
  readonly recipient: string | null
  readonly recipientName?: string | null
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

/** Which deliveries: these, or all that fit a filter. */
export type Chosen = { readonly ids: readonly string[] } | { readonly filter: Readonly<Record<string, string>> }

/** How far work with many has come. */
export interface BulkProgress {
  readonly done: number
  readonly total: number
}

/** What became of it. */
export interface BulkResult {
  /** How many it worked with. */
  readonly done: number
  readonly total: number
}

/** Tries many again, or cancels them, telling how far it has come. */
export async function actOnMany(
  act: DeliveryAct,
  chosen: Chosen,
  signal: AbortSignal,
  told: (progress: BulkProgress) => void,
): Promise<BulkResult> {
  const total = 'ids' in chosen ? chosen.ids.length : undefined
  let last: BulkProgress = { done: 0, total: total ?? 0 }
  const result = await follow<BulkProgress, { ids?: readonly string[]; done?: number; total?: number }>(
    'POST',
    `/deliveries/${act}`,
    { body: chosen, signal },
    (progress) => {
      last = progress
      told(progress)
    },
  )
  return { done: result.done ?? result.ids?.length ?? last.done, total: result.total ?? total ?? last.total }
}
