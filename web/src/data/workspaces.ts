import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { call } from './api.ts'
import { queries } from './queries.ts'

/** A workspace as the operator sees it. Times as RFC 3339. */
export interface WorkspaceRow {
  readonly name: string
  readonly title: string | null
  readonly timeZone: string
  readonly state: 'active' | 'blocked' | 'removed'
  readonly blocked: { readonly at: string; readonly reason: string } | null
  readonly removedAt: string | null
  /** When its data is erased, once it has been removed. */
  readonly deletedAt: string | null
  /** The one that the installation began with: it is neither blocked nor removed. */
  readonly home: boolean
  readonly users: number
}

/** What a new workspace is made with, and whom to invite. */
export interface WorkspaceWanted {
  readonly name: string
  readonly title: string
  readonly timeZone: string
  readonly administrator?: { readonly email: string }
}

/** The new workspace; `link` is there when the invitation could not be mailed. */
export interface WorkspaceMade extends WorkspaceRow {
  readonly invitation: { readonly sentTo: string | null; readonly link: string | null } | null
}

const KEY = ['workspaces']
const changed = (): Promise<unknown> =>
  Promise.all([queries.invalidateQueries({ queryKey: KEY }), queries.invalidateQueries({ queryKey: ['session'] })])

/** Every workspace of the installation. */
export const useWorkspaces = (): UseQueryResult<readonly WorkspaceRow[]> =>
  useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const all: WorkspaceRow[] = []
      let cursor: string | undefined
      do {
        const page: { items: WorkspaceRow[]; next: string | null } = await call('GET', '/workspaces', {
          query: { limit: 500, cursor },
          signal,
        })
        all.push(...page.items)
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      return all
    },
  })

/** Makes a workspace. */
export const useMakeWorkspace = (): UseMutationResult<WorkspaceMade, unknown, WorkspaceWanted> =>
  useMutation({ mutationFn: (body) => call<WorkspaceMade>('POST', '/workspaces', { body }), onSuccess: changed })

/** What the operator may do with a workspace that is there. */
export type WorkspaceAct =
  | { readonly kind: 'block'; readonly reason: string }
  | { readonly kind: 'unblock' | 'restore' | 'remove' }

/** Blocks, unblocks, removes or brings back a workspace. */
export const useWorkspaceAct = (): UseMutationResult<unknown, unknown, { name: string; act: WorkspaceAct }> =>
  useMutation({
    mutationFn: ({ name, act }) =>
      act.kind === 'remove'
        ? call('DELETE', `/workspaces/${name}`)
        : call('POST', `/workspaces/${name}/${act.kind}`, act.kind === 'block' ? { body: { reason: act.reason } } : {}),
    onSuccess: changed,
  })
