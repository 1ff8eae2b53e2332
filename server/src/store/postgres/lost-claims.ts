import type { Priority, Woken } from '../store.ts'
import type { Connections, Row, Statement } from './connection.ts'
import { linesOf, realign } from './lines.ts'
import type { Node } from './nodes.ts'

/** The server may still be at work on a claim whose connection has broken: it is looked for once more, this often, for so long. */
const AGAIN_MS = 10_000
const LATE_MS = 60_000

// A few milliseconds in a queue of thousands, and only after something has failed: no index names claimed_at.
const TAKE_BACK: Statement = {
  name: 'take_back_lost',
  text: `with lost as (
      select workspace, delivery from queue where claimed_at = any($2::bigint[]) and claimed_by is not distinct from $1
      order by workspace, delivery for update
    )
    update queue q set claimed_at = null, claimed_by = null from lost l
    where q.workspace = l.workspace and q.delivery = l.delivery
    returning q.workspace, q.destination, q.incident, q.priority, q.due_at`,
}

interface Lost {
  /** The moment that stands in what it claimed; no other claim of this process has it. */
  readonly at: number
  readonly node: number | null
}

/**
 * Claims whose answer was lost: the connection broke after the commit, or in what is asked after it. Nobody has what they
 * claimed and nobody would settle it; it was not attempted, and waits again as it was before the next claim.
 */
export class LostClaims {
  readonly #connections: Connections
  readonly #node: Node
  readonly #back: (rows: readonly Woken[]) => void
  #last = 0
  #lost: readonly Lost[] = []
  #lookAt = 0

  /** `back` hears what waits again: a claim must not begin behind it. */
  constructor(connections: Connections, node: Node, back: (rows: readonly Woken[]) => void) {
    this.#connections = connections
    this.#node = node
    this.#back = back
  }

  /** Claims, marked by a moment of its own; what an earlier claim has lost is taken back first. */
  async run<Claimed>(now: number, claim: (at: number) => Promise<Claimed>): Promise<Claimed> {
    if (this.#lost.length > 0 && now >= this.#lookAt) await this.#takeBack(now)
    const at = (this.#last = Math.max(now, this.#last + 1))
    try {
      return await claim(at)
    } catch (error) {
      this.#lost = [...this.#lost, { at, node: this.#node.id }]
      this.#lookAt = 0
      throw error
    }
  }

  async #takeBack(now: number): Promise<void> {
    const looked = this.#lost
    for (const [node, some] of Map.groupBy(looked, (each) => each.node)) {
      const rows = await this.#connections.transaction(async (session) => {
        const found = await session.query(TAKE_BACK, [node, some.map(({ at }) => at)])
        await realign(session, linesOf(found))
        return found
      })
      this.#back(rows.map(woken))
    }
    this.#lookAt = now + AGAIN_MS
    this.#lost = this.#lost.filter((each) => !looked.includes(each) || each.at + LATE_MS > now)
  }
}

const woken = (row: Row): Woken => ({
  workspace: row['workspace'] as number,
  destination: row['destination'] as number,
  priority: row['priority'] as Priority,
  dueAt: row['due_at'] as number,
})
