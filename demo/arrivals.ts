import type { Arrival } from '@nabat/api/demo.ts'
import type { WorkspaceView } from '../server/src/configuration/view.ts'
import { idText } from '../server/src/ids.ts'
import type { Store } from '../server/src/store/store.ts'
import { BOT, MATTERMOST } from './channels.ts'
import type { Arrived, Outside } from './outside.ts'
import { PLACE_NAMES } from './place-names.ts'

/*
 * What has arrived outside, as the console shows it: each with the event it tells of.
 */

/** So many deliveries are looked through for the one that brought a message. */
const LOOKED_THROUGH = 200
/** The stand-in notes a message while the attempt is under way. */
const SLACK_MS = 60

/** Knows the event of an arrival by the delivery that brought it. */
export class Arrivals {
  readonly #outside: Outside
  readonly #store: Pick<Store, 'read'>
  /** Of what arrived how at which time: an edited message tells of another event than before. */
  readonly #events = new Map<string, string>()

  constructor(outside: Outside, store: Pick<Store, 'read'>) {
    this.#outside = outside
    this.#store = store
  }

  /** Everything that has arrived, the newest first. */
  async list(view: WorkspaceView): Promise<Arrival[]> {
    const all = [...this.#outside.arrived].toReversed()
    if (all.some(([id, one]) => !this.#events.has(keyOf(id, one)))) await this.#look(all, view)
    return all.map(([id, one]) => ({ ...viewOf(id, one), event: this.#events.get(keyOf(id, one)) ?? null }))
  }

  /** The whole letter, an HTML document; undefined when there is none. */
  letter(id: string): string | undefined {
    const one = this.#outside.arrived.get(id)
    return one?.medium === 'mail' ? one.letter.html : undefined
  }

  async #look(all: readonly (readonly [string, Arrived])[], view: WorkspaceView): Promise<void> {
    const deliveries = await this.#deliveries(view)
    for (const [id, one] of all) {
      const key = keyOf(id, one)
      if (this.#events.has(key)) continue
      const event = deliveries.find((delivery) => brought(delivery, one))?.event
      if (event !== undefined) this.#events.set(key, event)
    }
  }

  /** The latest that were attempted, the newest first. */
  async #deliveries(view: WorkspaceView): Promise<Brought[]> {
    const rows = await this.#store.read({
      sql: `select d.id, d.event, d.attempts, t.channel, t.address from deliveries d
        join destinations t on t.workspace = d.workspace and t.id = d.destination
        where d.workspace = ? and d.attempts is not null order by d.id desc limit ?`,
      parameters: [view.id, LOOKED_THROUGH],
    })
    return rows.map((row) => ({
      id: idText(row['id'] as Uint8Array),
      event: idText(row['event'] as Uint8Array),
      channel: view.channels.get(Number(row['channel']))?.name,
      chat: (JSON.parse(row['address'] as string) as { readonly chat?: string }).chat,
      sent: (row['attempts'] as string).split('\n').flatMap((line): [number, number][] => {
        const [at, tookMs, verdict] = JSON.parse(line) as [number, number, string]
        return verdict === 'sent' ? [[at, at + tookMs]] : []
      }),
    }))
  }
}

/** As much of a delivery as tells what it brought. */
interface Brought {
  readonly id: string
  readonly event: string
  readonly channel: string | undefined
  readonly chat: string | undefined
  /** When attempts that were taken began and ended, milliseconds since 1970. */
  readonly sent: readonly (readonly [number, number])[]
}

const keyOf = (id: string, { at }: Arrived): string => `${id} ${at}`

/** A letter carries the id of its delivery; a message of a chat is known by where and when it came. */
function brought({ id, channel, chat, sent }: Brought, one: Arrived): boolean {
  if (one.medium === 'mail') return one.letter.headers.get('message-id')?.startsWith(`<${id}@`) === true
  const [by, to] = one.medium === 'telegram' ? [BOT, one.message.chat] : [MATTERMOST, one.post.channel]
  if (channel !== by || (chat ?? to) !== to) return false
  return sent.some(([began, ended]) => one.at >= began - SLACK_MS && one.at <= ended + SLACK_MS)
}

function viewOf(id: string, one: Arrived): Omit<Arrival, 'event'> {
  const at = new Date(one.at).toISOString()
  const plain = { id, at, medium: one.medium, subject: null, letter: null, buttons: [], silent: false }
  if (one.medium === 'mail') {
    const { to, subject, text, html } = one.letter
    const [address = ''] = to
    const toTitle = PLACE_NAMES[address] ?? null
    const letter = html === '' ? null : `/api/v1/demo/letters/${id}`
    // A letter begins with its subject once more.
    const body = text.trim().replace(subject, '').trim()
    return { ...plain, to: address, toTitle, subject, text: body, edits: [], letter }
  }
  if (one.medium === 'mattermost') {
    const { channel, message } = one.post
    return { ...plain, to: channel, toTitle: null, text: unmarked(message), edits: one.edits.map(unmarked) }
  }
  const { chat, text, edits, buttons, silent } = one.message
  const toTitle = PLACE_NAMES[chat] ?? null
  return { ...plain, to: chat, toTitle, text, edits, silent, buttons: buttons.map((button) => button.text) }
}

/** Markdown as it is read: without its signs. */
const unmarked = (text: string): string =>
  text
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/\\([^\w\s])/g, '$1')
    .replaceAll(/[*]{2}|^#+ /gm, '')
