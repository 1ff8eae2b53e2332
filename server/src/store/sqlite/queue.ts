import type { DatabaseSync } from 'node:sqlite'
import type { Address } from '../../pipeline/outcome.ts'
import { idBytes, idText } from '../../ids.ts'
import { arrivedAt, FOLD_LIMIT, STATES } from '../store.ts'
import type {
  ClaimedRow,
  ClaimResult,
  ClaimWant,
  EventRow,
  LaneRow,
  LookAgain,
  PlannedDelivery,
  Priority,
  Settlement,
  Woken,
} from '../store.ts'
import type { Accept } from './accept.ts'
import { Families } from './families.ts'
import { claimedRow, eventRow, type Row } from './queue-rows.ts'
import { prepareQueue } from './queue-statements.ts'

const PRIORITIES: readonly Priority[] = [0, 1, 2]

/** Whether what stood behind a message of its incident may leave in one message with it. */
const mayFollow = (row: Row, now: number): boolean =>
  row['behind'] === 1 && row['priority'] !== 0 && row['claimed_at'] === null && Number(row['due_at']) <= now

/** Claims and settles. Every method runs inside the caller's transaction. */
export class Queue {
  readonly #database: DatabaseSync
  readonly #accept: Accept
  readonly #statements: ReturnType<typeof prepareQueue>
  readonly #families: Families

  constructor(database: DatabaseSync, accept: Accept) {
    this.#database = database
    this.#accept = accept
    this.#statements = prepareQueue(database)
    this.#families = new Families(database)
  }

  claim(wants: readonly ClaimWant[], now: number): ClaimResult {
    const rows: ClaimedRow[] = []
    const folded: boolean[] = []
    const next = wants.map((want) => {
      const together = this.#foldable(want, now)
      const taken = together?.map((id) => this.#take(want.workspace, id, now)) ?? this.#due(want, now)
      folded.push(together !== null)
      rows.push(...taken)
      // A lane that goes one by one has a budget: it should not spend it on finding out that there is no more.
      return together === null && taken.length === want.limit && want.limit > 1 ? 'more' : this.#nextDue(want, now)
    })
    return { rows, next, folded }
  }

  /**
   * What is due beyond what the lane can take in time, in the order of events; null when that is not the case. Critical
   * ones leave by themselves, and first. Of an incident those are taken that have nothing in front of them but each other.
   */
  #foldable({ workspace, destination, foldOver, urgent }: ClaimWant, now: number): Uint8Array[] | null {
    if (foldOver === undefined || urgent === true) return null
    const { isDue, waiting, foldable, followers } = this.#statements
    if (isDue.get(workspace, destination, 0, now) !== undefined) return null
    let many = 0
    for (const priority of [1, 2])
      many += Number(waiting.get(workspace, destination, priority, now, foldOver + 1 - many)!['n'])
    if (many <= foldOver) return null
    const found: { id: Uint8Array; event: Uint8Array }[] = []
    const take = (row: Row): unknown =>
      found.push({ id: row['delivery'] as Uint8Array, event: row['event'] as Uint8Array })
    for (const row of foldable.iterate(workspace, destination, now)) {
      if (found.length >= FOLD_LIMIT) break
      take(row)
      if (row['incident'] === null) continue
      for (const follower of followers.all(
        workspace,
        destination,
        row['incident'] as string,
        row['event'] as Uint8Array,
      )) {
        if (!mayFollow(follower, now) || found.length >= FOLD_LIMIT) break
        take(follower)
      }
    }
    if (found.length < 2) return null
    return found.toSorted((a, b) => Buffer.compare(a.event, b.event) || Buffer.compare(a.id, b.id)).map(({ id }) => id)
  }

  #due({ workspace, destination, limit, urgent }: ClaimWant, now: number): ClaimedRow[] {
    const { isDue, due, claim } = this.#statements
    const rows: Row[] = []
    for (const priority of urgent === true ? [0] : PRIORITIES) {
      if (rows.length === limit) break
      // Finding nothing with all that is carried costs ten times as much.
      if (isDue.get(workspace, destination, priority, now) === undefined) continue
      rows.push(...due.all(workspace, destination, priority, now, limit - rows.length))
    }
    for (const row of rows) claim.run(now, workspace, row['delivery'] as Uint8Array)
    return rows.map((row) => this.#claimed(row))
  }

  /** The most urgent of what is due already, or else what is due first. */
  #nextDue({ workspace, destination }: ClaimWant, now: number): { priority: Priority; dueAt: number } | null {
    let soonest: { priority: Priority; dueAt: number } | null = null
    for (const priority of PRIORITIES) {
      const row = this.#statements.next.get(workspace, destination, priority)
      if (row === undefined) continue
      const dueAt = Number(row['due_at'])
      if (dueAt <= now) return { priority, dueAt }
      if (soonest === null || dueAt < soonest.dueAt) soonest = { priority, dueAt }
    }
    return soonest
  }

  #take(workspace: number, id: Uint8Array, now: number): ClaimedRow {
    this.#statements.claim.run(now, workspace, id)
    return this.#claimed(this.#statements.claimed.get(workspace, id)!)
  }

  #claimed(row: Row): ClaimedRow {
    const claimed = claimedRow(row)
    return { ...claimed, answered: this.#families.answered(claimed) }
  }

  /** Makes messages that wait for certain reasons due now. */
  lookAgain(workspace: number, { reasons, recipients, channel }: LookAgain, limit: number, now: number): Woken[] {
    const lists = [
      JSON.stringify(reasons),
      recipients === undefined ? null : JSON.stringify(recipients),
      channel ?? null,
    ]
    const [why, whom, through] = lists as [string, string | null, number | null]
    return this.#statements.lookAgain
      .all(now, workspace, workspace, now, why, whom, whom, through, through, limit)
      .map((row) => ({
        workspace,
        destination: Number(row['destination']),
        priority: row['priority'] as Priority,
        dueAt: now,
      }))
  }

  /** Up to `limit` rows of the queue after a place in it are looked at; the expired among them are claimed. */
  claimExpired(
    after: string | null,
    limit: number,
    now: number,
  ): { rows: readonly ClaimedRow[]; after: string | null } {
    const [workspace, id] = after === null ? [0, Buffer.alloc(0)] : [Number(after.slice(37)), idBytes(after)]
    const seen = this.#statements.walk.all(workspace, id, limit)
    const rows = seen
      .filter((row) => row['claimed_at'] === null && Number(row['expires_at']) <= now)
      .map((row) => this.#take(Number(row['workspace']), row['delivery'] as Uint8Array, now))
    const last = seen.at(-1)
    const more = seen.length === limit && last !== undefined
    return { rows, after: more ? `${idText(last['delivery'] as Uint8Array)} ${Number(last['workspace'])}` : null }
  }

  settle(settlements: readonly Settlement[], now: number): Woken[] {
    const woken: Woken[] = []
    for (const settlement of settlements) {
      if (settlement.budgeted && settlement.attempt !== null)
        this.#statements.sent.run(arrivedAt(settlement.attempt), settlement.workspace, settlement.destination)
      if (settlement.kind === 'end') this.#end(settlement, now, woken)
      else this.#defer(settlement, now, woken)
    }
    return woken
  }

  #end(settlement: Extract<Settlement, { kind: 'end' }>, now: number, woken: Woken[]): void {
    const { workspace, destination, incidentKey } = settlement
    const id = idBytes(settlement.delivery)
    const attempt = settlement.attempt === null ? null : JSON.stringify(settlement.attempt)
    this.#statements.remove.run(workspace, id)
    this.#statements.end.run(
      STATES.indexOf(settlement.state),
      settlement.reason,
      now,
      settlement.note,
      attempt,
      attempt,
      settlement.foldedInto === null ? null : idBytes(settlement.foldedInto),
      workspace,
      id,
    )
    const { instead } = settlement
    // What has joined goes on with the digest that takes its place.
    if (settlement.digest && instead !== null) this.#statements.rejoin.run(idBytes(instead.id), workspace, id)
    else if (settlement.digest)
      this.#statements.endJoined.run(STATES.indexOf(settlement.state), settlement.reason, now, workspace, id)
    if (settlement.disable !== null) this.disable(workspace, destination, settlement.disable, now)
    if (incidentKey !== null) {
      if (settlement.state === 'sent') this.#tell(settlement, incidentKey, now)
      this.unblock(workspace, destination, incidentKey, woken)
    }
    if (settlement.state === 'sent' && settlement.family)
      for (const waits of this.#families.end(workspace, settlement.delivery, settlement.event, now))
        if (waits.incident !== null) this.unblock(workspace, waits.destination, waits.incident, woken)
    if (instead !== null) this.#insertInstead(settlement, instead, id, now, woken)
  }

  #tell(settlement: Extract<Settlement, { kind: 'end' }>, incident: string, now: number): void {
    const { workspace, destination, told } = settlement
    const ids = told === null ? null : JSON.stringify(told)
    this.#statements.tell.run(workspace, incident, destination, ids, idBytes(settlement.event), now, ids)
  }

  #insertInstead(settlement: Settlement, instead: PlannedDelivery, id: Buffer, now: number, woken: Woken[]): void {
    const event = this.#statements.eventOf.get(settlement.workspace, id)!['event'] as Uint8Array
    const queued = this.#accept.insert(settlement.workspace, instead, event, settlement.incidentKey, now, id)
    if (typeof queued === 'object') woken.push(queued)
  }

  #defer(settlement: Extract<Settlement, { kind: 'defer' }>, now: number, woken: Woken[]): void {
    const { workspace, destination, dueAt, incidentKey, instead } = settlement
    const id = idBytes(settlement.delivery)
    const attempt = settlement.attempt === null ? null : JSON.stringify(settlement.attempt)
    const row = this.#statements.defer.get(
      settlement.suspect ? 1 : 0,
      dueAt,
      settlement.expiresAt,
      attempt === null ? 0 : 1,
      workspace,
      id,
    )
    if (row === undefined) return
    this.#statements.note.run(settlement.reason, attempt, attempt, workspace, id)
    if (instead !== null) this.#insertInstead(settlement, instead, id, now, woken)
    if (incidentKey !== null && this.#statements.stepBack.run(workspace, id).changes > 0)
      return this.unblock(workspace, destination, incidentKey, woken)
    woken.push({ workspace, destination, priority: row['priority'] as Priority, dueAt })
  }

  /** Disables a destination or, with null, takes it into use again; the configuration's version tells every node. */
  disable(workspace: number, destination: number, why: { reason: string; detail: string } | null, now: number): void {
    const version = Number(this.#statements.bump.get(workspace)!['version'])
    this.#statements.disable.run(
      why === null ? null : now,
      why?.reason ?? null,
      why?.detail ?? null,
      version,
      workspace,
      destination,
    )
  }

  /** The next message of an incident may be claimed once the one before it has ended. */
  unblock(workspace: number, destination: number, incident: string, woken: Woken[]): void {
    const row = this.#statements.unblock.get(workspace, workspace, destination, incident)
    if (row !== undefined)
      woken.push({ workspace, destination, priority: row['priority'] as Priority, dueAt: Number(row['due_at']) })
  }

  /** After a start: what was claimed when the process died may have arrived; it waits again, marked. */
  recover(now: number): LaneRow[] {
    this.#statements.suspect.run()
    this.#statements.lineUp.run()
    this.#statements.passHeld.run()
    this.#statements.letPass.run()
    this.#statements.forgetSends.run(now - 60_000)
    return this.#database
      .prepare(
        `select q.workspace, q.destination, q.priority, q.due_at, t.channel, t.address from (
           select workspace, destination, min(priority) as priority, min(due_at) as due_at from queue
           where claimed_at is null and behind = 0 group by workspace, destination) q
         join destinations t on t.workspace = q.workspace and t.id = q.destination`,
      )
      .all()
      .map((row) => ({
        workspace: Number(row['workspace']),
        destination: Number(row['destination']),
        priority: row['priority'] as Priority,
        dueAt: Number(row['due_at']),
        channel: Number(row['channel']),
        address: JSON.parse(row['address'] as string) as Address,
      }))
  }

  /** The events of a digest: the one that began it, then those that joined. */
  digestEvents(workspace: number, delivery: string): EventRow[] {
    const id = idBytes(delivery)
    return this.#statements.digestEvents.all(workspace, id, id).map(eventRow)
  }

  /** Sends of more than a minute ago say nothing about a budget any more. */
  forgetSends(before: number): void {
    this.#statements.forgetSends.run(before)
  }
}
