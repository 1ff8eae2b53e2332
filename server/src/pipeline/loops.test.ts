import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldsWith } from '../../test/support/fields.ts'
import { LoopGuard, repeatable } from './loops.ts'

const MINUTE = 60_000
/** The beginning of a minute. */
const NOW = 30_000_000 * MINUTE
const CHAT = { key: '1 chat', shown: 'bot -100', machine: false }
const HOOK = { key: '2 hook', shown: 'hook webhook', machine: true }

const times = (many: number, one: (n: number) => boolean): number =>
  Array.from({ length: many }, (_, n) => one(n)).filter(Boolean).length

describe('the loop guard', () => {
  it('lets one thing through sixty times a minute to people, a thousand times to a machine', () => {
    const guard = new LoopGuard()
    const fields = repeatable(fieldsWith({ subject: 'cam-1' }))
    expect(times(100, () => guard.isLoop(1, CHAT, fields, NOW))).toBe(40)
    expect(times(1_100, () => guard.isLoop(1, HOOK, fields, NOW))).toBe(100)
  })

  it('tells of a loop once, with the rule, the place and the type', () => {
    const guard = new LoopGuard()
    times(200, () => guard.isLoop(7, CHAT, repeatable(fieldsWith({ subject: 'cam-1' })), NOW))
    expect(guard.found()).toEqual([{ rule: 7, destination: 'bot -100', type: 'camera.unavailable' }])
    expect(guard.found()).toEqual([])
  })

  it('begins anew with the next minute', () => {
    const guard = new LoopGuard()
    const fields = repeatable(fieldsWith({ subject: 'cam-1' }))
    times(61, () => guard.isLoop(1, CHAT, fields, NOW + MINUTE - 1))
    expect(guard.isLoop(1, CHAT, fields, NOW + MINUTE)).toBe(false)
  })

  it('never stops a storm: different things, rules or places are counted apart', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(300)), {
          minLength: 100,
          maxLength: 500,
          selector: String,
        }),
        (all) => {
          const guard = new LoopGuard()
          for (const [rule, place, subject] of all)
            expect(
              guard.isLoop(
                rule,
                { ...CHAT, key: String(place) },
                repeatable(fieldsWith({ subject: String(subject) })),
                NOW,
              ),
            ).toBe(false)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('tells things apart by incident, then by subject, then by their data', () => {
    const guard = new LoopGuard()
    const lets = (some: object): boolean => !guard.isLoop(1, CHAT, repeatable(fieldsWith(some)), NOW)
    times(60, () => lets({ incident: 'a', subject: 'x' }))
    expect([lets({ incident: 'a', subject: 'y' }), lets({ incident: 'b', subject: 'x' })]).toEqual([false, true])
    times(60, () => lets({ incident: null, subject: null, data: { n: 1 } }))
    expect([
      lets({ incident: null, subject: null, data: { n: 1 } }),
      lets({ incident: null, subject: null, data: { n: 2 } }),
    ]).toEqual([false, true])
  })
})
