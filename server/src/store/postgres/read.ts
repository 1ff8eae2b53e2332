import type { ReadQuery } from '../store.ts'
import type { Connections, Row } from './connection.ts'

/*
 * Lists for people are written once for both stores, with `?` for a parameter and ids as their 16 bytes, as SQLite has
 * them. Here they become `$1` and uuids; ids come back as bytes (connection.ts).
 */

const ID_BYTES = 16

/** Strings and quoted names are left as they are. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g

/** The same statement with numbered parameters. */
export function numbered(sql: string): string {
  let n = 0
  return sql.replaceAll(TOKENS, (token) => (token === '?' ? `$${(n += 1)}` : token))
}

const parameter = (value: unknown): unknown =>
  value instanceof Uint8Array && value.length === ID_BYTES ? Buffer.from(value).toString('hex') : value

/** Runs a list on a connection that only reads. */
export const read = (connections: Connections, { sql, parameters }: ReadQuery): Promise<Row[]> =>
  // Without a name: there are as many of these as combinations of filters.
  connections.one('reads', { name: '', text: numbered(sql) }, parameters.map(parameter))
