import { Client, type Notification } from 'pg'
import type { Notice } from '../store.ts'
import type { Connections, Statement } from './connection.ts'

/*
 * What nodes tell each other. NOTIFY in the transaction of an accept would cost half of the commits, since those that
 * notify wait for each other; so it goes by itself, at most once in 20 ms and with all there was to tell. It may be lost,
 * with the connection or the node: whoever listens again is told that he may have missed something.
 */

const CHANNEL = 'nabat'
const EVERY_MS = 20
/** A payload is shorter than 8,000 bytes: https://www.postgresql.org/docs/15/sql-notify.html */
const LONGEST = 7_900
const AGAIN_MS = 1_000
/** A connection that is half open is noticed by asking it something. */
const ASK_EVERY_MS = 15_000
const ANSWER_MS = 5_000

const TELL: Statement = { name: 'tell_nodes', text: `select pg_notify('${CHANNEL}', $1)` }

/** Tells other nodes, and listens to them. */
export class Notices {
  readonly #url: string
  readonly #connections: Connections
  #call: ((notice: Notice) => void) | undefined
  #client: Client | undefined
  #waiting: Notice[] = []
  #timer: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined
  #closed = false

  constructor(url: string, connections: Connections) {
    this.#url = url
    this.#connections = connections
  }

  tell(notice: Notice): void {
    if (this.#closed) return
    this.#waiting.push(notice)
    this.#timer ??= setTimeout(() => void this.#send(), EVERY_MS)
  }

  listen(call: (notice: Notice) => void): void {
    const first = this.#call === undefined
    this.#call = call
    if (first) void this.#connect(false)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#again)
    if (this.#waiting.length > 0) await this.#send()
    await this.#client?.end().catch(() => {})
  }

  async #send(): Promise<void> {
    this.#timer = undefined
    const notices = this.#waiting
    this.#waiting = []
    try {
      for (const payload of payloads(this.#name(), notices)) await this.#connections.one('writes', TELL, [payload])
    } catch {
      // Looking now and then is the safety net.
    }
  }

  /** By what a listener knows his own notices: the number of his connection, unique among those of the server. */
  #name(): number {
    return (this.#client as (Client & { processID?: number | null }) | undefined)?.processID ?? 0
  }

  async #connect(missed: boolean): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'nabat notices',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    let lost = false
    let asking: NodeJS.Timeout | undefined
    const lose = (): void => {
      if (lost) return
      lost = true
      clearInterval(asking)
      void client.end().catch(() => {})
      if (this.#client === client) this.#client = undefined
      if (!this.#closed) this.#again = setTimeout(() => void this.#connect(true), AGAIN_MS).unref()
    }
    client.on('error', lose)
    client.on('end', lose)
    client.on('notification', (notification) => this.#hear(notification))
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
    } catch {
      return lose()
    }
    if (this.#closed) return void client.end().catch(() => {})
    this.#client = client
    if (missed) this.#call?.({ kind: 'missed' })
    asking = setInterval(() => void client.query('select 1').catch(lose), ASK_EVERY_MS).unref()
  }

  #hear({ payload }: Notification): void {
    const { from, notices } = JSON.parse(payload ?? '{}') as { from?: number; notices?: Notice[] }
    if (from === this.#name()) return
    for (const notice of notices ?? []) this.#call?.(notice)
  }
}

/** Packs notices into as few payloads as hold them; one that is too long by itself says that something was missed. */
export function payloads(from: number, notices: readonly Notice[]): string[] {
  const woken = notices.flatMap((notice) => (notice.kind === 'woken' ? notice.woken : []))
  const others = notices.filter(({ kind }) => kind !== 'woken').map((notice) => JSON.stringify(notice))
  const lanes = woken.map((one) => JSON.stringify({ kind: 'woken', woken: [one] } satisfies Notice))
  const packed: string[] = []
  let texts: string[] = []
  let length = 0
  const flush = (): void => {
    if (texts.length > 0) packed.push(`{"from":${from},"notices":[${texts.join(',')}]}`)
    texts = []
    length = 0
  }
  for (const text of new Set([...others, ...lanes])) {
    const bytes = Buffer.byteLength(text) + 1
    if (length + bytes > LONGEST - 40) flush()
    texts.push(text)
    length += bytes
  }
  flush()
  return packed
}
