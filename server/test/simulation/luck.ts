import { diceAt, type Dice } from './random.ts'

/**
 * What goes wrong, and that it did. Every misfortune has a name; whether it strikes depends on the seed and its name alone,
 * so that a life can be lived again with some of them left out.
 */
export class Luck {
  readonly seed: number
  /** Misfortunes that struck, in their order. */
  readonly struck: string[] = []
  readonly #trouble: number
  readonly #spared: ReadonlySet<string>

  /** `trouble`: how often something goes wrong, of 1. */
  constructor(seed: number, trouble: number, spared: ReadonlySet<string>) {
    this.seed = seed
    this.#trouble = trouble
    this.#spared = spared
  }

  /** Dice for a misfortune that strikes, undefined when it does not; `share` of the trouble there is. */
  strikes(name: string, share = 1): Dice | undefined {
    return this.happens(name, this.#trouble * share)
  }

  /** The same with a probability of its own. */
  happens(name: string, probability: number): Dice | undefined {
    if (probability === 0 || this.#spared.has(name)) return undefined
    const random = diceAt(this.seed, name)
    if (!random.chance(probability)) return undefined
    this.struck.push(name)
    return random
  }
}
