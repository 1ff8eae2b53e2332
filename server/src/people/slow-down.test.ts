import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlowDown, triesOf, waitAfter } from './slow-down.ts'

/** A clock that is set by hand. */
function handClock() {
  const clock = { at: 1_000_000, now: () => clock.at, after: () => () => {} }
  return clock
}

describe('slowing down', () => {
  it('lets some tries fail, then waits ever longer, up to a minute for a login', () => {
    const clock = handClock()
    const slowDown = new SlowDown(clock)
    const keys = triesOf('ivan', null)
    const waits = []
    for (let n = 0; n < 14; n += 1) {
      const wait = slowDown.begin(keys)
      waits.push(wait)
      clock.at += wait * 1_000
      if (wait > 0) expect(slowDown.begin(keys)).toBe(0)
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('counts what has begun as failed: a hundred at once get no more tries than one after another', () => {
    const slowDown = new SlowDown(handClock())
    const begun = Array.from({ length: 100 }, () => slowDown.begin(triesOf('ivan', '10.0.0.1')))
    expect(begun.filter((wait) => wait === 0)).toHaveLength(5)
  })

  it('begins anew after the right password, or an hour without a try', () => {
    const clock = handClock()
    const slowDown = new SlowDown(clock)
    const keys = triesOf('ivan', '10.0.0.1')
    const fail = (): number => {
      let tries = 0
      while (slowDown.begin(keys) === 0) tries += 1
      return tries
    }
    expect(fail()).toBe(5)
    clock.at += 2_000
    expect(slowDown.begin(keys)).toBe(0)
    slowDown.succeeded(keys)
    expect(fail()).toBe(5)
    clock.at += 3_600_001
    expect(fail()).toBe(5)
  })

  it('counts an address through all the logins it tries, and an IPv6 network as one', () => {
    for (const addressOf of [() => '203.0.113.7', (n: number) => `2001:db8:1:2::${n.toString(16)}`]) {
      const slowDown = new SlowDown(handClock())
      const begun = Array.from({ length: 50 }, (_, n) => slowDown.begin(triesOf(`login ${n}`, addressOf(n))))
      expect(begun.filter((wait) => wait === 0)).toHaveLength(20)
      expect(slowDown.begin(triesOf('login 1', '203.0.113.8'))).toBe(0)
    }
  })

  it('knows a login whatever its capitals, and shows neither it nor the address', () => {
    expect(triesOf('Иван', null)).toEqual(triesOf('ИВАН', null))
    expect(triesOf('ivan', '10.0.0.1').join()).not.toMatch(/ivan|10\.0/)
  })

  it('counts what other nodes tell', () => {
    const clock = handClock()
    const slowDown = new SlowDown(clock)
    const [login] = triesOf('ivan', null)
    for (let n = 0; n < 5; n += 1) slowDown.failed(login!, clock.at)
    expect(slowDown.begin([login!])).toBe(1)
  })

  it('never shortens a wait for another failure', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(30), fc.integer({ min: 1_000, max: 1_000_000 }), (failures, free, most) => {
        const growth = { free, most }
        expect(waitAfter(failures + 1, growth)).toBeGreaterThanOrEqual(waitAfter(failures, growth))
        expect(waitAfter(failures, growth)).toBeLessThanOrEqual(most)
        if (failures < free) expect(waitAfter(failures, growth)).toBe(0)
      }),
    )
  })
})
