/*
 * What differs between two versions of something: field by field for people, and line by line of the text that the
 * configuration file would hold.
 */

/** Names and indexes on the way to a value. */
export type Path = readonly (string | number)[]

/** One thing that differs; `before` or `after` is undefined where there was, or is, nothing. */
export interface Difference {
  readonly path: Path
  readonly before: unknown
  readonly after: unknown
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether two JSON values are the same; the order of fields does not matter, undefined is as good as not there. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => same(each, b[index]))
  if (!isFields(a) || !isFields(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]))
}

/** What differs, in the order of the fields. */
export function differences(before: unknown, after: unknown, path: Path = []): Difference[] {
  if (same(before, after)) return []
  if (isFields(before) && isFields(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => differences(before[name], after[name], [...path, name]))
  }
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path)
  return [{ path, before, after }]
}

/** Elements that are the same hold the rest in place; what lies between them is compared one by one. */
function ofLists(before: readonly unknown[], after: readonly unknown[], path: Path): Difference[] {
  const found: Difference[] = []
  const gaps = [...aligned(before, after, same), [before.length, after.length] as const]
  let [a, b] = [0, 0]
  for (const [nextA, nextB] of gaps) {
    for (let step = 0; step < Math.max(nextA - a, nextB - b); step++) {
      const old = a + step < nextA ? before[a + step] : undefined
      const now = b + step < nextB ? after[b + step] : undefined
      const at = [...path, now === undefined ? a + step : b + step]
      if (isFields(old) && isFields(now)) found.push(...differences(old, now, at))
      else found.push({ path: at, before: old, after: now })
    }
    ;[a, b] = [nextA + 1, nextB + 1]
  }
  return found
}

/** Pairs of indexes of a longest common subsequence. */
function aligned<T>(a: readonly T[], b: readonly T[], equal: (x: T, y: T) => boolean): (readonly [number, number])[] {
  const length = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i]![j] = equal(a[i]!, b[j]!)
        ? length[i + 1]![j + 1]! + 1
        : Math.max(length[i + 1]![j]!, length[i]![j + 1]!)
  const pairs: (readonly [number, number])[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (equal(a[i]!, b[j]!)) pairs.push([i++, j++])
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i++
    else j++
  }
  return pairs
}

/** A line of a text: there before, there now, or both. */
export interface Line {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Beyond this many lines on a side the texts are shown one after the other: comparing them takes their product. */
const COMPARED = 3_000

/** The lines of two texts, what is the same once. */
export function lineDifferences(before: string, after: string): Line[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const whole = (lines: readonly string[], kind: Line['kind']): Line[] => lines.map((text) => ({ kind, text }))
  if (Math.max(a.length, b.length) > COMPARED) return [...whole(a, 'removed'), ...whole(b, 'added')]
  const found: Line[] = []
  let [i, j] = [0, 0]
  for (const [x, y] of [...aligned(a, b, Object.is), [a.length, b.length] as const]) {
    found.push(...whole(a.slice(i, x), 'removed'), ...whole(b.slice(j, y), 'added'))
    if (x < a.length) found.push({ kind: 'same', text: a[x]! })
    ;[i, j] = [x + 1, y + 1]
  }
  return found
}
