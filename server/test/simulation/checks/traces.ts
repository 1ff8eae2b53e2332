import { History } from '../../../src/history/history.ts'
import type { Workspaces } from '../../../src/configuration/workspaces.ts'
import { REASONS } from '../../../src/reasons.ts'
import type { Company } from '../company.ts'
import type { Record } from '../record.ts'

/** An event as the API explains it, as far as it is looked at here. */
interface Explained {
  readonly eventId: string
  readonly source: string
  readonly type: string
  readonly severity: string
  readonly trace: {
    readonly version: number
    readonly rules: readonly { readonly name: string; readonly result: string; readonly says: string }[]
    readonly alreadyTold: readonly { readonly rule: string; readonly says: string }[]
    readonly missing: readonly { readonly rule: string; readonly says: string }[]
  }
  readonly deliveries: readonly {
    readonly id: string
    readonly rule: string | null
    readonly state: string
    readonly reason: string | null
    readonly says: string
  }[]
}

/** Every trace explains every rule and every delivery, and what it says is what was saved. */
export async function checkTraces(record: Record, workspaces: Workspaces): Promise<string[]> {
  const { world } = record
  const view = workspaces.byName('default')!
  const history = new History(world.store)
  const versions = new Map(world.answered.map(({ id, version }) => [id, version]))
  const wrong: string[] = []
  for (const id of new Set(record.deliveries.map(({ event }) => event).concat([...versions.keys()]))) {
    const event = (await history.event(view, id, 'en')) as Explained | undefined
    if (event === undefined) continue
    const about = `the trace of ${event.eventId} (${event.type})`
    wrong.push(...explained(event).map((each) => `${about} ${each}`))
    if (event.trace.version < (versions.get(id) ?? 0))
      wrong.push(`${about} has version ${event.trace.version}, when it was posted ${versions.get(id)} was saved`)
    if (event.source === 'simulation')
      wrong.push(...routed(event, record.companyAt(event.trace.version)).map((each) => `${about} ${each}`))
  }
  return wrong
}

/** Every rule that matched leads somewhere, and every delivery has a reason that people can read. */
function explained({ trace, deliveries }: Explained): string[] {
  const leads = new Set([...deliveries, ...trace.alreadyTold, ...trace.missing].map(({ rule }) => rule))
  const silent = [...trace.rules, ...trace.alreadyTold, ...trace.missing, ...deliveries].filter(
    ({ says }) => says === '',
  )
  return [
    ...trace.rules
      .filter(({ name, result }) => result === 'matched' && !leads.has(name))
      .map(({ name }) => `does not say what became of the rule "${name}"`),
    ...silent.map((each) => `says nothing of ${JSON.stringify(each)}`),
    ...deliveries
      .filter(({ state, reason }) => state !== 'sent' && (reason === null || REASONS[reason] === undefined))
      .map(({ id, state, reason }) => `gives no reason for delivery ${id}, ${state} (${reason ?? 'none'})`),
  ]
}

/** The rules that matched are those of the configuration that was in force. */
function routed({ trace, type, severity }: Explained, company: Company): string[] {
  const names = (rule: Company['rules'][number]): boolean =>
    (rule['types'] as string[]).some(
      (each) => each === type || each === '*' || (each.endsWith('.*') && type.startsWith(each.slice(0, -1))),
    )
  const holds = (rule: Company['rules'][number]): boolean => {
    const when = rule['when'] as { op: string; value: string | string[] } | undefined
    if (when === undefined) return true
    return when.op === 'ne' ? severity !== when.value : when.value.includes(severity)
  }
  const wanted = company.rules
    .filter((rule) => rule['enabled'] !== false && names(rule) && holds(rule))
    .map(({ name }) => String(name))
  const matched = trace.rules.filter(({ result }) => result === 'matched').map(({ name }) => name)
  const same = wanted.toSorted().join() === matched.toSorted().join()
  return same ? [] : [`says that ${matched.join(', ')} matched, saved were ${wanted.join(', ')}`]
}
