import type { WorkspaceView } from '../configuration/view.ts'
import { reachOf, type IsDown } from './reachability.ts'

/** People looked at between two looks at everything else this process has to do. */
const AT_ONCE = 1_000

/** How many people there are who have not left, and how many of them none of whose contacts works, or not all. */
export interface ReachSummary {
  readonly people: number
  readonly unreachable: number
  readonly partly: number
}

interface Counted {
  /** What the count follows from: it changes with the configuration, and with the channels that do not answer. */
  readonly from: string
  readonly summary: Promise<ReachSummary>
}

/** Counts those who cannot be told anything, once for each state of the configuration. */
export class Unreachable {
  readonly #counted = new WeakMap<WorkspaceView, Counted>()
  readonly #isDown: IsDown

  constructor(isDown: IsDown) {
    this.#isDown = isDown
  }

  /** How many people of a workspace none of whose contacts works; those who have left are not counted. */
  async count(view: WorkspaceView): Promise<number> {
    return (await this.summary(view)).unreachable
  }

  /** How many people of a workspace can be told something. */
  summary(view: WorkspaceView): Promise<ReachSummary> {
    const down = [...view.channels.values()].filter((channel) => this.#isDown(channel)).map(({ id }) => id)
    const from = `${view.version} ${down.join()}`
    const known = this.#counted.get(view)
    if (known?.from === from) return known.summary
    const summary = this.#walk(view)
    this.#counted.set(view, { from, summary })
    return summary
  }

  async #walk(view: WorkspaceView): Promise<ReachSummary> {
    let [people, unreachable, partly] = [0, 0, 0]
    for (const [index, login] of [...view.people.keys()].entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
      const person = view.people.get(login)
      if (person === undefined || person.enabled === false) continue
      const { fault, contacts } = reachOf(person, view, this.#isDown)
      people += 1
      if (fault !== null) unreachable += 1
      else if (contacts.some((contact) => contact.fault !== null)) partly += 1
    }
    return { people, unreachable, partly }
  }
}
