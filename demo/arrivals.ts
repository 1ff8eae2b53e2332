import type { Arrival } from '@nabat/api/demo.ts'
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../server/src/configuration/view.ts'
import type { History } from '../server/src/history/history.ts'
import { BOT, CHATS, MATTERMOST } from './channels.ts'
import type { Arrived, Outside } from './outside.ts'
import { PHONES, USERS } from './people.ts'

/*
 * What has arrived outside, as the console shows it: each with the event it tells of.
 */

/** So many deliveries are looked through for the one that brought a message. */
const LOOKED_THROUGH = 200
/** The stand-in notes a message while the attempt is under way. */
const SLACK_MS = 60

const MAILBOXES: ReadonlyMap<string, string> = new Map(
  USERS.flatMap(({ name, email, contacts = [] }) =>
    [email, ...contacts.map(({ address }) => address)].flatMap((address): [string, string][] =>
      address === undefined || name === undefined ? [] : [[address, name]],
    ),
  ),
)

/** Knows the event of an arrival by the delivery that brought it. */
export class Arrivals {
  readonly #outside: Outside
  readonly #history: History
  /** Of what arrived how at which time: an edited message tells of another event than before. */
  readonly #events = new Map<string, string>()

  constructor(outside: Outside, history: History) {
    this.#outside = outside
    this.#history = history
  }

  /** Everything that has arrived, the newest first. */
  async list(view: WorkspaceView, language: Language): Promise<Arrival[]> {
    const all = [...this.#outside.arrived].toReversed()
    if (all.some(([id, one]) => !this.#events.has(keyOf(id, one)))) await this.#look(all, view, language)
    return all.map(([id, one]) => ({ ...viewOf(id, one), event: this.#events.get(keyOf(id, one)) ?? null }))
  }

  /** The whole letter, an HTML document; undefined when there is none. */
  letter(id: string): string | undefined {
    const one = this.#outside.arrived.get(id)
    return one?.medium === 'mail' ? one.letter.html : undefined
  }

  async #look(all: readonly (readonly [string, Arrived])[], view: WorkspaceView, language: Language): Promise<void> {
    const page = { limit: LOOKED_THROUGH, after: undefined }
    const deliveries = (await this.#history.deliveries(view, {}, page, language)) as unknown as readonly Brought[]
    for (const [id, one] of all) {
      const key = keyOf(id, one)
      if (this.#events.has(key)) continue
      const event = deliveries.find((delivery) => brought(delivery, one))?.event
      if (event !== undefined) this.#events.set(key, event)
    }
  }
}

/** As much of a delivery as tells what it brought. */
interface Brought {
  readonly id: string
  readonly event: string
  readonly channel: string | null
  readonly destination: string | null
  readonly attempts: readonly { readonly at: string; readonly tookMs: number; readonly verdict: string }[]
}

const keyOf = (id: string, { at }: Arrived): string => `${id} ${at}`

/** A letter carries the id of its delivery; a message of a chat is known by where and when it came. */
function brought({ id, channel, destination, attempts }: Brought, one: Arrived): boolean {
  if (one.medium === 'mail') return one.letter.headers.get('message-id')?.startsWith(`<${id}@`) === true
  const [by, to] = one.medium === 'telegram' ? [BOT, one.message.chat] : [MATTERMOST, one.post.channel]
  if (channel !== by || !sameChat(destination, to)) return false
  return attempts.some(({ at, tookMs, verdict }) => {
    const began = Date.parse(at)
    return verdict === 'sent' && one.at >= began - SLACK_MS && one.at <= began + tookMs + SLACK_MS
  })
}

const sameChat = (destination: string | null, to: string): boolean =>
  destination === to || destination === to.replace(/^@/, '') || destination?.replace(/^[#~]/, '') === to

function viewOf(id: string, one: Arrived): Omit<Arrival, 'event'> {
  const at = new Date(one.at).toISOString()
  const plain = { id, at, medium: one.medium, subject: null, letter: null, buttons: [], silent: false }
  if (one.medium === 'mail') {
    const { to, subject, text, html } = one.letter
    const [address = ''] = to
    const toTitle = MAILBOXES.get(address) ?? null
    const letter = html === '' ? null : `/api/v1/demo/letters/${id}`
    return { ...plain, to: address, toTitle, subject, text: text.trim(), edits: [], letter }
  }
  if (one.medium === 'mattermost') {
    const { channel, message } = one.post
    return { ...plain, to: channel, toTitle: null, text: message, edits: one.edits }
  }
  const { chat, text, edits, buttons, silent } = one.message
  const toTitle = CHATS[chat] ?? PHONES[chat] ?? null
  return { ...plain, to: chat, toTitle, text, edits, silent, buttons: buttons.map((button) => button.text) }
}
