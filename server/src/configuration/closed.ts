import type { WorkspaceState } from '../store/store.ts'

/** Why a workspace accepts and delivers nothing; `says`: what the operator gave as the reason. */
export interface Closed {
  readonly reason: 'workspace_blocked' | 'workspace_removed'
  readonly says: string | null
}

/** The state of a workspace that is neither blocked nor removed. */
export const OPEN: WorkspaceState = { blocked: null, removedAt: null }

/** Why a workspace in this state is shut, null for one that is not. */
export function closedBy({ blocked, removedAt }: WorkspaceState): Closed | null {
  if (removedAt !== null) return { reason: 'workspace_removed', says: null }
  return blocked === null ? null : { reason: 'workspace_blocked', says: blocked.reason }
}
