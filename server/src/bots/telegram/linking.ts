/*
 * Codes for people who want a bot to write to them: given out by the profile, taken back by the bot (linking-door.ts). The
 * bot is listened to as long as a code is good.
 */
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { botOf } from '../../channels/telegram-api.ts'
import type { Clock, Random } from '../../clock.ts'
import type { ChannelView } from '../../configuration/channel-view.ts'
import type { Log } from '../../log.ts'
import { tokenHash } from '../../people/sessions.ts'
import type { BotRow, ChatRow } from '../../store/bots.ts'
import type { Store } from '../../store/store.ts'
import { BotFailure, openBotClient, type BotClient } from './bot-client.ts'
import { newCode } from './linking-code.ts'
import type { Updates } from './updates.ts'

/** How long a code is good, milliseconds. */
const CODE_MS = 900_000
/** A bot is asked for its name, or told to say something, for so long. */
const CALL_MS = 5_000
/** A name that is known is believed for so long: a bot is seldom renamed. */
const NAMED_MS = 3_600_000

/** What giving codes needs. */
interface Parts {
  readonly store: Store
  readonly updates: Updates
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** A channel that leads to a bot. */
export interface BotChannel extends Omit<ChannelView, 'settings'> {
  readonly settings: ChannelSettings<'telegram'>
}

/** A code that was just made; nobody is told it again. */
export interface Given {
  readonly code: string
  readonly expiresAt: number
  /** Of the bot, without the @; null when it could not be asked. */
  readonly username: string | null
  /** Why the bot hears nothing now; null: it listens. */
  readonly problem: BotRow['problem']
}

/** Gives out codes, and knows bots by their names. */
export class Linking {
  readonly #parts: Parts
  readonly #names = new Map<string, { readonly username: string; readonly at: number }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Gives a person a code for a bot; the one he had for it is good for nothing from then on. */
  async give(workspace: number, card: number, { id, settings }: BotChannel): Promise<Given> {
    const { store, updates, clock, random } = this.#parts
    const code = newCode(random)
    const madeAt = clock.now()
    const expiresAt = madeAt + CODE_MS
    await store.addLinkingCode({ hash: tokenHash(code), workspace, card, channel: id, madeAt, expiresAt })
    const bot = botOf(settings.token)
    const [username] = await Promise.all([this.#ask(settings), updates.need(bot, expiresAt)])
    return { code, expiresAt, username, problem: (await store.bot(bot, clock.now()))?.problem ?? null }
  }

  /** The name of a bot where it is known; nobody is asked. */
  usernameOf({ token }: ChannelSettings<'telegram'>): string | null {
    return this.#names.get(token)?.username ?? null
  }

  /** The chats a bot has been seen in, with their names. */
  chatsOf({ token }: ChannelSettings<'telegram'>): Promise<readonly ChatRow[]> {
    return this.#parts.store.chatsOf(botOf(token))
  }

  /** Says something in a chat at once. Never rejects: it is a courtesy. */
  async say(settings: ChannelSettings<'telegram'>, chat: string, text: string): Promise<void> {
    await this.#call(settings, (client, signal) => client.say(chat, text, signal))
  }

  async #ask(settings: ChannelSettings<'telegram'>): Promise<string | null> {
    const { clock } = this.#parts
    const named = this.#names.get(settings.token)
    if (named !== undefined && clock.now() - named.at < NAMED_MS) return named.username
    const username = await this.#call(settings, (client, signal) => client.username(signal))
    if (username === null) return named?.username ?? null
    this.#names.set(settings.token, { username, at: clock.now() })
    return username
  }

  /** One call to a bot; null when it failed. */
  async #call<T>(
    settings: ChannelSettings<'telegram'>,
    call: (client: BotClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    const { clock, log } = this.#parts
    const client = openBotClient(settings)
    const ends = new AbortController()
    const endDeadline = clock.after(CALL_MS, () => ends.abort(new DOMException('deadline', 'TimeoutError')))
    try {
      return await call(client, ends.signal)
    } catch (error) {
      if (!(error instanceof BotFailure)) throw error
      log.warn({ bot: botOf(settings.token), ...error.problem }, 'a bot could not be asked')
      return null
    } finally {
      endDeadline()
      await client.close()
    }
  }
}
