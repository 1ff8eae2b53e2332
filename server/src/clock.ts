import { randomBytes } from 'node:crypto'

/** Time, handed in everywhere: real in production, virtual in tests and in the simulation. Milliseconds since 1970. */
export interface Clock {
  now(): number
  /** Calls back once after `ms`; the returned function takes it back. Does not keep the process alive. */
  after(ms: number, call: () => void): () => void
}

/** Randomness, handed in everywhere. */
export interface Random {
  /** A number in [0, 1). */
  float(): number
  bytes(length: number): Buffer
}

/** The longest delay a timer of Node takes; longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const systemRandom: Random = { float: () => Math.random(), bytes: (length) => randomBytes(length) }
