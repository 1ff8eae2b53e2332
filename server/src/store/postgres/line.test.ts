import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headOf, isHeld, type InLine } from './line.ts'

const inLine = fc.record({
  delivery: fc.uuid(),
  event: fc.constantFrom('1', '2', '3', '4', '5'),
  critical: fc.boolean(),
  held: fc.boolean(),
  inFlight: fc.constant(false),
})
const line = fc.uniqueArray(inLine, { selector: ({ delivery }) => delivery, maxLength: 6 })

describe('the head of a line', () => {
  it('is nobody while one is in flight, or when nobody is there', () => {
    fc.assert(
      fc.property(line, inLine, (some, one) => {
        expect(headOf([...some, { ...one, inFlight: true }])).toBeNull()
      }),
    )
    expect(headOf([])).toBeNull()
  })

  it('is somebody of the line as long as anybody waits, whatever the order in which they are named', () => {
    fc.assert(
      fc.property(line, (some) => {
        fc.pre(some.length > 0)
        expect(some.map(({ delivery }) => delivery)).toContain(headOf(some))
        expect(headOf(some.toReversed())).toBe(headOf(some))
      }),
    )
  })

  it('is of the earliest event, unless it is critical and all before it are held back by somebody’s hours', () => {
    fc.assert(
      fc.property(line, (some) => {
        fc.pre(some.length > 0)
        const head = some.find(({ delivery }) => delivery === headOf(some))!
        const before = some.filter(({ event }) => event < head.event)
        if (before.length > 0) expect([head.critical, before.every(({ held }) => held)]).toEqual([true, true])
      }),
    )
  })

  it('is what is critical rather than what is held back, however late it came', () => {
    const held = (event: string): InLine => ({ delivery: event, event, critical: false, held: true, inFlight: false })
    const critical: InLine = { ...held('9'), critical: true, held: false }
    expect(headOf([held('1'), held('2'), critical])).toBe('9')
    expect(headOf([held('1'), { ...held('2'), held: false }, critical])).toBe('1')
  })
})

describe('held back', () => {
  it('is what waits for the hours of a person, and nothing else', () => {
    expect(['quiet_hours', 'working_hours', 'digest', 'unread', null].map(isHeld)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
