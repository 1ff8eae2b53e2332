import type { Recipient, Rule, Schedule } from '@nabat/api/rule.ts'

/**
 * A rule while it is edited. Types and actions are both kept, whichever is chosen, so that going from one to the other loses
 * nothing; fields are named as in the rule, so that what the server says of them finds its place.
 */
export interface RuleDraft {
  readonly name: string
  readonly enabled: boolean
  readonly position: number | undefined
  readonly mode: 'types' | 'actions'
  readonly types: readonly string[]
  readonly actions: Readonly<Record<string, readonly string[]>>
  /** A condition, or what somebody has typed in place of one. */
  readonly when: unknown
  readonly to: readonly Recipient[]
  readonly fallback: readonly Recipient[]
  /** Spans; empty for none. */
  readonly unreadAfter: string
  readonly lifetime: string
  readonly digest: Rule['digest'] | null
  readonly throttle: { readonly key?: string; readonly per: string } | null
  readonly schedule: Schedule | null
  readonly messages: '' | 'each' | 'living'
  readonly silent: boolean
}

/** The roles whose actions have a tab from the beginning. */
export const TAB_ROLES = ['admin', 'warehouse', 'installer', 'support'] as const

/** The fields of a rule, or of a new one. */
export function draftOf(rule: Partial<Rule> | undefined): RuleDraft {
  return {
    name: rule?.name ?? '',
    enabled: rule?.enabled ?? true,
    position: rule?.position,
    mode: rule?.actions === undefined ? 'types' : 'actions',
    types: rule?.types ?? [],
    actions: rule?.actions ?? {},
    when: rule?.when,
    to: rule?.to ?? [],
    fallback: rule?.fallback ?? [],
    unreadAfter: rule?.unreadAfter ?? '',
    lifetime: rule?.lifetime ?? '',
    digest: rule?.digest ?? null,
    throttle: rule?.throttle ?? null,
    schedule: rule?.schedule ?? null,
    messages: rule?.messages ?? '',
    silent: rule?.silent ?? false,
  }
}

/** The rule that the fields make; what is as by default is left out. */
export function ruleOf(draft: RuleDraft): Rule {
  const { name, enabled, position, mode, types, actions, when, to, fallback } = draft
  const { unreadAfter, lifetime, digest, throttle, schedule, messages, silent } = draft
  const ticked = Object.fromEntries(Object.entries(actions).filter(([, names]) => names.length > 0))
  const rule = {
    name,
    ...(enabled ? {} : { enabled }),
    ...(position === undefined ? {} : { position }),
    ...(mode === 'types' ? { types } : { actions: ticked }),
    ...(when === undefined ? {} : { when }),
    to,
    ...(fallback.length === 0 ? {} : { fallback }),
    ...(unreadAfter === '' ? {} : { unreadAfter }),
    ...(digest === null ? {} : { digest }),
    ...(throttle === null ? {} : { throttle }),
    ...(schedule === null ? {} : { schedule }),
    ...(messages === '' ? {} : { messages }),
    ...(silent ? { silent } : {}),
    ...(lifetime === '' ? {} : { lifetime }),
  }
  // The server checks it: a draft may be unfinished.
  return rule as Rule
}

/** Every name for types that the draft would be saved with. */
export const draftNames = ({ mode, types, actions }: RuleDraft): readonly string[] =>
  mode === 'types' ? types : Object.values(actions).flat()
