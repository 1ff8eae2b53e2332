import type { Severity } from '@nabat/api/severity.ts'
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import type { IncidentState } from '../components/marks.tsx'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { useList, type List } from './lists.ts'
import { queries } from './queries.ts'
import { useSignedIn } from './session.ts'

/** A message in somebody's inbox. */
export interface InboxEntry {
  readonly id: string
  readonly title: string
  /** Inline HTML: b, i, u, s, a, code, pre. */
  readonly text: string
  readonly links: readonly { readonly title: string; readonly url: string }[]
  readonly severity: Severity
  readonly typeTitle: string
  /** Null for a message about no stored event. */
  readonly event: string | null
  /** As it is at this moment. */
  readonly incident: { readonly key: string; readonly state: IncidentState } | null
  readonly acknowledgedByName: string | null
  /** How often news of the incident came after the entry. */
  readonly updates: number
  readonly changedAt: string
  readonly readAt: string | null
}

/** How much is unread. */
export interface InboxCounts {
  readonly unread: number
  readonly critical: number
}

/** What was marked, so that it can be taken back. */
interface Marked {
  readonly changed: number
  readonly ids: readonly string[]
}

/** Which entries become read or unread: some, or all that have not changed since a time. */
export type Marking = { readonly as: 'read' | 'unread' } & (
  | { readonly ids: readonly string[] }
  | { readonly before: string }
)

/** One's own inbox, the newest change first. */
export const useInbox = (query: Readonly<Record<string, string | undefined>>): List<InboxEntry> =>
  useList<InboxEntry>('inbox', '/inbox', query)

/** Whether there is an inbox: somebody who only looks after the installation has none here. */
export const useHasInbox = (): boolean => useSignedIn().user !== null

/** How much is unread; undefined until it is known. */
export const useInboxCounts = (): InboxCounts | undefined =>
  useQuery({
    queryKey: ['inbox', 'counts'],
    enabled: useHasInbox(),
    queryFn: ({ signal }) => call<InboxCounts>('GET', '/inbox/counts', { signal }),
  }).data

const NEWEST = 7

/** The newest entries, for a glance. */
export const useNewest = (): UseQueryResult<readonly InboxEntry[]> =>
  useQuery({
    queryKey: ['inbox', 'newest', language()],
    queryFn: async ({ signal }) =>
      (await call<{ items: InboxEntry[] }>('GET', '/inbox', { query: { limit: NEWEST }, signal })).items,
  })

/** The newest unread entries, asked for at this moment. */
export const askUnread = async (limit: number): Promise<readonly InboxEntry[]> =>
  (await call<{ items: InboxEntry[] }>('GET', '/inbox', { query: { limit, unread: true } })).items

/** The newest entry, asked for at this moment; undefined for an empty inbox. */
export const askNewest = async (): Promise<InboxEntry | undefined> =>
  (await call<{ items: InboxEntry[] }>('GET', '/inbox', { query: { limit: 1 } })).items[0]

/** Marks entries read or unread, on the screen at once. */
export const useMark = (): UseMutationResult<Marked, unknown, Marking> =>
  useMutation({
    mutationFn: mark,
    onMutate: (marking) => show(marking),
    onSettled: () => queries.invalidateQueries({ queryKey: ['inbox'] }),
  })

/** As `useMark`, where no component waits for it. */
export const mark = ({ as, ...which }: Marking): Promise<Marked> =>
  call<Marked>('POST', `/inbox/${as}`, { body: which })

interface Pages {
  readonly pages: readonly { readonly items: readonly InboxEntry[] }[]
}

/** What is on the screen is drawn as it is going to be. */
function show(marking: Marking): void {
  const readAt = marking.as === 'read' ? new Date().toISOString() : null
  const ids = 'ids' in marking ? new Set(marking.ids) : undefined
  const marked = (entry: InboxEntry): InboxEntry => {
    const isMeant = ids === undefined ? entry.changedAt <= (marking as { before: string }).before : ids.has(entry.id)
    return isMeant && (entry.readAt === null) !== (readAt === null) ? { ...entry, readAt } : entry
  }
  queries.setQueriesData<Pages>({ queryKey: ['inbox', 'list'] }, (data) =>
    data === undefined
      ? undefined
      : { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(marked) })) },
  )
  queries.setQueriesData<readonly InboxEntry[]>({ queryKey: ['inbox', 'newest'] }, (items) => items?.map(marked))
}
