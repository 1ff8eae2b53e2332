import type { Update } from 'grammy/types'
import type { ChatChange } from '../../store/bots.ts'

/**
 * Something that is of interest to a part of Nabat. Doors are asked in their order, and the first that claims an update has
 * it; what it makes of it is written in the transaction that marks the update as taken.
 */
export interface Door {
  /** The kinds of updates it wants. */
  readonly kinds: readonly (keyof Omit<Update, 'update_id'>)[]
  /** What is to be written, null when the update is not for this door. Pure. */
  take(update: Update, now: number): readonly ChatChange[] | null
}
