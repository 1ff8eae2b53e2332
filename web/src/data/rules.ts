import type { Rule } from '@nabat/api/rule.ts'
import { useMutation, useQuery, type UseMutationResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call, request } from './api.ts'
import { useEntities, type Stored } from './entities.ts'
import { queries } from './queries.ts'
import { useMay } from './session.ts'

/** A rule as it is stored. */
export type StoredRule = Rule & Stored

const KEY = ['configuration', 'rules']
/** Where rules stand that name no position: after all that do, in the order in which they were made. */
const LAST = 1_000_000

/** Where a rule stands among the others; of two at one place the older is first. */
export const placeOf = ({ position, id, origin }: StoredRule): number =>
  position ?? (origin === 'file' ? 0 : LAST) + Number(id)

/** Every rule, in the order in which they are asked. */
export function useRules() {
  const { data, ...found } = useEntities<Rule>('rules')
  const rules = useMemo(() => data?.toSorted((a, b) => placeOf(a) - placeOf(b) || Number(a.id) - Number(b.id)), [data])
  return { ...found, data: rules }
}

/** Which of the rules name a channel, as the first way or as a way round. */
export const rulesNaming = (channel: string, rules: readonly StoredRule[]): readonly StoredRule[] =>
  rules.filter(({ to = [], fallback = [] }) => [...to, ...fallback].some((each) => each.channel === channel))

/** Why rules reach nobody, by their names; rules that reach somebody are not in it. */
export function useRulesReachingNobody(): ReadonlyMap<string, string> {
  const enabled = useMay('reachability.read')
  const { data } = useQuery({
    queryKey: ['channels', 'reachability', 'rules'],
    enabled,
    queryFn: ({ signal }) =>
      call<{ rules: { name: string; says: string }[] }>('GET', '/reachability', { query: { limit: 1 }, signal }),
  })
  return useMemo(() => new Map(data?.rules.map(({ name, says }) => [name, says])), [data])
}

/** A rule with some of its fields changed. */
export interface RuleChange {
  readonly rule: StoredRule
  readonly fields: Partial<Rule>
}

/** Changes fields of rules one after another, shown at once; answers with the changes that can be undone. */
export function useChangeRules(): UseMutationResult<(string | null)[], unknown, readonly RuleChange[]> {
  return useMutation({
    mutationFn: async (wanted) => {
      const changes: (string | null)[] = []
      for (const { rule, fields } of wanted) {
        const answer = await request('PUT', `/rules/${rule.id}`, {
          body: { ...rule, ...fields },
          headers: { 'if-match': String(rule.version) },
        })
        changes.push(answer.headers.get('nabat-change'))
      }
      return changes
    },
    onMutate: async (wanted) => {
      await queries.cancelQueries({ queryKey: KEY, exact: true })
      const fieldsOf = new Map(wanted.map(({ rule, fields }) => [rule.id, fields]))
      queries.setQueryData<readonly StoredRule[]>(KEY, (rules) =>
        rules?.map((rule) => ({ ...rule, ...fieldsOf.get(rule.id) })),
      )
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['configuration'] }),
  })
}
