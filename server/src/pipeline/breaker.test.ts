import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAttempt, allowance, CLOSED, isDown, type Breaker } from './breaker.ts'
import type { Health } from './outcome.ts'

const FINE: Health = { of: 'channel', state: 'fine' }
const DOWN: Health = { of: 'channel', state: 'down' }
const INVALID: Health = { of: 'channel', state: 'invalid' }
const THROTTLED: Health = { of: 'channel', state: 'throttled' }

const NOW = 1_000_000

/** The breaker after so many failures at one moment. */
function failing(times: number, from: Breaker = CLOSED, now = NOW): Breaker {
  let breaker = from
  for (let n = 0; n < times; n += 1) breaker = afterAttempt(breaker, DOWN, now)
  return breaker
}

describe('a breaker', () => {
  it('stays closed for four failures in a row and opens for five seconds at the fifth', () => {
    expect(allowance(failing(4), NOW)).toBe('all')
    const open = failing(5)
    expect([isDown(failing(4)), isDown(open)]).toEqual([false, true])
    expect([NOW, NOW + 4_999, NOW + 5_000].map((at) => allowance(open, at))).toEqual(['none', 'none', 'probe'])
  })

  it('counts failures in a row only', () => {
    const breaker = failing(4, afterAttempt(failing(4), FINE, NOW))
    expect(allowance(breaker, NOW)).toBe('all')
  })

  it('opens at once when the channel is of no use', () => {
    expect(allowance(afterAttempt(CLOSED, INVALID, NOW), NOW)).toBe('none')
  })

  it('opens twice as long each time the probe fails, up to a minute', () => {
    let breaker = failing(5)
    const opened: number[] = []
    for (let probe = 0; probe < 6; probe += 1) {
      const at = breaker.openUntil
      expect(allowance(breaker, at)).toBe('probe')
      breaker = afterAttempt(breaker, DOWN, at)
      opened.push(breaker.openUntil - at)
    }
    expect(opened).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
  })

  it('closes when a probe gets through, and begins from the shortest time again', () => {
    const open = failing(5)
    const closed = afterAttempt(open, FINE, open.openUntil)
    expect([isDown(closed), allowance(closed, open.openUntil)]).toEqual([false, 'all'])
    expect(failing(5, closed, NOW + 60_000).openUntil).toBe(NOW + 65_000)
  })

  it('is not opened longer by what was in flight when it opened', () => {
    expect(failing(50).openUntil).toBe(failing(5).openUntil)
  })

  it('waits for as long as the other side asks when it is down', () => {
    expect(afterAttempt(failing(4), DOWN, NOW, 30_000).openUntil).toBe(NOW + 30_000)
    expect(afterAttempt(failing(4), DOWN, NOW, 1_000).openUntil).toBe(NOW + 5_000)
  })

  it('pauses without counting as down when the channel is told to wait', () => {
    const paused = afterAttempt(CLOSED, THROTTLED, NOW, 20_000)
    expect([isDown(paused), allowance(paused, NOW + 19_999), allowance(paused, NOW + 20_000)]).toEqual([
      false,
      'none',
      'all',
    ])
    expect(allowance(afterAttempt(CLOSED, THROTTLED, NOW), NOW + 4_999)).toBe('none')
  })

  it('keeps the pause it was told of although messages that had left before still get through', () => {
    const paused = afterAttempt(CLOSED, THROTTLED, NOW, 20_000)
    const later = afterAttempt(afterAttempt(paused, FINE, NOW + 10), { of: 'destination', state: 'invalid' }, NOW + 20)
    expect([allowance(later, NOW + 19_999), allowance(later, NOW + 20_000)]).toEqual(['none', 'all'])
  })

  it('never shortens a pause', () => {
    const paused = afterAttempt(afterAttempt(CLOSED, THROTTLED, NOW, 20_000), THROTTLED, NOW, 1_000)
    expect(paused.openUntil).toBe(NOW + 20_000)
  })
})

/** What may be said of a channel, one attempt after another, each a while after the one before. */
const said = fc.array(
  fc.record({
    health: fc.oneof(
      { weight: 4, arbitrary: fc.constant(DOWN) },
      fc.constantFrom<Health>(FINE, INVALID, THROTTLED),
      fc.record({
        of: fc.constant('destination' as const),
        state: fc.constantFrom<Health['state']>('fine', 'down', 'throttled', 'invalid'),
      }),
    ),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 70_000 })),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: undefined }),
  }),
  { maxLength: 40 },
)

describe('whatever a channel answers', () => {
  it('goes from state to state as the head of the file says', () => {
    fc.assert(
      fc.property(said, (answers) => {
        let breaker = CLOSED
        let inARow = 0
        let now = NOW
        for (const { health, afterMs, retryAfterMs } of answers) {
          now += afterMs
          const before = breaker
          breaker = afterAttempt(breaker, health, now, retryAfterMs)
          const gotThrough = health.of === 'destination' || health.state === 'fine'
          if (gotThrough) inARow = 0
          else if (health.state !== 'throttled') inARow += 1
          if (gotThrough) expect(isDown(breaker)).toBe(false)
          // Down exactly when it failed often enough, or was of no use, since somebody got through.
          else if (inARow >= 5 || health.state === 'invalid') expect(isDown(breaker)).toBe(true)
          else expect(isDown(breaker)).toBe(isDown(before))
          // While it is down, only one at a time tries; while it waits, nobody does.
          expect(allowance(breaker, now)).toBe(breaker.openUntil > now ? 'none' : isDown(breaker) ? 'probe' : 'all')
          if (!gotThrough && isDown(breaker))
            expect(breaker.openUntil).toBeGreaterThan(health.state === 'throttled' ? 0 : now)
          // No answer makes it wait longer than a minute, unless the other side asked for that.
          expect(breaker.openUntil).toBeLessThanOrEqual(
            Math.max(before.openUntil, now + Math.max(60_000, retryAfterMs ?? 0)),
          )
        }
      }),
    )
  })

  it('one that always fails is probed at least once a minute', () => {
    let breaker = CLOSED
    let now = NOW
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (allowance(breaker, now) === 'none') now = breaker.openUntil
      breaker = afterAttempt(breaker, DOWN, now)
      expect(breaker.openUntil - now).toBeLessThanOrEqual(60_000)
    }
  })
})
