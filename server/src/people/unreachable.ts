import type { WorkspaceView } from '../configuration/view.ts'
import { reachOf, type IsDown } from './reachability.ts'

/** People looked at between two looks at everything else this process has to do. */
const AT_ONCE = 1_000

interface Counted {
  /** What the count follows from: it changes with the configuration, and with the channels that do not answer. */
  readonly from: string
  readonly count: Promise<number>
}

/** Counts those who cannot be told anything, once for each state of the configuration. */
export class Unreachable {
  readonly #counted = new WeakMap<WorkspaceView, Counted>()
  readonly #isDown: IsDown

  constructor(isDown: IsDown) {
    this.#isDown = isDown
  }

  /** How many people of a workspace none of whose contacts works; those who have left are not counted. */
  count(view: WorkspaceView): Promise<number> {
    const down = [...view.channels.values()].filter((channel) => this.#isDown(channel)).map(({ id }) => id)
    const from = `${view.version} ${down.join()}`
    const known = this.#counted.get(view)
    if (known?.from === from) return known.count
    const count = this.#walk(view)
    this.#counted.set(view, { from, count })
    return count
  }

  async #walk(view: WorkspaceView): Promise<number> {
    let count = 0
    for (const [index, login] of [...view.people.keys()].entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
      const person = view.people.get(login)
      if (person === undefined || person.enabled === false) continue
      if (reachOf(person, view, this.#isDown).fault !== null) count += 1
    }
    return count
  }
}
