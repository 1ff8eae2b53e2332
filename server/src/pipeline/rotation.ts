/*
 * Taking turns. Members wait in one line per workspace, and the workspaces take turns too: a workspace with a thousand
 * busy destinations gets no more than its share of a channel it shares with others.
 */
export class Rotation<T> {
  readonly #lines = new Map<number, Set<T>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(workspace: number, member: T): void {
    let line = this.#lines.get(workspace)
    if (line === undefined) this.#lines.set(workspace, (line = new Set()))
    if (!line.has(member)) this.#size += 1
    line.add(member)
  }

  delete(workspace: number, member: T): void {
    const line = this.#lines.get(workspace)
    if (line?.delete(member) !== true) return
    this.#size -= 1
    if (line.size === 0) this.#lines.delete(workspace)
  }

  /** Takes the member whose turn it is out of its line, and sends its workspace to the end. */
  take(): T | undefined {
    const first = this.#lines.entries().next().value
    if (first === undefined) return undefined
    const [workspace, line] = first
    const member = line.values().next().value as T
    this.#lines.delete(workspace)
    line.delete(member)
    this.#size -= 1
    if (line.size > 0) this.#lines.set(workspace, line)
    return member
  }
}
