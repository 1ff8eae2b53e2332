/* What a bench answers with, and how it is shown. */

/** A figure that must lie on one side of two bounds: the design's floor and its aim. */
export interface Row {
  readonly what: string
  readonly figure: number
  readonly unit: string
  /** Digits after the point. */
  readonly digits?: number
  /** The figure as a share of the raw limit of the same run. */
  readonly ofRaw?: number
  /** The figure as a multiple of each peer's of the same run. */
  readonly ofPeers?: Readonly<Record<string, number>>
  readonly bounds?: Bounds
  readonly note?: string
}

export interface Bounds {
  /** What is compared with the bounds; by default the figure itself. */
  readonly value?: number
  readonly least: number
  readonly aim: number
  readonly better: 'more' | 'less'
  readonly unit?: string
}

/** The middle value; of an even number the higher of the two. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which a share of the others lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Round by round, how many times the one the other is: the median with the least and the most. */
export interface Ratio {
  readonly median: number
  readonly least: number
  readonly most: number
}

/**
 * Compares two things that took turns. The quotient is taken within each round, where they met the same machine: a ratio of
 * two medians is off by a third when the load drifts, and has shown a full store to be faster than an empty one.
 */
export function ratioOf(these: readonly number[], those: readonly number[]): Ratio {
  const each = these.map((value, round) => value / those[round]!)
  return { median: median(each), least: Math.min(...each), most: Math.max(...each) }
}

export const spread = ({ least, most }: Ratio): string => `${least.toFixed(2)} to ${most.toFixed(2)}`

export function meets({ value, least, aim, better }: Bounds, figure: number): 'aim' | 'floor' | 'no' {
  const at = value ?? figure
  const reaches = (bound: number): boolean => (better === 'more' ? at >= bound : at <= bound)
  return reaches(aim) ? 'aim' : reaches(least) ? 'floor' : 'no'
}

const shown = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** The rows as a Markdown table, for the terminal and for docs/performance.md. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { bounds } = row
    const bound = (value: number | undefined): string =>
      value === undefined ? '' : `${String(value)}${bounds?.unit === undefined ? '' : ` ${bounds.unit}`}`
    return [
      row.what,
      `${shown(row.figure, row.digits)} ${row.unit}`,
      row.ofRaw === undefined ? '' : row.ofRaw.toFixed(2),
      Object.entries(row.ofPeers ?? {})
        .map(([name, ratio]) => `${ratio.toFixed(1)} × ${name}`)
        .join(', '),
      bound(bounds?.least),
      bound(bounds?.aim),
      bounds === undefined ? '' : meets(bounds, row.figure),
      row.note ?? '',
    ]
  })
  const all = [['what', 'figure', 'of raw', 'of peers', 'at least', 'aim', 'met', 'note'], ...lines]
  const widths = all[0]!.map((_, column) => Math.max(3, ...all.map((line) => line[column]!.length)))
  const drawn = all.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
  drawn.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  return drawn.join('\n')
}
