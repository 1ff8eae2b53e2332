/*
 * How long messages took, kept as a histogram of fixed buckets: such can be added up over hours and channels, which no
 * quantile can.
 */

/** The upper end of each bucket but the last, in milliseconds; what took just as long belongs to it. */
export const BOUNDS: readonly number[] = [
  10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
]

/** How many messages there are in each bucket. */
export type Histogram = number[]

export const noneTook = (): Histogram => Array.from({ length: BOUNDS.length + 1 }, () => 0)

/** Adds the counts of another histogram to one. */
export function addTook(to: Histogram, more: readonly number[]): void {
  for (const [index, count] of more.entries()) to[index] = (to[index] ?? 0) + count
}

export const countTook = (histogram: readonly number[]): number => histogram.reduce((sum, count) => sum + count, 0)

/**
 * The time within which this share of the messages was sent, in milliseconds: exact to its bucket, and taken as if those
 * within it were spread evenly. Null where nothing was sent; beyond the last bound, that bound.
 */
export function quantileOf(histogram: readonly number[], share: number): number | null {
  const total = countTook(histogram)
  if (total === 0) return null
  let left = share * total
  for (const [index, count] of histogram.entries()) {
    if (count === 0 || left > count) {
      left -= count
      continue
    }
    const from = index === 0 ? 0 : BOUNDS[index - 1]!
    const to = BOUNDS[index] ?? from
    return Math.round(from + (to - from) * (left / count))
  }
  return BOUNDS.at(-1)!
}
