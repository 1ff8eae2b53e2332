/*
 * Claim and pace: one loop that is woken by what becomes due, by attempts that end, by settlements and by timers. Which
 * lane goes next is lanes.ts, whether it may is pace.ts and breaker.ts; here they are put together, and what was claimed
 * is handed on as connections become free.
 */
import type { Clock } from '../clock.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { Log } from '../log.ts'
import type { ClaimedRow, ClaimResult, ClaimWant, Notice, Store, Woken } from '../store/store.ts'
import { allowance } from './breaker.ts'
import { afterClaim, decideFold } from './fold.ts'
import { connectionsFor, laneKey, Lanes, messagesOf, ownerOf, type Lane } from './lanes.ts'
import { Pace } from './pace.ts'
import { countArrival, mayLeave } from './pacing.ts'
import { settleUntried } from './settle.ts'
import type { Settler } from './settler.ts'
import { TakeUp } from './take-up.ts'
import { Walk } from './walk.ts'

/** At most so many are attempted and unsettled at once: what a kill can repeat. */
export const UNSETTLED_LIMIT = 200

/** How long a store that refuses claims is left alone. */
const REFUSED_MS = 250
type Turn = NonNullable<ReturnType<Lanes['take']>>

export interface ClaimParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settler: Settler
  readonly channel: (workspace: number, id: number) => ChannelView | undefined
  /** Milliseconds after which what waits for a destination is folded into one message; null: never. */
  readonly foldAfterMs: (workspace: number) => number | null
  /** Whether this node serves an owner (`bot:123`), and may begin something for it; undefined where there is one node. */
  readonly serves?: (owner: string) => boolean
  /** Whether it is this node that looks for what has outlived its use; left out where there is one. */
  readonly walks?: () => boolean
  /** Takes a claimed row to its settlement; whether something was sent on the way. Never rejects. */
  readonly deliver: (row: ClaimedRow, lane: Lane) => Promise<boolean>
  /** Takes a row whose channel is down another way, or lets it wait; never rejects. */
  readonly detour: (row: ClaimedRow, lane: Lane) => Promise<void>
  /** Ends a row that has outlived its use; never rejects. */
  readonly expire: (row: ClaimedRow) => Promise<void>
}

export class Claim {
  readonly #parts: ClaimParts
  readonly lanes = new Lanes()
  /** Budgets of every way out this node serves; whoever sends without a delivery draws on them too. */
  readonly pace = new Pace()
  /** Lanes with claimed rows that wait for a connection. */
  readonly #buffered = new Set<Lane>()
  #inFlight = 0
  #stopped = true
  #claiming = false
  #timer: (() => void) | null = null
  readonly #walk: Walk
  #onRest: (() => void)[] = []
  readonly #takingUp: TakeUp

  constructor(parts: ClaimParts) {
    this.#parts = parts
    const mayWalk = (now: number): boolean => {
      this.pace.sweep(now)
      if (parts.settler.refused) void parts.settler.flush()
      return !parts.settler.refused && (parts.walks?.() ?? true)
    }
    this.#walk = new Walk({ ...parts, mayWalk })
    this.#takingUp = new TakeUp({ ...parts, pace: this.pace, wake: (woken) => this.wake(woken) })
  }

  /** Takes up what the store holds and begins. */
  async start(): Promise<void> {
    await this.takeUp(() => true)
    this.#stopped = false
    this.turn()
    this.#walk.start()
  }

  /** Takes up what waits, of owners that are new to this node with what was sent in the last minute (take-up.ts). */
  takeUp(isNew: (owner: string) => boolean, begin: () => void = () => {}): Promise<void> {
    return this.#takingUp.run(isNew, begin)
  }

  /** Begins nothing more for some owners, whatever a claim still brings; resolves when nothing of theirs is under way. */
  async letGo(whose: (owner: string) => boolean): Promise<void> {
    for (;;) {
      for (const lane of this.#buffered) if (whose(lane.owner.key)) this.#giveBack(lane)
      const busy = [...this.lanes.owners.values()].some((owner) => whose(owner.key) && owner.inFlight > 0)
      if (!this.#claiming && !busy) break
      await new Promise<void>((resolve) => this.#onRest.push(resolve))
    }
    this.lanes.drop(whose)
  }

  /** Forgets what others do by now, and settles none of it. */
  forget(): void {
    for (const lane of this.#buffered)
      if (!this.#serves(lane.owner.key)) {
        lane.owner.claimed -= lane.buffer.splice(0).length
        this.#buffered.delete(lane)
      }
    this.lanes.drop((owner) => !this.#serves(owner))
  }

  #serves(owner: string): boolean {
    return this.#parts.serves?.(owner) ?? true
  }

  /** Takes nothing new, gives back what has not been tried; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.()
    this.#walk.stop()
    for (const lane of this.#buffered) this.#giveBack(lane)
    while (this.#inFlight > 0 || this.#claiming) await new Promise<void>((resolve) => this.#onRest.push(resolve))
  }

  get waitingLanes(): number {
    return this.lanes.lanes.size
  }
  get inFlight(): number {
    return this.#inFlight
  }

  /** Something became due, or will. The others are told of what another node serves. */
  wake(woken: readonly Woken[]): void {
    const { clock, channel, store } = this.#parts
    const now = clock.now()
    const elsewhere: Extract<Notice, { kind: 'woken' }>['woken'][number][] = []
    for (const each of woken) {
      const lane = this.lanes.lanes.get(laneKey(each.workspace, each.destination))
      const to = lane ?? each.to
      if (to === undefined) {
        void this.#findLane(each)
        continue
      }
      const view = channel(each.workspace, to.channel)
      if (lane !== undefined) this.lanes.wake(lane, each, now)
      const owner = ownerOf(view, to.channel)
      this.#takingUp.note(owner, { ...each, to })
      if (!this.#serves(owner)) elsewhere.push({ ...each, channel: to.channel })
      else if (lane === undefined) this.lanes.wake(this.lanes.open(each, to, view), each, now)
    }
    if (elsewhere.length > 0) store.tell({ kind: 'woken', woken: elsewhere })
    this.turn()
  }

  /** What another node says has become due: taken up where this node serves it. */
  heard(woken: Extract<Notice, { kind: 'woken' }>['woken']): void {
    const mine = woken.filter((each) => {
      const owner = ownerOf(this.#parts.channel(each.workspace, each.channel), each.channel)
      this.#takingUp.note(owner, each)
      return this.#serves(owner)
    })
    if (mine.length > 0) this.wake(mine)
  }

  async #findLane(woken: Woken): Promise<void> {
    const to = await this.#parts.store.destination(woken.workspace, woken.destination).catch(() => undefined)
    if (to !== undefined) this.wake([{ ...woken, to }])
  }

  /** One turn: starts what has a connection, picks whose turn it is, claims for all of them at once. */
  turn(): void {
    for (const lane of this.#buffered) this.#pump(lane)
    if (this.#claiming || this.#stopped || this.#parts.settler.refused) return
    const now = this.#parts.clock.now()
    this.lanes.tick(now)
    const taken = this.#take(now)
    this.#lookAgain(now)
    if (taken.length > 0) void this.#claim(taken, now)
  }

  /** Sets the timer for the next moment at which something may go. */
  #lookAgain(now: number): void {
    let next = this.lanes.nextMoment(now) ?? Infinity
    for (const { startsAt } of this.#buffered) if (startsAt > now) next = Math.min(next, startsAt)
    this.#timer?.()
    this.#timer = next === Infinity ? null : this.#parts.clock.after(next - now, () => this.turn())
  }

  /** Lanes that go now, with how many rows each may claim. */
  #take(now: number): Turn[] {
    const taken: Turn[] = []
    let slots = this.#freeSlots()
    while (slots > 0) {
      const turn = this.lanes.take(now, (owner) => this.#serves(owner))
      if (turn === undefined) break
      const { lane, limit, detour } = turn
      lane.claiming = true
      if (detour) {
        slots -= limit
        taken.push(turn)
        continue
      }
      const freeAt = this.pace.freeAt(lane.budgets, now)
      if (freeAt > now) {
        lane.pausedUntil = Math.max(lane.pausedUntil, freeAt)
        lane.claiming = false
        this.lanes.place(lane, now)
        continue
      }
      this.pace.take(lane.budgets, now)
      lane.reservedAt = now
      lane.owner.claimed += limit
      slots -= Math.min(limit, lane.perDestination)
      taken.push(turn)
    }
    return taken
  }

  #freeSlots(): number {
    return UNSETTLED_LIMIT - this.#inFlight - this.#parts.settler.unsettled
  }

  async #claim(taken: readonly Turn[], now: number): Promise<void> {
    this.#claiming = true
    const wants = taken.map((turn) => this.#wanted(turn, now))
    let result: ClaimResult | null = null
    try {
      result = await this.#parts.store.claim(wants, now)
    } catch (error) {
      this.#parts.log.error({ error: (error as Error).message }, 'nothing can be claimed, the store takes no writes')
    }
    const aside = new Set<Lane>()
    for (const { lane, limit, detour } of taken) {
      lane.claiming = false
      if (detour) aside.add(lane)
      else lane.owner.claimed -= limit
    }
    for (const row of messagesOf(result, wants)) {
      const lane = this.lanes.lanes.get(laneKey(row.workspace, row.destination))
      // Somebody else serves it by now.
      if (lane === undefined) continue
      if (aside.has(lane)) void this.#aside(row, lane)
      else this.#buffer(row, lane)
    }
    for (const [index, { lane, detour }] of taken.entries()) {
      const folded = result?.folded[index]
      const afterMs = this.#parts.foldAfterMs(lane.workspace)
      if (folded !== undefined && wants[index]!.foldOver !== undefined && afterMs !== null)
        lane.storm = afterClaim(folded, afterMs, now)
      // Nothing was there to send: what the claim drew on the budgets is given back.
      if (!detour && lane.buffer.length === 0) this.pace.release(lane.budgets, lane.reservedAt)
      this.#afterClaim(lane, result?.next[index], now)
    }
    this.#claiming = false
    this.#tellIdle()
    this.turn()
  }

  #wanted({ lane, limit, detour }: Turn, now: number): ClaimWant {
    const { workspace, destination, storm, budgets } = lane
    if (detour) return { workspace, destination, limit }
    return { workspace, destination, limit, ...decideFold(storm, budgets, this.#parts.foldAfterMs(workspace), now) }
  }

  /** Puts a claimed row in front of the less urgent ones that wait with it. */
  #buffer(row: ClaimedRow, lane: Lane): void {
    const before = lane.buffer.findIndex((other) => other.priority > row.priority)
    if (before < 0) lane.buffer.push(row)
    else lane.buffer.splice(before, 0, row)
    // Rows come by urgency: what is left in the store is at most as urgent as the last of them.
    lane.priority = row.priority
    lane.owner.claimed += 1
    this.#buffered.add(lane)
  }

  /** `next`: what the store says of the rest; undefined when it refused. */
  #afterClaim(lane: Lane, next: ClaimResult['next'][number] | undefined, now: number): void {
    if (next === undefined) lane.pausedUntil = now + REFUSED_MS
    else if (lane.missed || next === 'more') {
      lane.dueAt = now
      // What was missed may be critical; a claim finds out.
      if (lane.missed) lane.priority = 0
    } else if (next === null) lane.dueAt = null
    else {
      lane.dueAt = next.dueAt
      lane.priority = next.priority
      if (next.priority === 0 && next.dueAt > now) this.lanes.expectCritical(lane, next.dueAt)
    }
    lane.missed = false
    this.lanes.place(lane, now)
    this.lanes.forget(lane, now)
  }

  /** Starts attempts of a lane's rows while there are connections for them. */
  #pump(lane: Lane): void {
    const { owner, buffer } = lane
    if (this.#stopped || allowance(owner.breaker, this.#parts.clock.now()) === 'none') return this.#giveBack(lane)
    while (buffer.length > 0 && lane.inFlight < lane.perDestination && this.#freeSlots() > 0) {
      if (
        owner.inFlight >= connectionsFor(owner, buffer[0]!.priority) ||
        !mayLeave(this.pace, lane, this.#parts.clock.now())
      )
        return
      void this.#one(buffer.shift()!, lane)
    }
    if (buffer.length === 0) this.#buffered.delete(lane)
  }

  /** Rows whose way has been shut meanwhile wait in the queue again; no attempt is counted. */
  #giveBack(lane: Lane): void {
    const now = this.#parts.clock.now()
    const dueAt = Math.max(now, lane.owner.breaker.openUntil)
    lane.owner.claimed -= lane.buffer.length
    for (const row of lane.buffer.splice(0))
      for (const each of [row, ...(row.folded ?? [])]) this.#parts.settler.add(settleUntried(each, dueAt))
    this.#buffered.delete(lane)
    this.lanes.place(lane, now)
  }

  /** Looks for a way round a channel that is down; nothing is attempted. */
  async #aside(row: ClaimedRow, lane: Lane): Promise<void> {
    this.#inFlight += 1
    await this.#parts.detour(row, lane)
    this.#inFlight -= 1
    this.#tellIdle()
    this.turn()
  }

  async #one(row: ClaimedRow, lane: Lane): Promise<void> {
    lane.inFlight += 1
    lane.owner.inFlight += 1
    this.#inFlight += 1
    const startedAt = this.#parts.clock.now()
    const { budgets } = lane
    const attempted = await this.#parts.deliver(row, lane)
    // A chat that has moved: what was sent counts under its new id too.
    if (lane.budgets !== budgets) this.pace.take(lane.budgets.slice(budgets.length), lane.reservedAt)
    if (!attempted) this.pace.release(lane.budgets, lane.reservedAt)
    else countArrival(this.pace, lane, startedAt, this.#parts.clock.now())
    lane.inFlight -= 1
    lane.owner.inFlight -= 1
    lane.owner.claimed -= 1
    this.#inFlight -= 1
    this.#tellIdle()
    const now = this.#parts.clock.now()
    this.lanes.place(lane, now)
    this.lanes.forget(lane, now)
    this.turn()
  }

  /** Something came to rest; who waits for that looks whether it is enough. */
  #tellIdle(): void {
    for (const resume of this.#onRest.splice(0)) resume()
  }
}
