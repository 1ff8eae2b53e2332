/**
 * Things that happen at their times: taken out earliest first, at one time in the order in which they were put in. A heap
 * in three lists: a million entries of their own would keep the collector of garbage busier than the work.
 */
export class Timeline<T> {
  readonly #at: number[] = []
  readonly #order: number[] = []
  readonly #values: T[] = []
  #last = 0

  /** Puts a thing in; answers with the number of its place in the order, from 1. */
  put(at: number, value: T): number {
    const order = (this.#last += 1)
    let index = this.#at.length
    this.#at.push(at)
    this.#order.push(order)
    this.#values.push(value)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(index, parent)) break
      this.#swap(index, parent)
      index = parent
    }
    return order
  }

  /** Takes out the earliest that happens at `until` or before. */
  take(until: number): { readonly at: number; readonly order: number; readonly value: T } | undefined {
    if (this.#at.length === 0 || this.#at[0]! > until) return undefined
    this.#swap(0, this.#at.length - 1)
    const first = { at: this.#at.pop()!, order: this.#order.pop()!, value: this.#values.pop()! }
    this.#sink()
    return first
  }

  #sink(): void {
    const { length } = this.#at
    for (let index = 0; ;) {
      const left = 2 * index + 1
      let least = index
      if (left < length && this.#isBefore(left, least)) least = left
      if (left + 1 < length && this.#isBefore(left + 1, least)) least = left + 1
      if (least === index) return
      this.#swap(index, least)
      index = least
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#at[one]!
    const b = this.#at[other]!
    return a === b ? this.#order[one]! < this.#order[other]! : a < b
  }

  #swap(one: number, other: number): void {
    swap(this.#at, one, other)
    swap(this.#order, one, other)
    swap(this.#values, one, other)
  }
}

function swap(list: unknown[], one: number, other: number): void {
  const kept = list[one]
  list[one] = list[other]
  list[other] = kept
}
