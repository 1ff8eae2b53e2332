import type { EventType } from '@nabat/api/catalog/event-type.ts'
import { spanMs, type Rule } from '@nabat/api/rule.ts'
import { isWithin } from '../time/hours.ts'
import { compileCondition, PASSED, type CompiledCondition, type Fields, type Verdict } from './conditions.ts'

/** A rule as routing uses it. */
export interface CompiledRule {
  readonly id: number
  readonly rule: Rule
  /** Which types it names, with the role it names them for (null: any). */
  readonly names: (type: string, role: string | null) => boolean
  readonly condition: CompiledCondition
  readonly lifetimeMs: number | null
  readonly throttlePerMs: number | null
  /** How long the first way is given to be read before the next is taken; null: as long as it likes. */
  readonly unreadAfterMs: number | null
}

/** Refusals that are not a part of the condition. */
export const NOT_THIS_ROLE: Verdict = -2
export const OUTSIDE_SCHEDULE: Verdict = -3

/** Compiles a rule that has no problems. */
export function compileRule(id: number, rule: Rule): CompiledRule {
  const byRole =
    rule.actions === undefined
      ? undefined
      : new Map(Object.entries(rule.actions).map(([role, types]) => [role, typeTest(types)]))
  const names = typeTest(rule.types ?? [])
  return {
    id,
    rule,
    names: byRole === undefined ? names : (type, role) => (role !== null && byRole.get(role)?.(type)) === true,
    condition: rule.when === undefined ? () => PASSED : compileCondition(rule.when),
    lifetimeMs: rule.lifetime === undefined ? null : spanMs(rule.lifetime),
    throttlePerMs: rule.throttle === undefined ? null : spanMs(rule.throttle.per),
    unreadAfterMs: rule.unreadAfter === undefined ? null : spanMs(rule.unreadAfter),
  }
}

/** `camera.*` names every type that begins with `camera.`; `*` names all but the system's own. */
export function typeTest(names: readonly string[]): (type: string) => boolean {
  const exact = new Set(names)
  const kinds = names.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1))
  const all = exact.has('*')
  return (type) =>
    exact.has(type) || kinds.some((kind) => type.startsWith(kind)) || (all && !type.startsWith('system.'))
}

/** Every name a rule uses for types. */
export const typeNames = (rule: Rule): string[] => [...(rule.types ?? []), ...Object.values(rule.actions ?? {}).flat()]

/** Rules by the types they name, so that an event costs nothing for the rules of other types. */
export class RuleIndex {
  readonly #rules: readonly CompiledRule[]
  readonly #byType = new Map<string, readonly CompiledRule[]>()

  /** `position`: where a rule stands among the others. */
  constructor(rules: readonly CompiledRule[], position: (rule: CompiledRule) => number = ({ id }) => id) {
    const placed = rules.filter(({ rule }) => rule.enabled !== false).map((rule) => ({ rule, at: position(rule) }))
    this.#rules = placed.sort((a, b) => a.at - b.at || a.rule.id - b.rule.id).map(({ rule }) => rule)
  }

  /** Rules that name the type for some role, by position. */
  naming(type: string): readonly CompiledRule[] {
    let found = this.#byType.get(type)
    if (found === undefined) {
      found = this.#rules.filter(({ rule }) => typeTest(typeNames(rule))(type))
      this.#byType.set(type, found)
    }
    return found
  }
}

export interface Matches {
  readonly matched: readonly CompiledRule[]
  /** Rules that name the type, with the number of what they refused it for. */
  readonly refused: readonly (readonly [CompiledRule, Verdict])[]
}

/** Which rules want the event. Pure. `zone`: of the workspace, for schedules without one. */
export function matchRules(event: Fields, rules: readonly CompiledRule[], now: number, zone: string): Matches {
  const matched: CompiledRule[] = []
  const refused: (readonly [CompiledRule, Verdict])[] = []
  for (const each of rules) {
    const verdict = verdictOf(event, each, now, zone)
    if (verdict === PASSED) matched.push(each)
    else refused.push([each, verdict])
  }
  return { matched, refused }
}

function verdictOf(event: Fields, { names, condition, rule }: CompiledRule, now: number, zone: string): Verdict {
  if (!names(event.type, event.actor.role)) return NOT_THIS_ROLE
  const verdict = condition(event)
  if (verdict !== PASSED) return verdict
  return rule.schedule === undefined || isWithin(rule.schedule, now, zone) ? PASSED : OUTSIDE_SCHEDULE
}

/**
 * Whether a rule names a type that opens incidents of the same kind as `closing` closes. If so, its closing is told only
 * to those who were told of the opening.
 */
export function namesOpening(rule: CompiledRule, closing: EventType, types: Iterable<EventType>): boolean {
  const kind = closing.incident?.key
  const named = typeTest(typeNames(rule.rule))
  for (const type of types)
    if (type.incident?.step === 'opens' && type.incident.key === kind && named(type.name)) return true
  return false
}
