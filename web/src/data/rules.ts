import type { Rule } from '@nabat/api/rule.ts'
import { useMutation, useQuery, type UseMutationResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call, request } from './api.ts'
import { useEntities, type Stored } from './entities.ts'
import { queries } from './queries.ts'
import { useMay } from './session.ts'

/** A rule as it is stored. */
export type StoredRule = Rule &
  Stored & {
    /** Where it stands among the others: the smaller first, of two at one place the older. */
    readonly place: number
  }

const KEY = ['configuration', 'rules']

/** Every rule, in the order in which they are asked. */
export function useRules() {
  const { data, ...found } = useEntities<StoredRule>('rules')
  const rules = useMemo(() => data?.toSorted((a, b) => a.place - b.place || Number(a.id) - Number(b.id)), [data])
  return { ...found, data: rules }
}

/** Which of the rules name a channel, as the first way or as a way round. */
export const rulesNaming = (channel: string, rules: readonly StoredRule[]): readonly StoredRule[] =>
  rules.filter(({ to, fallback = [] }) => [...to, ...fallback].some((each) => each.channel === channel))

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
        rules?.map((rule) => {
          const fields = fieldsOf.get(rule.id)
          return { ...rule, ...fields, place: fields?.position ?? rule.place }
        }),
      )
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['configuration'] }),
  })
}
