import type { Clock } from '../../src/clock.ts'

/**
 * A process that can be made to stand still (SIGSTOP): what it asks has not left yet, and its timers and the answers it
 * waits for come when it goes on, all at once, in the order in which they would have come.
 */
export class Standstill {
  #still = false
  #held: (() => void)[] = []
  #begins: () => void = () => {}
  #begun = Promise.resolve()

  constructor() {
    this.#awaken()
  }

  #awaken(): void {
    this.#begun = new Promise((resolve) => (this.#begins = resolve))
  }

  /** Resolves when the process stands still. */
  get begun(): Promise<void> {
    return this.#begun
  }

  get isStill(): boolean {
    return this.#still
  }

  begin(): void {
    this.#still = true
    this.#begins()
  }

  /** The process goes on. */
  end(): void {
    this.#still = false
    this.#awaken()
    for (const call of this.#held.splice(0)) call()
  }

  /** The process is gone, with what it waited for. */
  forget(): void {
    this.#still = false
    this.#held = []
  }

  /** Resolves when the process runs; whether it had to wait for that. */
  async passed(): Promise<boolean> {
    if (!this.#still) return false
    await new Promise<void>((resolve) => this.#held.push(resolve))
    return true
  }

  /** The clock as the process sees it: it tells the time as it is, and wakes nobody who stands still. */
  clock(inner: Clock): Clock {
    return {
      now: () => inner.now(),
      after: (ms, call) => {
        let live = true
        const fire = (): void => {
          if (!live) return
          if (this.#still) this.#held.push(fire)
          else call()
        }
        const cancel = inner.after(ms, fire)
        return () => {
          live = false
          cancel()
        }
      },
    }
  }
}
