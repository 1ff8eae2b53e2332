import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { World } from '../channels/channel.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { MakeId } from '../ids.ts'
import type { AcceptRequest, Store, Woken } from '../store/store.ts'
import { planEvents } from './accept.ts'
import type { LoopGuard } from './loops.ts'

/** The source of events that Nabat raises about itself. */
const SOURCE = 'nabat'

interface Parts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly world: Pick<World, 'clock' | 'log'>
  readonly makeId: MakeId
  readonly loops: LoopGuard
  readonly wake: (woken: readonly Woken[]) => void
}

/** Events of the system's own (a channel is down, a destination was disabled): routed and stored like any other. */
export class SystemEvents {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Routes an event, ready to be written with whatever raised it; null where there is no such workspace. */
  plan(workspace: number, name: string, data: Record<string, unknown>, incident?: string): AcceptRequest | null {
    const { workspaces, world, makeId, loops } = this.#parts
    const view = workspaces.get(workspace)
    const type = typeByName.get(name)
    if (view === undefined || type === undefined) return null
    const posted = { type: name, data, ...(incident === undefined ? {} : { incident }) }
    return planEvents([{ posted, type, data: JSON.stringify(data) }], view, SOURCE, world.clock.now(), makeId, loops)
  }

  /** Writes a planned event. Never rejects: that something could not be told is in the log. */
  async accept(request: AcceptRequest | null): Promise<void> {
    if (request === null) return
    const { store, world, wake } = this.#parts
    try {
      const result = await store.accept(request)
      if (result === 'stale') await this.again(request)
      else wake(result.woken)
    } catch (error) {
      const type = request.events[0]?.type
      world.log.error({ error: (error as Error).message, type }, 'an event of the system could not be stored')
    }
  }

  /** Routes again what was routed by an older configuration. */
  async again(request: AcceptRequest): Promise<void> {
    await this.#parts.workspaces.refresh(request.workspace)
    for (const event of request.events) {
      const data = JSON.parse(event.data) as Record<string, unknown>
      await this.accept(this.plan(request.workspace, event.type, data, event.incident ?? undefined))
    }
  }
}
