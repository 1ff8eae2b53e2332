/*
 * From a claimed row to its settlement: hold looked at again, rendered, attempted, and what the outcome means. Claiming
 * and pacing happened before (claim.ts), the decisions are in hold.ts, settle.ts and fallback.ts.
 */
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { World } from '../channels/channel.ts'
import type { Random } from '../clock.ts'
import type { ChannelView, WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import type { Metrics } from '../metrics.ts'
import type { AcceptRequest, ClaimedRow, PlannedDelivery } from '../store/store.ts'
import { severityOf } from './accept.ts'
import { attachmentsOf, type Ways } from './attempt.ts'
import { afterAttempt, isDown } from './breaker.ts'
import type { Fields } from './conditions.ts'
import { planFallback, type DestinationKey } from './fallback.ts'
import { decideByIncident, decideHold, type HoldDecision } from './hold.ts'
import { Lanes, type Lane } from './lanes.ts'
import { healthOf, type Address, type Outcome } from './outcome.ts'
import type { Renderer } from './render.ts'
import { reasonWords } from '../reasons.ts'
import { decideSettlement, endsUnsent, settleExpired, settleHeld, settleUntried, type Settler } from './settle.ts'

/** How long a row waits after an error of ours on its way. */
const AFTER_BUG_MS = 5_000

export interface DeliverParts {
  readonly settler: Settler
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
  readonly acceptRaised: (request: AcceptRequest | null) => void
  /** A destination has another address now: rewrite it wherever it stands. */
  readonly moved: (row: ClaimedRow, to: Address) => void
}

export class Deliver {
  readonly #parts: DeliverParts

  constructor(parts: DeliverParts) {
    this.#parts = parts
  }

  /** Takes a claimed row to its settlement. Never rejects: after an error of ours the row waits and is tried again. */
  async one(row: ClaimedRow, lane: Lane): Promise<void> {
    await this.#safely(row, () => this.#deliver(row, lane))
  }

  /** Ends a row that has outlived its use. */
  async expire(row: ClaimedRow): Promise<void> {
    await this.#safely(row, async () => {
      const view = this.#parts.view(row.workspace)
      const type = view?.type(row.event.type)
      const known = view !== undefined && type !== undefined
      this.#parts.settler.add(settleExpired(row, known ? await this.#instead(row, fieldsOf(row), type, view) : null))
    })
  }

  async #safely(row: ClaimedRow, act: () => Promise<void>): Promise<void> {
    const { world, settler } = this.#parts
    try {
      await act()
    } catch (error) {
      world.log.error(
        { delivery: row.delivery, error: (error as Error).stack },
        'a delivery broke off, it is tried again',
      )
      settler.add(settleUntried(row, world.clock.now() + AFTER_BUG_MS))
    }
  }

  async #deliver(row: ClaimedRow, lane: Lane): Promise<void> {
    const { world, random, view: viewOf, ways, renderer, settler } = this.#parts
    const now = world.clock.now()
    const view = viewOf(row.workspace)
    const type = view?.type(row.event.type) ?? typeByName.get(row.event.type)
    if (view === undefined || type === undefined) return settler.add(settleExpired(row, null))
    const fields = fieldsOf(row)
    if (row.expiresAt <= now) return settler.add(settleExpired(row, await this.#instead(row, fields, type, view)))
    const channel = view.channels.get(row.channel)
    if (channel === undefined) return this.#keep(row, { kind: 'never', reason: 'channel_removed' }, fields, type, view)
    const hold = holdAgain(row, fields, channel, view, now)
    if (hold.kind !== 'now') return this.#keep(row, hold, fields, type, view)
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
            reason: reasonWords(disabled.reason)[view.language],
            detail: disabled.detail,
            ...(row.recipient === null ? {} : { user: row.recipient }),
          })
    settler.add(settlement, raised)
    if (outcome.verdict === 'sent' && outcome.movedTo !== undefined) this.#parts.moved(row, outcome.movedTo)
  }

  /** Settles a row that hold keeps back, with another way where that is of use. */
  async #keep(
    row: ClaimedRow,
    hold: Exclude<HoldDecision, { kind: 'now' }>,
    fields: Fields,
    type: EventType,
    view: WorkspaceView,
  ): Promise<void> {
    const instead = hold.kind === 'never' && goesRound(hold) ? await this.#instead(row, fields, type, view) : null
    this.#parts.settler.add(settleHeld(row, hold, instead, this.#parts.world.clock.now()))
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
            {
              channel: channel.name,
              reason:
                outcome.verdict === 'sent'
                  ? ''
                  : reasonWords(outcome.reason)[this.#parts.view(row.workspace)?.language ?? 'ru'],
            },
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
  hold.reason === 'destination_disabled' ||
  hold.reason === 'preference' ||
  hold.reason === 'mail_off' ||
  hold.reason === 'channel_removed'
