import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OVERVIEW_HOURS } from '@nabat/api/overview.ts'
import { binsOf } from './bins.ts'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(text)
const texts = (bins: readonly { from: number; to: number }[]): string[] =>
  bins.map(({ from, to }) => `${new Date(from).toISOString().slice(5, 16)} ${(to - from) / HOUR}`)

describe('the columns of a period', () => {
  it('are the last 24 hours, the present one last', () => {
    const bins = binsOf(24, at('2026-11-22T10:20:00Z'), 'Europe/Moscow')
    expect(bins).toHaveLength(24)
    expect(texts(bins).at(0)).toBe('11-21T11:00 1')
    expect(texts(bins).at(-1)).toBe('11-22T10:00 1')
  })

  it('are quarters of seven days on the clock of the workspace, today as far as it has come', () => {
    const bins = texts(binsOf(168, at('2026-11-22T10:20:00Z'), 'Europe/Moscow'))
    expect(bins.slice(0, 2)).toEqual(['11-15T21:00 6', '11-16T03:00 6'])
    expect(bins.slice(-3)).toEqual(['11-21T21:00 6', '11-22T03:00 6', '11-22T09:00 2'])
  })

  it('are days, however long the clocks make them', () => {
    const bins = texts(binsOf(720, at('2026-11-05T10:20:00Z'), 'Europe/Berlin'))
    expect(bins).toHaveLength(30)
    expect(bins).toContain('10-24T22:00 25')
    expect(bins.at(-1)).toBe('11-04T23:00 12')
  })

  it('follow each other without a gap up to the end of the present hour, in any zone', () => {
    const zones = [
      'Europe/Moscow',
      'Europe/Berlin',
      'Asia/Kolkata',
      'America/New_York',
      'Pacific/Apia',
      'Asia/Kathmandu',
    ]
    fc.assert(
      fc.property(
        fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
        fc.constantFrom(...zones),
        fc.constantFrom(...OVERVIEW_HOURS),
        (now, zone, hours) => {
          const bins = binsOf(hours, now, zone)
          expect(bins.at(-1)!.to).toBe(Math.floor(now / HOUR) * HOUR + HOUR)
          for (const [index, { from, to }] of bins.entries()) {
            expect(from % HOUR).toBe(0)
            expect(to).toBeGreaterThan(from)
            if (index > 0) expect(from).toBe(bins[index - 1]!.to)
          }
          expect(bins.at(-1)!.to - bins[0]!.from).toBeLessThanOrEqual((hours + 26) * HOUR)
        },
      ),
    )
  })
})
