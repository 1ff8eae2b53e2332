/*
 * What the console is told in a demonstration (`npm run demo`). These routes are on no other server.
 */
import type { Text } from './text.ts'

/** What can be made to happen, in the order of the buttons. */
export const DEMO_ACTIONS = [
  'camera-fails',
  'camera-back',
  'uplink-fails',
  'uplink-back',
  'server-fails',
  'server-back',
  'disk-low',
  'order',
  'ticket',
  'comment',
  'missed-call',
  'voicemail',
  'money',
  'telegram-down',
  'telegram-back',
  'night',
  'day',
] as const
export type DemoAction = (typeof DEMO_ACTIONS)[number]

/** Something that arrived at the other side, as its reader sees it now. Times as RFC 3339. */
export interface Arrival {
  readonly id: string
  readonly medium: 'telegram' | 'mail' | 'mattermost'
  /** A chat's id, an address, a channel's name. */
  readonly to: string
  /** Whose that is, or what it is called; null where nobody has named it. */
  readonly toTitle: string | null
  /** When it came, or was edited last. */
  readonly at: string
  /** Of a letter. */
  readonly subject: string | null
  readonly text: string
  /** What it said before it was edited, the first first. */
  readonly edits: readonly string[]
  /** What can be pressed under it. */
  readonly buttons: readonly string[]
  readonly silent: boolean
  /** Path of the whole letter, an HTML document. */
  readonly letter: string | null
  /** The event it tells of, once it is known. */
  readonly event: string | null
}

/** Where the demonstration stands. */
export interface DemoState {
  /** What makes sense now; the others have nothing to act on. */
  readonly possible: readonly DemoAction[]
  /** Telegram answers nobody until then, RFC 3339; null: it answers. */
  readonly telegramDownUntil: string | null
  /** What chats and mailboxes are called, by their ids and addresses. */
  readonly names: Readonly<Record<string, string>>
}

/** What an action came to. */
export interface DemoDone {
  /** What happens now, in words. */
  readonly says: Text
  /** Ids of the events that were posted, the telling ones first. */
  readonly events: readonly string[]
}
