/*
 * What a code comes to that somebody sends to a bot: the decision, and nothing else. Pure.
 */
import type { Contact, User } from '@nabat/api/configuration.ts'

/** What was sent, and what is known of it. */
export interface SentCode {
  readonly chat: string
  /** Only a chat of one person with the bot may be linked. */
  readonly isPrivate: boolean
  /** Wrong codes this chat may still send, this one among them. */
  readonly triesLeft: number
  /** Undefined: nobody was given such a code for this bot, or whoever was has gone. */
  readonly code: KnownCode | undefined
  readonly now: number
}

/** A code somebody was given. Times are milliseconds since 1970. */
export interface KnownCode {
  readonly expiresAt: number
  readonly usedAt: number | null
  /** The chat it has linked. */
  readonly usedBy: string | null
  /** Name of the channel it is for. */
  readonly channel: string
  readonly person: User
  /** The card is described in the configuration file. */
  readonly isOfFile: boolean
  /** Somebody else in the workspace has this chat. */
  readonly isOthers: boolean
}

/** What the bot says; null: nothing. */
export type LinkingAnswer =
  | 'linked'
  | 'already'
  | 'wrong'
  | 'last_wrong'
  | 'used'
  | 'expired'
  | 'others'
  | 'group'
  | 'file'

/** What is to be done. `link`: the contacts of the card from then on; `end`: the code is good for nothing any more. */
export interface LinkingDecision {
  readonly answer: LinkingAnswer | null
  readonly link: readonly Contact[] | null
  /** The destination is taken into use again where it was out of use. */
  readonly enable: boolean
  /** A try is counted. */
  readonly isWrong: boolean
  readonly end: boolean
}

const NOTHING: LinkingDecision = { answer: null, link: null, enable: false, isWrong: false, end: false }
const only = (answer: LinkingAnswer): LinkingDecision => ({ ...NOTHING, answer })

/** Decides about a code. */
export function decideLinking({ chat, isPrivate, triesLeft, code, now }: SentCode): LinkingDecision {
  if (!isPrivate) {
    // Everybody there has seen it: whoever is quickest would get somebody else's messages.
    const isLive = code !== undefined && code.usedAt === null && code.expiresAt > now
    return isLive ? { ...only('group'), end: true } : NOTHING
  }
  // Not even looked at: a guess that happens to be right is one.
  if (triesLeft <= 0) return NOTHING
  if (code === undefined) return { ...only(triesLeft === 1 ? 'last_wrong' : 'wrong'), isWrong: true }
  const { person, channel } = code
  const isLinked = hasChat(person, channel, chat)
  // The same update once more, or the same person: it is as was wanted.
  if (code.usedAt !== null) return only(code.usedBy === chat && isLinked ? 'already' : 'used')
  if (code.expiresAt <= now) return only('expired')
  if (code.isOthers) return only('others')
  if (isLinked) return { ...NOTHING, answer: 'already', enable: true, end: true }
  if (code.isOfFile) return only('file')
  const link = [...(person.contacts ?? []), { channel, chat }]
  return { answer: 'linked', link, enable: true, isWrong: false, end: true }
}

/** Whether a chat is among the contacts of a person. */
const hasChat = ({ contacts = [] }: User, channel: string, chat: string): boolean =>
  contacts.some((contact) => contact.channel === channel && String(contact.chat) === chat)

/** Whether somebody other than one person has a chat by any of these channels; whoever has left has it no more. */
export function isChatOfOthers(
  chat: string,
  login: string,
  channels: ReadonlySet<string>,
  people: Iterable<User>,
): boolean {
  for (const { login: each, enabled, contacts = [] } of people)
    if (each !== login && enabled !== false)
      for (const contact of contacts) if (String(contact.chat) === chat && channels.has(contact.channel)) return true
  return false
}
