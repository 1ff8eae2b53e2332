import type { Random } from '../../src/clock.ts'

/** Randomness from a seed (mulberry32): the same seed, the same run. */
export interface Dice extends Random {
  /** True with this probability. */
  chance(probability: number): boolean
  /** A whole number from `from` to `to`. */
  whole(from: number, to: number): number
  pick<T>(list: readonly T[]): T
}

export function dice(seed: number): Dice {
  let state = seed >>> 0
  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const whole = (from: number, to: number): number => from + Math.floor(float() * (to - from + 1))
  return {
    float,
    bytes: (length) => Buffer.from(Array.from({ length }, () => whole(0, 255))),
    chance: (probability) => float() < probability,
    whole,
    pick: (list) => list[whole(0, list.length - 1)]!,
  }
}
