import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addTook, BOUNDS, countTook, noneTook, quantileOf } from './latency.ts'

const bucketOf = (ms: number): number => {
  const found = BOUNDS.findIndex((bound) => ms <= bound)
  return found < 0 ? BOUNDS.length : found
}
const histogramOf = (all: readonly number[]): number[] => {
  const histogram = noneTook()
  for (const ms of all) histogram[bucketOf(ms)]! += 1
  return histogram
}
const times = fc.array(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 60 })

describe('a quantile of a histogram', () => {
  it('lies in the bucket of the one it stands for', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95), (all, share) => {
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(all.length * share) - 1]!
        expect(bucketOf(quantileOf(histogramOf(all), share)!)).toBe(bucketOf(exact))
      }),
    )
  })

  it('of several together is that of all of them', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const sum = histogramOf(one)
        addTook(sum, histogramOf(other))
        expect(sum).toEqual(histogramOf([...one, ...other]))
        expect(countTook(sum)).toBe(one.length + other.length)
      }),
    )
  })

  it('of nothing is none, and what took days took longer than the last bound', () => {
    expect(quantileOf(noneTook(), 0.5)).toBeNull()
    expect(quantileOf(histogramOf([900_000_000]), 0.95)).toBe(86_400_000)
  })
})
