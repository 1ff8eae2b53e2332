import { createHash } from 'node:crypto'

/** A value of `data` may be long, and a row of an index of PostgreSQL holds 2,704 bytes; characters. */
const LONGEST = 200

/** The key of a throttle as both stores keep it: one that is long as its SHA-256. */
export const throttleKey = (key: string): string =>
  key.length <= LONGEST ? key : `sha256:${createHash('sha256').update(key).digest('base64url')}`
