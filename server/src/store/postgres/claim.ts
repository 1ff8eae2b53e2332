import { FOLD_LIMIT } from '../store.ts'
import type { ClaimedRow, ClaimResult, ClaimWant, EventRow, LookAgain, Priority, Woken } from '../store.ts'
import { eventRow } from './claim-rows.ts'
import {
  CLAIM,
  CLAIM_THESE,
  DIGEST_EVENTS,
  FOLDABLE,
  FOLLOWERS,
  LOOK_AGAIN,
  NEXT,
  WAITING,
  WALK,
} from './claim-statements.ts'
import { columns, type Connections, type Row, type Session } from './connection.ts'
import { withAnswers } from './families.ts'
import type { Fronts, Since } from './fronts.ts'
import type { Node } from './nodes.ts'

const LEAST_ID = '00000000-0000-0000-0000-000000000000'

type Next = ClaimResult['next'][number]
/** A want and its place among the others, from 1 on as the statements count. */
type Numbered = ClaimWant & { readonly n: number; readonly since: Since }

const PRIORITIES: readonly Priority[] = [0, 1, 2]

// A lane that goes one by one has a budget: it should not spend it on finding out that there is no more.
const isFilled = ({ limit }: Numbered, taken: number): boolean => limit > 1 && taken === limit

/** From when on each urgency is looked at, as three columns. */
const sinces = (wants: readonly Numbered[]): unknown[][] =>
  [0, 1, 2].map((priority) => wants.map(({ since }) => since[priority]))

/** Hands out what is due. */
export class Claims {
  readonly #connections: Connections
  readonly #node: Node
  readonly #fronts: Fronts

  constructor(connections: Connections, node: Node, fronts: Fronts) {
    this.#connections = connections
    this.#node = node
    this.#fronts = fronts
  }

  /** `at`: the moment that marks what is claimed, of no other claim (lost-claims.ts). */
  async claim(wants: readonly ClaimWant[], now: number, at = now): Promise<ClaimResult> {
    if (wants.length === 0) return { rows: [], next: [], folded: [] }
    const numbered = wants.map((want, index) => ({ ...want, n: index + 1, since: this.#fronts.begin(want, now) }))
    const folding = await this.#folding(numbered, now)
    const taken = await this.#these(folding, at)
    const single = numbered.filter(({ n }) => !folding.has(n))
    for (const [n, rows] of await this.#due(single, now, at)) taken.set(n, rows)
    const rowsOf = ({ n }: Numbered): readonly ClaimedRow[] => taken.get(n) ?? []
    const isFull = (want: Numbered): boolean => !folding.has(want.n) && isFilled(want, rowsOf(want).length)
    const next = await this.#next(
      numbered.filter((want) => !isFull(want)),
      now,
    )
    return {
      rows: numbered.flatMap(rowsOf),
      next: numbered.map((want): Next => (isFull(want) ? 'more' : (next.get(want.n) ?? null))),
      folded: numbered.map(({ n }) => folding.has(n)),
    }
  }

  async #due(wants: readonly Numbered[], now: number, at: number): Promise<Map<number, ClaimedRow[]>> {
    if (wants.length === 0) return new Map()
    const lanes = wants.map((want) => ({ ...want, last: want.urgent === true ? 0 : 2 }))
    const rows = await this.#connections.one('claims', CLAIM, [
      ...columns(lanes, 'workspace', 'destination', 'limit', 'last'),
      now,
      this.#node.id,
      ...sinces(wants),
      at,
    ])
    for (const [n, some] of Map.groupBy(rows, (row) => row['n'] as number)) {
      const want = wants[n - 1]!
      // Whoever got as many as he wanted was passed by nothing; of the others NEXT says what waits.
      if (isFilled(want, some.length))
        for (const row of some) this.#fronts.seen(want, row['priority'] as Priority, row['due_at'] as number, now)
    }
    return this.#byWant(rows, (n) => wants[n - 1]!.n)
  }

  async #these(chosen: ReadonlyMap<number, readonly Chosen[]>, at: number): Promise<Map<number, ClaimedRow[]>> {
    if (chosen.size === 0) return new Map()
    const list = [...chosen].flatMap(([n, some]) => some.map((one) => ({ ...one, n })))
    const rows = await this.#connections.one('claims', CLAIM_THESE, [
      ...columns(list, 'workspace', 'delivery', 'n'),
      at,
      this.#node.id,
    ])
    return this.#byWant(rows, (n) => n)
  }

  async #byWant(rows: readonly Row[], wantOf: (n: number) => number): Promise<Map<number, ClaimedRow[]>> {
    const claimed = await withAnswers(this.#connections, rows)
    const wants = Map.groupBy(rows.keys(), (index) => wantOf(rows[index]!['n'] as number))
    return new Map([...wants].map(([n, indexes]) => [n, indexes.map((index) => claimed[index]!)]))
  }

  /** The most urgent of what is due already, or else what is due first. */
  async #next(wants: readonly Numbered[], now: number): Promise<Map<number, { priority: Priority; dueAt: number }>> {
    const next = new Map<number, { priority: Priority; dueAt: number }>()
    if (wants.length === 0) return next
    const rows = await this.#connections.one('claims', NEXT, [
      ...columns(wants, 'workspace', 'destination'),
      ...sinces(wants),
    ])
    for (const want of wants) for (const priority of PRIORITIES) this.#fronts.seen(want, priority, Infinity, now)
    for (const row of rows) {
      const want = wants[(row['n'] as number) - 1]!
      const { n } = want
      const found = { priority: row['priority'] as Priority, dueAt: row['due_at'] as number }
      this.#fronts.seen(want, found.priority, found.dueAt, now)
      const sooner = next.get(n)
      if (sooner === undefined || (sooner.dueAt > now && found.dueAt < sooner.dueAt)) next.set(n, found)
    }
    return next
  }

  /**
   * For each want in which more is due than the lane can take in time: what leaves as one message, in the order of events.
   * Critical ones leave by themselves, and first. Of an incident those are taken that have nothing in front of them but
   * each other.
   */
  async #folding(wants: readonly Numbered[], now: number): Promise<Map<number, Chosen[]>> {
    const folding = new Map<number, Chosen[]>()
    const asked = wants.filter(({ foldOver, urgent }) => foldOver !== undefined && urgent !== true)
    if (asked.length === 0) return folding
    const rows = await this.#connections.one('claims', WAITING, [
      ...columns(asked, 'workspace', 'destination', 'foldOver'),
      now,
      ...sinces(asked),
    ])
    for (const [index, want] of asked.entries()) {
      const { critical, many } = rows[index] as { critical: number; many: number }
      if (critical > 0 || many <= want.foldOver!) continue
      const chosen = await this.#foldable(want, now)
      if (chosen.length >= 2) folding.set(want.n, chosen)
    }
    return folding
  }

  async #foldable({ workspace, destination }: ClaimWant, now: number): Promise<Chosen[]> {
    const heads = await this.#connections.one('claims', FOLDABLE, [workspace, destination, now, FOLD_LIMIT])
    const lines = heads.filter((row) => row['incident'] !== null)
    const followers = await this.#connections.one('claims', FOLLOWERS, [
      workspace,
      destination,
      ...columns(lines, 'incident', 'event'),
    ])
    const behind = Map.groupBy(followers, (row) => row['incident'] as string)
    const chosen: Chosen[] = []
    const take = (row: Row): unknown =>
      chosen.push({ workspace, delivery: row['delivery'] as string, event: row['event'] as string })
    for (const head of heads) {
      if (chosen.length >= FOLD_LIMIT) break
      take(head)
      for (const follower of behind.get((head['incident'] as string | null) ?? '') ?? []) {
        if (!mayFollow(follower, now) || chosen.length >= FOLD_LIMIT) break
        take(follower)
      }
    }
    return chosen.toSorted((a, b) => compare(a.event, b.event) || compare(a.delivery, b.delivery))
  }

  /** Up to `limit` rows of the queue after a place in it are looked at; the expired among them are claimed. */
  async claimExpired(
    after: string | null,
    limit: number,
    now: number,
    at = now,
  ): Promise<{ rows: readonly ClaimedRow[]; after: string | null }> {
    const [workspace, id] = after === null ? [0, LEAST_ID] : [Number(after.slice(37)), after.slice(0, 36)]
    const seen = await this.#connections.one('claims', WALK, [workspace, id, limit])
    const expired = seen
      .filter((row) => row['claimed_at'] === null && (row['expires_at'] as number) <= now)
      .map((row) => ({ workspace: row['workspace'] as number, delivery: row['delivery'] as string, event: '' }))
    const taken = expired.length === 0 ? undefined : await this.#these(new Map([[1, expired]]), at)
    const last = seen.at(-1)
    const more = seen.length === limit && last !== undefined
    return {
      rows: taken?.get(1) ?? [],
      after: more ? `${last['delivery'] as string} ${last['workspace'] as number}` : null,
    }
  }

  /** The events of a digest: the one that began it, then those that joined. */
  async digestEvents(workspace: number, delivery: string): Promise<EventRow[]> {
    return (await this.#connections.one('writes', DIGEST_EVENTS, [workspace, delivery])).map(eventRow)
  }
}

/** Makes messages that wait for certain reasons due now; `limit` null: all of them. */
export async function lookAgain(
  session: Session,
  workspace: number,
  { reasons, recipients, channel }: LookAgain,
  limit: number | null,
  now: number,
): Promise<Woken[]> {
  const rows = await session.query(LOOK_AGAIN, [workspace, now, reasons, recipients ?? null, channel ?? null, limit])
  return rows.map((row) => ({
    workspace,
    destination: row['destination'] as number,
    priority: row['priority'] as Priority,
    dueAt: now,
  }))
}

/** A row that was chosen to be claimed. */
interface Chosen {
  readonly workspace: number
  readonly delivery: string
  readonly event: string
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Whether what stands behind a message of its incident may leave in one message with it. */
const mayFollow = (row: Row, now: number): boolean =>
  row['behind'] === 1 && row['priority'] !== 0 && row['claimed_at'] === null && (row['due_at'] as number) <= now
