import { Refusal, type Params } from './telegram-methods.ts'

/*
 * What the stand-in hands out to bots: updates by getUpdates, once each, with the conflicts of the real server.
 */

/** An update as it is handed out. */
export type StandInUpdate = Readonly<Record<string, unknown>> & { readonly update_id: number }

/** A chat as updates describe it. */
export interface StandInChat {
  readonly id: number
  readonly type: 'private' | 'group' | 'supergroup' | 'channel'
  readonly title?: string
  readonly first_name?: string
  readonly username?: string
}

interface Waiting {
  readonly offset: number
  end(updates: readonly StandInUpdate[] | Refusal): void
}

/** The updates of one bot. */
class Inbound {
  readonly updates: StandInUpdate[] = []
  next = 1000
  webhook: string | null = null
  /** What it asked for the last time; null: everything. */
  allowed: readonly string[] | null = null
  waiting: Waiting | null = null
}

const conflict = (says: string): Refusal => new Refusal({ status: 409, says: `Conflict: ${says}` })

export class UpdateQueue {
  readonly #bots = new Map<string, Inbound>()
  /** How a bot stands in chats, and what these are, by `bot chat`. */
  readonly members = new Map<string, object>()
  readonly chats = new Map<string, StandInChat>()

  #of(bot: string): Inbound {
    let inbound = this.#bots.get(bot)
    if (inbound === undefined) this.#bots.set(bot, (inbound = new Inbound()))
    return inbound
  }

  /** Something happens that the bot may hear of. */
  push(bot: string, update: Readonly<Record<string, unknown>>): void {
    const inbound = this.#of(bot)
    if (inbound.allowed?.some((kind) => kind in update) === false) return
    inbound.updates.push({ update_id: inbound.next++, ...update })
    this.#hand(inbound)
  }

  /** Whether somebody polls for a bot at the moment. */
  isPolled(bot: string): boolean {
    return this.#of(bot).waiting !== null
  }

  setWebhook(bot: string, url: string): void {
    const inbound = this.#of(bot)
    inbound.webhook = url === '' ? null : url
    if (inbound.webhook !== null) inbound.waiting?.end(conflict('terminated by setWebhook request'))
  }

  webhook(bot: string): string {
    return this.#of(bot).webhook ?? ''
  }

  /** A long poll; `gone` aborts when the caller goes away. */
  take(bot: string, params: Params, gone: AbortSignal): Promise<readonly StandInUpdate[] | Refusal> {
    const inbound = this.#of(bot)
    if (inbound.webhook !== null)
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    inbound.waiting?.end(
      conflict('terminated by other getUpdates request; make sure that only one bot instance is running'),
    )
    const given = params['allowed_updates']
    if (Array.isArray(given)) inbound.allowed = given.length === 0 ? null : (given as string[])
    const offset = Number(params['offset'] ?? 0)
    const { promise, resolve } = Promise.withResolvers<readonly StandInUpdate[] | Refusal>()
    const waiting: Waiting = {
      offset,
      end: (result) => {
        clearTimeout(timer)
        if (inbound.waiting === waiting) inbound.waiting = null
        resolve(result)
      },
    }
    const timer = setTimeout(() => waiting.end([]), Number(params['timeout'] ?? 0) * 1000)
    gone.addEventListener('abort', () => waiting.end([]), { once: true })
    inbound.waiting = waiting
    this.#hand(inbound)
    return promise
  }

  #hand(inbound: Inbound): void {
    const { waiting, updates } = inbound
    if (waiting === null) return
    // What is below the offset has been taken and is forgotten.
    if (waiting.offset > 0) updates.splice(0, updates.filter(({ update_id: id }) => id < waiting.offset).length)
    if (updates.length > 0) waiting.end(updates.slice(0, 100))
  }

  /** The bot is added to a chat, given other rights, or thrown out. */
  member(
    bot: string,
    chat: StandInChat,
    member: Readonly<Record<string, unknown>> & { readonly status: string },
  ): void {
    this.chats.set(`${bot} ${chat.id}`, chat)
    const user = { id: Number(bot), is_bot: true, first_name: 'Набат' }
    this.members.set(`${bot} ${chat.id}`, { user, ...member })
    const from = { id: 77, is_bot: false, first_name: 'Иван' }
    const before = { user, status: 'left' }
    this.push(bot, {
      my_chat_member: {
        chat,
        from,
        date: 1_800_000_000,
        old_chat_member: before,
        new_chat_member: { user, ...member },
      },
    })
  }
}
