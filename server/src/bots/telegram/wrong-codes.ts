/** So many codes that nobody was given are answered in one chat… */
const MOST = 5
/** …within this time. */
const WITHIN_MS = 600_000
/** Chats that are remembered; whoever writes from more has given up guessing in those before. */
const MOST_CHATS = 10_000

/**
 * Who guesses codes is not answered for long. In memory: a bot is one node's, and a guess among a million million needs
 * more than a restart gives.
 */
export class WrongCodes {
  readonly #times = new Map<string, number[]>()

  /** How many tries somebody has left in a chat. */
  left(chat: string, now: number): number {
    return Math.max(0, MOST - this.#recent(chat, now).length)
  }

  /** A wrong code came from a chat. */
  add(chat: string, now: number): void {
    const times = [...this.#recent(chat, now), now]
    this.#times.delete(chat)
    this.#times.set(chat, times)
    const [first] = this.#times.keys()
    if (this.#times.size > MOST_CHATS && first !== undefined) this.#times.delete(first)
  }

  #recent(chat: string, now: number): number[] {
    return (this.#times.get(chat) ?? []).filter((at) => now - at < WITHIN_MS)
  }
}
