/*
 * Route: which rules want the event, whom they name, how those people are reached, and whether the message goes now,
 * later or not at all. Pure over the view of the configuration and the moment; decided once, at accept.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Rule } from '@nabat/api/rule.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import { addressKey } from '../store/address-key.ts'
import type { PlannedDelivery, Priority, Step } from '../store/store.ts'
import { valueAt, type Fields } from './conditions.ts'
import { decideHold, digestEnd, isPersonal, type HoldDecision } from './hold.ts'
import { repeatable, type LoopGuard, type Repeatable } from './loops.ts'
import { resolve, type Target, type Way } from './recipients.ts'
import { LIFETIME_MS } from './retry.ts'
import { matchRules, type CompiledRule } from './rules.ts'
import { packRefused, type Trace } from './trace.ts'

export interface Routed {
  readonly deliveries: readonly PlannedDelivery[]
  readonly trace: Trace
}

interface Candidate {
  readonly rule: CompiledRule
  readonly target: Target
  readonly way: Way | null
  /** Who is reached by the way; null for a bare destination. */
  readonly person: Target['person']
  readonly hold: HoldDecision
}

/** Routes one event. `step`: what it does to its incident; `loops` counts what is sent, null where nothing will be. */
export function route(
  fields: Fields,
  type: EventType,
  priority: Priority,
  step: Step,
  view: WorkspaceView,
  now: number,
  makeId: MakeId,
  loops: LoopGuard | null = null,
): Routed {
  const { matched, refused } = matchRules(fields, view.rulesNaming(type.name), now, view.timeZone)
  const missing: (readonly [number, string, string])[] = []
  const candidates: Candidate[] = []
  for (const rule of matched) {
    const resolution = resolve(rule.rule.to, fields, type, view)
    for (const each of resolution.missing) missing.push([rule.id, each.name, each.reason])
    for (const target of resolution.targets) candidates.push(choose(rule, target, fields, type, priority, view, now))
  }
  const { winners, already } = once(candidates)
  const silences: (readonly [string, string])[] = []
  const about = loops === null || winners.length === 0 ? null : repeatable(fields)
  const deliveries = winners.map((candidate) => {
    const planned = plan(candidate, fields, type, priority, step, view, now, makeId())
    const delivery: PlannedDelivery =
      about !== null && goesRound(candidate, about, now, loops!) ? { ...planned, suppressed: 'loop' } : planned
    if (candidate.hold.kind === 'never' && candidate.hold.by !== undefined)
      silences.push([delivery.id, candidate.hold.by])
    return delivery
  })
  const trace = {
    v: view.version,
    m: matched.map(({ id }) => id),
    r: packRefused(refused),
    a: already,
    n: missing,
    s: silences,
  }
  return { deliveries, trace }
}

/** The first way that is of use: one that may go now before one that must wait before one that never will. */
function choose(
  rule: CompiledRule,
  target: Target,
  fields: Fields,
  type: EventType,
  priority: Priority,
  view: WorkspaceView,
  now: number,
): Candidate {
  if (target.person?.enabled === false)
    return { rule, target, way: target.ways[0] ?? null, person: null, hold: { kind: 'never', reason: 'person_left' } }
  let waiting: Candidate | undefined
  let never: Candidate | undefined
  for (const { way, person } of inOrder(rule, target, fields, type, view)) {
    const disabled = view.disabledBecause(way.channel.id, addressKey(way.address))
    const input = { fields, priority, person, channel: way.channel, disabled }
    const hold = gather(decideHold(input, view, now), digestEnd(rule.rule, priority, person, view, now))
    const candidate = { rule, target, way, person, hold }
    if (hold.kind === 'now' || isDigest(hold)) return candidate
    // Quiet hours are the person's, a silence is the event's: another way is no way round.
    if (waitsForHours(hold) || (hold.kind === 'never' && hold.reason === 'silence')) return candidate
    if (hold.kind === 'later') waiting ??= candidate
    else never ??= candidate
  }
  return waiting ?? never ?? { rule, target, way: null, person: null, hold: { kind: 'never', reason: 'unreachable' } }
}

/** The ways to a target in the order in which they are tried: its first, the rule's fallback, then the person's others. */
export function* inOrder(
  { rule }: { readonly rule: Rule },
  { ways, person }: Target,
  fields: Fields,
  type: EventType,
  view: WorkspaceView,
): Iterable<{ readonly way: Way; readonly person: Target['person'] }> {
  if (ways[0] !== undefined) yield { way: ways[0], person }
  for (const other of resolve(rule.fallback ?? [], fields, type, view).targets)
    for (const way of other.ways) yield { way, person: other.person }
  for (const way of ways.slice(1)) yield { way, person }
}

/** What waits by the hours of its recipient goes on gathering until it may leave. */
function gather(hold: HoldDecision, end: number | null): HoldDecision {
  if (end === null || hold.kind === 'never' || (hold.kind === 'later' && !waitsForHours(hold))) return hold
  return { kind: 'later', reason: 'digest', dueAt: hold.kind === 'later' ? Math.max(hold.dueAt, end) : end }
}

const isDigest = (hold: HoldDecision): boolean => hold.kind === 'later' && hold.reason === 'digest'

const waitsForHours = (hold: HoldDecision): boolean => hold.kind === 'later' && isPersonal(hold.reason)

/**
 * The same destination once: the rule that would send first wins, ties by position. A rule that sends only so often stands
 * behind one that does not: whether it sends at all is known only when it is stored.
 */
function once(candidates: readonly Candidate[]): {
  winners: readonly Candidate[]
  already: readonly (readonly [number, number, string])[]
} {
  const best = new Map<string, Candidate>()
  const keyed = candidates.map((candidate) => [destinationOf(candidate), candidate] as const)
  for (const [key, candidate] of keyed) {
    const rival = best.get(key)
    if (rival === undefined || isBefore(candidate, rival)) best.set(key, candidate)
  }
  const already = keyed.flatMap(([key, loser]) => {
    const winner = best.get(key)!
    return winner.rule === loser.rule ? [] : [[loser.rule.id, winner.rule.id, label(loser)] as const]
  })
  return { winners: [...best.values()], already }
}

const destinationOf = ({ way, target }: Candidate): string =>
  way === null ? `nobody ${target.person?.login}` : `${way.channel.id} ${addressKey(way.address)}`

const label = ({ way, target }: Candidate): string =>
  way === null ? (target.person?.login ?? '') : `${way.channel.name} ${way.channel.kind.show(way.address)}`.trim()

const isBefore = (one: Candidate, other: Candidate): boolean =>
  sendsAt(one) === sendsAt(other)
    ? one.rule.throttlePerMs === null && other.rule.throttlePerMs !== null
    : sendsAt(one) < sendsAt(other)

function sendsAt({ hold }: Candidate): number {
  if (hold.kind === 'now') return 0
  return hold.kind === 'later' ? hold.dueAt : Infinity
}

function plan(
  { rule, target, way, person, hold }: Candidate,
  fields: Fields,
  type: EventType,
  priority: Priority,
  step: Step,
  view: WorkspaceView,
  now: number,
  id: string,
): PlannedDelivery {
  const dueAt = hold.kind === 'later' ? hold.dueAt : now
  return {
    id,
    rule: rule.id,
    recipient: (person ?? target.person)?.login ?? null,
    destination: way === null ? null : { channel: way.channel.id, address: way.address },
    suppressed: hold.kind === 'never' ? hold.reason : null,
    held: hold.kind === 'later' ? hold.reason : null,
    dueAt,
    // The time a decision keeps it back does not count against its life.
    expiresAt:
      (hold.kind === 'later' && hold.reason !== 'channel_incomplete' ? dueAt : now) +
      (rule.lifetimeMs ?? LIFETIME_MS[priority]),
    priority,
    step: isDigest(hold) ? 0 : step === 3 && !view.tellsOpening(rule, type) ? 4 : step,
    living: rule.rule.messages === 'living' && !isDigest(hold),
    throttle: throttleOf(rule, fields),
    digest: isDigest(hold),
    follows: false,
  }
}

/** Whether what is about to be sent is one too many of the same. */
const goesRound = ({ rule, way, hold }: Candidate, about: Repeatable, now: number, loops: LoopGuard): boolean =>
  way !== null &&
  hold.kind !== 'never' &&
  loops.isLoop(
    rule.id,
    {
      key: `${way.channel.id} ${addressKey(way.address)}`,
      shown: `${way.channel.name} ${way.channel.kind.show(way.address)}`,
      machine: way.channel.kind.machine === true,
    },
    about,
    now,
  )

function throttleOf(rule: CompiledRule, fields: Fields): PlannedDelivery['throttle'] {
  if (rule.throttlePerMs === null) return null
  const key = valueAt(fields, (rule.rule.throttle?.key ?? 'subject').split('.'))
  // Events without the key are not told apart by it, so none of them stands for another.
  return key === undefined || key === null ? null : { key: JSON.stringify(key), perMs: rule.throttlePerMs }
}
