/*
 * One node among several on the same store: which part of the work is its own, and what it does with what the others tell.
 */
import type { Updates } from '../bots/telegram/updates.ts'
import type { Clock } from '../clock.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Live } from '../live/live.ts'
import type { Log } from '../log.ts'
import type { Access } from '../people/access.ts'
import type { Keys } from '../people/keys.ts'
import type { Part, Pipeline } from '../pipeline/pipeline.ts'
import type { Notice, Store } from '../store/store.ts'
import { Duties } from './duties.ts'
import { UPKEEP, wayOf, WAYS } from './share-out.ts'

/** Everything is looked at so often, in case a notice was lost. */
const LOOK_MS = 30_000

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly workspaces: Workspaces
  readonly live: Live
  /** Whether it delivers, or only answers requests. */
  readonly delivers: boolean
}

export class Node {
  readonly #parts: Parts
  readonly #duties: Duties
  #pipeline: Pipeline | null = null
  #keys: Keys | null = null
  #access: Access | null = null
  #updates: Updates | null = null
  #endLooking = (): void => {}

  constructor(parts: Parts) {
    this.#parts = parts
    const { store, clock, log, delivers } = parts
    this.#duties = new Duties({
      store,
      clock,
      log,
      names: delivers ? [...WAYS, UPKEEP] : [],
      taken: (names, begin) => this.#pipeline!.claim.takeUp((owner) => names.has(wayOf(owner)), begin),
      letGo: (names) => this.#pipeline!.letGo((owner) => names.has(wayOf(owner))),
      lost: () => this.#pipeline!.claim.forget(),
      bereft: () => void this.#hear({ kind: 'missed' }),
    })
  }

  /** The part of the pipeline's work that is this node's. */
  get part(): Part {
    return {
      serves: (owner) => this.#duties.does(wayOf(owner)),
      holds: (owner) => this.#duties.holds(wayOf(owner)),
      walks: () => this.keepsUp(),
    }
  }

  /** Whether this node forgets what is old and looks for what has outlived its use. */
  keepsUp(): boolean {
    return this.#duties.does(UPKEEP)
  }

  /** How many nodes deliver, this one among them. */
  get count(): number {
    return this.#duties.nodes.length
  }

  /** Joins the others; the pipeline has been started and has nothing to do yet. */
  async start(
    pipeline: Pipeline,
    keys: Keys,
    access: Access | null = null,
    updates: Updates | null = null,
  ): Promise<void> {
    this.#pipeline = pipeline
    this.#updates = updates
    this.#keys = keys
    this.#access = access
    const { store, live } = this.#parts
    store.listen((notice) => {
      if (notice.kind === 'changed') return live.heard(notice.workspace, notice.topics)
      // Only what is told to be missed: by itself this node looks every half a minute, and nobody's page need flicker for that.
      if (notice.kind === 'missed') live.missed()
      void this.#hear(notice)
    })
    await this.#duties.start()
    this.#look()
  }

  /** Gives its work to the others. */
  async stop(): Promise<void> {
    this.#endLooking()
    await this.#duties.stop()
  }

  #look(): void {
    this.#endLooking = this.#parts.clock.after(LOOK_MS, () => {
      void this.#hear({ kind: 'missed' }).finally(() => this.#look())
    })
  }

  /** Never rejects: what could not be looked at now is looked at the next time. */
  async #hear(notice: Exclude<Notice, { kind: 'changed' }>): Promise<void> {
    const { workspaces, log } = this.#parts
    this.#access?.heard(notice)
    try {
      switch (notice.kind) {
        case 'woken':
          return this.#pipeline!.claim.heard(notice.woken)
        case 'configuration':
          return await (workspaces.get(notice.workspace) === undefined
            ? workspaces.load()
            : workspaces.refresh(notice.workspace))
        case 'workspaces':
          return await workspaces.load()
        case 'keys':
          return await this.#keys!.load()
        case 'bot':
          return this.#updates?.heard(notice.bot)
        case 'missed':
          await workspaces.load()
          await this.#updates?.look()
          await this.#keys!.load()
          await this.#pipeline!.claim.takeUp(() => false)
      }
    } catch (error) {
      log.warn({ error: (error as Error).message, notice: notice.kind }, 'what other nodes did could not be looked at')
    }
  }
}
