/** Things that happen at their times: taken out earliest first, at one time in the order in which they were put in. */
export class Timeline<T> {
  readonly #heap: { readonly at: number; readonly order: number; readonly value: T }[] = []
  #order = 0

  put(at: number, value: T): void {
    const heap = this.#heap
    let index = heap.push({ at, order: this.#order++, value }) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  /** Takes out the earliest that happens at `until` or before. */
  take(until: number): { readonly at: number; readonly value: T } | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.at > until) return undefined
    const last = heap.pop()!
    if (heap.length === 0) return first
    heap[0] = last
    for (let index = 0; ;) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2])
        if (child < heap.length && this.#isBefore(child, least)) least = child
      if (least === index) return first
      this.#swap(index, least)
      index = least
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#heap[one]!
    const b = this.#heap[other]!
    return a.at === b.at ? a.order < b.order : a.at < b.at
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap
    const kept = heap[one]!
    heap[one] = heap[other]!
    heap[other] = kept
  }
}
