import type { ChannelKindName } from '@nabat/api/channel.ts'
import type { Topic } from '@nabat/api/live.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { useEntities, type Stored } from './entities.ts'
import { useChanged } from './live.ts'
import { queries } from './queries.ts'

/** A channel, as the API shows it: settings by its kind, references in place of secrets. */
export interface StoredChannel extends Stored {
  readonly name: string
  readonly kind: ChannelKindName
  readonly enabled?: boolean
  readonly status: 'ready' | 'incomplete' | 'off' | 'unusable'
  /** Fields that are not filled in, such as `replyTo`. */
  readonly missing: readonly string[]
  /** Since when it does not answer, and why; null while it does. */
  readonly down: { readonly since: string; readonly says: string | null } | null
  readonly [setting: string]: unknown
}

/** One stage of a check. */
export interface Stage {
  readonly stage: string
  readonly ok: boolean
  readonly says: string
}

/** What a check found. */
export interface Checked {
  readonly ok: boolean
  readonly posted: boolean
  readonly stages: readonly Stage[]
}

/** A chat that a bot has been seen in. */
export interface Chat {
  readonly chat: string
  readonly title: string
  readonly kind: 'private' | 'group' | 'supergroup' | 'channel'
  readonly username: string | null
  readonly member: boolean
  readonly canPost: boolean
}

/** The chats of a bot, and whether it hears of new ones. */
export interface Chats {
  readonly items: readonly Chat[]
  readonly listening: boolean
  /** Why it cannot, in words. */
  readonly problem: string | null
}

const FOLLOWED: readonly Topic[] = ['channels']
const followed = (): void => void queries.invalidateQueries({ queryKey: ['configuration', 'channels'] })

/** All channels somebody may see. That one does not answer any more is no change of the configuration, and followed too. */
export function useChannels(): UseQueryResult<readonly StoredChannel[]> {
  useChanged(FOLLOWED, followed)
  return useEntities<StoredChannel>('channels')
}

/** Checks a saved channel; with a recipient, a test message is sent there. */
export const useChannelTest = (): UseMutationResult<Checked, unknown, { id: string; to?: object }> =>
  useMutation({
    mutationFn: ({ id, to }) => call<Checked>('POST', `/channels/${id}/test`, to === undefined ? {} : { body: to }),
  })

/** Checks a channel as it stands in the form; nothing is saved. */
export const useChannelCheck = (): UseMutationResult<Checked, unknown, object> =>
  useMutation({ mutationFn: (body) => call<Checked>('POST', '/channels/check', { body }) })

/** The bot listens for a minute each time it is asked. */
const ASK_EVERY_MS = 4_000

/** The chats of a bot; asked again and again as long as somebody looks. */
export const useChats = (id: string | undefined): UseQueryResult<Chats> =>
  useQuery({
    queryKey: ['channels', id, 'chats'],
    enabled: id !== undefined,
    queryFn: ({ signal }) => call<Chats>('GET', `/channels/${id}/chats`, { signal }),
    refetchInterval: ASK_EVERY_MS,
  })

/** A destination that is out of use. */
export interface Disabled {
  readonly id: string
  readonly channel: string | null
  readonly destination: string
  readonly disabledAt: string
  readonly says: string | null
  readonly detail: string | null
}

const DISABLED = ['channels', 'disabled']

/** The destinations that are out of use, of all channels. */
export const useDisabled = (): UseQueryResult<readonly Disabled[]> =>
  useQuery({
    queryKey: DISABLED,
    queryFn: async ({ signal }) =>
      (await call<{ items: Disabled[] }>('GET', '/destinations', { query: { disabled: true, limit: 500 }, signal }))
        .items,
  })

/** Takes a destination into use again. */
export const useEnable = (): UseMutationResult<unknown, unknown, string> =>
  useMutation({
    mutationFn: (id) => call('POST', `/destinations/${id}/enable`),
    onSuccess: () => queries.invalidateQueries({ queryKey: DISABLED }),
  })
