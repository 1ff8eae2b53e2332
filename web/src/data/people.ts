import type { Group, User } from '@nabat/api/configuration.ts'
import type { AccountState } from '@nabat/api/session.ts'
import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useMemo } from 'react'
import { language } from '../i18n.ts'
import { call, request } from './api.ts'
import { useEntities, type Stored } from './entities.ts'
import { useList, type List } from './lists.ts'
import { queries } from './queries.ts'

/** An employee card, with what the server knows besides: whether they can sign in, and be told anything. */
export type StoredUser = User & Stored & { readonly account: AccountState; readonly reachable: boolean }

/** A group of people, or a client company. */
export type StoredGroup = Group & Stored

type Narrowed = Readonly<Record<string, string | number | undefined>>

/** People in the order of their names. */
export const usePeople = (query: Narrowed): List<StoredUser> =>
  useList<StoredUser>('configuration', '/users', { order: 'name', ...query })

/** The members of a group and of those below it, as far as one page goes. */
export const useMembers = (group: string | undefined, enabled = true): UseQueryResult<readonly StoredUser[]> =>
  useQuery({
    queryKey: ['configuration', 'users', 'of', group],
    enabled: enabled && group !== undefined,
    queryFn: async ({ signal }) =>
      (await call<{ items: StoredUser[] }>('GET', '/users', { query: { group, order: 'name', limit: 500 }, signal }))
        .items,
  })

/** All groups. */
export const useGroups = (): UseQueryResult<readonly StoredGroup[]> => useEntities<StoredGroup>('groups')

/** A group as the API takes it. */
export const groupOf = ({ name, parent, users, client }: Group): Group => ({
  name,
  ...(parent === undefined ? {} : { parent }),
  ...(users === undefined ? {} : { users }),
  ...(client === undefined ? {} : { client }),
})

/** Puts people into a group, or takes them out; returns the change that can be undone. */
export const useRegroup = (): UseMutationResult<
  string | null,
  unknown,
  { group: StoredGroup; add?: readonly string[]; remove?: readonly string[] }
> =>
  useMutation({
    mutationFn: async ({ group, add = [], remove = [] }) => {
      const users = [...new Set([...(group.users ?? []), ...add])].filter((login) => !remove.includes(login))
      const answer = await request('PUT', `/groups/${group.id}`, {
        body: groupOf({ ...group, users }),
        headers: { 'if-match': String(group.version) },
      })
      return answer.headers.get('nabat-change')
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['configuration'] }),
  })

/** What came of an invitation. */
export interface Invited {
  /** Where the letter went; null: it could not be mailed, and the link is to be handed over. */
  readonly sentTo: string | null
  readonly link: string | null
  readonly expiresAt: string
}

/** Invites somebody to sign in; whoever can already gets a link to set a new password. */
export const invite = (id: string): Promise<Invited> => call<Invited>('POST', `/users/${id}/invite`)

/** The same, for a button. */
export const useInvite = (): UseMutationResult<Invited, unknown, string> =>
  useMutation({ mutationFn: invite, onSuccess: () => queries.invalidateQueries({ queryKey: ['configuration'] }) })

/** Ends all sessions of somebody. */
export const useEndSessions = (): UseMutationResult<void, unknown, string> =>
  useMutation({ mutationFn: (id) => call<void>('DELETE', `/users/${id}/sessions`) })

/** Resets the second factor of somebody whose phone is gone; 404 where there is none. */
export const useResetFactor = (): UseMutationResult<void, unknown, string> =>
  useMutation({ mutationFn: (id) => call<void>('DELETE', `/users/${id}/second-factor`) })

/** A way to a person, and why it does not work. */
export interface Way {
  readonly channel: string | null
  readonly destination: string | null
  readonly works: boolean
  readonly reason: string | null
  readonly says: string | null
  readonly since: string | null
  /** To be enabled again, where that is what is wrong. */
  readonly disabledId: string | null
}

/** Somebody, and whether anything reaches them. */
export interface Reach {
  readonly login: string
  readonly name: string | null
  readonly reachable: boolean
  readonly reason: string | null
  readonly says: string | null
  readonly contacts: readonly Way[]
}

interface ReachAnswer {
  readonly people: { readonly items: readonly Reach[]; readonly next: string | null }
  readonly rules: readonly {
    readonly id: string
    readonly name: string
    readonly reason: string
    readonly says: string
  }[]
  readonly summary: { readonly people: number; readonly unreachable: number; readonly partly: number }
}

const askReach = (query: Narrowed, signal: AbortSignal): Promise<ReachAnswer> =>
  call<ReachAnswer>('GET', '/reachability', { query, signal })

/** How one person is reached just now. */
export const useReach = (login: string | undefined, enabled = true): UseQueryResult<Reach | undefined> =>
  useQuery({
    queryKey: ['configuration', 'reachability', 'of', login, language()],
    enabled: enabled && login !== undefined,
    queryFn: async ({ signal }) => (await askReach({ login }, signal)).people.items[0] ?? null,
    select: (found) => found ?? undefined,
  })

const REACH_PAGE = 100

/** The report: people, and with the first page the rules and the sum. */
export function useReachability(query: Narrowed): {
  list: List<Reach & { readonly id: string }>
  report: ReachAnswer | undefined
} {
  const key = ['configuration', 'reachability', 'report', language(), query]
  const found = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => askReach({ limit: REACH_PAGE, ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ people }) => people.next ?? undefined,
  })
  const pages = found.data?.pages
  const rows = useMemo(
    () => pages?.flatMap(({ people }) => people.items.map((each) => ({ ...each, id: each.login }))) ?? [],
    [pages],
  )
  const list = {
    rows,
    loading: found.isPending,
    error: found.error,
    hasMore: found.hasNextPage,
    loadingMore: found.isFetchingNextPage,
    more: () => void found.fetchNextPage(),
    again: () => void found.refetch(),
    behind: false,
    refresh: () => void queries.resetQueries({ queryKey: key }),
  }
  return { list, report: pages?.[0] }
}

/** Takes a destination into use again. */
export const useEnableWay = (): UseMutationResult<unknown, unknown, string> =>
  useMutation({
    mutationFn: (id) => call('POST', `/destinations/${id}/enable`),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['configuration'] }),
        queries.invalidateQueries({ queryKey: ['counts'] }),
        queries.invalidateQueries({ queryKey: ['channels'] }),
      ]),
  })
