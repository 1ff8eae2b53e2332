import type { Recipient, Rule } from '@nabat/api/rule.ts'
import { useMemo } from 'react'
import { Difference } from '../../components/difference.tsx'
import { useCatalogue, useTypeTitle } from '../../data/catalogue.ts'
import type { Path } from '../../data/difference.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { useConditionFields } from './condition-builder.tsx'
import { conditionInWords } from './condition-words.ts'
import { recipientInWords, roleInWords } from './rule-words.ts'

type Fields = Readonly<Record<string, unknown>>

/** Conditions are compared whole: a part of one says little by itself. Recipients, too. */
const compared = (rule: Rule | null | undefined): unknown => {
  if (rule == null) return rule
  const { id: _id, origin: _origin, version: _version, ...rest } = rule as Rule & Fields
  const whole = (list: readonly Recipient[] | undefined) => list?.map((each) => [each])
  return {
    ...rest,
    ...(rest.when === undefined ? {} : { when: [rest.when] }),
    ...(rest.to === undefined ? {} : { to: whole(rest.to) }),
    ...(rest.fallback === undefined ? {} : { fallback: whole(rest.fallback) }),
  }
}

const LABELS = {
  name: 'name',
  enabled: 'enabled',
  types: 'what',
  actions: 'what',
  when: 'when',
  to: 'who',
  fallback: 'fallback',
  digest: 'together',
  throttle: 'throttle',
  schedule: 'schedule',
  messages: 'messages',
  silent: 'silent',
  lifetime: 'lifetime',
  unreadAfter: 'unreadAfter',
  position: 'position',
} as const

interface RuleDifferenceProps {
  readonly before: Rule | null | undefined
  readonly after: Rule | null | undefined
}

/** What differs between two versions of a rule, in the words of its editor. */
export function RuleDifference({ before, after }: RuleDifferenceProps) {
  const t = useWords(ruleEditorWords)
  const title = useTypeTitle()
  const { data: types } = useCatalogue()
  const { byName } = useConditionFields([])
  const [from, to] = useMemo(() => [compared(before), compared(after)], [before, after])
  const label = (path: Path): string | undefined => {
    const [field, role] = path
    const word = LABELS[field as keyof typeof LABELS]
    if (word === undefined) return undefined
    return field === 'actions' && typeof role === 'string' ? `${t(word)} · ${roleInWords(role)}` : t(word)
  }
  const value = (each: unknown, [field]: Path): string | undefined => {
    if ((field === 'types' || field === 'actions') && types !== undefined)
      return Array.isArray(each)
        ? each.map((name) => title(String(name))).join(', ')
        : typeof each === 'string'
          ? title(each)
          : undefined
    if (field === 'when') return conditionInWords(Array.isArray(each) ? (each as unknown[])[0] : each, byName)
    if (field !== 'to' && field !== 'fallback') return undefined
    return [each]
      .flat(2)
      .map((recipient) => recipientInWords(recipient as Recipient))
      .join(', ')
  }
  return <Difference before={from} after={to} label={label} value={value} />
}
