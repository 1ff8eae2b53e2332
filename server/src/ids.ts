import type { Clock, Random } from './clock.ts'

/** Makes UUIDv7 texts (RFC 9562, 5.7): sorted by time, and within a millisecond by the order in which they were made. */
export type MakeId = () => string

/** The sequence fills 12 bits; when a millisecond is used up, the next one is borrowed. */
const SEQUENCE_LIMIT = 0x1000

export function idMaker(clock: Clock, random: Random): MakeId {
  let lastMs = 0
  let sequence = 0
  let pool: Buffer = Buffer.alloc(0)
  let at = 0
  const eightBytes = (): Buffer => {
    if (at + 8 > pool.length) {
      pool = random.bytes(4096)
      at = 0
    }
    at += 8
    return pool.subarray(at - 8, at)
  }
  return () => {
    const now = clock.now()
    if (now > lastMs) {
      lastMs = now
      sequence = 0
    } else if (++sequence === SEQUENCE_LIMIT) {
      lastMs += 1
      sequence = 0
    }
    const tail = eightBytes()
    const time = lastMs.toString(16).padStart(12, '0')
    const rest = tail.toString('hex')
    const variant = (8 + (tail[0]! & 3)).toString(16)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${rest.slice(1, 4)}-${rest.slice(4)}`
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text from outside has the form of an id. */
export const isId = (text: string): boolean => UUID.test(text)

/** Milliseconds since 1970 at which an id was made. */
export const idTime = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The smallest id that can be made at a time. */
export function firstIdOf(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

/** The 16 bytes of an id, as stored. */
export const idBytes = (id: string): Buffer =>
  Buffer.from(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24), 'hex')

/** The text of stored bytes. */
export function idText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
