/*
 * Lanes: what is waiting where, in memory. The queue in the store is the truth; a lane is one destination that has
 * something in it, with the earliest due time and the greatest urgency of that. Knowing this much without asking the store
 * lets a claim go straight to rows that can leave now, however many others wait in front of a slow or throttled
 * destination. Lanes are rebuilt from the store at the start.
 *
 *   idle ---- something becomes due ----> timed (until then) ----> ready (in its owner's line) ----> claiming
 *   claiming: the store hands out what is due; then ready again, timed, or gone when nothing is left
 *
 * An owner is a way out that lanes share: a bot, a mail server, a receiver. Its breaker and connections are counted here.
 */
import type { Budget, Limits } from '../channels/channel.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { ClaimedRow, ClaimResult, ClaimWant, Priority, Woken } from '../store/store.ts'
import { CLOSED, allowance, isDown, type Breaker } from './breaker.ts'
import { CALM, type Storm } from './fold.ts'
import type { Address } from './outcome.ts'
import { Rotation } from './rotation.ts'

export interface Lane {
  readonly key: string
  readonly workspace: number
  readonly destination: number
  readonly channel: number
  readonly address: Address
  readonly owner: Owner
  budgets: readonly Budget[]
  readonly perDestination: number
  /** Attempts under way. */
  inFlight: number
  /** Claimed rows whose attempt has not begun, the most urgent first. */
  readonly buffer: ClaimedRow[]
  claiming: boolean
  /** Something was woken while a claim was under way; what the claim says of the rest is out of date. */
  missed: boolean
  /** When something is due, null when nothing is known to wait. */
  dueAt: number | null
  priority: Priority
  /** When a critical message is due that is not due yet. */
  criticalAt: number | null
  /** The destination asked for a pause. */
  pausedUntil: number
  /** More came than can leave in time. */
  storm: Storm
  /** When the budget of a claimed row was taken; it is taken anew when the attempt begins later. */
  reservedAt: number
  /** A claimed row has to wait for its budget until then. */
  startsAt: number
  place: 'idle' | 'ready' | 'timed'
}

export interface Owner {
  readonly key: string
  limits: Limits
  breaker: Breaker
  /** Whether people were told that it is down; null: not known since this process began. */
  toldDown: boolean | null
  /** Until when it was shut the last time a waiting row was kept back to try it with. */
  probedAt: number
  /** That row has another way meanwhile, and does not wait any more once it has got through there. */
  probeMayGo: boolean
  /** Rows claimed and not done with: those in buffers and those under way. */
  claimed: number
  /** Attempts under way. */
  inFlight: number
  /** The quickest answer it gave, null before the first: what a call takes besides opening a connection. */
  quickestMs: number | null
  /** How many at once it has earned: begins low, grows with success, halves on failure. A dead host holds few. */
  window: number
  /** It leads to one destination only. */
  alone: boolean
  /** Lanes that could go, by urgency. */
  readonly ready: readonly [Rotation<Lane>, Rotation<Lane>, Rotation<Lane>]
}

const FIRST_WINDOW = 8
/** The share of an owner's connections that only critical messages may use. */
const KEPT_FOR_CRITICAL = 0.2

/**
 * A lane that has its way out for itself claims ahead, this many times what may be under way: every claim is a commit, and
 * the next one is then made while attempts go on.
 */
const AHEAD = 3
/** Critical rows that may be claimed beyond that, so that they do not wait for what was claimed before them. */
const CRITICAL_EXTRA = 10
/** So many rows of a lane whose owner is down look for a way round at once. */
const DETOURS = 20
/** It claims again when its rows would last for so many times what may be under way. */
const REFILL_AT = 1.5

/** A removed channel has no limits; its deliveries are claimed to be told so. */
const NO_LIMITS = { connections: 10, perDestination: 10, deadlineMs: 1000 }

/** Whose connections, budget and breaker a channel shares; of one that was removed, its own. */
export const ownerOf = (channel: ChannelView | undefined, id: number): string => channel?.owner ?? `removed:${id}`

export const laneKey = (workspace: number, destination: number): string => `${workspace} ${destination}`

export class Lanes {
  readonly lanes = new Map<string, Lane>()
  readonly owners = new Map<string, Owner>()
  /** Lanes that wait for a moment. Looked through when the earliest comes; few are timed at once. */
  readonly #timed = new Map<Lane, number>()
  /** Lanes in which a critical message waits for its time. */
  readonly #critical = new Set<Lane>()
  /** No timed lane's moment comes before this. */
  #quietUntil = Infinity
  #turn = 0

  owner(key: string, limits: Limits): Owner {
    let owner = this.owners.get(key)
    if (owner === undefined) {
      owner = {
        key,
        limits,
        breaker: CLOSED,
        toldDown: null,
        probedAt: 0,
        probeMayGo: false,
        claimed: 0,
        quickestMs: null,
        inFlight: 0,
        window: FIRST_WINDOW,
        alone: false,
        ready: [new Rotation<Lane>(), new Rotation<Lane>(), new Rotation<Lane>()],
      }
      this.owners.set(key, owner)
    }
    owner.limits = limits
    return owner
  }

  /** A lane for a destination that has something waiting for the first time. `channel` undefined: it was removed. */
  open(woken: Woken, to: NonNullable<Woken['to']>, channel: ChannelView | undefined): Lane {
    const limits = channel?.kind.limits(channel.settings) ?? NO_LIMITS
    return this.add({
      key: laneKey(woken.workspace, woken.destination),
      workspace: woken.workspace,
      destination: woken.destination,
      channel: to.channel,
      address: to.address,
      owner: this.owner(ownerOf(channel, to.channel), limits),
      budgets: channel?.kind.budgets(channel.settings, to.address) ?? [],
      perDestination: limits.perDestination,
      inFlight: 0,
      buffer: [],
      claiming: false,
      missed: false,
      dueAt: null,
      priority: woken.priority,
      criticalAt: null,
      pausedUntil: 0,
      storm: CALM,
      reservedAt: 0,
      startsAt: 0,
      place: 'idle',
    })
  }

  add(lane: Lane): Lane {
    this.lanes.set(lane.key, lane)
    lane.owner.alone = isAlone(lane)
    return lane
  }

  /** Something became due, or will. */
  wake(lane: Lane, { priority, dueAt }: Pick<Woken, 'priority' | 'dueAt'>, now: number): void {
    if (lane.claiming) lane.missed = true
    if (lane.dueAt === null || dueAt < lane.dueAt) lane.dueAt = dueAt
    if (priority === 0 && dueAt > now) this.expectCritical(lane, dueAt)
    if (lane.priority > priority && dueAt <= now) {
      this.#leave(lane)
      lane.priority = priority
    }
    this.place(lane, now)
  }

  /** A critical message of the lane is due then: from that moment it stands in the line of the urgent ones. */
  expectCritical(lane: Lane, dueAt: number): void {
    lane.criticalAt = Math.min(lane.criticalAt ?? Infinity, dueAt)
    this.#critical.add(lane)
    this.#quietUntil = Math.min(this.#quietUntil, dueAt)
  }

  /** Puts a lane where it belongs: ready, timed, or idle. */
  place(lane: Lane, now: number): void {
    this.#leave(lane)
    if (lane.criticalAt !== null && lane.criticalAt <= now) {
      lane.priority = 0
      lane.criticalAt = null
      this.#critical.delete(lane)
    }
    if (lane.dueAt === null || lane.claiming) return
    const at = Math.max(lane.dueAt, lane.pausedUntil, lane.priority === 0 ? 0 : lane.storm.gathersUntil)
    if (at > now) {
      lane.place = 'timed'
      this.#timed.set(lane, at)
      this.#quietUntil = Math.min(this.#quietUntil, at)
    } else if (hasRoom(lane)) {
      lane.place = 'ready'
      lane.owner.ready[lane.priority].add(lane.workspace, lane)
    }
  }

  #leave(lane: Lane): void {
    if (lane.place === 'ready') lane.owner.ready[lane.priority].delete(lane.workspace, lane)
    if (lane.place === 'timed') this.#timed.delete(lane)
    lane.place = 'idle'
  }

  /** Forgets everything of some owners, whatever it is. */
  drop(whose: (owner: string) => boolean): void {
    for (const [key, lane] of this.lanes) {
      if (!whose(lane.owner.key)) continue
      this.#leave(lane)
      this.#critical.delete(lane)
      this.lanes.delete(key)
    }
    for (const key of this.owners.keys()) if (whose(key)) this.owners.delete(key)
  }

  /** Forgets a lane that has nothing waiting and nothing under way. */
  forget(lane: Lane, now: number): void {
    const isIdle = lane.dueAt === null && claimedOf(lane) === 0 && !lane.claiming
    if (isIdle && lane.pausedUntil <= now && lane.storm.gathersUntil <= now) this.lanes.delete(lane.key)
  }

  /** Moves lanes whose moment has come. */
  tick(now: number): void {
    if (now < this.#quietUntil) return
    this.#quietUntil = Infinity
    for (const [lane, at] of [...this.#timed]) {
      if (at <= now) this.place(lane, now)
      else this.#quietUntil = Math.min(this.#quietUntil, at)
    }
    for (const lane of [...this.#critical]) {
      if (lane.criticalAt! <= now) this.place(lane, now)
      else this.#quietUntil = Math.min(this.#quietUntil, lane.criticalAt!)
    }
  }

  /** When to look again, null when nothing waits for a moment. */
  nextMoment(now: number): number | null {
    let next = this.#quietUntil
    for (const { breaker, ready } of this.owners.values())
      if (breaker.openUntil > now && ready.some(({ size }) => size > 0)) next = Math.min(next, breaker.openUntil)
    return next === Infinity ? null : next
  }

  /** Whether nothing gets through a channel at the moment. */
  isDown(channel: ChannelView): boolean {
    return isDown(this.owners.get(ownerOf(channel, channel.id))?.breaker ?? CLOSED)
  }

  /** The channels that something waits for behind an owner. */
  channelsOf(owner: Owner): { workspace: number; channel: number }[] {
    const found = new Map<string, { workspace: number; channel: number }>()
    for (const { owner: of, workspace, channel } of this.lanes.values())
      if (of === owner) found.set(`${workspace} ${channel}`, { workspace, channel })
    return [...found.values()]
  }

  /** Ways out whose breaker is open. */
  *down(): Iterable<string> {
    for (const owner of this.owners.values()) if (isDown(owner.breaker)) yield owner.key
  }

  /**
   * The lane whose turn it is and how many rows it may claim; undefined when nobody can go now. What waits behind an owner
   * that is down is claimed to look for a way round.
   */
  take(
    now: number,
    serves: (owner: string) => boolean = () => true,
  ): { lane: Lane; limit: number; detour: boolean } | undefined {
    const owners = [...this.owners.values()]
    for (const priority of [0, 1, 2] as const) {
      for (let step = 0; step < owners.length; step += 1) {
        const owner = owners[(this.#turn + step) % owners.length]!
        if (owner.ready[priority].size === 0 || !serves(owner.key)) continue
        const detour = isDown(owner.breaker) && allowance(owner.breaker, now) === 'none'
        const room = detour ? DETOURS : roomOf(owner, priority, now)
        if (room <= 0) continue
        this.#turn = (this.#turn + step + 1) % owners.length
        const lane = owner.ready[priority].take()!
        lane.place = 'idle'
        return { lane, limit: detour ? DETOURS : Math.min(wantedBy(lane), room), detour }
      }
    }
    return undefined
  }

  /** Grows or shrinks what an owner has earned. */
  static earn(owner: Owner, succeeded: boolean): void {
    owner.window = succeeded
      ? Math.min(owner.limits.connections, owner.window + 1)
      : Math.max(1, Math.floor(owner.window / 2))
  }
}

/** Whether a lane has its way out for itself: as many at once may go to it as through the whole channel. */
const isAlone = (lane: Lane): boolean =>
  lane.budgets.length === 0 && lane.perDestination >= lane.owner.limits.connections

const claimedOf = (lane: Lane): number => lane.inFlight + lane.buffer.length

function hasRoom(lane: Lane): boolean {
  const claimed = claimedOf(lane)
  if (!isAlone(lane)) return claimed < lane.perDestination
  // What is critical does not wait until the rows claimed before it have gone.
  return lane.priority === 0 || claimed <= lane.owner.window * REFILL_AT
}

function wantedBy(lane: Lane): number {
  if (lane.budgets.length > 0) return 1
  const claimed = claimedOf(lane)
  if (!isAlone(lane)) return lane.perDestination - claimed
  return Math.max(lane.priority === 0 ? CRITICAL_EXTRA : 0, Math.floor(lane.owner.window * AHEAD) - claimed)
}

/** How many more rows may be claimed for an owner. */
function roomOf(owner: Owner, priority: Priority, now: number): number {
  const allowed = allowance(owner.breaker, now)
  if (allowed === 'none') return 0
  if (allowed === 'probe') return owner.claimed === 0 ? 1 : 0
  const ahead = owner.alone ? AHEAD : 1
  return connectionsFor(owner, priority) * ahead - owner.claimed + (priority === 0 ? CRITICAL_EXTRA : 0)
}

/** Connections an owner has for messages of an urgency: a share is kept for critical ones. */
export function connectionsFor(owner: Owner, priority: Priority): number {
  const all = Math.min(owner.limits.connections, owner.window)
  return priority === 0 ? all : Math.max(1, Math.floor(all * (1 - KEPT_FOR_CRITICAL)))
}

/** What was claimed as messages: rows that leave together hang on the first of them. */
export function* messagesOf(result: ClaimResult | null, wants: readonly ClaimWant[]): Iterable<ClaimedRow> {
  const together = new Map<string, ClaimedRow[]>()
  for (const [index, { workspace, destination }] of wants.entries())
    if (result?.folded[index] === true) together.set(laneKey(workspace, destination), [])
  for (const row of result?.rows ?? []) {
    const group = together.get(laneKey(row.workspace, row.destination))
    if (group === undefined) yield row
    else group.push(row)
  }
  for (const [first, ...folded] of together.values()) if (first !== undefined) yield { ...first, folded }
}
