/*
 * The delivering half of the way: claim → pace → render → attempt → settle, as one loop that is woken by what becomes
 * due, by attempts that end and by timers. Which lane goes next is lanes.ts, whether it may is pace.ts and breaker.ts,
 * what an outcome means is settle.ts; here they are only put together.
 */
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { World } from '../channels/channel.ts'
import type { ChannelView, WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import type { AcceptRequest, ClaimedRow, ClaimResult, PlannedDelivery, Store, Woken } from '../store/store.ts'
import type { Random } from '../clock.ts'
import type { Metrics } from '../metrics.ts'
import { severityOf } from './accept.ts'
import { attachmentsOf, type Ways } from './attempt.ts'
import { afterAttempt, isDown } from './breaker.ts'
import type { Fields } from './conditions.ts'
import { planFallback, type DestinationKey } from './fallback.ts'
import { decideByIncident, decideHold, type HoldDecision } from './hold.ts'
import { laneKey, Lanes, type Lane } from './lanes.ts'
import { healthOf, type Address, type Outcome } from './outcome.ts'
import { Pace } from './pace.ts'
import { decideSettlement, endsUnsent, settleExpired, settleHeld, Settler } from './settle.ts'
import type { Renderer } from './render.ts'

/** At most so many are attempted and unsettled at once: what a kill can repeat. */
export const UNSETTLED_LIMIT = 200

/** The queue is walked for messages whose life is over, so many rows at a time. */
const WALK_ROWS = 1_000
const WALK_EVERY_MS = 1_000

export interface DeliverParts {
  readonly store: Store
  readonly world: Pick<World, 'clock' | 'log'>
  readonly random: Random
  readonly makeId: MakeId
  readonly ways: Ways
  readonly metrics: Metrics
  readonly renderer: Renderer
  readonly view: (workspace: number) => WorkspaceView | undefined
  /** Destinations already tried for the event of a delivery. */
  readonly tried: (row: ClaimedRow) => Promise<ReadonlySet<DestinationKey>>
  /** An event of the system's own, ready to be written with a settlement. */
  readonly raise: (
    workspace: number,
    type: string,
    data: Record<string, unknown>,
    incident?: string,
  ) => AcceptRequest | null
  /** Routes and stores an event of the system's own again, because the configuration had changed. */
  readonly reraise: (request: AcceptRequest) => void
  readonly acceptRaised: (request: AcceptRequest | null) => void
  /** A destination has another address now: rewrite it wherever it stands. */
  readonly moved: (row: ClaimedRow, to: Address) => void
}

export class Deliver {
  readonly #parts: DeliverParts
  readonly #lanes = new Lanes()
  readonly #pace = new Pace()
  readonly #settler: Settler
  #inFlight = 0
  #stopped = true
  #turning = false
  #timer: (() => void) | null = null
  #walk: (() => void) | null = null
  #walkedTo: string | null = null
  #idle: (() => void)[] = []

  constructor(parts: DeliverParts) {
    this.#parts = parts
    this.#settler = new Settler(parts.store, parts.world.clock, parts.world.log, ({ woken, stale }) => {
      this.wake(woken)
      for (const request of stale) parts.reraise(request)
    })
  }

  /** Takes up what the store holds and begins. */
  async start(): Promise<void> {
    const { store, world } = this.#parts
    const { lanes, sends } = await store.recover(world.clock.now())
    for (const { at, workspace, channel, address } of sends) {
      const view = this.#channel(workspace, channel)
      if (view !== undefined) this.#pace.take(view.kind.budgets(view.settings, address), at)
    }
    this.#stopped = false
    this.wake(lanes.map((lane) => ({ ...lane, to: lane })))
    this.#walkSoon()
    this.#turn()
  }

  /** Takes nothing new, gives attempts under way `graceMs` to end, then ends them, and settles everything. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    this.#timer?.()
    this.#walk?.()
    const endGrace = this.#parts.world.clock.after(graceMs, () => this.#parts.ways.abort())
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    endGrace()
    await this.#settler.flush()
    await this.#parts.ways.close()
  }

  get waitingLanes(): number {
    return this.#lanes.lanes.size
  }
  get inFlight(): number {
    return this.#inFlight
  }
  /** Breakers that are open, by owner. */
  *down(): Iterable<string> {
    for (const owner of this.#lanes.owners.values()) if (isDown(owner.breaker)) yield owner.key
  }

  /** Something became due, or will. */
  wake(woken: readonly Woken[]): void {
    const now = this.#parts.world.clock.now()
    for (const each of woken) {
      const lane = this.#lanes.lanes.get(laneKey(each.workspace, each.destination))
      if (lane !== undefined) this.#lanes.wake(lane, each, now)
      else if (each.to !== undefined) this.#newLane(each, each.to, now)
      else void this.#findLane(each)
    }
    this.#turn()
  }

  async #findLane(woken: Woken): Promise<void> {
    const to = await this.#parts.store.destination(woken.workspace, woken.destination)
    if (to !== undefined) this.wake([{ ...woken, to }])
  }

  #newLane(woken: Woken, to: NonNullable<Woken['to']>, now: number): void {
    const channel = this.#channel(woken.workspace, to.channel)
    // A channel that was removed has no limits; its deliveries are claimed to be told so.
    const limits = channel?.kind.limits(channel.settings) ?? { connections: 10, perDestination: 10, deadlineMs: 1000 }
    const owner = this.#lanes.owner(
      channel?.kind.owner(channel.settings, String(channel.id)) ?? `removed:${to.channel}`,
      limits,
    )
    const lane: Lane = {
      key: laneKey(woken.workspace, woken.destination),
      workspace: woken.workspace,
      destination: woken.destination,
      channel: to.channel,
      address: to.address,
      owner,
      budgets: channel?.kind.budgets(channel.settings, to.address) ?? [],
      perDestination: limits.perDestination,
      inFlight: 0,
      claiming: false,
      missed: false,
      dueAt: null,
      priority: woken.priority,
      pausedUntil: 0,
      place: 'idle',
    }
    this.#lanes.wake(this.#lanes.add(lane), woken, now)
  }

  #channel(workspace: number, id: number): ChannelView | undefined {
    return this.#parts.view(workspace)?.channels.get(id)
  }

  /** One turn: picks whose turn it is, claims for all of them at once, starts the attempts. */
  #turn(): void {
    if (this.#turning || this.#stopped || this.#settler.refused) return
    const { clock } = this.#parts.world
    const now = clock.now()
    const next = this.#lanes.tick(now)
    const taken = this.#take(now)
    this.#timer?.()
    this.#timer = next === null ? null : clock.after(next - now, () => this.#turn())
    if (taken.length > 0) {
      this.#turning = true
      void this.#claim(taken, now)
    }
  }

  /** Lanes that go now, with how many each may take. */
  #take(now: number): { lane: Lane; limit: number }[] {
    const taken: { lane: Lane; limit: number }[] = []
    let slots = UNSETTLED_LIMIT - this.#inFlight - this.#settler.unsettled
    while (slots > 0) {
      const turn = this.#lanes.take(slots, now)
      if (turn === undefined) break
      const { lane, limit } = turn
      const freeAt = this.#pace.freeAt(lane.budgets, now)
      if (freeAt > now) {
        lane.pausedUntil = Math.max(lane.pausedUntil, freeAt)
        this.#lanes.place(lane, now)
        continue
      }
      this.#pace.take(lane.budgets, now)
      lane.claiming = true
      this.#reserve(lane, limit)
      slots -= limit
      taken.push(turn)
    }
    return taken
  }

  async #claim(taken: readonly { lane: Lane; limit: number }[], now: number): Promise<void> {
    const wants = taken.map(({ lane, limit }) => ({ workspace: lane.workspace, destination: lane.destination, limit }))
    let result: ClaimResult | null = null
    try {
      result = await this.#parts.store.claim(wants, now)
    } catch (error) {
      this.#parts.world.log.error(
        { error: (error as Error).message },
        'nothing can be claimed, the store takes no writes',
      )
    }
    const counts = new Map<Lane, number>()
    for (const row of result?.rows ?? []) {
      const lane = this.#lanes.lanes.get(laneKey(row.workspace, row.destination))!
      counts.set(lane, (counts.get(lane) ?? 0) + 1)
      // Rows come by urgency: what is left is at most as urgent as the last of them.
      lane.priority = row.priority
    }
    for (const [index, { lane, limit }] of taken.entries()) {
      lane.claiming = false
      this.#release(lane, limit - (counts.get(lane) ?? 0))
      if (result === null) {
        lane.pausedUntil = now + 250
        this.#lanes.place(lane, now)
      } else this.#afterClaim(lane, result.next[index]!, now)
    }
    for (const row of result?.rows ?? [])
      void this.#one(row, this.#lanes.lanes.get(laneKey(row.workspace, row.destination))!)
    this.#turning = false
    this.#turn()
  }

  #afterClaim(lane: Lane, next: ClaimResult['next'][number], now: number): void {
    if (lane.missed || next === 'more') lane.dueAt = now
    else if (next === null) return this.#lanes.drained(lane, now)
    else {
      lane.dueAt = next.dueAt
      lane.priority = next.priority
    }
    lane.missed = false
    this.#lanes.place(lane, now)
  }

  #reserve(lane: Lane, count: number): void {
    lane.inFlight += count
    lane.owner.inFlight += count
    this.#inFlight += count
  }

  #release(lane: Lane, count: number): void {
    lane.inFlight -= count
    lane.owner.inFlight -= count
    this.#inFlight -= count
    if (this.#inFlight === 0) for (const done of this.#idle.splice(0)) done()
  }

  /** The rest of one delivery's way, from its claim to its settlement. */
  async #one(row: ClaimedRow, lane: Lane): Promise<void> {
    try {
      await this.#deliver(row, lane)
    } catch (error) {
      // Only the store or a bug leads here; the row stays claimed and is taken up again after a restart.
      this.#parts.world.log.error({ delivery: row.delivery, error: (error as Error).stack }, 'a delivery broke off')
    }
    this.#release(lane, 1)
    const now = this.#parts.world.clock.now()
    this.#lanes.place(lane, now)
    if (lane.dueAt === null) this.#lanes.drained(lane, now)
    this.#turn()
  }

  async #deliver(row: ClaimedRow, lane: Lane): Promise<void> {
    const { world, random, view: viewOf, ways, renderer } = this.#parts
    const now = world.clock.now()
    const view = viewOf(row.workspace)
    const type = view?.type(row.event.type) ?? typeByName.get(row.event.type)
    const channel = view?.channels.get(row.channel)
    if (view === undefined || type === undefined || channel === undefined)
      return this.#settler.add(settleExpired(row, null))
    const fields = fieldsOf(row)
    if (row.expiresAt <= now) return this.#settler.add(settleExpired(row, await this.#instead(row, fields, type, view)))
    const hold = holdAgain(row, fields, channel, view, now)
    if (hold.kind !== 'now') {
      const instead = hold.kind === 'never' && goesRound(hold) ? await this.#instead(row, fields, type, view) : null
      return this.#settler.add(settleHeld(row, hold, instead))
    }
    const message = await renderer.render(row, type, view, await attachmentsOf(row, renderer.file(row.workspace)))
    const startedAt = world.clock.now()
    const outcome = await ways.attempt(row, message, channel, world)
    const endedAt = world.clock.now()
    const attempted = {
      row,
      outcome,
      at: startedAt,
      tookMs: endedAt - startedAt,
      budgeted: lane.budgets.length > 0,
      note: message.note,
    }
    this.#logAttempt(row, channel, outcome, endedAt - startedAt)
    this.#learn(row, lane, channel, outcome, endedAt)
    const chance = random.float()
    const instead = endsUnsent(attempted, endedAt, chance) ? await this.#instead(row, fields, type, view) : null
    const settlement = decideSettlement(attempted, endedAt, chance, instead)
    const disabled = settlement.kind === 'end' ? settlement.disable : null
    const raised =
      disabled === null || row.event.type.startsWith('system.')
        ? null
        : this.#parts.raise(row.workspace, 'system.destination.disabled', {
            channel: channel.name,
            destination: channel.kind.show(row.address),
            reason: disabled.reason,
            detail: disabled.detail,
            ...(row.recipient === null ? {} : { user: row.recipient }),
          })
    this.#settler.add(settlement, raised)
    if (outcome.verdict === 'sent' && outcome.movedTo !== undefined) this.#parts.moved(row, outcome.movedTo)
  }

  async #instead(
    row: ClaimedRow,
    fields: Fields,
    type: EventType,
    view: WorkspaceView,
  ): Promise<PlannedDelivery | null> {
    const tried = await this.#parts.tried(row)
    return planFallback(row, fields, type, view, tried, this.#parts.world.clock.now(), this.#parts.makeId())
  }

  /** What the attempt says of its way: the breaker, the window, a pause of the destination. */
  #learn(row: ClaimedRow, lane: Lane, channel: ChannelView, outcome: Outcome, now: number): void {
    const health = healthOf(outcome)
    const { owner } = lane
    const wait = outcome.verdict === 'deferred' ? outcome.retryAfterMs : undefined
    const before = owner.breaker
    owner.breaker = afterAttempt(before, health, now, wait)
    Lanes.earn(owner, health.of !== 'channel' || health.state === 'fine')
    if (health.of === 'destination' && health.state === 'throttled')
      lane.pausedUntil = Math.max(lane.pausedUntil, now + (wait ?? 1000))
    if (isDown(before) === isDown(owner.breaker) || row.event.type.startsWith('system.')) return
    const incident = `channel:${channel.name}`
    this.#parts.acceptRaised(
      isDown(owner.breaker)
        ? this.#parts.raise(
            row.workspace,
            'system.channel.down',
            { channel: channel.name, reason: outcome.verdict === 'sent' ? '' : outcome.reason },
            incident,
          )
        : this.#parts.raise(row.workspace, 'system.channel.back', { channel: channel.name }, incident),
    )
  }

  #logAttempt(row: ClaimedRow, channel: ChannelView, outcome: Outcome, tookMs: number): void {
    const { metrics, world } = this.#parts
    metrics.attempt(channel.kind.kind, outcome, tookMs)
    const fields = {
      workspace: row.workspace,
      event: row.event.id,
      delivery: row.delivery,
      attempt: row.attempts + 1,
      channel: channel.name,
      destination: row.destination,
      verdict: outcome.verdict,
      took: tookMs,
      ...(outcome.verdict === 'sent' ? {} : { reason: outcome.reason, detail: outcome.detail }),
    }
    if (outcome.verdict === 'sent') world.log.debug(fields, 'sent')
    else world.log.warn(fields, outcome.verdict)
  }

  #walkSoon(): void {
    this.#walk = this.#parts.world.clock.after(WALK_EVERY_MS, () => {
      void this.#walkQueue().finally(() => {
        if (!this.#stopped) this.#walkSoon()
      })
    })
  }

  /** Ends what has outlived its use behind a breaker or a long pause. */
  async #walkQueue(): Promise<void> {
    const { store, world, view: viewOf } = this.#parts
    if (this.#settler.refused) return void this.#settler.flush()
    this.#pace.sweep(world.clock.now())
    try {
      const { rows, after } = await store.claimExpired(this.#walkedTo, WALK_ROWS, world.clock.now())
      this.#walkedTo = after
      for (const row of rows) {
        const view = viewOf(row.workspace)
        const type = view?.type(row.event.type)
        const instead =
          view === undefined || type === undefined ? null : await this.#instead(row, fieldsOf(row), type, view)
        this.#settler.add(settleExpired(row, instead))
      }
    } catch (error) {
      world.log.error({ error: (error as Error).message }, 'the queue cannot be walked')
    }
  }
}

/** The fields of a stored event, as conditions see them. */
export function fieldsOf(row: Pick<ClaimedRow, 'event'>): Fields {
  const { event } = row
  return {
    type: event.type,
    subject: event.subject,
    severity: severityOf(event.severity),
    source: event.source,
    actor: { user: event.actorUser, role: event.actorRole },
    incident: event.incident,
    data: JSON.parse(event.data) as unknown,
  }
}

/** Hold, looked at again now that the turn has come. */
function holdAgain(
  row: ClaimedRow,
  fields: Fields,
  channel: ChannelView,
  view: WorkspaceView,
  now: number,
): HoldDecision {
  const byIncident = decideByIncident(row)
  if (byIncident.kind !== 'now') return byIncident
  if (row.digest && view.rule(row.rule) === undefined) return { kind: 'never', reason: 'rule_deleted' }
  const person = row.recipient === null ? null : (view.people.get(row.recipient) ?? null)
  if (row.recipient !== null && person === null) return { kind: 'never', reason: 'person_left' }
  return decideHold({ fields, priority: row.priority, person, channel, disabled: row.disabled ?? undefined }, view, now)
}

/** Whether another way is of use when this one is shut. */
const goesRound = (hold: Extract<HoldDecision, { kind: 'never' }>): boolean =>
  hold.reason === 'destination_disabled' || hold.reason === 'mail_off'
