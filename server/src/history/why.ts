/*
 * Why an event did, or did not, come to somebody: the trace, read for one person or address and told in sentences.
 */
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { User } from '@nabat/api/configuration.ts'
import type { Language, Text } from '@nabat/api/text.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Fields } from '../pipeline/conditions.ts'
import { resolve, type Target } from '../pipeline/recipients.ts'
import type { ExplainedRule, ExplainedTrace } from './explain.ts'

/** What of a delivery is looked at. */
export interface DeliveryThen {
  readonly recipient: string | null
  readonly channel: string | null
  readonly destination: string | null
  readonly state: string
  readonly says: string
  /** Name of the silence that kept it back. */
  readonly silence?: string
}

export interface WhyInput {
  /** A login, a name or an address, as somebody typed it. */
  readonly who: string
  readonly fields: Fields
  /** Undefined: it is there no more. */
  readonly type: EventType | undefined
  readonly trace: ExplainedTrace
  readonly deliveries: readonly DeliveryThen[]
  readonly view: WorkspaceView
}

export interface Why {
  /** Something was sent to them. */
  readonly told: boolean
  readonly says: readonly string[]
}

/** Rules named in one answer; more are a number. */
const NAMED = 10

/** Pure over the view of today: rules are those of then, whom they name is looked up in today's cards. */
export function why(input: WhyInput, language: Language): Why {
  const person = personOf(input.who, input.view)
  const theirs = input.deliveries.filter((delivery) => isTheirs(delivery, person, input.who))
  const says = [...theirs.map(ofDelivery), ...unreached(input, person)]
  if (says.length === 0) says.push(...ofRules(input, person))
  return { told: theirs.some(({ state }) => state === 'sent'), says: says.map((text) => text[language]) }
}

const fold = (text: string): string => text.trim().toLocaleLowerCase('ru')

/** Somebody by login, else by the name, address or phone on their card. */
function personOf(who: string, view: WorkspaceView): User | undefined {
  const exact = view.people.get(who.trim())
  if (exact !== undefined) return exact
  const wanted = fold(who)
  for (const person of view.people.values())
    if (
      [person.login, person.name, person.email, person.phone].some(
        (each) => each !== undefined && fold(each) === wanted,
      )
    )
      return person
  return undefined
}

const isTheirs = (delivery: DeliveryThen, person: User | undefined, who: string): boolean =>
  (person !== undefined && delivery.recipient === person.login) ||
  (delivery.destination !== null && fold(delivery.destination) === fold(who))

function ofDelivery({ channel, destination, says, silence }: DeliveryThen): Text {
  const way = [channel, destination].filter((part) => part !== null && part !== '').join(' ')
  const at = way === '' ? '' : `${way}: `
  return {
    ru: `${at}${says}${silence === undefined ? '' : ` («${silence}»)`}`,
    en: `${at}${says}${silence === undefined ? '' : ` ("${silence}")`}`,
  }
}

/** What the trace itself says of them: a name that led to nobody, an address another rule tells already. */
function unreached({ trace, who }: WhyInput, person: User | undefined): Text[] {
  const names = [who, person?.login, person?.name].flatMap((name) => (name === undefined ? [] : [fold(name)]))
  const isNamed = (text: string): boolean => names.includes(fold(text))
  return [
    ...trace.missing.filter(({ name }) => isNamed(name)),
    ...trace.alreadyTold.filter(({ destination }) => destination.split(' ').some(isNamed)),
  ].map(({ rule, says }) => ({ ru: `Правило «${rule}»: ${says}`, en: `Rule "${rule}": ${says}` }))
}

/** Nothing was stored for them: which rules would have told them, and why they did not. */
function ofRules(input: WhyInput, person: User | undefined): Text[] {
  const naming = input.trace.rules.filter((rule) => names(rule, input, person))
  const says: Text[] = []
  if (person?.enabled === false)
    says.push({
      ru: 'Этот человек больше не работает: карточка выключена',
      en: 'This person has left: the card is off',
    })
  const relevant = naming.filter(({ reason }) => reason !== 'type')
  says.push(...relevant.slice(0, NAMED).map(ofRule))
  if (relevant.length > NAMED)
    says.push({ ru: `И ещё правил: ${relevant.length - NAMED}`, en: `And ${relevant.length - NAMED} more rules` })
  if (relevant.length > 0) return says
  if (naming.length > 0) {
    const named = naming.slice(0, NAMED).map(({ name }) => name)
    says.push({
      ru: `Правила пишут сюда только о других событиях: ${named.map((name) => `«${name}»`).join(', ')}`,
      en: `The rules that tell them name other types: ${named.map((name) => `"${name}"`).join(', ')}`,
    })
    return says
  }
  says.push(
    person === undefined
      ? {
          ru: 'Такого человека среди сотрудников нет, и ни одно правило не называет такого адреса',
          en: 'Nobody here is called that, and no rule names such an address',
        }
      : {
          ru: `Ни одно правило не называет этого человека: ни по логину (${person.login}), ни по роли, ни по группе, ни по отношению к событию`,
          en: `No rule names this person: neither by login (${person.login}) nor by role, group or relation`,
        },
  )
  return says
}

function ofRule({ name, result, says }: ExplainedRule): Text {
  if (result === 'refused')
    return {
      ru: `Правило «${name}» написало бы, но не подошло: ${says}`,
      en: `Rule "${name}" would have told them but did not match: ${says}`,
    }
  return {
    ru: `Правило «${name}» подошло, но тогда сюда ещё не вело: карточку, группу или правило изменили позже`,
    en: `Rule "${name}" matched but did not lead there yet: the card, the group or the rule was changed later`,
  }
}

/** Whether a rule names them, for this event. */
function names({ id }: ExplainedRule, { fields, type, view, who }: WhyInput, person: User | undefined): boolean {
  const rule = view.rule(Number(id))?.rule
  if (rule === undefined || type === undefined) return false
  const leads = ({ person: target, ways }: Target): boolean =>
    target === null
      ? ways.some(({ channel, address }) => fold(channel.kind.show(address)) === fold(who))
      : target.login === person?.login
  return resolve([...rule.to, ...(rule.fallback ?? [])], fields, type, view).targets.some(leads)
}
