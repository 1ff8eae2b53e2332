import type { Row } from './table.ts'

/** How a run was asked for. */
export interface Asked {
  /** Rounds of which the median is taken. */
  readonly rounds: number
  /** Smaller amounts, for a look while working; the figures are not to be quoted. */
  readonly quick: boolean
  /** Tells what is going on while it goes on. */
  readonly say: (line: string) => void
}

export interface Bench {
  readonly summary: string
  /** Takes minutes: runs only when it is named. */
  readonly long?: boolean
  run(asked: Asked): Promise<Row[]>
}
