/*
 * The life of workspaces, in the operator's hands: made, blocked, removed, restored, and deleted in the end. What is
 * refused is decided by pure functions, which say why.
 */
import { problem, type Problem } from '@nabat/api/text.ts'
import type { Clock } from '../clock.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { WorkspaceSettings, WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Log } from '../log.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Store, WorkspaceState } from '../store/store.ts'
import type { Keys } from './keys.ts'

/** A removed workspace can be restored for so long; then everything of it is deleted. */
export const KEPT_MS = 30 * 86_400_000
/** Rows deleted in one transaction: short enough to be felt by nobody. */
const SLICE = 200

export interface WorkspaceLifeParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly pipeline: Pick<Pipeline, 'raise' | 'opened'>
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  /** The workspace of the operator himself, which the keys of the server belong to. */
  readonly home: number
}

/** What an operator does with a workspace that is there. */
export type Act =
  | { readonly kind: 'block'; readonly reason: string }
  | { readonly kind: 'unblock' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'restore' }

/** The state a workspace is in after an act, or why it may not be. Pure; `now` in milliseconds since 1970. */
export function decideState(
  { state, isHome }: { readonly state: WorkspaceState; readonly isHome: boolean },
  act: Act,
  now: number,
): WorkspaceState | Problem {
  switch (act.kind) {
    case 'block':
      if (isHome) return OF_HOME
      if (state.removedAt !== null) return IS_REMOVED
      return { ...state, blocked: { at: state.blocked?.at ?? now, reason: act.reason } }
    case 'unblock':
      return state.removedAt === null ? { ...state, blocked: null } : IS_REMOVED
    case 'remove':
      if (isHome) return OF_HOME
      return { ...state, removedAt: state.removedAt ?? now }
    case 'restore':
      // Some of it may be deleted by now.
      if (state.removedAt !== null && state.removedAt + KEPT_MS <= now) return IS_OVER
      return { ...state, removedAt: null }
  }
}

const OF_HOME = problem(
  '',
  'Это кабинет самого оператора, к нему относятся ключи сервера: его нельзя ни заблокировать, ни удалить',
  "This is the operator's own workspace, which the keys of the server belong to: it can be neither blocked nor removed",
)
const IS_REMOVED = problem(
  '',
  'Кабинет удалён: сначала восстановите его',
  'The workspace was removed: restore it first',
)
const IS_OVER = problem(
  '',
  'Прошло больше 30 дней: кабинет уже удаляется совсем. Создайте новый',
  'More than 30 days have passed: the workspace is being deleted. Make a new one',
)

const taken = (name: string, view: WorkspaceView): Problem =>
  view.state.removedAt === null
    ? problem(
        '/name',
        `Кабинет «${name}» уже есть: назовите иначе`,
        `There is a workspace "${name}": take another name`,
      )
    : problem(
        '/name',
        `Кабинет «${name}» удалён, но ещё не совсем: восстановите его или назовите иначе`,
        `The workspace "${name}" was removed, and is not deleted yet: restore it, or take another name`,
      )

/** Makes and shuts workspaces; every node learns of it from the store. */
export class WorkspaceLife {
  readonly #parts: WorkspaceLifeParts

  constructor(parts: WorkspaceLifeParts) {
    this.#parts = parts
  }

  /** Whether it is the operator's own, which cannot be shut. */
  isHome({ id }: Pick<WorkspaceView, 'id'>): boolean {
    return id === this.#parts.home
  }

  /** Makes a workspace with checked settings, or says why not. */
  async make(name: string, settings: WorkspaceSettings, by: string): Promise<WorkspaceView | Problem> {
    const { store, workspaces, clock } = this.#parts
    await workspaces.load()
    const there = workspaces.byName(name)
    if (there !== undefined) return taken(name, there)
    try {
      await store.createWorkspace(name, JSON.stringify(settings), { by, at: clock.now() })
    } catch (error) {
      // Somebody else may have been quicker.
      await workspaces.load()
      const made = workspaces.byName(name)
      if (made === undefined) throw error
      return taken(name, made)
    }
    await workspaces.load()
    return workspaces.byName(name)!
  }

  /** Does what the operator asks for, or says why not. What is so already stays so. */
  async act(view: WorkspaceView, act: Act, by: string): Promise<Problem | null> {
    const { store, workspaces, clock, pipeline } = this.#parts
    for (;;) {
      await workspaces.refresh(view.id)
      const at = clock.now()
      const state = decideState({ state: view.state, isHome: this.isHome(view) }, act, at)
      if ('path' in state) return state
      const before = view.closed
      if (JSON.stringify(state) === JSON.stringify(view.state)) return null
      const written = await store.setWorkspaceState({ workspace: view.id, expect: view.version, state, by, at })
      if (written === 'conflict') continue
      await workspaces.refresh(view.id)
      if (before === null && act.kind === 'block')
        await pipeline.raise(view.id, 'workspace.blocked', { reason: act.reason }, { actor: { user: by } })
      if (view.closed === null) void pipeline.opened(view.id)
      return null
    }
  }

  /** Deletes what was removed long enough ago, in slices, until it is told to stop. */
  async deleteRemoved(stopped: () => boolean): Promise<void> {
    const { store, workspaces, keys, clock, log } = this.#parts
    const before = clock.now() - KEPT_MS
    for (const { id, name, state } of [...workspaces.all()]) {
      if (state.removedAt === null || state.removedAt >= before) continue
      let deleted: number | 'kept' | 'gone' = 0
      while (typeof deleted === 'number' && !stopped()) deleted = await store.deleteWorkspace(id, before, SLICE)
      if (deleted !== 'gone') continue
      log.info({ workspace: id, name }, 'a removed workspace is deleted')
      await workspaces.load()
      await keys.load()
    }
  }
}
