import type { Recipient, Rule } from '@nabat/api/rule.ts'
import { channelInWords } from '../../components/channel-name.ts'
import type { EventType } from '../../data/catalogue.ts'
import { language, say, type WordKey } from '../../i18n.ts'
import { roleWords } from '../../words/roles.ts'
import { ruleWords } from '../../words/rules.ts'
import { typesNamed } from './type-names.ts'

/** Types that are named before the rest is counted. */
const NAMED = 2

const RELATIONS: readonly string[] = [
  'actor',
  'user',
  'assignee',
  'author',
  'watcher',
  'contact',
  'approver',
  'employee',
  'substitute',
  'callee',
]

/** A role in words; a name that is not known stands for itself. */
export const roleInWords = (role: string): string =>
  role in roleWords.ru ? say(roleWords, role as WordKey<typeof roleWords.ru>) : role

/** A relation of the event in words, "head of" as well. */
export function relationInWords(relation: string): string {
  const head = /^head of (?:the )?(.+)$/.exec(relation)?.[1]
  if (head !== undefined) return say(ruleWords, 'headOf', { who: relationInWords(head) })
  return RELATIONS.includes(relation) ? say(ruleWords, `relation.${relation as 'actor'}`) : relation
}

/** A recipient of a rule in a few words. */
export function recipientInWords(to: Recipient): string {
  const person = personInWords(to)
  if (person !== undefined)
    return to.channel === undefined
      ? person
      : say(ruleWords, 'through', { who: person, channel: channelInWords(to.channel) })
  if (to.address !== undefined) return to.address === '' ? say(ruleWords, 'nobodyYet') : to.address
  if (to.chat === undefined) return to.channel ?? say(ruleWords, 'nobodyYet')
  const chat = to.chat === '' ? say(ruleWords, 'nobodyYet') : String(to.chat)
  return to.topic === undefined ? chat : say(ruleWords, 'topic', { chat, topic: to.topic })
}

function personInWords({ user, role, group, relation }: Recipient): string | undefined {
  if (user !== undefined) return user === '' ? say(ruleWords, 'nobodyYet') : user
  if (role !== undefined) return say(ruleWords, 'role', { name: roleInWords(role) })
  if (group !== undefined) return say(ruleWords, 'group', { name: group })
  return relation === undefined ? undefined : relationInWords(relation)
}

/** Types in a few words: whole categories by their name, some titles, and how many more. */
export function typesInWords(names: readonly string[], types: readonly EventType[]): string {
  if (names.includes('*')) return say(ruleWords, 'allTypes')
  const named = new Set(
    typesNamed(
      names,
      types.map(({ name }) => name),
    ),
  )
  if (named.size === 0) return names.length === 0 ? say(ruleWords, 'noTypes') : names.join(', ')
  const parts: string[] = []
  for (const [category, all] of Map.groupBy(types, ({ categoryTitle }) => categoryTitle)) {
    const ticked = all.filter(({ name }) => named.has(name))
    if (ticked.length === all.length && all.length > 1) parts.push(say(ruleWords, 'wholeCategory', { category }))
    else parts.push(...ticked.map(({ title }) => title[language()]))
  }
  const shown = parts.slice(0, parts.length === NAMED + 1 ? NAMED + 1 : NAMED).join(', ')
  const rest = parts.length - NAMED
  return rest <= 1 ? shown : `${shown} ${say(ruleWords, 'more', { count: rest })}`
}

/** What a rule is about: its types, or those of each role. */
export function aboutInWords(rule: Pick<Rule, 'types' | 'actions'>, types: readonly EventType[]): string {
  if (rule.actions === undefined) return typesInWords(rule.types ?? [], types)
  return Object.entries(rule.actions)
    .map(([role, names]) =>
      say(ruleWords, 'byRole', {
        role: roleInWords(role),
        types: names.length > NAMED ? say(ruleWords, 'types', { count: names.length }) : typesInWords(names, types),
      }),
    )
    .join(' · ')
}

/** Every name that a rule uses for types. */
export const namesOf = ({ types, actions }: Pick<Rule, 'types' | 'actions'>): readonly string[] => [
  ...(types ?? []),
  ...Object.values(actions ?? {}).flat(),
]
