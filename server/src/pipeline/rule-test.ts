/*
 * A test of a rule: everybody it would tell gets a message at once, marked as a test, by the ways and within the budgets of
 * real ones. Nothing is stored: no event, no delivery, no incident. Whom it reaches and in which words is decided by the
 * pipeline's own functions; the conditions of the rule and the hours and silences of the moment are left aside, because
 * whoever presses the button wants to see the message now.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { Rule } from '@nabat/api/rule.ts'
import type { Language } from '@nabat/api/text.ts'
import type { Message } from '../channels/channel.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import { addressKey } from '../store/address-key.ts'
import type { ClaimedRow, EventRow } from '../store/store.ts'
import { PRIORITY } from './accept.ts'
import { fieldsOf } from './deliver.ts'
import { isUnwanted, unreadiness } from './hold.ts'
import { resolve, type Missing, type Target, type Way } from './recipients.ts'
import { inOrder } from './route.ts'
import { typeNames, typeTest } from './rules.ts'

/** So many people at most get a test message: a role may have thousands. */
const MOST = 100

/** One message of a test, or somebody the rule names who gets none. */
export interface TestTarget {
  /** Null: there is no way, or nobody. */
  readonly way: Way | null
  /** Login, or the name of what leads to nobody; null for a bare destination. */
  readonly recipient: string | null
  /** Why nothing is sent: a code of `reasons.ts`, or of `Missing`; null when it is sent. */
  readonly reason: string | null
}

/** The first type a rule names that there is, undefined for a rule whose patterns match none. */
export function firstType(rule: Rule, view: WorkspaceView): EventType | undefined {
  for (const name of typeNames(rule)) {
    const exact = view.type(name)
    if (exact !== undefined) return exact
    const isNamed = typeTest([name])
    for (const type of view.types()) if (isNamed(type.name)) return type
  }
  return undefined
}

/** The example of a type as an event that came at `now` (milliseconds). */
export function exampleOf(type: EventType, now: number, makeId: MakeId): EventRow {
  const { subject, actor, data } = type.example
  const id = makeId()
  return {
    ...{
      id,
      eventId: id,
      source: 'nabat',
      type: type.name,
      subject: subject ?? null,
      severity: PRIORITY[type.severity],
    },
    ...{ time: now, actorUser: actor?.user ?? null, actorRole: actor?.role ?? null, incident: null },
    ...{ data: JSON.stringify(data), attachments: null },
  }
}

/** Whom a rule would tell of an event, each destination once, and by which way. Pure over the view. */
export function planTest(rule: Rule, event: EventRow, type: EventType, view: WorkspaceView): TestTarget[] {
  const fields = fieldsOf({ event })
  const { targets, missing } = resolve(rule.to, fields, type, view)
  const seen = new Set<string>()
  const planned = targets
    .map((target) => choose(rule, target, event, type, view))
    .filter(({ way, recipient }) => {
      const key = way === null ? `nobody ${recipient}` : `${way.channel.id} ${addressKey(way.address)}`
      return !seen.has(key) && seen.add(key)
    })
  let sent = 0
  return [
    ...planned.map((each) => (each.reason === null && (sent += 1) > MOST ? { ...each, reason: 'test_limit' } : each)),
    ...missing.map(({ name, reason }: Missing) => ({ way: null, recipient: name, reason })),
  ]
}

/** The first way that can send, else why the first of them cannot. */
function choose(rule: Rule, target: Target, event: EventRow, type: EventType, view: WorkspaceView): TestTarget {
  const named = target.person?.login ?? null
  if (target.person?.enabled === false) return { way: target.ways[0] ?? null, recipient: named, reason: 'person_left' }
  let refused: TestTarget | undefined
  for (const { way, person } of inOrder({ rule }, target, fieldsOf({ event }), type, view)) {
    const unwanted = person !== null && isUnwanted(type.name, event.severity, person, way.channel.name, view)
    const disabled = view.disabledBecause(way.channel.id, addressKey(way.address)) !== undefined
    const reason =
      person?.enabled === false
        ? 'person_left'
        : disabled
          ? 'destination_disabled'
          : unwanted
            ? 'preference'
            : (unreadiness(way.channel) ?? null)
    const found = { way, recipient: (person ?? target.person)?.login ?? null, reason }
    if (reason === null) return found
    refused ??= found
  }
  return refused ?? { way: null, recipient: named, reason: 'unreachable' }
}

/** The row the pipeline would claim for a test message, were there one; it belongs to no incident and no saved rule. */
export const testRow = (
  { way, recipient }: TestTarget & { readonly way: Way },
  event: EventRow,
  view: WorkspaceView,
  id: string,
): ClaimedRow => ({
  ...{ workspace: view.id, delivery: id, destination: 0, channel: way.channel.id, address: way.address },
  ...{ disabled: null, rule: -1, recipient, insteadOf: null, priority: event.severity, suspect: false },
  ...{ waitedFor: null, step: 0, living: false, digest: false, attempts: 0, expiresAt: Infinity, event },
  ...{ version: view.version, incident: null, followed: false, follows: false, answered: null },
})

const MARK: Readonly<Record<Language, string>> = { ru: 'Проверка', en: 'Test' }

/** A message marked as a test: for people by its title, for machines by `test` in the event. Parts are rendered when asked for. */
export function marked(message: Message, rule: Rule): Message {
  const { deliveryId, language, severity, links, attachments } = message
  return {
    ...{ deliveryId, language, severity, links, attachments, silent: rule.silent === true },
    event: { ...message.event, test: true },
    get title() {
      return `${MARK[language]}: ${message.title}`
    },
    get text() {
      return message.text
    },
    get letter() {
      return message.letter
    },
  }
}
