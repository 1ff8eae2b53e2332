/*
 * From a claimed row to its settlement: hold looked at again, rendered, attempted, and what the outcome means. Claiming
 * and pacing happened before (claim.ts), the decisions are in hold.ts, settle.ts and fallback.ts. Rows that were folded
 * leave in one message and are settled each by itself.
 */
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { World } from '../channels/channel.ts'
import type { Random } from '../clock.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Metrics } from '../metrics.ts'
import type { AcceptRequest, ClaimedRow } from '../store/store.ts'
import { severityOf } from './accept.ts'
import { attachmentsOf, type Ways } from './attempt.ts'
import { afterAttempt, isDown } from './breaker.ts'
import type { Fields } from './conditions.ts'
import { decideByIncident, decideByWorkspace, decideHold, LOOK_AGAIN_MS, type HoldDecision } from './hold.ts'
import type { Instead, Ready } from './instead.ts'
import { Lanes, type Lane, type Owner } from './lanes.ts'
import { healthOf, type Address, type Outcome } from './outcome.ts'
import type { Renderer } from './render.ts'
import type { RenderedMessage } from '../render/message.ts'
import { reasonWords } from '../reasons.ts'
import {
  decideSettlement,
  endsUnsent,
  settleDetour,
  settleExpired,
  settleHeld,
  settleUntried,
  type Attempted,
} from './settle.ts'
import type { Settler } from './settler.ts'

/** How long a row waits after an error of ours on its way. */
const AFTER_BUG_MS = 5_000

export interface DeliverParts {
  readonly settler: Settler
  readonly world: Pick<World, 'clock' | 'log'>
  readonly random: Random
  readonly ways: Ways
  readonly metrics: Metrics
  readonly renderer: Renderer
  readonly instead: Instead
  readonly view: (workspace: number) => WorkspaceView | undefined
  /** An event of the system's own, ready to be written with a settlement. */
  readonly raise: (
    workspace: number,
    type: string,
    data: Record<string, unknown>,
    incident?: string,
  ) => AcceptRequest | null
  readonly acceptRaised: (request: AcceptRequest | null) => void
  /** Own templates of a message that failed are told of; never rejects. */
  readonly failed: (row: ClaimedRow, view: WorkspaceView, message: RenderedMessage) => void
  /** Whether an incident is open. Never rejects. */
  readonly isOpen: (workspace: number, incident: string) => Promise<boolean>
  /** A destination has another address now: rewrite it wherever it stands. */
  readonly moved: (row: ClaimedRow, to: Address) => void
  /** Whether this node still serves an owner: another may have taken over while the process stood still. Left out where there is one node. */
  readonly holds?: (owner: string) => boolean
  /** A way out that was down is back: what waits for it may go. */
  readonly back: (owner: Owner) => void
}

/** A delivery that may leave now, and its channel. */
interface Leaving extends Ready {
  readonly channel: ChannelView
}

export class Deliver {
  readonly #parts: DeliverParts

  constructor(parts: DeliverParts) {
    this.#parts = parts
  }

  /**
   * Takes a claimed row, and those folded into it, to settlement; whether it came to an attempt. Never rejects: after an
   * error of ours they wait again.
   */
  async one(row: ClaimedRow, lane: Lane): Promise<boolean> {
    let attempted = false
    await this.#safely(
      row,
      async () => {
        const leaving: Leaving[] = []
        for (const each of together(row)) {
          const ready = await this.#look(each)
          if (ready !== null) leaving.push(ready)
        }
        attempted = leaving.length > 0
        if (attempted) await this.#attempt(leaving, lane)
      },
      () => attempted,
    )
    return attempted
  }

  /** Sends a row another way as well, because its channel is down; what gets through first is the one that is sent. */
  async detour(row: ClaimedRow, lane: Lane): Promise<void> {
    await this.#safely(row, async () => {
      const ready = await this.#look(row)
      if (ready === null) return
      const instead = await this.#parts.instead.detour(ready)
      if (instead !== null && row.digest) return this.#parts.settler.add(settleDetour(row, instead))
      const now = this.#parts.world.clock.now()
      const dueAt = Math.max(
        now,
        keepsToTry(lane.owner, instead !== null) ? lane.owner.breaker.openUntil : now + LOOK_AGAIN_MS,
      )
      this.#parts.settler.add(settleHeld(row, { kind: 'later', reason: 'channel_down', dueAt }, instead, now))
    })
  }

  /** Ends a row that has outlived its use. */
  async expire(row: ClaimedRow): Promise<void> {
    await this.#safely(row, async () => {
      const ready = this.#known(row)
      if (ready !== null && this.#keptBack(ready)) return
      this.#parts.settler.add(settleExpired(row, ready === null ? null : await this.#parts.instead.unsent(ready)))
    })
  }

  /** `attempted`: by the time it breaks off something may have been sent, and the repeat is marked. */
  async #safely(row: ClaimedRow, act: () => Promise<void>, attempted: () => boolean = () => false): Promise<void> {
    const { world, settler } = this.#parts
    try {
      await act()
    } catch (error) {
      world.log.error(
        { delivery: row.delivery, error: (error as Error).stack },
        'a delivery broke off, it is tried again',
      )
      const suspect = attempted()
      for (const each of together(row))
        settler.add(settleUntried({ ...each, suspect: each.suspect || suspect }, world.clock.now() + AFTER_BUG_MS))
    }
  }

  /** A row with what the configuration says of it; null when its type or workspace is no more. */
  #known(row: ClaimedRow): Ready | null {
    const view = this.#parts.view(row.workspace)
    const type = view?.type(row.event.type) ?? typeByName.get(row.event.type)
    return view === undefined || type === undefined ? null : { row, fields: fieldsOf(row), type, view }
  }

  /** Lets a row wait, whatever else is to be said of it, while its workspace is shut; whether it is. */
  #keptBack({ row, view }: Ready): boolean {
    const now = this.#parts.world.clock.now()
    const hold = decideByWorkspace(row.event.type, view, now)
    if (hold.kind === 'now') return false
    this.#parts.settler.add(settleHeld(row, hold, null, now))
    return true
  }

  /** Looks at a row again now that its turn has come; what may not leave is settled, and null. */
  async #look(row: ClaimedRow): Promise<Leaving | null> {
    const { settler, world, instead } = this.#parts
    const now = world.clock.now()
    const ready = this.#known(row)
    if (ready !== null && this.#keptBack(ready)) return null
    if (ready === null || row.expiresAt <= now) {
      settler.add(settleExpired(row, ready === null ? null : await instead.unsent(ready)))
      return null
    }
    const channel = ready.view.channels.get(row.channel)
    const hold = channel === undefined ? CHANNEL_REMOVED : holdAgain(ready, channel, now)
    if (channel !== undefined && hold.kind === 'now') return { ...ready, channel }
    if (hold.kind !== 'now') settler.add(settleHeld(row, hold, await this.#insteadOfHeld(hold, ready), now))
    return null
  }

  async #insteadOfHeld(hold: HoldDecision, ready: Ready): ReturnType<Instead['unsent']> {
    if (hold.kind !== 'never') return null
    if (hold.reason === 'never_told') return this.#parts.instead.following(ready)
    return goesRound(hold) ? this.#parts.instead.unsent(ready) : null
  }

  /** One message for all that leave together. */
  async #attempt(leaving: readonly Leaving[], lane: Lane): Promise<void> {
    const { world, random, ways, renderer } = this.#parts
    const first = leaving[0]!
    const { row, type, view, channel } = first
    const others = leaving.slice(1).map((each) => each.row)
    const files = others.length > 0 ? [] : await attachmentsOf(row, renderer.file(row.workspace))
    const message = await renderer.render(row, type, view, files, others)
    const startedAt = world.clock.now()
    if (this.#parts.holds?.(lane.owner.key) === false)
      return world.log.warn({ delivery: row.delivery }, 'another node has taken over, it is not sent from here')
    // A summary tells of many incidents, and answers or edits the message of none.
    const outcome = await ways.attempt(others.length > 0 ? { ...row, incident: null } : row, message, channel, world)
    const endedAt = world.clock.now()
    this.#parts.failed(row, view, message)
    this.#logAttempt(row, channel, outcome, endedAt - startedAt)
    this.#learn(row, lane, channel, outcome, endedAt)
    const attempt = { outcome, at: startedAt, tookMs: endedAt - startedAt, chance: random.float() }
    const foldedInto = others.length > 0 ? row.delivery : null
    for (const each of leaving) {
      const speaks = each === first
      const budgeted = speaks && lane.budgets.length > 0
      const note = speaks ? message.note : null
      await this.#settle(each, { ...attempt, row: each.row, budgeted, note, foldedInto }, isDown(lane.owner.breaker))
    }
    if (outcome.verdict === 'sent' && outcome.movedTo !== undefined) this.#move(row, lane, channel, outcome.movedTo)
  }

  /** The destination has another address: what waits in this lane draws on the budgets of both, which are of one chat. */
  #move(row: ClaimedRow, lane: Lane, { kind, settings }: ChannelView, to: Address): void {
    const known = new Set(lane.budgets.map(({ key }) => key))
    lane.budgets = [...lane.budgets, ...kind.budgets(settings, to).filter(({ key }) => !known.has(key))]
    this.#parts.moved(row, to)
  }

  /** `down`: nothing gets through the channel now. */
  async #settle(ready: Leaving, attempted: Attempted & { readonly chance: number }, down: boolean): Promise<void> {
    const { settler, world, instead } = this.#parts
    const { row, view, channel } = ready
    const { outcome, chance } = attempted
    const now = world.clock.now()
    let next = null
    if (outcome.verdict === 'sent') next = await instead.following(ready)
    else if (endsUnsent(attempted, now, chance)) next = await instead.unsent(ready)
    else if (down && outcome.reason !== 'cancelled') next = await instead.detour(ready)
    const settlement = decideSettlement(attempted, now, chance, next)
    const disabled = settlement.kind === 'end' ? settlement.disable : null
    if (disabled === null || row.event.type.startsWith('system.')) return settler.add(settlement)
    const raised = this.#parts.raise(row.workspace, 'system.destination.disabled', {
      channel: channel.name,
      destination: channel.kind.show(row.address),
      reason: reasonWords(disabled.reason)[view.language],
      detail: disabled.detail,
      ...(row.recipient === null ? {} : { user: row.recipient }),
    })
    settler.add(settlement, raised)
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
    if (isDown(before) && !isDown(owner.breaker)) this.#parts.back(owner)
    void this.#tellHealth(row, owner, channel, outcome)
  }

  /** Says once that a channel is down, and once that it is back. What Nabat says of itself begins no such story. */
  async #tellHealth(row: ClaimedRow, owner: Owner, channel: ChannelView, outcome: Outcome): Promise<void> {
    const { raise, acceptRaised, view, isOpen } = this.#parts
    const incident = `channel:${channel.name}`
    const down = isDown(owner.breaker)
    if (down === owner.toldDown || (down && row.event.type.startsWith('system.'))) return
    // Failures that do not open the breaker yet say nothing either way.
    if (!down && outcome.verdict !== 'sent') return
    // A process before this one may have told; what it told is an incident that is still open.
    const known = owner.toldDown
    owner.toldDown = down
    const told = known ?? (down ? false : await isOpen(row.workspace, incident))
    // It may have gone down while that was asked, and that has been told by then.
    if (told === down || owner.toldDown !== down) return
    const language = view(row.workspace)?.language ?? 'ru'
    const reason = outcome.verdict === 'sent' ? '' : reasonWords(outcome.reason)[language]
    const [type, data] = down
      ? ['system.channel.down', { channel: channel.name, reason }]
      : ['system.channel.back', { channel: channel.name }]
    acceptRaised(raise(row.workspace, type as string, data as Record<string, unknown>, incident))
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

/**
 * Whether a row that cannot leave now stays at hand to try its way out with, once that may be tried again: one of those that
 * wait does. One that goes another way meanwhile may be gone by then, so the first that cannot stays as well.
 */
function keepsToTry(owner: Owner, mayGo: boolean): boolean {
  const { openUntil } = owner.breaker
  if (owner.probedAt === openUntil && (mayGo || !owner.probeMayGo)) return false
  owner.probedAt = openUntil
  owner.probeMayGo = mayGo
  return true
}

/** A row and those that leave in one message with it. */
const together = (row: ClaimedRow): readonly ClaimedRow[] => [row, ...(row.folded ?? [])]

const CHANNEL_REMOVED: HoldDecision = { kind: 'never', reason: 'channel_removed' }

/** Hold, looked at again now that the turn has come. */
function holdAgain({ row, fields, view }: Ready, channel: ChannelView, now: number): HoldDecision {
  const byIncident = decideByIncident(row)
  if (byIncident.kind !== 'now') return byIncident
  if (row.digest && view.rule(row.rule) === undefined) return { kind: 'never', reason: 'rule_deleted' }
  const person = row.recipient === null ? null : (view.people.get(row.recipient) ?? null)
  if (row.recipient !== null && person === null) return { kind: 'never', reason: 'person_left' }
  const disabled = row.disabled ?? undefined
  return decideHold({ fields, priority: row.priority, person, channel, disabled, gathered: row.digest }, view, now)
}

/** Whether another way is of use when this one is shut. */
const goesRound = (hold: Extract<HoldDecision, { kind: 'never' }>): boolean =>
  hold.reason === 'destination_disabled' ||
  hold.reason === 'preference' ||
  hold.reason === 'mail_off' ||
  hold.reason === 'channel_removed'
