import type { ChannelKindName, ChannelSettings } from '@nabat/api/channel.ts'
import type { Contact } from '@nabat/api/configuration.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type { Language, Problem, Text } from '@nabat/api/text.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import type { Clock, Random } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Address, Outcome } from '../pipeline/outcome.ts'
import type { PushWorld } from './push/world.ts'

/** A file that goes with a message. `read` may be called once an attempt. */
export interface AttachedFile {
  readonly name: string
  readonly mediaType: string
  /** Bytes. */
  readonly size: number
  read(): Promise<Buffer>
}

/** How letters of a company look. */
export interface LetterStyle {
  readonly company: string
  /** #rrggbb; undefined: by severity. */
  readonly colour: string | undefined
  /** An https address, or a picture that goes with the letter. */
  readonly logo: string | AttachedFile | undefined
  readonly footer: string | undefined
}

/** How a letter names the picture that goes with it. */
export const LOGO_ADDRESS = 'cid:logo'

/** A rendered message, the same for every channel; each takes from it what its medium can show. */
export interface Message {
  /** Stable over retries: the webhook-id, the left half of the Message-ID. */
  readonly deliveryId: string
  readonly language: Language
  readonly severity: Severity
  /** One line, plain text. */
  readonly title: string
  /** The short text in Telegram's inline HTML (b, i, u, s, a, code, pre), variables escaped, lines split by \n. */
  readonly text: string
  /** The body of a letter, an HTML fragment; or the whole document, where `isWhole` says so. */
  readonly letter: string
  /** The letter is a whole HTML document and needs no frame. */
  readonly isWhole?: boolean
  /** How letters of the company look; without it as Nabat's own. */
  readonly look?: LetterStyle
  /** Under the text: buttons where the medium has them, lines where not. */
  readonly links: readonly { readonly title: string; readonly url: string }[]
  readonly attachments: readonly AttachedFile[]
  /** Without a sound. */
  readonly silent: boolean
  /** The event as a CloudEvents 1.0 record, for machines. */
  readonly event: Readonly<Record<string, unknown>>
  /** Nabat's own id of it, where it is stored. */
  readonly storedAs?: string
  /** Of a message that tells of several events: all of them the same way, or as many as fit, and how many there are. */
  readonly gathered?:
    | { readonly events: readonly Readonly<Record<string, unknown>>[]; readonly total: number }
    | undefined
  readonly incident?: { readonly key: string; readonly state: 'open' | 'acknowledged' | 'ended' }
}

/** What went before in the same incident at the same destination. */
export interface Earlier {
  /** The provider's ids, first message first. */
  readonly messageIds: readonly string[]
}

/** One attempt. */
export interface Call {
  /** Ends the attempt: the deadline, or the stop of the process. */
  readonly signal: AbortSignal
  /** edit: change the earlier message instead of sending another. */
  readonly action: 'send' | 'edit'
  readonly earlier?: Earlier
  /** 1 for the first. */
  readonly attempt: number
  /** When the message ends to be of use, milliseconds since 1970; left out where that is not known. */
  readonly expiresAt?: number
}

/** An allowance: at most `limit` messages in any window of `perMs`, counted under `key`. */
export interface Budget {
  readonly key: string
  readonly limit: number
  readonly perMs: number
}

/** How much a channel may do at once. */
export interface Limits {
  /** Attempts in flight through the whole channel. */
  readonly connections: number
  /** Attempts in flight to one destination. */
  readonly perDestination: number
  /** Milliseconds for one attempt. */
  readonly deadlineMs: number
}

/** One stage of the staged check, for doctor and for the console's test button. */
export interface CheckStage {
  readonly stage: 'settings' | 'name' | 'connection' | 'tls' | 'login' | 'sender' | 'message'
  readonly ok: boolean
  /** What was seen, and when it is not ok: what is wrong and what to do. */
  readonly says: Text
}

/** What a channel is given of the outside. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Webhooks may call private and loopback addresses (NABAT_ALLOW_PRIVATE_ADDRESSES). */
  readonly allowPrivateAddresses: boolean
  /** Stores an entry of the inbox; only the inbox channel has use for it. */
  readonly putInbox: (login: string, message: Message, earlier?: Earlier) => Promise<string>
  /** People's devices; only the push channel has use for them. */
  readonly push?: PushWorld
}

/** What a medium makes of a message, for previews; each kind says of it what it has. */
export interface Shown {
  /** As it is sent: Telegram's inline HTML, or the whole document of a letter with its pictures as data: addresses. */
  readonly html?: string
  readonly markdown?: string
  readonly subject?: string
  readonly plain?: string
}

/** An open way out: connections and all. */
export interface Channel {
  /** One call with a deadline. Returns an outcome; throws only for a bug. */
  attempt(message: Message, to: Address, call: Call): Promise<Outcome>
  /** Checks the channel stage by stage and stops at the first that fails; `to` gets the test message of the last stage. */
  check(to: Address | undefined, message: Message | undefined, signal: AbortSignal): AsyncIterable<CheckStage>
  /**
   * The lasting form of an address that was given by a name (@channel → its id). A problem when there is no such thing,
   * null when it cannot be found out now.
   */
  lookup?(to: Address, signal: AbortSignal): Promise<Address | Problem | null>
  close(): Promise<void>
}

/** A kind of channel: one file, one entry of the registry. `settings` have their references and secrets filled in. */
export interface ChannelKind<K extends ChannelKindName = ChannelKindName> {
  readonly kind: K
  /** Which words it shows: the short text, or the letter. */
  readonly medium: 'short' | 'letter'
  /** Whether it can be known that somebody read a message. */
  readonly knowsRead?: true
  /** Nobody reads what arrives there: a program takes it. */
  readonly machine?: true
  /** What the schema cannot say of the settings. */
  readonly problems: (settings: ChannelSettings<K>, world: { allowPrivateAddresses: boolean }) => Problem[]
  /** What is still missing before it may send (`channel_incomplete`); names of fields. */
  readonly missing: (settings: ChannelSettings<K>) => string[]
  /**
   * The address a recipient or contact means on this channel, or what is wrong with it. `person` is the one whose
   * contact it is. Equal destinations give equal addresses.
   */
  readonly address: (to: Recipient | Contact, settings: ChannelSettings<K>, person?: string) => Address | Problem
  /** The address in one line, for people: `-100123 topic 7`, `duty@example.ru`. */
  readonly show: (address: Address) => string
  /** What it makes of a message; left out where that is the message itself. */
  readonly shows?: (message: Message) => Promise<Shown>
  readonly limits: (settings: ChannelSettings<K>) => Limits
  /** The allowances a message to this address draws on. */
  readonly budgets: (settings: ChannelSettings<K>, address: Address) => Budget[]
  /** Whose breaker and whose connections it shares: `bot:123`, or `channel:` and what tells it from all others. */
  readonly owner: (settings: ChannelSettings<K>, channelId: string) => string
  readonly open: (settings: ChannelSettings<K>, world: World) => Promise<Channel>
}

/** True when `address` answered with what is wrong. */
export const isProblem = (value: Address | Problem): value is Problem =>
  typeof (value as Problem).message === 'object' && (value as Problem).message !== null
