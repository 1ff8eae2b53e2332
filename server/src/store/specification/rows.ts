import { makeId } from '../../../test/support/claimed.ts'
import type {
  AcceptRequest,
  AcceptResult,
  ClaimedRow,
  PlannedDelivery,
  PlannedEvent,
  Settlement,
  Store,
} from '../store.ts'

/* Rows for the specification; what a test does not name is an ordinary event with one delivery that is due at once. */

export { makeId }

/** The moment at which everything happens that has no time of its own. */
export const NOW = 1_800_000_000_000
export const HOUR = 3_600_000

export const CHANNEL = 7

/** A delivery to chat `a`, unless said otherwise. */
export function delivery(some: Partial<PlannedDelivery> = {}, chat = 'a'): PlannedDelivery {
  return {
    id: makeId(),
    rule: 1,
    recipient: null,
    destination: { channel: CHANNEL, address: { chat } },
    suppressed: null,
    held: null,
    dueAt: NOW,
    expiresAt: NOW + 24 * HOUR,
    priority: 1,
    step: 0,
    living: false,
    throttle: null,
    digest: false,
    follows: false,
    ...some,
  }
}

export function event(some: Partial<PlannedEvent> = {}): PlannedEvent {
  return {
    id: makeId(),
    source: 'test',
    eventId: null,
    type: 'camera.unavailable',
    subject: 'cam-1',
    severity: 1,
    time: NOW,
    actorUser: null,
    actorRole: null,
    incident: null,
    step: 0,
    data: '{"camera":"cam-1"}',
    attachments: null,
    trace: '{"v":0}',
    deliveries: [delivery()],
    ...some,
  }
}

export const request = (events: readonly PlannedEvent[], some: Partial<AcceptRequest> = {}): AcceptRequest => ({
  workspace: 1,
  version: 0,
  at: NOW,
  events,
  ...some,
})

/** Accepts events; fails when the store says stale. */
export async function accept(
  store: Store,
  events: readonly PlannedEvent[],
  some: Partial<AcceptRequest> = {},
): Promise<Exclude<AcceptResult, 'stale'>> {
  const result = await store.accept(request(events, some))
  if (result === 'stale') throw new Error('the store says that the configuration has changed')
  return result
}

/** Accepts one event of an incident with one delivery to a chat, and gives the delivery's id. */
export async function tell(
  store: Store,
  incident: string,
  some: Partial<PlannedEvent> = {},
  planned: Partial<PlannedDelivery> = {},
  chat = 'a',
): Promise<string> {
  const step = some.step ?? 2
  const one = delivery({ step, ...planned }, chat)
  await accept(store, [event({ incident, step, deliveries: [one], ...some })])
  return one.id
}

/** The number under which a chat is known as a destination. */
export async function destinationOf(store: Store, chat = 'a', workspace = 1): Promise<number> {
  const [row] = await store.read({
    sql: 'select id from destinations where workspace = ? and channel = ? and address = ?',
    parameters: [workspace, CHANNEL, JSON.stringify({ chat })],
  })
  if (row === undefined) throw new Error(`no destination ${chat}`)
  return Number(row['id'])
}

/** Claims what is due for a chat. */
export async function claim(
  store: Store,
  { chat = 'a', limit = 100, now = NOW, workspace = 1 } = {},
): Promise<readonly ClaimedRow[]> {
  const destination = await destinationOf(store, chat, workspace)
  return (await store.claim([{ workspace, destination, limit }], now)).rows
}

export const ids = (rows: readonly ClaimedRow[]): string[] => rows.map((row) => row.delivery)

type End = Extract<Settlement, { kind: 'end' }>
type Defer = Extract<Settlement, { kind: 'defer' }>

const keyOf = ({ workspace, delivery: id, destination, digest, incident, event: of }: ClaimedRow) => ({
  workspace,
  delivery: id,
  destination,
  event: of.id,
  digest,
  incidentKey: incident?.key ?? null,
  family: false,
})

/** The settlement of a claimed row that was sent, or ended otherwise. */
export const ended = (row: ClaimedRow, some: Partial<End> = {}): End => ({
  ...keyOf(row),
  kind: 'end',
  state: 'sent',
  reason: null,
  note: null,
  attempt: [NOW, 5, 'sent', null, null],
  told: row.incident === null ? null : ['m1'],
  foldedInto: null,
  instead: null,
  disable: null,
  budgeted: false,
  ...some,
})

/** The settlement of a claimed row that waits again. */
export const waits = (row: ClaimedRow, some: Partial<Defer> = {}): Defer => ({
  ...keyOf(row),
  kind: 'defer',
  dueAt: NOW,
  expiresAt: row.expiresAt,
  reason: 'timeout',
  instead: null,
  suspect: false,
  attempt: [NOW, 5, 'deferred', 'timeout', null],
  budgeted: false,
  ...some,
})

export interface StoredDelivery {
  readonly state: 'waiting' | 'sent' | 'suppressed' | 'failed' | 'cancelled'
  readonly reason: string | null
  readonly note: string | null
  readonly attempts: number
}

/** What is stored of a delivery; undefined when it is not there. */
export async function stored(store: Store, id: string): Promise<StoredDelivery | undefined> {
  const [row] = await store.read({
    sql: 'select state, reason, note, attempts from deliveries where id = ?',
    parameters: [bytes(id)],
  })
  if (row === undefined) return undefined
  const states = ['waiting', 'sent', 'suppressed', 'failed', 'cancelled'] as const
  const attempts = row['attempts'] === null ? 0 : (row['attempts'] as string).split('\n').length
  return {
    state: states[Number(row['state'])]!,
    reason: row['reason'] as string | null,
    note: row['note'] as string | null,
    attempts,
  }
}

export const bytes = (id: string): Uint8Array => Buffer.from(id.replaceAll('-', ''), 'hex')

/** How many rows a table has. */
export async function count(store: Store, table: string): Promise<number> {
  const [row] = await store.read({ sql: `select count(*) as n from ${table}`, parameters: [] })
  return Number(row!['n'])
}
