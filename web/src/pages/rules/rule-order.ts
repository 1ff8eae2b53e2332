import type { RuleChange, StoredRule } from '../../data/rules.ts'

/** Free numbers between rules that are numbered anew. */
const STEP = 10

/**
 * What has to be changed for a rule to stand one place higher (-1) or lower (1); null when it cannot be. As few rules as
 * possible are changed, and none of the file. `rules` are in their order.
 */
export function moved(rules: readonly StoredRule[], id: string, by: -1 | 1): readonly RuleChange[] | null {
  const from = rules.findIndex((rule) => rule.id === id)
  const rule = rules[from]
  const other = rules[from + by]
  if (rule === undefined || other === undefined || rule.origin === 'file') return null
  const wanted = rules.with(from, other).with(from + by, rule)
  const { place } = other
  const alone = [place, place + by].map((position) => [{ rule, fields: { position } }])
  const swapped = [
    { rule, fields: { position: place } },
    { rule: other, fields: { position: rule.place } },
  ]
  const anew = wanted.map((each, index) => ({ rule: each, fields: { position: (index + 1) * STEP } }))
  return [...alone, swapped, anew].find((changes) => makes(changes, wanted)) ?? null
}

/** Whether changes bring rules into an order, and concern no rule of the file. */
function makes(changes: readonly RuleChange[], wanted: readonly StoredRule[]): boolean {
  if (changes.some(({ rule }) => rule.origin === 'file')) return false
  const places = new Map(changes.map(({ rule, fields }) => [rule.id, fields.position]))
  const placed = wanted.map((rule) => ({ id: Number(rule.id), place: places.get(rule.id) ?? rule.place }))
  return placed.every((each, index) => {
    const next = placed[index + 1]
    return next === undefined || each.place < next.place || (each.place === next.place && each.id < next.id)
  })
}
