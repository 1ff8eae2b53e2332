/*
 * The chats one may choose from: those the bot was seen in, and those that rules and people name already. Asking makes the
 * bot listen for a while, so that a chat it is added to meanwhile appears.
 */
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { botOf } from '../../channels/telegram-api.ts'
import type { Clock } from '../../clock.ts'
import type { ChannelView } from '../../configuration/channel-view.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { BotRow, ChatRow, BotStore } from '../../store/bots.ts'
import { openBotClient, type BotClient } from './bot-client.ts'
import { chatRow, standing, sureOf } from './chats.ts'
import type { Updates } from './updates.ts'

/** Asking makes the bot listen for so long. */
const LISTEN_MS = 60_000
/** Chats that are looked up at one asking, and how long that may take. */
const LOOKED_UP = 20
const LOOK_UP_MS = 3_000
/** A chat that could not be looked up is left alone for so long. */
const UNKNOWN_MS = 600_000

/** What there is to choose from. */
export interface Choice {
  readonly chats: readonly ChatRow[]
  /** Why the bot cannot be listened to; null: it is. */
  readonly problem: NonNullable<BotRow['problem']> | null
}

/** What there is to choose from, for whoever writes a rule or a contact. */
export class ChatPicker {
  readonly #store: BotStore
  readonly #updates: Updates
  readonly #clock: Clock
  /** Chats that could not be looked up, and when. */
  readonly #unknown = new Map<string, number>()

  constructor(store: BotStore, updates: Updates, clock: Clock) {
    this.#store = store
    this.#updates = updates
    this.#clock = clock
  }

  /** The chats of a bot that may be used; null when the channel is none of a bot. */
  async choose(channel: ChannelView, view: WorkspaceView): Promise<Choice | null> {
    const { settings } = channel
    if (settings.kind !== 'telegram') return null
    const bot = botOf(settings.token)
    if (channel.enabled)
      await Promise.all([this.#updates.need(bot, this.#clock.now() + LISTEN_MS), this.#lookUp(settings, bot, view)])
    const chats = await this.#store.chatsOf(bot)
    return { chats, problem: (await this.#store.bot(bot, this.#clock.now()))?.problem ?? null }
  }

  /** Finds out the titles of chats that are named and have not been seen. */
  async #lookUp(settings: ChannelSettings<'telegram'>, bot: string, view: WorkspaceView): Promise<void> {
    const known = new Set((await this.#store.chatsOf(bot)).map(({ chat }) => chat))
    const now = this.#clock.now()
    const isNew = (chat: string): boolean =>
      !known.has(chat) && now - (this.#unknown.get(`${bot} ${chat}`) ?? -Infinity) > UNKNOWN_MS
    const named = [...namedChats(settings.name, view)].filter(isNew).slice(0, LOOKED_UP)
    if (named.length === 0) return
    const client = openBotClient(settings)
    const ends = new AbortController()
    const endDeadline = this.#clock.after(LOOK_UP_MS, () => ends.abort(new DOMException('deadline', 'TimeoutError')))
    try {
      const found = await Promise.all(named.map((chat) => this.#one(client, bot, chat, ends.signal)))
      await this.#store.putChats(
        bot,
        found.flatMap((row) => (row === null ? [] : [sureOf(row)])),
      )
    } finally {
      endDeadline()
      await client.close()
    }
  }

  async #one(client: BotClient, bot: string, chat: string, signal: AbortSignal): Promise<ChatRow | null> {
    try {
      const described = await client.chat(chat, signal)
      const stands =
        described.type === 'private'
          ? { member: true, canPost: true }
          : standing(await client.membership(chat, signal), described.type)
      // Not seen now: what was really seen stands before it.
      return { ...chatRow(described, stands, 0) }
    } catch {
      // It may be a wrong id, or a bot that was thrown out; the check of the channel tells.
      this.#unknown.set(`${bot} ${chat}`, this.#clock.now())
      return null
    }
  }
}

/** The chats that rules and people name on a channel. */
function namedChats(channel: string, view: WorkspaceView): Set<string> {
  const chats = new Set<string>()
  const add = (to: { channel?: string; chat?: string | number }): void => {
    if (to.channel === channel && to.chat !== undefined) chats.add(String(to.chat))
  }
  for (const { id } of view.rows('rules')) {
    const rule = view.rule(id)?.rule
    for (const to of [...(rule?.to ?? []), ...(rule?.fallback ?? [])]) add(to)
  }
  for (const { contacts } of view.people.values()) for (const contact of contacts ?? []) add(contact)
  return chats
}
