import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock, Random } from './clock.ts'
import { systemRandom } from './clock.ts'
import { idBytes, idMaker, idText, idTime, isId } from './ids.ts'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A clock that shows these times, one after another, and then the last for ever. */
function clockOf(times: readonly number[]): Clock {
  let index = 0
  return { now: () => times[Math.min(index++, times.length - 1)]!, after: () => () => {} }
}
/** No randomness at all: what is unique then is so by itself. */
const zeros: Random = { float: () => 0, bytes: (length) => Buffer.alloc(length) }

const bySort = (ids: readonly string[]): string[] => [...ids].sort()

describe('ids', () => {
  it('are UUIDs of version 7 that carry the time at which they were made', () => {
    const now = Date.parse('2026-03-18T12:00:00.123Z')
    const id = idMaker(clockOf([now]), systemRandom)()
    expect(id).toMatch(V7)
    expect(idTime(id)).toBe(now)
    expect(isId(id)).toBe(true)
  })

  it('are unique and in order although a millisecond has room for 4096 only, without any luck', () => {
    const make = idMaker(clockOf([1_800_000_000_000]), zeros)
    const ids = Array.from({ length: 10_000 }, make)
    expect(new Set(ids).size).toBe(ids.length)
    expect(bySort(ids)).toEqual(ids)
    expect(idTime(ids.at(-1)!)).toBe(1_800_000_000_002)
  })

  it('stay in order whatever the clock does, backwards too', () => {
    const times = fc.array(fc.integer({ min: 1_800_000_000_000, max: 1_800_000_000_050 }), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(times, (shown) => {
        const make = idMaker(clockOf(shown), zeros)
        const ids = shown.map(() => make())
        expect(bySort(ids)).toEqual(ids)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids) expect(id).toMatch(V7)
      }),
    )
  })

  it('are the same bytes and text, in the same order', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), fc.uuid({ version: 7 }), (a, b) => {
        expect(idText(idBytes(a))).toBe(a)
        expect(idBytes(a)).toHaveLength(16)
        expect(Math.sign(Buffer.compare(idBytes(a), idBytes(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
        // Bytes may come as a view into something larger.
        expect(idText(Buffer.concat([Buffer.alloc(3), idBytes(a), Buffer.alloc(3)]).subarray(3, 19))).toBe(a)
      }),
    )
  })

  it('from outside are told from other texts', () => {
    for (const text of [
      '',
      'x',
      '01890a5d-ac96-774b-bcce-b302099a8057 ',
      '01890a5dac96774bbcceb302099a8057',
      "01890a5d-ac96-774b-bcce-b302099a805'",
    ])
      expect(isId(text)).toBe(false)
    expect(isId('01890A5D-AC96-774B-BCCE-B302099A8057')).toBe(true)
  })
})
