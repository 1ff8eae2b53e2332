import type { Clock } from '../clock.ts'

/** Less than the console waits after a change: what has just changed must be in the answer. Milliseconds. */
const JOINED_MS = 1_000

/** Answers that are being worked out: whoever asks for the same at once gets the same, so that many who look cost as one. */
export class Underway<Answer> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #answers = new Map<string, { readonly beganAt: number; readonly answer: Promise<Answer> }>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** The answer that has just been begun, or a new one; of one that failed nothing stays. */
  get(key: string, work: () => Promise<Answer>): Promise<Answer> {
    const beganAt = this.#clock.now()
    const known = this.#answers.get(key)
    if (known !== undefined && beganAt - known.beganAt < JOINED_MS) return known.answer
    const answer = work().finally(() => {
      if (this.#answers.get(key)?.answer === answer) this.#answers.delete(key)
    })
    this.#answers.set(key, { beganAt, answer })
    return answer
  }
}
