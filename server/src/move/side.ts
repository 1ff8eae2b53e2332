import type { StoreName, Table } from './tables.ts'

/** A value on its way; tables.ts says how each kind looks. */
export type Value = number | string | null | readonly string[]

/** A row on its way: its values in the order of `columns` of its table. */
export type Row = readonly Value[]

/** Where in a table a slice ended: the values of its key, as this store has them. */
export type Position = readonly Value[]

export interface Slice {
  readonly rows: readonly Row[]
  /** Where the next one begins; null: that was all. */
  readonly after: Position | null
}

/** How far a move came; stored in the target, with every slice, in its transaction. */
export interface Progress {
  /** What is moved: `Side.identity` of the source. */
  readonly source: string
  readonly tables: Readonly<Record<string, TableProgress>>
}

export interface TableProgress {
  readonly rows: number
  /** Where to go on; null at the beginning, and when all of it is there. */
  readonly after: Position | null
  readonly done: boolean
}

/** One of the two stores of a move, locked: nobody else works on it until it is closed. */
export interface Side {
  readonly store: StoreName
  /** What the secret key must open; undefined in a store that has none yet. */
  proof(): Promise<Uint8Array | undefined>
  count(table: Table): Promise<number>
  /** Some rows after a position, in the order of the key. */
  read(table: Table, after: Position | null): Promise<Slice>
  /** The highest number that was given to an entity or destination. */
  lastNumber(): Promise<number>
}

/** The store that is moved to. */
export interface Target extends Side {
  /** How far an earlier move came that was broken off. */
  progress(): Promise<Progress | null>
  /** Writes rows and how far it came, in one transaction: after a crash both are there, or neither. */
  write(table: Table, rows: readonly Row[], progress: Progress): Promise<void>
  /** Works out what is not copied. Doing it again changes nothing. */
  finish(lastNumber: number): Promise<void>
  /** Takes the mark of the move away: the store may be used. */
  release(): Promise<void>
}

/** Characters of one slice: enough for a transaction to be worth its while, and few enough for memory. */
export const SLICE_CHARACTERS = 4_000_000
/** Rows of one slice. */
export const SLICE_ROWS = 5_000
const FIRST_ROWS = 500

/** How many rows to ask for after a slice of so many characters; without one, at the beginning of a table. */
export function rowsOfSlice(table: Table, last: { readonly rows: number; readonly characters: number } | null): number {
  if (last === null) return table.slice ?? FIRST_ROWS
  const each = Math.max(1, last.characters / Math.max(1, last.rows))
  return Math.max(1, Math.min(SLICE_ROWS, last.rows * 4, Math.floor(SLICE_CHARACTERS / each)))
}

/** How much there is to a row. */
export const charactersOf = (row: Row): number => {
  let sum = 0
  for (const value of row) sum += typeof value === 'string' ? value.length : 8
  return sum
}
