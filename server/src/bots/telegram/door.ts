import type { Update } from 'grammy/types'
import type { ChatChange } from '../../store/bots.ts'

/** What a bot says at once to whoever wrote to it. */
export interface Answer {
  readonly chat: string
  readonly text: string
}

/**
 * Something that is of interest to a part of Nabat. Doors are asked in their order, and the first that claims an update has
 * it; what it makes of it is written in the transaction that marks the update as taken.
 */
export interface Door {
  /** The kinds of updates it wants. */
  readonly kinds: readonly (keyof Omit<Update, 'update_id'>)[]
  /** What is to be written, null when the update is not for this door. Pure. */
  take(update: Update, now: number): readonly ChatChange[] | null
  /**
   * What comes of an update it has claimed beyond what is known of chats. Done before the update is marked as taken, since
   * it concerns other parts of the store: after a crash in between it is done once more, and must come to the same. What it
   * answers is sent when the update is marked. When the store takes no writes it rejects with StoreUnavailable, and the
   * update comes again; any other error passes the update over.
   */
  act?(update: Update, bot: string): Promise<Answer | null>
}
