/*
 * What is known of bots that are listened to. Of the installation: a bot may be lent to several workspaces, and Telegram
 * hands each update out once.
 */

/**
 * A bot without updates for a week is counted anew from a random number (https://core.telegram.org/bots/api#update): after
 * this time, milliseconds, the number that is known says nothing.
 */
export const COUNTED_ANEW_MS = 6 * 86_400_000

/** How listening to a bot stands. Times are milliseconds since 1970. */
export interface BotRow {
  /** The number before the colon of its token. */
  readonly bot: string
  /** The first update that has not been taken; 0 before any, and when Telegram may have begun to count anew. */
  readonly nextUpdate: number
  /** Somebody needs its updates until then. */
  readonly wantedUntil: number
  /** Why it could not be listened to the last time, null when it could. */
  readonly problem: { readonly reason: string; readonly detail: string } | null
}

/** As Telegram has them. */
export type ChatKind = 'private' | 'group' | 'supergroup' | 'channel'

/** A chat a bot has been seen in. */
export interface ChatRow {
  readonly chat: string
  /** As people see it: the title, or the name of the person. */
  readonly title: string
  readonly kind: ChatKind
  /** Without the @; null where there is none. */
  readonly username: string | null
  /** The bot is in it. */
  readonly member: boolean
  /** The bot may write there. */
  readonly canPost: boolean
  readonly seenAt: number
}

/** What an update says of a chat. `sure` false: how the bot stands there is a guess, and what is known already holds. */
export type ChatChange =
  | { readonly seen: ChatRow; readonly sure: boolean }
  /** The group became a supergroup, which has another id. */
  | { readonly left: string }

/** Bots and their chats. */
export interface BotStore {
  /** Undefined: nobody has asked for its updates yet. */
  bot(bot: string, now: number): Promise<BotRow | undefined>
  /** Bots that somebody needs the updates of. */
  wantedBots(now: number): Promise<readonly BotRow[]>
  /** Somebody needs the updates of a bot; an earlier end than is known changes nothing. */
  wantBot(bot: string, until: number): Promise<void>
  /** How listening went; null: well. */
  noteBotProblem(bot: string, problem: BotRow['problem']): Promise<void>
  /** Updates before `nextUpdate` have been taken, with what they say of chats; false when others took them before. */
  takeUpdates(bot: string, nextUpdate: number, changes: readonly ChatChange[], now: number): Promise<boolean>
  /** What was found out about chats otherwise. */
  putChats(bot: string, changes: readonly ChatChange[]): Promise<void>
  /** The chats of a bot, those seen last first. */
  chatsOf(bot: string): Promise<readonly ChatRow[]>
}
