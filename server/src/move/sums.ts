import { hash } from 'node:crypto'
import type { Row } from './side.ts'

/** Bytes of a row's hash that are summed: 48 bits, so that a sum of two is still a whole number. */
const BYTES = 6
const MODULUS = 2 ** (8 * BYTES)

/** Rows of a table, and the sum of a hash of each: the same whatever order they come in. */
export interface Sum {
  readonly rows: number
  readonly sum: number
}

export const NOTHING: Sum = { rows: 0, sum: 0 }

const hashOf = (row: Row): number => hash('sha256', JSON.stringify(row), 'buffer').readUIntBE(0, BYTES)

export function addRows({ rows, sum }: Sum, more: readonly Row[]): Sum {
  let total = sum
  for (const row of more) total = (total + hashOf(row)) % MODULUS
  return { rows: rows + more.length, sum: total }
}

export const isSame = (a: Sum, b: Sum): boolean => a.rows === b.rows && a.sum === b.sum

/** For people: 12 hexadecimal digits. */
export const showSum = ({ sum }: Sum): string => sum.toString(16).padStart(2 * BYTES, '0')
