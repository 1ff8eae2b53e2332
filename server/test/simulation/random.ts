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
    bytes(length) {
      const bytes = Buffer.allocUnsafe(length)
      for (let at = 0; at < length; at += 1) bytes[at] = float() * 256
      return bytes
    },
    chance: (probability) => float() < probability,
    whole,
    pick: (list) => list[whole(0, list.length - 1)]!,
  }
}

/**
 * Dice of one place in a life: what falls there depends on the seed and on the name of the place alone, so that a life from
 * which something was left out goes on with the same luck everywhere else.
 */
export function diceAt(seed: number, place: string): Dice {
  let hash = (seed ^ 0x811c9dc5) >>> 0
  for (let at = 0; at < place.length; at += 1) hash = Math.imul(hash ^ place.charCodeAt(at), 0x01000193) >>> 0
  return dice(hash)
}
