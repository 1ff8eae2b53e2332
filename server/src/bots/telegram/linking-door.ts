/*
 * The door of codes: somebody writes to a bot what the profile gave him, and from then on the bot writes to him.
 */
import type { Message, Update } from 'grammy/types'
import type { Contact } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import { isProblem } from '../../channels/channel.ts'
import { botOf } from '../../channels/telegram-api.ts'
import type { Clock } from '../../clock.ts'
import { ChangedMeanwhile, type Configuration } from '../../configuration/configuration.ts'
import type { ChannelView } from '../../configuration/channel-view.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { Workspaces } from '../../configuration/workspaces.ts'
import { disabledSince } from '../../history/disabled.ts'
import type { Log } from '../../log.ts'
import { cardOf, type Card } from '../../people/member.ts'
import { tokenHash } from '../../people/sessions.ts'
import { addressKey } from '../../store/address-key.ts'
import type { LinkingCode } from '../../store/linking.ts'
import type { Store } from '../../store/store.ts'
import { chatDoor, chatRow, sureOf } from './chats.ts'
import type { Answer, Door } from './door.ts'
import { codeIn } from './linking-code.ts'
import { decideLinking, isChatOfOthers, type LinkingDecision } from './linking-decision.ts'
import { linkingWords } from './linking-words.ts'
import { WrongCodes } from './wrong-codes.ts'

/** What linking needs. */
export interface LinkingParts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly clock: Clock
  readonly log: Log
}

/** Somebody saves the card at the same moment: that does not happen so often in a row. */
const MOST_TRIES = 5
/** Stands beside the change that linking makes of a card. */
const WHY = 'Telegram'

/** A code as it is stored, with what it leads to. */
interface Found extends Card {
  readonly row: Card['row']
  readonly code: LinkingCode
  readonly view: WorkspaceView
  readonly channel: ChannelView
}

/** Links chats with people by codes. */
export class LinkingDoor implements Door {
  readonly kinds = ['message'] as const
  readonly #parts: LinkingParts
  readonly #wrong = new WrongCodes()

  constructor(parts: LinkingParts) {
    this.#parts = parts
  }

  /** Claims messages that are a code. */
  take(update: Update, now: number): ReturnType<Door['take']> {
    return codeIn(update.message?.text ?? '') === null ? null : chatDoor.take(update, now)
  }

  /** Links, or says why not. Once more it comes to the same: a chat that is linked already is left as it is. */
  async act({ message }: Update, bot: string): Promise<Answer | null> {
    const code = codeIn(message?.text ?? '')
    if (message === undefined || code === null) return null
    const chat = String(message.chat.id)
    for (let tries = 1; ; tries += 1) {
      const now = this.#parts.clock.now()
      const found = await this.#find(tokenHash(code), bot)
      const decision = decideLinking({
        chat,
        isPrivate: message.chat.type === 'private',
        triesLeft: this.#wrong.left(chat, now),
        code: found && known(found, chat),
        now,
      })
      if (decision.isWrong) this.#wrong.add(chat, now)
      try {
        if (found !== undefined) await this.#carryOut(decision, found, message, bot)
      } catch (error) {
        if (error instanceof ChangedMeanwhile && tries < MOST_TRIES) continue
        throw error
      }
      if (decision.answer === null) return null
      const words = linkingWords(decision.answer, found === undefined ? null : linkedOf(found))
      return { chat, text: words[found === undefined ? languageOf(message) : languageFor(found)] }
    }
  }

  /** A code somebody was given for this bot; undefined when whoever was, or the channel, is gone. */
  async #find(hash: Uint8Array, bot: string): Promise<Found | undefined> {
    const { store, workspaces } = this.#parts
    const code = await store.linkingCode(hash)
    const view = code === undefined ? undefined : workspaces.get(code.workspace)
    if (code === undefined || view === undefined || view.closed !== null) return undefined
    await workspaces.refresh(view.id)
    const channel = view.channels.get(code.channel)
    const card = cardOf(view, code.card)
    if (card === undefined || channel?.settings.kind !== 'telegram' || botOf(channel.settings.token) !== bot)
      return undefined
    return { code, view, channel, ...card }
  }

  /** Everything here may be done twice. The code ends last: until then the same update links anew. */
  async #carryOut(decision: LinkingDecision, found: Found, message: Message, bot: string): Promise<void> {
    const { store, clock, log } = this.#parts
    const { view, channel, code, row } = found
    const chat = String(message.chat.id)
    if (decision.link !== null) {
      // Before whoever looks is told: he sees the name of the chat at once.
      await store.putChats(bot, [sureOf(chatRow(message.chat, { member: true, canPost: true }, clock.now()))])
      await this.#save(found, decision.link)
      log.info({ workspace: view.id, user: row.key, channel: channel.name }, 'a chat was linked by a code')
    }
    if (decision.enable) await this.#enable(found, chat)
    if (decision.end)
      await store.endLinkingCode(view.id, code.hash, decision.answer === 'group' ? null : chat, clock.now())
  }

  async #save({ view, row, person }: Found, contacts: readonly Contact[]): Promise<void> {
    const entity = { ...person, contacts: [...contacts] }
    const edit = { section: 'users', id: row.id, entity, path: '', origin: 'api', ifVersion: row.version } as const
    const result = await this.#parts.configuration.save(view, [edit], row.key, WHY)
    if ('problems' in result) throw new Error(`a card takes no chat: ${result.problems[0]?.message.en ?? ''}`)
  }

  /** Whoever had blocked the bot and writes to it now has let it in again. */
  async #enable({ view, channel, person }: Found, chat: string): Promise<void> {
    const { store, workspaces, clock } = this.#parts
    const address = channel.kind.address({ channel: channel.name, chat }, channel.settings, person.login)
    if (isProblem(address)) return
    const key = { channel: channel.id, address: addressKey(address) }
    if (view.disabledBecause(key.channel, key.address) === undefined) return
    for (const { id } of (await disabledSince(store, view.id, [key])).values())
      await store.setDestination(view.id, Number(id), null, clock.now())
    await workspaces.refresh(view.id)
  }
}

function known({ code, channel, view, person, row }: Found, chat: string) {
  const bots = new Set(
    [...view.channels.values()].flatMap(({ settings, name }) => (settings.kind === 'telegram' ? [name] : [])),
  )
  return {
    expiresAt: code.expiresAt,
    usedAt: code.usedAt,
    usedBy: code.chat,
    channel: channel.name,
    person,
    isOfFile: row.origin === 'file',
    isOthers: isChatOfOthers(chat, person.login, bots, view.people.values()),
  }
}

const linkedOf = ({ person, view }: Found) => ({
  name: person.name ?? person.login,
  workspace: view.settings.title ?? view.name,
})

const languageFor = ({ person, view }: Found): Language => person.language ?? view.language

/** Of somebody nobody knows: what his Telegram is set to. */
const languageOf = ({ from }: Message): Language => (/^en/i.test(from?.language_code ?? '') ? 'en' : 'ru')
